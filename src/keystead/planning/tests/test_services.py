"""A plan from its first line to its second version; actions that come from elsewhere; inputs."""

import pytest
from django.db import DatabaseError, transaction

from keystead.accounts.tests.factories import account, shared_with
from keystead.governance.queries.approvals import latest
from keystead.governance.services.approvals import decide
from keystead.governance.types.approvals import SubjectKind
from keystead.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from keystead.kit.models import AuditEntry, OutboxEvent
from keystead.planning import models, queries, services
from keystead.planning.queries.versions import differences, versions_of
from keystead.planning.rules.completeness import completeness
from keystead.planning.tests.factories import (
    TODAY,
    D,
    action,
    action_entry,
    ahead,
    asked,
    claim,
    claim_entry,
    initiative,
    objective,
    plan,
    whole_plan,
)
from keystead.planning.tests.sold import sell_in
from keystead.planning.types.plans import (
    ActionState,
    ClaimKind,
    InitiativeState,
    PlanState,
    Standing,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def director(make_actor):
    return make_actor("boss", "director")


@pytest.fixture
def uni(kam, director):
    return shared_with(account(kam, "UNI", currency="EUR"), director)


def answer(director, held, approve=True):
    request = latest(SubjectKind.ACCOUNT_PLAN, str(held.id))
    decide(actor=director, request_id=request.id, approve=approve, reason="Seen")


def test_from_a_draft_to_the_second_version(kam, director, uni, django_capture_on_commit_callbacks):
    held = whole_plan(kam, uni)
    assert completeness(queries.plan_for(kam, held.id), TODAY).score == 100
    with django_capture_on_commit_callbacks(execute=True):
        services.submit_plan(actor=kam, plan_id=held.id)
    with pytest.raises(Conflict):
        claim(kam, held)
    with django_capture_on_commit_callbacks(execute=True):
        answer(director, held)
    now = queries.plan_for(kam, held.id)
    assert (now.state, now.number) == (PlanState.APPROVED, 1)
    with pytest.raises(Conflict):
        claim(kam, held)
    goal = now.of(ClaimKind.GOAL)[0]
    assert services.confirm_line(actor=kam, kind="claim", line_id=goal.id).stated_on == TODAY
    step = now.initiatives[0]
    moved = services.move_initiative(
        actor=kam, initiative_id=step.id, state=InitiativeState.RUNNING
    )
    assert moved.state is InitiativeState.RUNNING
    assert differences(kam, held.id, 1, 0) == ()
    services.revise_plan(actor=kam, plan_id=held.id)
    entry = claim_entry(text="Open nine", owner_id=kam.user_id)
    services.edit_line(actor=kam, line_id=goal.id, entry=entry, expected_version=None)
    services.remove_line(actor=kam, kind="claim", line_id=now.of(ClaimKind.RISK)[0].id)
    assert [(one.kind, one.field, one.before, one.after) for one in differences(kam, held.id, 1, 0)
            ] == [("goal", "text", "One goal", "Open nine"), ("risk", "", "One risk", "")]  # fmt: skip
    with django_capture_on_commit_callbacks(execute=True):
        services.submit_plan(actor=kam, plan_id=held.id)
        services.withdraw_plan(actor=kam, plan_id=held.id)
        services.submit_plan(actor=kam, plan_id=held.id)
    with django_capture_on_commit_callbacks(execute=True):
        answer(director, held)
    assert [one.number for one in versions_of(kam, held.id)] == [2, 1]
    told = OutboxEvent.objects.filter(name="planning.plan_approved").order_by("id")
    assert [one.payload["number"] for one in told] == [1, 2]
    row = models.PlanVersion.objects.get(number=1)
    with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
        models.PlanVersion.objects.filter(pk=row.pk).update(number=9)


def test_who_wrote_it_does_not_approve_it(kam, director, uni, django_capture_on_commit_callbacks):
    held = plan(director, uni)
    objective(kam, held)
    with django_capture_on_commit_callbacks(execute=True):
        services.submit_plan(actor=kam, plan_id=held.id)
    with django_capture_on_commit_callbacks(execute=True):
        answer(director, held)
    assert queries.plan_for(kam, held.id).state is PlanState.DRAFT
    assert not models.PlanVersion.objects.exists()


def test_a_plan_without_objective_is_not_put_up(kam, uni):
    held = plan(kam, uni)
    entries = AuditEntry.objects.count()
    with pytest.raises(Invalid):
        services.submit_plan(actor=kam, plan_id=held.id)
    assert (queries.plan_for(kam, held.id).state, AuditEntry.objects.count()) == (
        PlanState.DRAFT, entries,
    )  # fmt: skip


def test_objectives_are_read_live_with_proof(kam, uni, viewer):
    held = plan(kam, uni)
    objective(kam, held, target=D(800))
    objective(kam, held, title="Margin", metric="gross_margin", target=D(50))
    objective(kam, held, title="Be liked", metric="", target=None, standing=Standing.ON_TRACK)
    year = TODAY.year
    sell_in([(uni.id, None, TODAY.replace(month=1, day=5), 500)])
    first, margin, words = queries.objectives_of(kam, uni.id)
    assert (first.value, first.measure) == (D(500), "EUR")
    assert first.proof_id
    assert (margin.hidden, words.standing) == (False, Standing.ON_TRACK)
    shared_with(uni, viewer)
    seen = queries.objectives_of(viewer, uni.id, year=year)
    assert [(one.hidden, one.objective.target) for one in seen[:2]] == [
        (False, D(800)),
        (True, None),
    ]


def test_a_figure_in_the_currency_of_the_plan_has_progress(kam):
    jd = account(kam, "JD", currency="CNY")
    held = plan(kam, jd, currency="CNY")
    objective(kam, held, target=D(500))
    sell_in([(jd.id, None, TODAY.replace(month=1, day=5), 600)], currency="CNY")
    (found,) = queries.objectives_of(kam, jd.id)
    assert (found.progress_pct, found.standing) == (D("120.0"), Standing.REACHED)


def test_a_metric_of_resale_prices_is_no_target(kam, uni):
    held = plan(kam, uni)
    with pytest.raises(Invalid) as caught:
        objective(kam, held, metric="price_index")
    assert "metric" in caught.value.data["fields"]
    with pytest.raises(Invalid):
        objective(kam, held, filters={"nonsense": ("a",)})
    assert not models.ObjectiveRow.objects.exists()


def test_carried_over_is_not_confirmed(kam, uni):
    held = whole_plan(kam, uni, 2026)
    action(kam, uni, held.id, state=ActionState.DONE)
    made = services.copy_plan(actor=kam, plan_id=held.id, year=2027)
    found = queries.plan_for(kam, made.id)
    assert {one.carried for one in found.lines} == {True}
    assert (len(found.claims), len(found.objectives), len(found.initiatives)) == (11, 1, 1)
    assert found.initiatives[0].objective_id == found.objectives[0].id
    assert [one.state for one in found.actions] == [ActionState.OPEN]
    assert completeness(found, TODAY).score == 10
    with pytest.raises(Invalid):
        services.copy_plan(actor=kam, plan_id=held.id, year=2027)
    entry = AuditEntry.objects.get(action="plan.copy")
    assert (entry.new["from"], entry.new["actions"]) == (2026, 1)


def test_handed_down_actions_are_entered_once(
    kam, uni, other_kam, django_capture_on_commit_callbacks
):
    held = plan(kam, uni)
    items = [action_entry(title="Call", item="1"), action_entry(title="Write", item="2")]
    first = services.add_actions(actor=kam, account_id=uni.id, items=items, source="review:7")
    assert {one.plan_id for one in first} == {held.id}
    services.move_action(actor=kam, action_id=first[0].id, state=ActionState.DONE)
    again = services.add_actions(actor=kam, account_id=uni.id, items=items, source="review:7")
    assert [(one.id, one.state) for one in again] == [
        (first[0].id, ActionState.DONE), (first[1].id, ActionState.OPEN),
    ]  # fmt: skip
    event = OutboxEvent.objects.get(name="planning.action_moved")
    assert (event.payload["source"], event.payload["item"], event.payload["state"]) == (
        "review:7", "1", "done",
    )  # fmt: skip
    assert [one.title for one in queries.open_actions(kam, uni.id)] == ["Write"]
    with pytest.raises(NotFound):
        services.add_actions(actor=other_kam, account_id=uni.id, items=items, source="review:7")
    with pytest.raises(Invalid):
        services.add_actions(actor=kam, account_id=uni.id, items=[action_entry()], source="x")


def test_the_person_asked_answers_and_nobody_else(kam, uni, make_actor, other_kam):
    marketing = make_actor("mia", "marketing")
    held = plan(kam, uni)
    with pytest.raises(Invalid):
        asked(kam, held, other_kam)
    found = asked(kam, held, marketing)
    assert [one.id for one in queries.asked_of(marketing)] == [found.id]
    with pytest.raises(NotAllowed):
        services.answer_input(actor=kam, input_id=found.id, answer="20 000")
    said = services.answer_input(actor=marketing, input_id=found.id, answer="20 000")
    assert (said.answer, queries.asked_of(marketing)) == ("20 000", ())
    with pytest.raises(Conflict):
        services.withdraw_input(actor=kam, input_id=found.id)


def test_an_owner_moves_the_own_action_without_writing_plans(kam, uni, make_actor):
    mia, finn = make_actor("mia", "marketing"), make_actor("finn", "finance")
    step = action(kam, uni, owner_id=mia.user_id)
    moved = services.move_action(actor=mia, action_id=step.id, state=ActionState.DONE)
    assert moved.done_on == TODAY
    with pytest.raises(NotAllowed):
        services.move_action(actor=finn, action_id=step.id, state=ActionState.OPEN)
    again = services.move_action(actor=kam, action_id=step.id, state=ActionState.OPEN)
    assert again.done_on is None


def test_who_reads_no_budgets_reads_no_money(kam, uni, viewer):
    shared_with(uni, viewer)
    held = plan(kam, uni)
    claim(kam, held, ClaimKind.BUDGET, amount=D(777))
    initiative(kam, held)
    found = queries.plan_for(viewer, held.id)
    assert [one.amount for one in found.claims] == [None]
    assert [(one.cost, one.effect) for one in found.initiatives] == [(None, None)]


def test_a_statement_goes_stale(kam, uni):
    held = plan(kam, uni)
    old = claim(kam, held, ClaimKind.RISK, stated_on=ahead(-90))
    new = claim(kam, held, ClaimKind.RISK, stated_on=ahead(-89))
    assert (old.stale(TODAY), new.stale(TODAY)) == (True, False)
