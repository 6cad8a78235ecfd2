"""Opportunities, signals and the roll-up on screen, by API and command: rights, languages."""

import json
from datetime import timedelta

import pytest
from click.testing import CliRunner

from keystead.accounts.tests.factories import account, shared_with
from keystead.kernel.errors import NotFound
from keystead.kit.models import AuditEntry
from keystead.kit.testing.page import text_of
from keystead.pipeline import models, queries, services
from keystead.pipeline.commands import opportunities, rival_lost
from keystead.pipeline.tests.deals import deal, lost_deal, lot, tender, won
from keystead.pipeline.tests.factories import TODAY, renewal

pytestmark = pytest.mark.django_db
GIVEN = {
    "title": "Clinical tool", "kind": "tender", "wanted": "three sites", "stage": "qualified",
    "amount": "1000", "currency": "EUR", "competitors": "Rival\nOther",
    "expected_close": (TODAY + timedelta(days=60)).isoformat(),
    "submit_until": (TODAY + timedelta(days=5)).isoformat(),
}  # fmt: skip


@pytest.fixture
def director(make_actor):
    return make_actor("boss", "director")


@pytest.fixture
def uni(kam, director):
    made = account(kam, "UNI", name="Université Lyon", kind="university", currency="EUR")
    return shared_with(made, director)


def test_from_the_form_over_the_board_to_the_win(client_of, kam, uni):
    client = client_of(kam)
    made = client.post("/opportunities/new/", {**GIVEN, "account": uni.id, "owner": kam.user_id})
    assert made.status_code == 302, text_of(made)
    home = made["Location"]
    board = text_of(client.get("/opportunities/"))
    assert "Clinical tool" in board
    assert "5 days left" in board
    part = client.get("/opportunities/?kind=new&view=table", headers={"HX-Target": "opportunities"})
    assert "Clinical tool" not in text_of(part)
    moved = client.post(f"{home}move/", {
        "stage": "proposal", "version": 1, "back": "board", "query": "owner=me",
    })  # fmt: skip
    assert moved["Location"] == "/opportunities/?owner=me"
    assert client.post(f"{home}move/", {"stage": "lead", "version": 1}).status_code == 409
    assert client.post(f"{home}move/", {"stage": "nowhere"}).status_code == 404
    added = client.post(f"{home}lots/", {"number": "A", "amount": "700", "state": "open"})
    assert added["Location"] == home
    only = models.LotRow.objects.get()
    decided = {"number": "A", "amount": "700", "state": "won", "awarded": "650", "version": 1}
    assert client.post(f"/opportunities/lots/{only.pk}/", decided).status_code == 302
    client.post(f"{home}check/", {"item": "pain", "text": "Letter of 3 May"})
    page = text_of(client.get(home))
    assert "Letter of 3 May" in page
    assert "1 of 8 shown" in page
    assert "Not enough data: 0 of 20" in page
    end = {"on": TODAY, "reason": "value", "document": "PO-9", "final": "700"}
    assert client.post(f"{home}close/won/", end).status_code == 422  # not what the lot came to
    assert client.post(f"{home}close/won/", {**end, "final": "650"}).status_code == 302
    page = text_of(client.get(home))
    assert "PO-9" in page
    assert "Written once" in page
    assert "Clinical tool" not in text_of(client.get("/opportunities/"))
    for view in ("table", "board"):
        assert "Clinical tool" in text_of(client.get(f"/opportunities/?view={view}&show=closed"))
    assert "Clinical tool" in text_of(client.get(f"/accounts/{uni.id}/panels/opportunities/"))


def test_a_stale_edit_shows_both(client_of, kam, uni):
    client, found = client_of(kam), deal(kam, uni)
    given = {**GIVEN, "kind": "new", "submit_until": "", "account": uni.id}
    assert (
        client.post(f"/opportunities/{found.id}/edit/", {**given, "version": 1}).status_code == 302
    )
    stale = client.post(
        f"/opportunities/{found.id}/edit/", {**given, "title": "Mine", "version": 1}
    )
    assert stale.status_code == 409
    assert "Mine" in text_of(stale)
    assert queries.opportunity_for(kam, found.id).title == "Clinical tool"


def test_wrong_input_stays_on_the_form(client_of, kam, uni):
    client = client_of(kam)
    for change, said in (
        ({"wanted": ""}, "Choose products, or say in words"),
        ({"own_pct": "90"}, "Say why it is not the probability of the stage."),
        ({"kind": "new"}, "Only a tender has days"),
        ({"title": ""}, "This field is required."),
    ):
        answer = client.post("/opportunities/new/", {**GIVEN, "account": uni.id, **change})
        assert answer.status_code == 422, change
        assert said in text_of(answer)
    assert not models.OpportunityRow.objects.exists()


