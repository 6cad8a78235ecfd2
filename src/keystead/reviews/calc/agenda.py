"""The agendas that ship: points with their minutes, by kind of review."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from keystead.reviews.types.cycle import AgendaItem, ReviewKind
from keystead.reviews.types.marking import gettext_noop as _

POINTS: Final[Mapping[str, str]] = {
    "welcome": _("Welcome, and what each side wants from today"),
    "actions": _("Actions of the last review"),
    "results": _("Results against target and last year"),
    "movers": _("What moved, and why"),
    "range": _("Range, listings and availability"),
    "usage": _("Usage and what it is worth"),
    "campaigns": _("Campaigns: what was done, what comes"),
    "terms": _("Agreements and open claims"),
    "outlook": _("Outlook for the year"),
    "goals": _("Goals of both sides for the year"),
    "initiatives": _("Joint initiatives with owner and budget"),
    "asks": _("What we ask of each other"),
    "close": _("Decisions, actions, next date"),
}
_QUARTER = (
    ("welcome", 5), ("actions", 10), ("results", 15), ("movers", 15), ("range", 10),
    ("campaigns", 10), ("terms", 10), ("outlook", 10), ("asks", 10), ("close", 10),
)  # fmt: skip
_MONTH = (("actions", 10), ("results", 10), ("movers", 10), ("asks", 5), ("close", 5))
_MID_YEAR = (
    ("welcome", 5), ("actions", 10), ("results", 20), ("movers", 20), ("range", 15), ("terms", 15),
    ("outlook", 20), ("goals", 10), ("close", 15),
)  # fmt: skip
_JOINT = (
    ("welcome", 10), ("results", 20), ("goals", 30), ("range", 15), ("initiatives", 40),
    ("terms", 15), ("outlook", 20), ("close", 15),
)  # fmt: skip
_SHIPPED: Final = {
    ReviewKind.QUARTER: _QUARTER,
    ReviewKind.MONTH: _MONTH,
    ReviewKind.MID_YEAR: _MID_YEAR,
    ReviewKind.JOINT_PLAN: _JOINT,
}


def shipped_agenda(kind: ReviewKind, *, publisher: bool = False) -> tuple[AgendaItem, ...]:
    """Return the agenda that ships for a kind of review, with minutes for each point.

    A ``publisher`` talks of usage where a maker of goods talks of range and campaigns.

    >>> [one.code for one in shipped_agenda(ReviewKind.MONTH)]
    ['actions', 'results', 'movers', 'asks', 'close']
    """
    found = [
        AgendaItem(minutes, "usage" if publisher and code == "range" else code)
        for code, minutes in _SHIPPED[kind]
        if not (publisher and code == "campaigns")
    ]
    return tuple(found)


def total_minutes(items: tuple[AgendaItem, ...]) -> int:
    """Return how long an agenda takes, in minutes.

    >>> total_minutes(shipped_agenda(ReviewKind.MONTH))
    40
    """
    return sum(one.minutes for one in items)
