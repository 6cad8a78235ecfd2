"""Fetching from a COUNTER server: what is missing, once, politely, and never a secret shown."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from keystead.connectors.counter import models
from keystead.connectors.counter.queries.sources import due_sources, institutions_waiting
from keystead.connectors.counter.services.harvest import harvest
from keystead.connectors.counter.services.intake import match_institution
from keystead.connectors.counter.services.sources import (
    SourceEntry,
    create_source,
    edit_source,
)
from keystead.connectors.counter.tests.fake_server import CUSTOMER, KEY, REQUESTOR
from keystead.kernel.errors import Invalid, NotAllowed
from keystead.kernel.periods import Period
from keystead.kit.access import SYSTEM
from keystead.kit.models import AuditEntry, Job
from keystead.ledger.queries import slice_set
from keystead.ledger.services import clean
from keystead.metrics.queries import evaluate

pytestmark = pytest.mark.django_db
YEAR = Period(date(2025, 1, 1), date(2026, 1, 1))
JANUARY, MARCH, JUNE = date(2025, 1, 1), date(2025, 3, 1), date(2025, 6, 1)


@pytest.fixture(autouse=True)
def _home(settings: Any, tmp_path: Any) -> None:
    settings.KEYSTEAD_HOME = tmp_path


def entry(server: Any, **more: Any) -> SourceEntry:
    said = {
        "name": "Ardea", "server": server.url, "customer_id": CUSTOMER, "first_month": JANUARY,
        "pause_seconds": 0, "requestor_id": REQUESTOR, "api_key": KEY,
    }  # fmt: skip
    return SourceEntry(**{**said, **more})


def source(server: Any, **more: Any) -> int:
    return create_source(actor=SYSTEM, entry=entry(server, **more)).id


def fetch(source_id: int, **more: Any) -> Any:
    return harvest(actor=SYSTEM, source_id=source_id, **more)


def states(source_id: int) -> dict[str, str]:
    rows = models.SourceMonth.objects.filter(source_id=source_id)
    return {f"{row.month:%m}": row.state for row in rows.order_by("month")}


def requests() -> Any:
    found = evaluate(actor=SYSTEM, metrics=["controlled_requests"], by=(), period=YEAR)
    return found.figure("controlled_requests").value


def test_what_is_missing_is_fetched_in_one_call_and_only_once(server: Any, lake: Any) -> None:
    one = source(server)
    found = fetch(one)
    assert (found.asked, found.loaded, found.trouble, found.next_at) == (1, 1, "", None)
    assert states(one) == dict.fromkeys(("01", "02", "03", "04", "05", "06"), "loaded")
    assert requests() == 60
    (said,) = server.calls("/r51/reports/tr")
    assert (said["begin_date"], said["end_date"]) == ("2025-01", "2025-06")
    assert said["attributes_to_show"] == "YOP|Access_Type|Access_Method"
    again = fetch(one)
    assert (again.asked, len(server.calls("/r51/reports/tr"))) == (0, 1)
    server.ready_until = "2025-07"
    server.usage["2025-07"] = 5
    assert fetch(one).asked == 1
    assert server.calls("/r51/reports/tr")[1]["begin_date"] == "2025-07"
    assert requests() == 65


def test_a_restated_month_replaces_what_was_there_and_its_version_is_kept(
    server: Any, lake: Any
) -> None:
    one = source(server)
    fetch(one)
    server.usage["2025-03"] = 4
    fetch(one, months=[MARCH])
    assert requests() == 54
    march = models.SourceMonth.objects.get(source_id=one, month=MARCH)
    assert (march.version, march.run.begin) == (2, MARCH)
    unchanged = fetch(one, months=[MARCH])
    assert unchanged.loaded == 1
    assert models.ReportRun.objects.latest("id").state == "same"
    march.refresh_from_db()
    assert march.version == 2
    files = set(models.ReportRun.objects.values_list("sha256", flat=True))
    assert len(files) == 3
    assert "" not in files


def test_a_kept_report_outlives_the_cleaning_of_orphans(
    server: Any, lake: Any, settings: Any, tmp_path: Any
) -> None:
    fetch(source(server))
    sha256 = models.ReportRun.objects.get().sha256
    clean(actor=SYSTEM, now=timezone.now() + timedelta(days=3))
    assert (tmp_path / "raw" / sha256[:2] / sha256).is_file()


def test_a_queued_report_is_asked_for_again_as_it_was(server: Any, lake: Any) -> None:
    one = source(server)
    server.plan["tr"] = [(1011, "120")]
    found = fetch(one)
    assert (found.loaded, found.waiting) == (0, 6)
    run = models.ReportRun.objects.get()
    assert run.state == "waiting"
    assert 100 < (run.next_at - timezone.now()).total_seconds() <= 120
    assert fetch(one).asked == 0  # not before its time
    models.SourceMonth.objects.update(next_at=timezone.now())
    assert one in due_sources()
    assert fetch(one).loaded == 1
    run.refresh_from_db()
    assert (run.state, run.attempts) == ("loaded", 2)
    first, second = server.calls("/r51/reports/tr")
    assert first == second


def test_a_busy_server_is_left_alone_as_long_as_it_says(server: Any, lake: Any) -> None:
    one, other = source(server), source(server, name="Second")
    server.plan["tr"] = [(1020, "300")]
    found = fetch(one)
    assert 290 < (found.next_at - timezone.now()).total_seconds() <= 300
    assert states(one) == dict.fromkeys(("01", "02", "03", "04", "05", "06"), "waiting")
    before = len(server.asked)
    assert fetch(other).asked == 0  # the same server: nobody calls it
    assert len(server.asked) == before
    models.ServerTurn.objects.update(next_at=timezone.now())
    assert fetch(one, by_hand=True).loaded == 1
    assert models.ServerTurn.objects.get().refusals == 0


def test_each_refusal_in_a_row_doubles_the_wait(server: Any, lake: Any) -> None:
    one = source(server)
    waits = []
    for code in (1010, 1010, 1000):
        server.plan["tr"] = [code]
        found = fetch(one, by_hand=True)
        waits.append(round((found.next_at - timezone.now()).total_seconds()))
        models.ServerTurn.objects.update(next_at=timezone.now())
    assert [round(wait, -1) for wait in waits] == [60, 120, 240]


def test_no_usage_is_a_true_zero(server: Any, lake: Any) -> None:
    one = source(server)
    fetch(one)
    server.usage = {}
    found = fetch(one, months=[MARCH])
    assert found.zero == 1
    assert states(one)["03"] == "zero"
    assert requests() == 50
    assert fetch(one).asked == 0


def test_not_ready_and_gone_are_found_month_by_month(server: Any, lake: Any) -> None:
    one = source(server)
    server.plan["tr"] = [3032, 3032, *[server.report] * 4, 3031]
    fetch(one)
    assert states(one) == {"01": "gone", "02": "loaded", "03": "loaded", "04": "loaded",
                           "05": "loaded", "06": "waiting"}  # fmt: skip
    assert requests() == 40
    waits = models.SourceMonth.objects.get(month=JUNE)
    assert (waits.codes, waits.next_at > timezone.now() + timedelta(hours=23)) == ([3031], True)
    assert fetch(one).asked == 0


def test_part_of_the_months_is_loaded_and_the_rest_waits(server: Any, lake: Any) -> None:
    one = source(server)
    server.usage.pop("2025-06")
    server.plan["tr"] = [lambda said: server.report(said, 3031, data="2025-06")]
    found = fetch(one)
    assert (states(one)["05"], states(one)["06"]) == ("loaded", "waiting")
    assert (found.loaded, found.waiting) == (1, 1)
    server.plan["tr"] = [lambda said: server.report(said, 3040)]
    server.usage["2025-06"] = 7
    fetch(one, by_hand=True)
    assert states(one)["06"] == "partial"
    assert requests() == 57


def test_an_invalid_key_stops_the_source_until_it_is_changed(server: Any, lake: Any) -> None:
    one = source(server, api_key="wrong")
    found = fetch(one)
    assert found.trouble == "2020: the key is not valid"
    assert one not in due_sources()
    assert len(server.asked) == 1
    edit_source(actor=SYSTEM, source_id=one, expected_version=1, entry=entry(server))
    assert one in due_sources()
    assert fetch(one).loaded == 1


def test_broken_json_is_tried_again_later_and_not_for_ever(server: Any, lake: Any) -> None:
    one = source(server)
    server.plan["tr"] = [b'{"Report_Header": {"Release": "5.1"'] * 7
    for attempt in range(1, 7):
        fetch(one, by_hand=True)
        run = models.ReportRun.objects.get()
        assert (run.state, run.attempts) == ("failed", attempt)
    assert run.next_at is None
    assert models.SourceMonth.objects.filter(next_at=None).count() == 6
    assert "damaged" in run.why or "JSON" in run.why


def test_a_slow_server_is_given_up(server: Any, lake: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from keystead.connectors.counter.services import calling

    monkeypatch.setattr(calling, "SILENT_SECONDS", 0.1)
    one = source(server)
    server.plan["tr"] = [0.3]
    found = fetch(one)
    assert found.failed == 1
    assert states(one)["01"] == "failed"


def test_a_report_that_breaks_a_rule_is_not_loaded(server: Any, lake: Any) -> None:
    def broken(said: dict[str, str]) -> Any:
        made = server.report(said)
        part = made["Report_Items"][0]["Attribute_Performance"][0]["Performance"]
        part["Unique_Item_Requests"]["2025-01"] = 99
        return made

    one = source(server)
    server.plan["tr"] = [broken]
    assert fetch(one).refused == 1
    assert states(one)["01"] == "refused"
    run = models.ReportRun.objects.get()
    assert run.findings[0]["severity"] == "error"
    assert slice_set("usage").rows == 0


def test_an_answer_to_another_question_is_refused(server: Any, lake: Any) -> None:
    one = source(server)
    server.plan["tr"] = [
        lambda said: server.report({**said, "begin_date": "2024-01", "end_date": "2024-02"}, 3030)
    ]
    assert fetch(one).refused == 1
    assert slice_set("usage").rows == 0


def test_members_are_fetched_each_and_unknown_ones_wait(server: Any, lake: Any) -> None:
    server.customers["M-2"] = ("Hillside Hospital", {"ISIL": ["FR-751131015"]})
    server.members = [
        {"Institution_Name": "Lakeside University", "Customer_ID": CUSTOMER},
        {"Institution_Name": "Hillside Hospital", "Customer_ID": "M-2",
         "Requestor_ID": "req-member"},
    ]  # fmt: skip
    one = source(server, members=True)
    found = fetch(one)
    assert (found.asked, found.loaded, found.unmatched) == (2, 1, 1)
    (waiting,) = institutions_waiting(SYSTEM)
    assert (waiting.name, waiting.runs) == ("Hillside Hospital", 1)
    assert waiting.identifiers == (("ISIL", "FR-751131015"),)
    assert requests() == 60
    assert {said["requestor_id"] for said in server.calls("/r51/reports/tr")} == {
        REQUESTOR, "req-member",
    }  # fmt: skip
    assert match_institution(actor=SYSTEM, institution_id=waiting.id, account_id=lake.id) == 1
    assert Job.objects.filter(kind="counter.take").count() == 1


def test_what_waited_is_loaded_once_its_account_is_named(
    server: Any, make_actor: Any, lake: Any
) -> None:
    from keystead.accounts.services import create_account
    from keystead.kit.jobs import run_inline

    server.customers[CUSTOMER] = ("Hillside Hospital", {"ISIL": ["FR-751131015"]})
    ops = make_actor("ops", "sales_ops")
    one = source(server)
    fetch(one)
    assert set(states(one).values()) == {"unmatched"}
    hill = create_account(
        actor=SYSTEM, code="HILL", name="Hillside", kind="hospital", currency="EUR"
    )
    (waiting,) = institutions_waiting(ops)
    match_institution(actor=ops, institution_id=waiting.id, account_id=hill.id)
    run_inline(Job.objects.get(kind="counter.take").pk)
    assert set(states(one).values()) == {"loaded"}
    assert requests() == 60
    assert institutions_waiting(ops) == ()
    server.usage["2025-03"] = 11
    fetch(one, months=[MARCH])  # the answer holds from now on
    assert requests() == 61


def test_secrets_are_sealed_and_never_told(server: Any, lake: Any) -> None:
    one = source(server)
    edit_source(
        actor=SYSTEM, source_id=one, expected_version=1,
        entry=entry(server, api_key="another-secret", requestor_id=None),
    )  # fmt: skip
    fetch(one)
    row = models.UsageSource.objects.get()
    stored = json.dumps([row.key_sealed, row.requestor_sealed])
    told = json.dumps(
        [row.snapshot(), *AuditEntry.objects.values_list("old", "new"),
         *models.ReportRun.objects.values_list("why", "exceptions"),
         *models.SourceNews.objects.values_list("trouble", "offers")], default=str
    )  # fmt: skip
    for secret in (KEY, REQUESTOR, "another-secret"):
        assert secret not in stored
        assert secret not in told
    assert server.asked[0][1]["requestor_id"] == REQUESTOR  # kept, as it was not given anew


def test_only_listed_hosts_are_called(server: Any, lake: Any, settings: Any) -> None:
    one = source(server)
    settings.KEYSTEAD_OUTGOING_PRIVATE = frozenset()
    with pytest.raises(NotAllowed, match="not on the list"):
        fetch(one)
    with pytest.raises(Invalid, match="may not be called"):
        source(server, name="Other")
    assert server.asked == []


def test_one_call_after_the_other(server: Any, lake: Any) -> None:
    one = source(server, pause_seconds=30)
    found = fetch(one)
    assert found.asked == 1  # the list was the first call: the report has its turn later
    assert found.loaded == 0
    assert [path for path, _said in server.asked] == ["/r51/reports"]
    assert 25 < (found.next_at - timezone.now()).total_seconds() <= 30
