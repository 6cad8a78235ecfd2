"""Begin a review, change it while it is prepared, take the steps of its cycle."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.kernel.errors import Conflict, Invalid
from keystead.kit.access import Actor
from keystead.planning.services import add_actions
from keystead.reviews import models
from keystead.reviews.calc.agenda import shipped_agenda
from keystead.reviews.queries.reviews import last_review
from keystead.reviews.queries.stored import plain_agenda
from keystead.reviews.rules.cycle import (
    check_agenda,
    check_follow_up,
    check_held,
    check_period,
    check_rating,
    check_step,
)
from keystead.reviews.services.items import source_of, step_of
from keystead.reviews.services.loading import (
    account_to_review,
    checked_colleagues,
    checked_owner,
    checked_people,
    keep,
    review_to_write,
    value,
)
from keystead.reviews.types.cycle import (
    AgendaItem,
    ItemKind,
    ItemState,
    Rating,
    Review,
    ReviewEntry,
    ReviewState,
    Side,
)

MOST_NOTES = 40_000


def create_review(*, actor: Actor, entry: ReviewEntry) -> Review:
    """Begin a review; agenda, people and place are carried over from the last one.

    Needs ``reviews.edit`` on the account. Writes the review and one audit row.
    """
    account = account_to_review(actor, entry.account_id)
    check_period(entry.kind, entry.period)
    last = last_review(actor, account.id, entry.period, entry.kind)
    row = models.ReviewRow(
        account_id=account.id, kind=entry.kind.value, starts=entry.period.start,
        ends=entry.period.end,
    )  # fmt: skip
    agenda = entry.agenda
    if agenda is None:
        same = last.agenda if last and last.kind is entry.kind else ()
        agenda = same or shipped_agenda(entry.kind)
    people = entry.people if entry.people is not None else last.people if last else ()
    ours = entry.colleagues if entry.colleagues is not None else last.colleagues if last else None
    me = (actor.user_id,) if actor.user_id is not None else ()
    _fill(actor, row, entry, agenda, people, me if ours is None else ours)
    row.place = row.place or (last.place if last else "")
    row.planned_on = row.planned_on or (last.next_on if last else None)
    row.owner_id = row.owner_id or actor.user_id
    try:
        with transaction.atomic():
            keep(actor, row, "create", None)
    except IntegrityError as error:
        text = _("There is a review of this kind and period already.")
        raise Invalid(text, code="review_twice", fields={"period": text}) from error
    return value(row.pk)


def edit_review(
    *, actor: Actor, review_id: int, expected_version: int | None, entry: ReviewEntry
) -> Review:
    """Change day, place, people and agenda, until the review is held. One audit row.

    Account, kind and period stay; agenda and people that are None stay too.
    """
    with transaction.atomic():
        row = review_to_write(actor, review_id)
        if row.state in (ReviewState.HELD, ReviewState.FOLLOWED_UP):
            raise Conflict(_("The review was held: this stays as it was."), code="review_held")
        old = row.snapshot()
        _fill(actor, row, entry, entry.agenda, entry.people, entry.colleagues)
        keep(actor, row, "edit", old, expected=expected_version)
    return value(review_id)


def keep_notes(
    *, actor: Actor, review_id: int, notes: str, expected_version: int | None = None
) -> Review:
    """Keep what was typed in the meeting; one audit row that says how long it is, not what."""
    with transaction.atomic():
        row = review_to_write(actor, review_id)
        if row.state in (ReviewState.PREPARING, ReviewState.FOLLOWED_UP):
            raise Conflict(_("Notes are taken from the freeze to the follow-up."), code="notes")
        old = row.snapshot()
        row.notes = notes.replace("\r\n", "\n")[:MOST_NOTES]
        keep(actor, row, "notes", _without_notes(old), expected=expected_version,
             more=_without_notes(row.snapshot()))  # fmt: skip
    return value(review_id)


def approve_review(*, actor: Actor, review_id: int, expected_version: int | None = None) -> Review:
    """Approve a frozen review: who approves plans on this account. One audit row."""
    with transaction.atomic():
        row = review_to_write(actor, review_id, capability="reviews.approve", right="a")
        check_step(ReviewState(row.state), ReviewState.APPROVED)
        old = row.snapshot()
        row.state = ReviewState.APPROVED.value
        row.approved_by_id, row.approved_at = actor.user_id, timezone.now()
        keep(actor, row, "approve", old, expected=expected_version)
    return value(review_id)


def hold_review(
    *, actor: Actor, review_id: int, on: date | None = None, expected_version: int | None = None
) -> Review:
    """Say that the meeting took place. One audit row."""
    today = timezone.localdate()
    check_held(on or today, today)
    with transaction.atomic():
        row = review_to_write(actor, review_id)
        check_step(ReviewState(row.state), ReviewState.HELD)
        old = row.snapshot()
        row.state, row.held_on = ReviewState.HELD.value, on or today
        keep(actor, row, "hold", old, expected=expected_version)
    return value(review_id)


def rate_review(
    *,
    actor: Actor,
    review_id: int,
    rating: Rating,
    next_on: date | None,
    expected_version: int | None = None,
) -> Review:
    """Keep how both sides found the meeting, and when the next one is. One audit row."""
    check_rating(rating)
    with transaction.atomic():
        row = review_to_write(actor, review_id)
        if row.state != ReviewState.HELD:
            raise Conflict(_("Only a review that was held is rated."), code="rating")
        old = row.snapshot()
        if next_on is not None and row.held_on is not None and next_on <= row.held_on:
            text = _("The next one comes after this one.")
            raise Invalid(text, code="next_on", fields={"next_on": text})
        row.rating_theirs, row.rating_ours = rating.theirs, rating.ours
        row.rating_words, row.next_on = rating.words.strip()[:400], next_on
        keep(actor, row, "rate", old, expected=expected_version)
    return value(review_id)


def follow_up(*, actor: Actor, review_id: int, expected_version: int | None = None) -> Review:
    """Close a review that was held: its notes became actions and decisions. One audit row."""
    with transaction.atomic():
        row = review_to_write(actor, review_id)
        check_step(ReviewState(row.state), ReviewState.FOLLOWED_UP)
        check_follow_up(row.notes, models.ItemRow.objects.filter(review=row).count())
        old = row.snapshot()
        row.state = ReviewState.FOLLOWED_UP.value
        keep(actor, row, "follow_up", old, expected=expected_version)
        _hand_down(actor, row)
    return value(review_id)


def _hand_down(actor: Actor, row: models.ReviewRow) -> None:
    """Enter our open actions in the plan of the account; told twice changes nothing."""
    ours = models.ItemRow.objects.filter(
        review=row, kind=ItemKind.ACTION.value, side=Side.OURS.value, state=ItemState.OPEN.value
    )
    entries = [step_of(one) for one in ours.order_by("id")]
    if entries and actor.can("planning.edit"):
        add_actions(actor=actor, account_id=row.account_id, items=entries, source=source_of(row.pk))


def _fill(
    actor: Actor,
    row: models.ReviewRow,
    entry: ReviewEntry,
    agenda: tuple[AgendaItem, ...] | None,
    people: tuple[int, ...] | None,
    colleagues: tuple[int, ...] | None,
) -> None:
    row.planned_on, row.place = entry.planned_on, entry.place.strip()[:160]
    row.owner_id = (
        row.owner_id if entry.owner_id == row.owner_id else checked_owner(actor, entry.owner_id)
    )
    if agenda is not None:
        check_agenda(agenda)
        row.agenda = plain_agenda(agenda)
    if people is not None:
        row.people = checked_people(actor, people)
    if colleagues is not None:
        row.colleagues = checked_colleagues(actor, colleagues)


def _without_notes(values: Mapping[str, Any]) -> dict[str, Any]:
    return {**values, "notes": f"{len(str(values.get('notes') or ''))} characters"}
