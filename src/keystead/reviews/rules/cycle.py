"""How a review goes on: which step follows which, and what each asks for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from keystead.kernel.errors import Conflict, Invalid
from keystead.kernel.periods import Period
from keystead.reviews.types.cycle import (
    AgendaItem,
    ItemEntry,
    ItemKind,
    Rating,
    ReviewKind,
    Side,
)
from keystead.reviews.types.cycle import ReviewState as S
from keystead.reviews.types.marking import gettext_noop as _

# Taking a freeze back leads to preparing again; nothing leads back from what was held.
STEPS: Final[Mapping[S, frozenset[S]]] = {
    S.PREPARING: frozenset({S.FROZEN}),
    S.FROZEN: frozenset({S.PREPARING, S.APPROVED}),
    S.APPROVED: frozenset({S.PREPARING, S.HELD}),
    S.HELD: frozenset({S.FOLLOWED_UP}),
    S.FOLLOWED_UP: frozenset(),
}
MONTHS: Final[Mapping[ReviewKind, int]] = {
    ReviewKind.QUARTER: 3,
    ReviewKind.MONTH: 1,
    ReviewKind.MID_YEAR: 6,
    ReviewKind.JOINT_PLAN: 12,
}
MOST_POINTS, MOST_MINUTES = 30, 480
_WHY: Final[Mapping[S, str]] = {
    S.PREPARING: _("Only a frozen review can be taken back, and only before it is held."),
    S.FROZEN: _("Only a review in preparation is frozen."),
    S.APPROVED: _("Only a frozen review is approved."),
    S.HELD: _("Only an approved review is held."),
    S.FOLLOWED_UP: _("Only a review that was held is followed up."),
}


def check_step(state: S, wanted: S) -> None:
    """Raise Conflict where a review cannot go from its state to the wanted one.

    >>> check_step(S.FROZEN, S.APPROVED)
    >>> check_step(S.PREPARING, S.HELD)
    Traceback (most recent call last):
    ...
    keystead.kernel.errors.Conflict: Only an approved review is held.
    """
    if wanted not in STEPS[state]:
        raise Conflict(_WHY[wanted], code="review_step", state=state.value, wanted=wanted.value)


def check_period(kind: ReviewKind, period: Period) -> None:
    """Raise Invalid where a period does not fit the kind of review: its number of whole months."""
    if not period.is_whole_months or period.month_count != MONTHS[kind]:
        text = _("The period does not fit this kind of review.")
        raise Invalid(text, code="review_period", fields={"period": text})


def check_agenda(items: tuple[AgendaItem, ...]) -> None:
    """Raise Invalid where an agenda cannot be kept: too long, or a point without words."""
    wrong = ""
    if len(items) > MOST_POINTS:
        wrong = _("An agenda has at most 30 points.")
    elif sum(one.minutes for one in items) > MOST_MINUTES:
        wrong = _("An agenda takes at most eight hours.")
    elif any(one.minutes < 0 for one in items):
        wrong = _("Minutes are zero or more.")
    elif not all(one.code or any(text.strip() for text in one.texts.values()) for one in items):
        wrong = _("Each point of an agenda has words.")
    if wrong:
        raise Invalid(wrong, code="agenda", fields={"agenda": wrong})


def check_held(on: date, today: date) -> None:
    """Raise Invalid where a review was not yet held: its day is to come."""
    if on > today:
        text = _("It is held today or was before.")
        raise Invalid(text, code="held_on", fields={"held_on": text})


def check_rating(rating: Rating) -> None:
    """Raise Invalid for marks outside 1 to 5."""
    wrong = {
        name: _("A mark is from 1 to 5.")
        for name, mark in (("rating_theirs", rating.theirs), ("rating_ours", rating.ours))
        if mark is not None and not 1 <= mark <= 5
    }
    if wrong:
        raise Invalid(next(iter(wrong.values())), code="rating", fields=wrong)


def check_item(entry: ItemEntry) -> None:
    """Raise Invalid where an action or decision cannot be kept as it was typed.

    An action has an owner and a day: one of us by account, one of theirs by name.
    """
    wrong: dict[str, str] = {}
    if not entry.text.strip():
        wrong["text"] = _("Say what is to be done, or what was decided.")
    if entry.kind is ItemKind.ACTION:
        if entry.side is Side.OURS and entry.owner_id is None:
            wrong["owner"] = _("An action has an owner.")
        if entry.side is Side.THEIRS and not entry.owner_words.strip():
            wrong["owner_words"] = _("Say who does it at the customer.")
        if entry.due is None:
            wrong["due"] = _("An action has a day.")
    if wrong:
        raise Invalid(next(iter(wrong.values())), code="item", fields=wrong)


def check_follow_up(notes: str, items: int) -> None:
    """Raise Conflict where a review has neither notes nor an action or decision: nothing came."""
    if not notes.strip() and not items:
        raise Conflict(
            _("Write down what came of it first: notes, an action or a decision."),
            code="follow_up",
        )