def test_foreign_is_missing_and_readers_do_not_write(
    client_of, kam, other_kam, finance, viewer, uni
):
    found = tender(kam, uni)
    only = lot(kam, found)
    for path in ("", "edit/", "lots/", "close/lost/"):
        told = {
            client_of(other_kam).get(f"/opportunities/{pk}/{path}").status_code
            for pk in (found.id, 9**9)
        }
        assert told == {404}
    assert client_of(other_kam).get(f"/opportunities/lots/{only.id}/").status_code == 404
    reader = client_of(finance)
    assert reader.get(f"/opportunities/{found.id}/").status_code == 200
    assert reader.get(f"/opportunities/{found.id}/edit/").status_code == 403
    assert client_of(kam).get("/opportunities/stages/new/").status_code == 403
    assert client_of(viewer).get("/opportunities/").status_code == 403
    assert "Appel d'offres" not in text_of(client_of(other_kam).get("/opportunities/?view=table"))


def test_the_director_sets_a_stage(client_of, director):
    client = client_of(director)
    given = {"name": "Test", "position": "25", "pct": "40", "category": "pipeline", "active": "on"}
    assert client.post("/opportunities/stages/new/", {**given, "code": "trial"}).status_code == 302
    changed = client.post("/opportunities/stages/lead/", {**given, "position": "5", "pct": "3"})
    assert changed.status_code == 302
    assert [(one.code, one.pct) for one in queries.stages()][:2] == [("lead", 3), ("qualified", 25)]
    assert "Test" in text_of(client.get("/opportunities/stages/"))


def test_what_is_due_stands_on_the_home_page(client_of, kam, uni):
    tender(
        kam, uni, owner_id=kam.user_id, submit_until=TODAY + timedelta(days=5),
        next_step="call the dean", next_on=TODAY,
    )  # fmt: skip
    page = text_of(client_of(kam).get("/"))
    assert "Submit by" in page
    assert "call the dean" in page


def test_a_signal_is_taken_or_dismissed_once(client_of, kam, other_kam, uni):
    client = client_of(kam)
    soon = renewal(kam, uni, last=TODAY + timedelta(days=200))
    key = f"contract_end:{soon.id}:{soon.last}"
    page = text_of(client.get("/opportunities/signals/"))
    assert "C-1 ends on" in page
    client_of(other_kam).post("/opportunities/signals/take/", {"key": key})
    assert not models.OpportunityRow.objects.exists()
    client.post("/opportunities/signals/dismiss/", {"key": key, "reason": " "})
    assert not models.SignalAnswerRow.objects.exists()
    taken = client.post("/opportunities/signals/take/", {"key": key})
    made = models.OpportunityRow.objects.get()
    assert taken["Location"] == f"/opportunities/{made.pk}/"
    assert (made.kind, made.signal, made.currency) == ("cross", key, "EUR")
    client.post("/opportunities/signals/take/", {"key": key})
    assert models.OpportunityRow.objects.count() == 1
    assert "taken" in text_of(client.get("/opportunities/signals/"))


def test_three_languages(client_of, kam, uni):
    found = deal(kam, uni)
    renewal(kam, uni, last=TODAY + timedelta(days=200))
    paths = ("", f"{found.id}/", "signals/", "stages/", "roll-up/")
    for language, words in (
        ("fr", ("Étape", "Étapes", "Signaux", "Étapes", "Consolidation")),
        ("zh-hans", ("阶段", "阶段", "信号", "阶段", "汇总")),
    ):
        client = client_of(kam)
        for path, word in zip(paths, words, strict=True):
            page = client.get(f"/opportunities/{path}", headers={"Accept-Language": language})
            assert word in text_of(page), (language, path)


def test_the_board_asks_few_questions(client_of, kam, uni, django_assert_max_num_queries):
    for number in range(12):
        deal(kam, uni, title=f"D-{number}")
    client = client_of(kam)
    client.get("/opportunities/")
    for view in ("board", "table"):
        with django_assert_max_num_queries(26):
            client.get(f"/opportunities/?view={view}")


