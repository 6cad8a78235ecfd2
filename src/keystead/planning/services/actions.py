"""Steps that somebody takes by a day: entered here, or handed down by another room."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.accounts.queries import account_to_write, family_ids
from keystead.kernel.errors import Invalid, NotAllowed
from keystead.kit import outbox
from keystead.kit.access import Actor
from keystead.planning import models
from keystead.planning.queries.door import action_row
from keystead.planning.queries.stored import as_action
from keystead.planning.rules.lines import wrong_action
from keystead.planning.services.keeping import (
    account_to_plan,
    checked_owner,
    keep,
    plan_to_write,
    refuse,
)
from keystead.planning.types.events import ActionMoved
from keystead.planning.types.plans import STILL_OPEN, Action, ActionEntry, ActionState


def add_action(
    *, actor: Actor, account_id: int, entry: ActionEntry, plan_id: int | None = None
) -> Action:
    """Enter a step for an account, in a plan of it or beside. One audit row."""
    account = account_to_plan(actor, account_id)
    with transaction.atomic():
        plan = None if plan_id is None else plan_to_write(actor, plan_id)
        if plan is not None and plan.account_id not in family_ids(account.id):
            refuse({"plan": _("This plan belongs to another account.")})
        row = models.ActionRow(account_id=account.id, plan=plan)
        _fill(row, entry)
        keep(actor, row, "action.add", account_id=account.id)
    return as_action(row)


def add_actions(
    *, actor: Actor, account_id: int, items: Iterable[ActionEntry], source: str
) -> tuple[Action, ...]:
    """Enter what another room hands down; told twice changes nothing. One audit row each.

    ``source`` names the sender (``review:17``), ``item`` of each entry its place there, for good.
    What is stored already stays as it is, whatever became of it since. They go into the plan of
    the year they are due, where there is one. Returns all of them, in the order given.
    """
    account = account_to_plan(actor, account_id)
    listed = list(items)
    if not source.strip() or any(not one.item.strip() for one in listed):
        raise Invalid(_("Say where an action comes from, and its place there."), code="source")
    found = []
    with transaction.atomic():
        family = family_ids(account.id)
        for entry in listed:
            row = models.ActionRow.objects.filter(
                account_id__in=family, source=source[:60], item=entry.item[:80]
            ).first()
            if row is None:
                row = models.ActionRow(
                    account_id=account.id, source=source[:60], item=entry.item[:80],
                    plan=_plan_of(family, entry),
                )  # fmt: skip
                _fill(row, entry)
                keep(actor, row, "action.add", account_id=account.id)
            found.append(as_action(row))
    return tuple(found)


def edit_action(
    *, actor: Actor, action_id: int, entry: ActionEntry, expected_version: int | None
) -> Action:
    """Change a step. One audit row; a changed state, day or owner is told to whence it came."""
    with transaction.atomic():
        row = _to_write(actor, action_id)
        old, before = row.snapshot(), _told(row)
        _fill(row, entry)
        keep(actor, row, "action.edit", account_id=row.account_id, old=old,
             expected=expected_version)  # fmt: skip
        _tell(row, before)
    return as_action(row)


def move_action(
    *, actor: Actor, action_id: int, state: ActionState, expected_version: int | None = None
) -> Action:
    """Bring a step to another lane; its owner may do so, too. One audit row and one event."""
    with transaction.atomic():
        row = _to_write(actor, action_id, owner=True)
        old, before = row.snapshot(), _told(row)
        _set_state(row, state)
        keep(actor, row, "action.move", account_id=row.account_id, old=old,
             expected=expected_version)  # fmt: skip
        _tell(row, before)
    return as_action(row)


def follow_handed(
    *, actor: Actor, account_id: int, source: str, entry: ActionEntry
) -> Action | None:
    """Bring what was handed down up to the words, day, owner and state of where it came from.

    Who may write the account's plan there may do so. One audit row where something changed, and
    no event: the sender knows. Returns None for what was never handed down.
    """
    account_to_write(actor, account_id, name="plan")
    with transaction.atomic():
        row = (
            models.ActionRow.objects.select_for_update()
            .filter(account_id__in=family_ids(account_id), source=source[:60], item=entry.item[:80])
            .first()
        )
        if row is None:
            return None
        old, state = row.snapshot(), ActionState(row.state)
        wanted = state if entry.state is ActionState.OPEN and state in STILL_OPEN else entry.state
        row.title, row.due_on = entry.title.strip()[:300], entry.due_on
        if entry.owner_id != row.owner_id:
            row.owner_id = checked_owner(entry.owner_id, row.account_id)
        _set_state(row, wanted)
        if row.snapshot() != old:
            keep(actor, row, "action.follow", account_id=row.account_id, old=old)
    return as_action(row)


def _to_write(actor: Actor, action_id: int, *, owner: bool = False) -> models.ActionRow:
    row = action_row(actor, action_id)
    if owner and actor.user_id is not None and row.owner_id == actor.user_id:
        return row
    if owner and not actor.can("planning.edit"):
        raise NotAllowed(_("Only its owner or who writes the plan moves an action."))
    account_to_plan(actor, row.account_id)
    return row


def _plan_of(family: Iterable[int], entry: ActionEntry) -> models.PlanRow | None:
    year = (entry.due_on or timezone.localdate()).year
    return models.PlanRow.objects.filter(account_id__in=tuple(family), year=year).first()


def _fill(row: models.ActionRow, entry: ActionEntry) -> None:
    refuse(wrong_action(entry))
    row.title, row.detail = entry.title.strip()[:300], entry.detail.strip()[:4000]
    row.starts, row.due_on = entry.starts, entry.due_on
    if entry.owner_id != row.owner_id:
        row.owner_id = checked_owner(entry.owner_id, row.account_id)
    if entry.initiative_id is not None and row.plan_id is not None:
        held = models.InitiativeRow.objects.filter(plan_id=row.plan_id, pk=entry.initiative_id)
        if not held.exists():
            refuse({"initiative_id": _("This initiative belongs to another plan.")})
    row.initiative_id = entry.initiative_id if row.plan_id is not None else None
    _set_state(row, entry.state)


def _set_state(row: models.ActionRow, state: ActionState) -> None:
    done = state is ActionState.DONE
    row.done_on = (row.done_on or timezone.localdate()) if done else None
    row.state = state.value


def _told(row: models.ActionRow) -> tuple[object, ...]:
    return row.state, row.due_on, row.owner_id


def _tell(row: models.ActionRow, before: tuple[object, ...]) -> None:
    if row.source and _told(row) != before:
        outbox.publish(ActionMoved(
            action_id=row.pk, account_id=row.account_id, source=row.source, item=row.item,
            state=row.state,
        ))  # fmt: skip
