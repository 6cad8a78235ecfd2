"""An action agreed in a review and its step in the account plan are one: each follows the other."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from keystead.accounts.tests.factories import account
from keystead.kit import outbox
from keystead.kit.models import AuditEntry
from keystead.planning import queries as planning
from keystead.planning import services as plans
from keystead.planning.types.plans import ActionEntry, ActionState
from keystead.reviews import queries, services
from keystead.reviews.services.items import follow_plan
from keystead.reviews.tests.factories import Q4, put, review
from keystead.reviews.types.cycle import ItemEntry, ItemKind, ItemState, ReviewState, Side

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


@pytest.fixture
def handed(kam):
    """An action of a followed-up review, its step in the plan, and the review."""
    one = account(kam, "R-1")
    held = review(kam, one)
    put(held, ReviewState.HELD)
    said = ItemEntry(
        kind=ItemKind.ACTION, text="Send prices", owner_id=kam.user_id, due=TODAY,
        quote="Prices by May.",
    )  # fmt: skip
    item = services.add_item(actor=kam, review_id=held.id, entry=said)
    services.add_item(
        actor=kam, review_id=held.id,
        entry=ItemEntry(kind=ItemKind.ACTION, text="Name a contact", side=Side.THEIRS,
                        owner_words="Mr Li", due=TODAY),
    )  # fmt: skip
    services.follow_up(actor=kam, review_id=held.id)
    (step,) = planning.actions_of(kam, one.id)
    return item, step, one


def _follow(step) -> None:
    follow_plan(account_id=step.account_id, source=step.source, item=step.item)


def test_what_is_done_in_the_plan_is_done_in_the_review(kam, handed):
    item, step, one = handed
    plans.move_action(actor=kam, action_id=step.id, state=ActionState.DONE)
    (told,) = [one for one in outbox.OutboxEvent.objects.all() if "action" in one.name]
    assert (told.payload["source"], told.payload["item"]) == (step.source, str(item.id))
    _follow(step)
    _follow(step)
    again = queries.item_for(kam, item.id)
    assert (again.state, again.done_on, again.text) == (ItemState.DONE, TODAY, "Send prices")
    assert AuditEntry.objects.filter(action="review_item.follow").count() == 1
    nxt = review(kam, one, period=Q4)
    states = {one.text: one.state for one in queries.carried_over(kam, nxt)}
    assert states == {"Send prices": ItemState.DONE, "Name a contact": ItemState.OPEN}
    plans.move_action(actor=kam, action_id=step.id, state=ActionState.WAITING)
    _follow(step)
    again = queries.item_for(kam, item.id)
    assert (again.state, again.done_on) == (ItemState.OPEN, None)


def test_a_new_day_in_the_plan_is_the_day_in_the_review(kam, handed):
    item, step, _one = handed
    later = TODAY + timedelta(days=30)
    entry = ActionEntry(title="Another title", owner_id=kam.user_id, due_on=later)
    plans.edit_action(
        actor=kam, action_id=step.id, entry=entry, expected_version=step.version
    )  # fmt: skip
    _follow(step)
    again = queries.item_for(kam, item.id)
    assert (again.due, again.text) == (later, "Send prices")


def test_what_is_answered_in_the_review_stands_in_the_plan(kam, handed):
    item, step, one = handed
    events = outbox.OutboxEvent.objects.filter(name="planning.action_moved").count()
    services.answer_item(actor=kam, item_id=item.id, state=ItemState.DONE, outcome="sent")
    assert planning.actions_of(kam, one.id)[0].state is ActionState.DONE
    services.answer_item(actor=kam, item_id=item.id, state=ItemState.OPEN)
    services.edit_item(
        actor=kam, item_id=item.id, expected_version=None,
        entry=ItemEntry(kind=ItemKind.ACTION, text="Send all prices", owner_id=kam.user_id,
                        due=TODAY + timedelta(days=7)),
    )  # fmt: skip
    (again,) = planning.actions_of(kam, one.id)
    assert (again.title, again.due_on, again.state) == (
        "Send all prices", TODAY + timedelta(days=7), ActionState.OPEN,
    )  # fmt: skip
    assert AuditEntry.objects.filter(action="plan.action.follow").count() == 3
    assert outbox.OutboxEvent.objects.filter(name="planning.action_moved").count() == events
    _follow(step)
    assert not AuditEntry.objects.filter(action="review_item.follow").exists()


def test_a_step_in_work_stays_in_work_when_its_words_change(kam, handed):
    item, step, one = handed
    plans.move_action(actor=kam, action_id=step.id, state=ActionState.DOING)
    services.edit_item(
        actor=kam, item_id=item.id, expected_version=None,
        entry=ItemEntry(kind=ItemKind.ACTION, text="Send prices soon", owner_id=kam.user_id,
                        due=TODAY),
    )  # fmt: skip
    (again,) = planning.actions_of(kam, one.id)
    assert (again.title, again.state) == ("Send prices soon", ActionState.DOING)


def test_steps_of_others_are_left_alone(kam, handed):
    item, _step, one = handed
    for source in ("review:x", "minutes:1", f"review:{item.review_id + 999}"):
        follow_plan(account_id=one.id, source=source, item=str(item.id))
    assert queries.item_for(kam, item.id).state is ItemState.OPEN