def test_endpoints(client_of, kam, other_kam, uni):
    client = client_of(kam)
    near = tender(kam, uni, submit_until=TODAY + timedelta(days=2))
    lot(kam, near)
    won(kam, deal(kam, uni, title="W"))
    lost_deal(kam, deal(kam, uni, title="L"))
    body = client.get("/api/opportunities?closed=true").json()
    assert {one["outcome"]["ending"] for one in body["items"]} == {"won", "lost"}
    assert client.get("/api/opportunities?kind=tender").json()["total"] == 1
    assert client.get("/api/opportunities/alerts").json()["items"][0]["warning_days"] == 3
    assert client.get("/api/opportunities/stages").json()["items"][0]["code"] == "lead"
    one = client.get(f"/api/opportunities/{near.id}").json()
    assert (one["lots"][0]["amount"], one["model"]["needed"]) == ("500.0000", 20)
    assert one["steps"][0]["to"] == "lead"
    told = client.get(f"/api/opportunities/roll-up?year={TODAY.year}&currency=eur").json()
    assert told["lines"][0]["new_sales"]["by_category"]["closed"] == "900.00"
    assert client.get("/api/opportunities/signals").json()["total"] == 0
    assert client_of(other_kam).get(f"/api/opportunities/{near.id}").status_code == 404


def test_the_command(kam, uni, monkeypatch):
    monkeypatch.setattr("keystead.pipeline.commands.local_actor", lambda: kam)
    found = deal(kam, uni)
    won(kam, deal(kam, uni, title="W"))
    renewal(kam, account(kam, "B", name="Autre"), last=TODAY + timedelta(days=100))
    run = CliRunner()
    shown = run.invoke(opportunities, ["--json"])
    assert [one["id"] for one in json.loads(shown.output)["items"]] == [found.id]
    lines = run.invoke(opportunities, ["--all", "--kind", "new"]).output.splitlines()
    assert len(lines) == 2
    assert "weighted" in lines[0]
    assert "contract_end" in run.invoke(opportunities, ["--signals"]).output
    told = run.invoke(opportunities, ["--roll-up", f"{TODAY.year}:eur", "--json"])
    assert json.loads(told.output)["lines"][0]["renewals"]["open"] <= 1
    assert run.invoke(opportunities, ["--roll-up", "soon"]).exit_code != 0


def test_dismissing_needs_the_account(kam, other_kam, uni):
    soon = renewal(kam, uni, last=TODAY + timedelta(days=200))
    key = f"contract_end:{soon.id}:{soon.last}"
    services.dismiss_signal(actor=kam, key=key, reason="they have it all")
    assert queries.signals_for(kam) == ()
    assert [one.reason for one in queries.answered_signals(kam)] == ["they have it all"]
    assert queries.answered_signals(other_kam) == ()


def test_a_competitors_loss_is_entered_and_the_signal_says_since_when(client_of, kam, viewer, uni):
    client = client_of(kam)
    given = {"account": uni.id, "rival": "Rival", "what": "ebooks", "on": str(TODAY)}
    assert "Needed" not in text_of(client.get("/opportunities/signals/competitor/"))
    refused = client.post("/opportunities/signals/competitor/", given)
    assert (refused.status_code, models.RivalLossRow.objects.count()) == (422, 0)
    path = "/opportunities/signals/competitor/"
    assert client.post(path, {**given, "source": "the dean"}).status_code == 302
    services.watch_signals(today=TODAY)
    page = text_of(client.get("/opportunities/signals/"))
    assert "Rival lost ebooks on" in page
    assert "seen since" in page
    assert "1 new signal" in text_of(client.get("/"))
    assert client_of(viewer).get(path).status_code == 403


def test_a_competitors_loss_comes_in_by_api_and_by_command(
    client_of, kam, other_kam, uni, monkeypatch
):
    body = {"account_id": uni.id, "rival": "Third", "what": "ebooks", "on": str(TODAY),
            "source": "tender notice"}  # fmt: skip

    def post(actor, **changes):
        path = "/api/opportunities/signals/competitor"
        return client_of(actor).post(path, {**body, **changes}, content_type="application/json")

    assert post(other_kam).status_code == 404
    missing = post(other_kam, account_id=987_654_321)
    assert (missing.status_code, missing.json()["code"]) == (404, post(other_kam).json()["code"])
    assert post(kam, source=" ").status_code == 422
    assert not AuditEntry.objects.filter(action="rival.lost").exists()
    assert post(kam).json() == {"id": models.RivalLossRow.objects.get().pk}
    monkeypatch.setattr("keystead.pipeline.commands.local_actor", lambda: kam)
    asked = [uni.code, "Fourth", "journals", "--source", "talk", "--on", str(TODAY)]
    told = CliRunner().invoke(rival_lost, asked)
    assert told.output == f"Kept: Fourth lost journals at {uni.name} on {TODAY}.\n"
    assert [one.rival for one in models.RivalLossRow.objects.order_by("id")] == ["Third", "Fourth"]
    assert AuditEntry.objects.filter(action="rival.lost").count() == 2
    monkeypatch.setattr("keystead.pipeline.commands.local_actor", lambda: other_kam)
    assert isinstance(CliRunner().invoke(rival_lost, asked).exception, NotFound)
