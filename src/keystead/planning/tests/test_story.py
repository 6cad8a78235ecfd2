"""The duty as a whole: a year planned, approved, lived, and carried over; pages only."""

import re

import pytest

from keystead.accounts.tests.factories import account, shared_with
from keystead.governance.queries.approvals import latest
from keystead.governance.types.approvals import SubjectKind
from keystead.planning import models, queries
from keystead.planning.tests.factories import TODAY
from keystead.planning.tests.sold import sell_in

pytestmark = pytest.mark.django_db


def text_of(answer):
    plain = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return re.sub(r"[\s\u202f\u00a0]+", " ", plain)


def test_a_year_is_planned_approved_lived_and_carried_over(
    client_of, kam, make_actor, django_capture_on_commit_callbacks
):
    boss = make_actor("boss", "director")
    uni = shared_with(account(kam, "UNI", name="Université Lyon", currency="EUR"), boss)
    day = TODAY.replace(month=1, day=5)
    sell_in([(uni.id, None, day, 600)])
    manager, director = client_of(kam), client_of(boss)
    home = manager.post("/plans/new/", {
        "account": uni.id, "year": TODAY.year, "currency": "EUR", "headline": "Two faculties",
        "owner": kam.user_id,
    })["Location"]  # fmt: skip
    target = {"title": "Sell a thousand", "metric": "sell_in", "target": "1000"}
    goal = {"kind": "goal", "text": "Open science", "stated_on": TODAY}
    for kind, typed in (("objective", target), ("claim", goal)):
        assert manager.post(f"{home}add/{kind}/", typed).status_code == 302
    with django_capture_on_commit_callbacks(execute=True):
        manager.post(f"{home}submit/")
    assert "waits for approval" in text_of(director.get("/plans/"))
    plan_id = models.PlanRow.objects.get().pk
    request = latest(SubjectKind.ACCOUNT_PLAN, str(plan_id))
    asked = text_of(director.get(f"/approvals/{request.id}/"))
    assert "Sell a thousand" in asked
    with django_capture_on_commit_callbacks(execute=True):
        given = {"answer": "approve", "reason": "Good", "content_hash": request.content_hash}
        decided = director.post(f"/approvals/{request.id}/decide/", given)
        assert decided.status_code == 302, text_of(decided)
    assert queries.plan_for(kam, plan_id).state == "approved"
    frozen = models.PlanVersion.objects.get().content["objectives"][0]["figure"]
    assert (frozen["value"], frozen["measure"]) == ("600", "EUR")
    sell_in([(uni.id, None, day, 600), (uni.id, None, day, 700)], lineage="again")
    page = manager.get(home)
    assert "1 of 1 objective on track" in text_of(page)
    assert models.PlanVersion.objects.get().content["objectives"][0]["figure"] == frozen
    changed = queries.objectives_of(kam, uni.id)[0]
    assert changed.value == 1300
    after = manager.post(f"{home}copy/", {"year": TODAY.year + 1})["Location"]
    assert "carried over, not confirmed yet" in text_of(manager.get(after))
    carried = models.ObjectiveRow.objects.get(carried=True)
    confirm = f"/plans/lines/objective/{carried.pk}/confirm/"
    assert confirm in manager.get(after).content.decode()
    assert manager.post(confirm, {"version": 1})["Location"] == after
    assert confirm not in manager.get(after).content.decode()
    years = text_of(manager.get(f"{after}years/"))
    assert str(TODAY.year) in years
    assert str(TODAY.year + 1) in years
