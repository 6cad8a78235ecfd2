"""The pages of sources: entered, shown, fetched by hand; rights; secrets never shown."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from click.testing import CliRunner

from keystead.connectors.counter import models
from keystead.connectors.counter.commands import counter
from keystead.connectors.counter.services.sources import (
    SourceEntry,
    create_source,
    edit_source,
)
from keystead.connectors.counter.tests.fake_server import CUSTOMER, KEY, REQUESTOR
from keystead.kit.access import SYSTEM
from keystead.kit.jobs import run_inline
from keystead.kit.models import AuditEntry, Job
from keystead.kit.testing.pack import RoomPack
from keystead.kit.testing.page import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _home(settings: Any, tmp_path: Any) -> None:
    settings.KEYSTEAD_HOME = tmp_path


class TestSources(RoomPack):
    model = models.UsageSource
    writer_roles = ("sales_ops",)
    reader_roles = ("finance",)
    scoped = False

    @pytest.fixture(autouse=True)
    def _listed(self, settings: Any) -> None:
        settings.KEYSTEAD_OUTGOING = frozenset({"counter.example"})

    def entry(self, **more: Any) -> SourceEntry:
        said = {"name": "Ardea", "server": "https://counter.example", "customer_id": "C-1",
                "first_month": date(2025, 1, 1), "api_key": "s3cret"}  # fmt: skip
        return SourceEntry(**{**said, **more})

    def create(self, actor: Any) -> int:
        return create_source(actor=actor, entry=self.entry()).id

    def change(self, actor: Any, pk: int, version: int | None) -> None:
        edit_source(
            actor=actor, source_id=pk, expected_version=version, entry=self.entry(name="Heron")
        )


def form(at: Any, **more: Any) -> dict[str, Any]:
    return {
        "name": "Ardea", "server": at.url, "release": "5.1", "customer_id": CUSTOMER,
        "requestor_id": REQUESTOR, "api_key": KEY, "platform": "", "reports": ["TR"],
        "first_month": "2025-01", "account": "", "pause_seconds": "0", "active": "on", **more,
    }  # fmt: skip


def test_from_the_form_to_the_months(
    server: Any, lake: Any, sales_ops: Any, client_of: Any
) -> None:
    client = client_of(sales_ops)
    assert "No source yet" in text_of(client.get("/usage/"))
    made = client.post("/usage/sources/new/", form(server))
    assert made.status_code == 302, text_of(made)
    page = made["Location"]
    client.post(f"{page}fetch/", {"first": "", "last": ""})
    run_inline(Job.objects.get(kind="counter.harvest").pk)
    shown = text_of(client.get(page))
    assert "2025-01 – 2025-06" in shown
    assert "stored" in shown
    server.usage["2025-02"] = 3
    client.post(f"{page}fetch/", {"first": "2025-02", "last": ""})
    run_inline(Job.objects.latest("id").pk)
    assert "version 2" in text_of(client.get(page))
    run = models.ReportRun.objects.latest("id")
    assert client.get(f"/usage/reports/{run.pk}/").status_code == 200
    edit = client.get(f"{page}edit/").content.decode()
    for shown_page in (edit, client.get(page).content.decode(),
                       client.get("/usage/").content.decode()):  # fmt: skip
        assert KEY not in shown_page
        assert REQUESTOR not in shown_page
    client.post(f"{page}edit/", form(server, api_key="", requestor_id="", version="1"))
    kept = models.UsageSource.objects.get()
    assert (kept.version, bool(kept.key_sealed)) == (2, True)
    client.post(f"{page}edit/", form(server, api_key="", requestor_id="", forget="on"))
    kept.refresh_from_db()
    assert kept.key_sealed == ""


def test_wrong_entries_are_explained(server: Any, sales_ops: Any, client_of: Any) -> None:
    client = client_of(sales_ops)
    for wrong in ({"server": "http://127.0.0.1"}, {"server": "https://elsewhere.example"},
                  {"first_month": "May"}, {"release": "5", "reports": ["TR_J1"]}):  # fmt: skip
        answer = client.post("/usage/sources/new/", form(server, **wrong))
        assert answer.status_code == 422, wrong
    assert not models.UsageSource.objects.exists()


def test_who_keeps_no_sources_sees_none(server: Any, kam: Any, viewer: Any, client_of: Any) -> None:
    made = create_source(
        actor=SYSTEM,
        entry=SourceEntry(name="Ardea", server=server.url, customer_id="C", api_key=KEY,
                          first_month=date(2025, 1, 1)),
    )  # fmt: skip
    assert "Ardea" not in text_of(client_of(kam).get("/usage/"))
    assert client_of(kam).get(f"/usage/sources/{made.id}/").status_code == 403
    assert client_of(kam).post(f"/usage/sources/{made.id}/fetch/").status_code == 403
    assert client_of(viewer).get("/usage/").status_code == 403
    assert client_of(kam).get("/usage/sources/999999/").status_code == 403
    assert not Job.objects.exists()


def test_an_institution_is_matched_on_the_page(
    server: Any, lake: Any, sales_ops: Any, client_of: Any
) -> None:
    server.customers[CUSTOMER] = ("Hillside Hospital", {"ISIL": ["FR-751131015"]})
    client = client_of(sales_ops)
    page = client.post("/usage/sources/new/", form(server))["Location"]
    client.post(f"{page}fetch/", {})
    run_inline(Job.objects.get(kind="counter.harvest").pk)
    asked = text_of(client.get("/usage/"))
    assert "Hillside Hospital" in asked
    assert "Reports that wait: 1" in asked
    one = models.Institution.objects.get()
    client.post(f"/usage/institutions/{one.pk}/match/", {"account": lake.id, "version": 1})
    run_inline(Job.objects.get(kind="counter.take").pk)
    assert "Hillside Hospital" not in text_of(client.get("/usage/"))
    assert models.ReportRun.objects.get().state == "loaded"


@pytest.mark.parametrize("language", ["zh-hans", "fr"])
def test_the_pages_speak_the_language_of_the_reader(
    server: Any, lake: Any, sales_ops: Any, client_of: Any, language: str
) -> None:
    client = client_of(sales_ops)
    page = client.post("/usage/sources/new/", form(server))["Location"]
    for address in ("/usage/", page, f"{page}edit/"):
        shown = text_of(client.get(address, headers={"accept-language": language}))
        assert "Usage reports" not in shown
        assert "Customer number" not in shown


def test_from_the_command_line(server: Any, lake: Any) -> None:
    create_source(
        actor=SYSTEM,
        entry=SourceEntry(
            name="Ardea", server=server.url, customer_id=CUSTOMER, requestor_id=REQUESTOR,
            api_key=KEY, first_month=date(2025, 1, 1), pause_seconds=0,
        ),
    )  # fmt: skip
    server.plan["tr"] = [(1011, "0")]
    run = CliRunner().invoke(counter, ["harvest", "ardea", "--wait", "5", "--json"])
    assert run.exit_code == 0, run.output
    (said,) = json.loads(run.output)
    assert (said["asked"], said["loaded"], said["waiting"]) == (2, 1, 0)
    listed = CliRunner().invoke(counter, ["sources", "--json"])
    (one,) = json.loads(listed.output)
    assert one["reports"][0]["got"][0] == "2025-01"
    again = CliRunner().invoke(counter, ["harvest", "--months", "2025-03", "--json"])
    assert json.loads(again.output)[0]["asked"] == 1
    assert KEY not in run.output + listed.output + again.output
    assert CliRunner().invoke(counter, ["harvest", "nobody"]).exit_code == 1


def test_sources_by_api_keys_go_in_and_never_out(
    server: Any, lake: Any, sales_ops: Any, kam: Any, client_of: Any
) -> None:
    client = client_of(sales_ops)
    told = {"content_type": "application/json"}
    entry = {"name": "Ardea", "server": server.url, "customer_id": CUSTOMER, "api_key": KEY,
             "requestor_id": REQUESTOR, "first_month": "2025-01", "pause_seconds": 0}  # fmt: skip
    made = client.post("/api/usage/sources", entry, **told)
    assert (made.status_code, made.json()["has_api_key"]) == (201, True)
    path = f"/api/usage/sources/{made.json()['id']}"
    started = client.post(f"{path}/harvest", {"months": ["2025-02"]}, **told)
    assert started.status_code == 202
    run_inline(started.json()["job"])
    one = client.get(path)
    assert "2025-02" in one.json()["months"][0]["got"]
    changed = client.patch(path, {"version": 1, "reports": ["TR", "PR"]}, **told)
    assert (changed.json()["reports"], changed.json()["version"]) == (["TR", "PR"], 2)
    kept = models.UsageSource.objects.get()
    assert kept.key_sealed
    assert client.patch(path, {"version": 1, "name": "Old"}, **told).status_code == 409
    ended = client.post(f"{path}/end", {"version": 2}, **told)
    assert (ended.json()["active"], ended.json()["has_api_key"]) == (False, False)
    kept.refresh_from_db()
    assert (kept.key_sealed, kept.requestor_sealed) == ("", "")
    listed = client.get("/api/usage/sources")
    assert listed.json()["total"] == 1
    for answer in (made, started, one, changed, ended, listed):
        assert KEY not in answer.content.decode()
        assert REQUESTOR not in answer.content.decode()
    for more in ({"first_month": "May"}, {"server": "http://x"}, {"keys": "x"}):
        refused = client.post("/api/usage/sources", {**entry, "name": "B", **more}, **told)
        assert refused.status_code == 422, more
    assert client_of(kam).get("/api/usage/sources").status_code == 403
    assert client_of(kam).post(f"{path}/end", {"version": 3}, **told).status_code == 403
    assert client.get("/api/usage/sources/999999").status_code == 404
    actions = AuditEntry.objects.filter(action__startswith="usage.").values_list(
        "action", flat=True
    )
    assert list(actions.order_by("id")) == [
        "usage.source.create", "usage.harvest", "usage.source.edit", "usage.source.end"
    ]  # fmt: skip


def test_sources_by_command(server: Any, lake: Any, tmp_path: Any) -> None:
    run = CliRunner().invoke
    key = tmp_path / "key"
    key.write_text(f"{KEY}\n")
    common = ["--server", server.url, "--customer", CUSTOMER, "--from", "2025-01"]
    made = run(counter, ["source", "add", "Ardea", *common, "--key-file", str(key),
                         "--account", "LAKE", "--pause", "0", "--json"])  # fmt: skip
    assert made.exit_code == 0, made.output
    said = json.loads(made.output)
    assert (said["account_id"], said["has_api_key"]) == (lake.id, True)
    changed = run(counter, ["source", "change", "ardea", "--report", "TR", "--report", "IR",
                            "--requestor-file", "-", "--json"], input=f"{REQUESTOR}\n")  # fmt: skip
    assert json.loads(changed.output)["has_requestor_id"] is True
    assert json.loads(changed.output)["reports"] == ["TR", "IR"]
    ended = run(counter, ["source", "end", "Ardea"])
    assert "ended; no key" in ended.output
    assert KEY not in made.output + changed.output + ended.output
    assert run(counter, ["source", "add", "B"]).exit_code == 2
    assert run(counter, ["source", "end", "nobody"]).exit_code == 1
