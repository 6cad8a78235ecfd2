"""The hand-over of an account: prepared, handed over, accepted; tasks ticked off."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.accounts import services as accounts
from keystead.accounts.queries import (
    account_for,
    account_to_write,
    family_ids,
    people_for_team,
    team_for,
)
from keystead.accounts.types import TeamRole
from keystead.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from keystead.kit import audit
from keystead.kit.access import Actor
from keystead.reviews import models
from keystead.reviews.queries.handover import as_handover, pack_of
from keystead.reviews.types.handover import Handover, HandState

LONGEST = 4000
MOST_KEY = 120


def prepare(
    *, actor: Actor, account_id: int, to_user_id: int, on: date, note: str = ""
) -> Handover:
    """Prepare the hand-over from the present owner to somebody; needs ``shares.edit`` on the
    account. Nothing moves yet. One audit row."""
    actor.require("shares.edit")
    account = account_to_write(actor, account_id, name="sharing")
    owner = next((one for one in team_for(actor, account) if one.role is TeamRole.OWNER), None)
    if owner is None:
        text = _("Nobody owns this account. Put the new owner into the team.")
        raise Invalid(text, code="handover_owner")
    if to_user_id not in {pk for pk, _name in people_for_team(actor)}:
        text = _("This person does not look after accounts.")
        raise Invalid(text, code="handover_to", field="to_user")
    if to_user_id == owner.user_id:
        text = _("%(name)s owns it already.") % {"name": owner.name}
        raise Invalid(text, code="handover_same", field="to_user")
    with transaction.atomic():
        if _rows(account.id).exclude(state=HandState.ACCEPTED).exists():
            text = _("A hand-over of this account is under way.")
            raise Conflict(text, code="handover_twice")
        row = models.HandoverRow(
            account_id=account.id, from_user_id=owner.user_id, to_user_id=to_user_id, on=on,
            note=note.strip()[:LONGEST],
        )  # fmt: skip
        return _keep(actor, row, "prepare", None)


def hand(*, actor: Actor, account_id: int, expected_version: int | None = None) -> Handover:
    """Hand over what was prepared, now: the new person owns the account from here on.

    Two audit rows: one of the account's team, one of the hand-over.
    """
    actor.require("shares.edit")
    account = account_to_write(actor, account_id, name="sharing")
    with transaction.atomic():
        row = _open(account.id)
        if row.state != HandState.PREPARED:
            raise Conflict(_("It was handed over already."), code="handover_state")
        if any(
            one.user_id == row.to_user_id and one.role is TeamRole.OWNER
            for one in team_for(actor, account)
        ):  # moved by the team's own page
            old = row.snapshot()
            row.handed_at, row.state = timezone.now(), HandState.HANDED.value
            return _keep(actor, row, "hand", old, expected_version)
        return _move(actor, row, _reason(row), None, expected_version)


def hand_over(
    *, actor: Actor, account_id: int, to_user_id: int, reason: str, at: datetime | None = None
) -> Handover:
    """Hand an account over at a moment (default now), its pack with it.

    The pack that is prepared goes along, to whoever it goes in the end; without one it begins here.
    Needs ``shares.edit``; raises as ``accounts.hand_over``. Audit rows as ``hand``.
    """
    actor.require("shares.edit")
    account = account_to_write(actor, account_id, name="sharing")
    with transaction.atomic():
        row = _locked(account.id)
        if row is None or row.state == HandState.ACCEPTED:
            row = models.HandoverRow(account_id=account.id)
        row.to_user_id = to_user_id
        return _move(actor, row, reason, at)


def take_back(*, actor: Actor, handover_id: int) -> None:
    """Take a hand-over back before its moment: the owner stays, its pack is prepared again.

    Raises as ``accounts.cancel_handover``. Two audit rows.
    """
    with transaction.atomic():
        accounts.cancel_handover(actor=actor, handover_id=handover_id)
        rows = models.HandoverRow.objects.select_for_update(of=("self",))
        row = rows.filter(moved=handover_id, state=HandState.HANDED.value).first()
        if row is not None:
            old = row.snapshot()
            row.moved, row.handed_at, row.state = None, None, HandState.PREPARED.value
            _keep(actor, row, "take_back", old)


def _move(
    actor: Actor, row: models.HandoverRow, reason: str, at: datetime | None,
    expected: int | None = None,
) -> Handover:  # fmt: skip
    """Move the team, and keep that with the pack."""
    old = row.snapshot() if row.pk else None
    moved = accounts.hand_over(
        actor=actor, account_id=row.account_id, to_user_id=row.to_user_id, reason=reason, at=at
    )
    if old is None or row.state == HandState.HANDED:  # it begins here, or is handed on at once
        row.ticks = {}
    if old is None or at is not None:
        row.on = timezone.localtime(moved.at).date()
    row.from_user_id = moved.from_user
    row.moved, row.handed_at, row.state = moved.id, moved.at, HandState.HANDED.value
    return _keep(actor, row, "hand", old, expected)


def _reason(row: models.HandoverRow) -> str:
    return (row.note.strip() or _("Hand-over with its pack"))[:400]


def accept(*, actor: Actor, account_id: int, expected_version: int | None = None) -> Handover:
    """Accept what was handed over; only the new owner can. One audit row."""
    account = account_for(actor, account_id)
    with transaction.atomic():
        row = _own(actor, account.id)
        if row.state != HandState.HANDED or (row.handed_at and row.handed_at > timezone.now()):
            raise Conflict(_("There is nothing to accept now."), code="handover_state")
        old = row.snapshot()
        row.accepted_at, row.state = timezone.now(), HandState.ACCEPTED.value
        return _keep(actor, row, "accept", old, expected_version)


def tick(*, actor: Actor, account_id: int, key: str, done: bool) -> Handover:
    """Tick a task of the first ninety days off, or open it again; only the new owner can.

    One audit row; ticking twice changes nothing.
    """
    account = account_for(actor, account_id)
    if done and key not in {one.key for one in pack_of(actor, account.id).tasks}:
        raise NotFound(_("There is no such task."), code="task_not_found")
    with transaction.atomic():
        row = _own(actor, account.id)
        if done == (key in row.ticks):
            return as_handover(row)
        old = row.snapshot()
        ticks: dict[str, Any] = dict(row.ticks)
        if done:
            ticks[key[:MOST_KEY]] = {"by": actor.name, "at": timezone.now().isoformat()}
        else:
            del ticks[key]
        row.ticks = ticks
        return _keep(actor, row, "tick", old)


def _rows(account_id: int) -> Any:
    return models.HandoverRow.objects.filter(account_id__in=family_ids(account_id))


def _locked(account_id: int) -> models.HandoverRow | None:
    rows = _rows(account_id).select_for_update(of=("self",)).order_by("-id")
    found: models.HandoverRow | None = rows.first()
    return found


def _open(account_id: int) -> models.HandoverRow:
    row = _locked(account_id)
    if row is None or row.state == HandState.ACCEPTED:
        raise NotFound(_("No hand-over of this account is under way."), code="handover_not_found")
    return row


def _own(actor: Actor, account_id: int) -> models.HandoverRow:
    row = _locked(account_id)
    if row is None:
        raise NotFound(_("No hand-over of this account is under way."), code="handover_not_found")
    if row.to_user_id != actor.user_id:
        raise NotAllowed(_("Only the one who takes the account over can do this."), code="not_heir")
    return row


def _keep(
    actor: Actor,
    row: models.HandoverRow,
    verb: str,
    old: dict[str, Any] | None,
    expected: int | None = None,
) -> Handover:
    row.save_checked(actor, expected)
    audit.record(
        actor=actor, action=f"handover.{verb}", subject=("handover", row.pk), old=old,
        new=row.snapshot(), account_id=row.account_id,
    )  # fmt: skip
    rows = models.HandoverRow.objects.select_related("account", "from_user", "to_user")
    return as_handover(rows.get(pk=row.pk))
