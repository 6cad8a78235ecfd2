"""The desk of a cycle: from opening to the lock by its pages, each role its own steps."""

from __future__ import annotations

import re
from datetime import date

import pytest

from keystead.accounts import services as accounts
from keystead.forecasting import models, services
from keystead.forecasting.queries import cycle_for, signs_of
from keystead.forecasting.queries.problems import problems_of
from keystead.forecasting.queries.steps import steps_of
from keystead.forecasting.tests.house import MONTH, opened, ran, typed
from keystead.forecasting.types.cycle import CycleState, Layer, Node, Stance
from keystead.kit.access import SYSTEM
from keystead.kit.models import Job

pytestmark = pytest.mark.django_db


@pytest.fixture
def head(make_actor, house):
    leader = make_actor("zhang", "director")
    for one in ("group", "jd", "ali"):
        accounts.assign_team(
            actor=SYSTEM, account_id=house[one], user_id=leader.user_id, role="backup",
            valid_from=date(2020, 1, 1),
        )  # fmt: skip
    return leader


@pytest.fixture
def cycle(house, sales_ops):
    return ran(sales_ops, opened(sales_ops))


def go(client, cycle, step, **data):
    return client.post(f"/forecasts/{cycle.id}/cycle/{step}/", data)


def desk(client, cycle):
    answer = client.get(f"/forecasts/{cycle.id}/cycle/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_sales_operations_open_a_cycle_and_start_its_run(house, sales_ops, kam, client_of):
    ops = client_of(sales_ops)
    form = {
        "month": "2026-01-01", "kind": "sell_in", "horizon": "6", "frozen_months": "0",
        "gap_pct": "10", "opens": "2026-01-01", "submit_by": "2026-01-08",
        "review_by": "2026-01-12", "lock_by": "2026-01-15", "parties": ["account_manager"],
    }  # fmt: skip
    assert client_of(kam).post("/forecasts/open/", form).status_code == 403
    wrong = ops.post("/forecasts/open/", {**form, "lock_by": "2026-01-02"})
    assert wrong.status_code == 422
    assert "follow each other" in wrong.content.decode()
    assert not models.CycleRow.objects.exists()
    made = ops.post("/forecasts/open/", form)
    row = models.CycleRow.objects.get()
    assert made.url == f"/forecasts/{row.pk}/cycle/"
    assert (row.month, row.horizon, row.parties) == (MONTH, 6, ["account_manager"])
    again = ops.post("/forecasts/open/", form)
    assert again.status_code == 422
    assert "has a cycle already" in again.content.decode()
    found = cycle_for(sales_ops, row.pk)
    assert steps_of(sales_ops, found)[0] == "run"
    assert steps_of(kam, found) == ("assume", "explain")
    assert "Start a run" in desk(ops, found)
    go(ops, found, "run", recipe="naive")
    run = models.RunRow.objects.get()
    assert (run.recipe, Job.objects.filter(pk=run.job).count()) == ("naive", 1)
    assert "A run is under way" in desk(ops, found)


def test_the_desk_leads_from_handing_in_to_the_request_for_the_lock(
    cycle, house, kam, head, sales_ops, client_of
):
    lin, boss, ops = client_of(kam), client_of(head), client_of(sales_ops)
    assert "Not signed as it stands: Account manager, Operations." in desk(ops, cycle)
    go(lin, cycle, "submit", party="account_manager")
    assert "2 of 3 accounts handed in" in desk(ops, cycle)
    assert "2 of 2 accounts handed in" in desk(lin, cycle)  # a stranger's account stays unsaid
    refused = go(lin, cycle, "review", why="now")
    assert refused.status_code == 403
    sent = go(boss, cycle, "return", what=f"account_manager:{house['jd']}", why="too low")
    assert sent.status_code == 302
    assert [one.stance for one in signs_of(kam, cycle.id)][-1] is Stance.RETURNED
    assert go(ops, cycle, "review", why="it is late").status_code == 302
    assert cycle_for(kam, cycle.id).state is CycleState.REVIEW
    early = go(ops, cycle, "lock")
    assert early.status_code == 422
    assert "cannot be locked yet" in early.content.decode()
    assert go(lin, cycle, "sign", party="account_manager").status_code == 422
    assert go(boss, cycle, "sign", party="account_manager").status_code == 302
    assert go(ops, cycle, "object", party="operations").status_code == 422
    go(ops, cycle, "object", party="operations", why="no stock in March")
    assert "no stock in March" in desk(lin, cycle)
    go(ops, cycle, "sign", party="operations")
    assert "Nothing keeps this cycle from its lock." in desk(ops, cycle)
    assert go(ops, cycle, "lock").status_code == 302
    assert "waits for a second person" in desk(ops, cycle)
    assert steps_of(sales_ops, cycle_for(sales_ops, cycle.id)) == ("withdraw",)
    go(ops, cycle, "withdraw", why="one more look")
    assert cycle_for(sales_ops, cycle.id).lock_request is None


def test_a_stale_step_shows_that_somebody_was_faster(cycle, sales_ops, client_of):
    ops = client_of(sales_ops)
    stale = cycle.version
    services.begin_review(actor=sales_ops, cycle_id=cycle.id, why="late")
    answer = go(ops, cycle, "reopen", why="again", version=stale)
    assert answer.status_code == 409
    assert cycle_for(sales_ops, cycle.id).state is CycleState.REVIEW


def test_a_large_gap_is_explained_and_an_assumption_judged_on_the_desk(
    cycle, house, kam, client_of
):
    lin = client_of(kam)
    services.override(actor=kam, cycle_id=cycle.id, entry=typed(Node(house["jd"], house["p"]), 900))
    page = desk(lin, cycle)
    about = "gap%3Aaccount_manager%3Astatistical%3AAcu"
    assert f"/cycle/explain/?about={about}" in page
    lin.post(f"/forecasts/{cycle.id}/cycle/explain/?about={about}", {"why": "a tender"})
    page = desk(lin, cycle)
    assert "a tender" in page
    assert "to be explained" not in page
    said = {"text": "JD stays listed", "starts": "2026-01-01", "expires": "2026-03-31",
            "category": "event", "brand": "Acu", "owner": str(kam.user_id)}  # fmt: skip
    assert go(lin, cycle, "assume", **said, account="FAR").status_code == 422
    go(lin, cycle, "assume", **said, account="JD")
    held = models.AssumptionRow.objects.get()
    assert (held.category, held.account_id, held.brand) == ("event", house["jd"], "Acu")
    assert "JD Ltd / Acu" in desk(lin, cycle)
    assert "JD stays listed" in desk(lin, cycle)
    at = f"/forecasts/{cycle.id}/assumptions/{held.pk}/"
    assert lin.post(at, {"verdict": "held", "note": "it did", "version": 1}).status_code == 302
    held.refresh_from_db()
    assert (held.verdict, held.verdict_note) == ("held", "it did")
    assert lin.post(at, {"verdict": "failed", "note": "", "version": 1}).status_code == 409
    assert lin.get(f"/forecasts/{cycle.id + 1}/assumptions/{held.pk}/").status_code == 404


def test_remarks_on_the_history_stay_with_those_who_see_the_account(
    cycle, house, kam, other_kam, sales_ops, client_of
):
    row = models.RunRow.objects.get()
    row.problems = [
        {
            "code": "jump",
            "account_id": house[who],
            "product_id": house["p"],
            "month": "2025-03-01",
            "count": 1,
            "detail": "",
        }
        for who in ("jd", "far")
    ] + [{"code": "no_product", "account_id": None, "product_id": None, "month": None, "count": 3}]
    row.save_checked(SYSTEM)
    assert len(problems_of(sales_ops, cycle.id)) == 3
    assert [one.account_id for one in problems_of(kam, cycle.id)] == [house["jd"]]
    page = client_of(other_kam).get(f"/forecasts/{cycle.id}/cycle/problems/?what=jump")
    text = page.content.decode()
    assert "FAR" in text
    assert "JD" not in re.sub(r"<[^>]*>", " ", text)  # tokens in tags are random letters
    assert "wrong unit" in text


def test_a_foreign_or_unknown_step_is_missing(house, sales_ops, other_kam, client_of):
    theirs = opened(sales_ops, accounts=frozenset({house["jd"]}))
    far = client_of(other_kam)
    assert far.get(f"/forecasts/{theirs.id}/cycle/").status_code == 404
    assert far.get(f"/forecasts/{theirs.id}/cycle/submit/").status_code == 404
    assert far.get(f"/forecasts/{theirs.id}/cycle/problems/").status_code == 404
    assert client_of(sales_ops).get(f"/forecasts/{theirs.id}/cycle/dance/").status_code == 404
    assert Layer.AGREED not in theirs.head.parties
