"""Actions and decisions: made of the notes, changed, answered."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.kernel.errors import Conflict, Invalid
from keystead.kit import audit
from keystead.kit.access import SYSTEM, Actor
from keystead.planning.queries import actions_of
from keystead.planning.services import follow_handed
from keystead.planning.types.plans import ActionEntry, ActionState
from keystead.reviews import models
from keystead.reviews.queries.reviews import item_for
from keystead.reviews.rules.cycle import check_item
from keystead.reviews.services.loading import checked_owner, item_to_write, review_to_write
from keystead.reviews.types.cycle import (
    Item,
    ItemEntry,
    ItemKind,
    ItemState,
    ReviewState,
    Side,
)

SENDER = "review"  # what the account plan calls us
CLOSED = (ReviewState.PREPARING, ReviewState.FOLLOWED_UP)


def add_item(*, actor: Actor, review_id: int, entry: ItemEntry) -> Item:
    """Add an action or a decision to a review from its freeze on. One audit row."""
    check_item(entry)
    with transaction.atomic():
        review = review_to_write(actor, review_id)
        if review.state in CLOSED:
            text = _("Actions and decisions are written down from the freeze to the follow-up.")
            raise Conflict(text, code="item_state")
        row = models.ItemRow(review=review, account_id=review.account_id)
        _fill(actor, row, entry)
        _keep(actor, row, "add", None)
    return item_for(actor, row.pk)


def edit_item(
    *, actor: Actor, item_id: int, expected_version: int | None, entry: ItemEntry
) -> Item:
    """Change an action or decision; its step in the account plan follows. One audit row each."""
    check_item(entry)
    with transaction.atomic():
        row = item_to_write(actor, item_id)
        if row.state != ItemState.OPEN:
            raise Conflict(_("This action is closed: open it again first."), code="item_closed")
        old = row.snapshot()
        _fill(actor, row, entry)
        _keep(actor, row, "edit", old, expected_version)
        _hand_on(actor, row)
    return item_for(actor, item_id)


def answer_item(
    *,
    actor: Actor,
    item_id: int,
    state: ItemState,
    outcome: str = "",
    on: date | None = None,
    expected_version: int | None = None,
) -> Item:
    """Say what became of an action: done, dropped (why), or open again; its step in the account
    plan follows. One audit row each."""
    with transaction.atomic():
        row = item_to_write(actor, item_id)
        if row.kind != ItemKind.ACTION:
            raise Conflict(_("A decision stays as it is."), code="item_decision")
        if state is ItemState.DROPPED and not outcome.strip():
            text = _("Say why it is dropped.")
            raise Invalid(text, code="outcome", fields={"outcome": text})
        old = row.snapshot()
        row.state, row.outcome = state.value, outcome.strip()[:400]
        row.done_on = (on or timezone.localdate()) if state is ItemState.DONE else None
        _keep(actor, row, "answer", old, expected_version)
        _hand_on(actor, row)
    return item_for(actor, item_id)


def follow_plan(*, account_id: int, source: str, item: str) -> None:
    """Let an action follow its step in the account plan: state, day, owner; the words stay as they
    were agreed. Told twice changes nothing; one audit row where something changed."""
    sender, _colon, review_id = source.partition(":")
    if sender != SENDER or not item.isdecimal() or not review_id.isdecimal():
        return
    steps = actions_of(SYSTEM, account_id, source=source)
    step = next((one for one in steps if one.item == item), None)
    if step is None:
        return
    with transaction.atomic():
        rows = models.ItemRow.objects.select_for_update(of=("self",))
        row = rows.filter(pk=int(item), review_id=int(review_id)).first()
        if row is None:
            return
        old = row.snapshot()
        row.state, row.done_on = ItemState.OPEN.value, None
        if not step.open:
            row.state, row.done_on = step.state.value, step.done_on
        row.due, row.owner_id = step.due_on or row.due, step.owner_id or row.owner_id
        if row.snapshot() != old:
            _keep(SYSTEM, row, "follow", old)


def step_of(row: models.ItemRow) -> ActionEntry:
    """Return an action of ours as the account plan keeps it."""
    return ActionEntry(
        title=row.text[:160], detail=row.quote[:400], owner_id=row.owner_id, due_on=row.due,
        item=str(row.pk), state=ActionState(row.state),
    )  # fmt: skip


def source_of(review_id: int) -> str:
    """Return what the account plan calls a review from which an action came."""
    return f"{SENDER}:{review_id}"


def _hand_on(actor: Actor, row: models.ItemRow) -> None:
    """Let the step in the account plan follow an action that was handed to it."""
    if row.kind == ItemKind.ACTION and row.side == Side.OURS:
        follow_handed(
            actor=actor, account_id=row.account_id, source=source_of(row.review_id),
            entry=step_of(row),
        )  # fmt: skip


def _fill(actor: Actor, row: models.ItemRow, entry: ItemEntry) -> None:
    row.kind, row.text = entry.kind.value, entry.text.strip()[:400]
    row.quote = entry.quote.strip()[:4000]
    row.side, row.due = entry.side.value, entry.due
    ours = entry.side is Side.OURS
    row.owner_words = "" if ours else entry.owner_words.strip()[:120]
    wanted = entry.owner_id if ours else None
    row.owner_id = row.owner_id if wanted == row.owner_id else checked_owner(actor, wanted)


def _keep(
    actor: Actor,
    row: models.ItemRow,
    verb: str,
    old: dict[str, Any] | None,
    expected: int | None = None,
) -> None:
    row.save_checked(actor, expected)
    audit.record(
        actor=actor, action=f"review_item.{verb}", subject=("review_item", row.pk), old=old,
        new=row.snapshot(), account_id=row.account_id,
    )  # fmt: skip
