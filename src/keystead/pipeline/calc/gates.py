"""The gates of a renewal: what should stand so many months before the end."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from typing import Final

from keystead.pipeline.calc.notice import months_before
from keystead.pipeline.types.renewals import Evidence, Gate

# Our proposal, not a published norm (infoscience 2.2).
CHECKLIST: Final[dict[int, tuple[str, ...]]] = {
    18: ("mandate", "needs"),
    12: ("value", "usage", "people"),
    9: ("goals", "fallback", "concessions"),
    6: ("offer", "rounds"),
    3: ("terms", "papers"),
}
ITEMS: Final = tuple(item for items in CHECKLIST.values() for item in items)


def gates(last: date) -> tuple[Gate, ...]:
    """Return the gates before the end of a term, the earliest first.

    >>> [(one.months, str(one.on)) for one in gates(date(2026, 12, 31))][:2]
    [(18, '2025-06-30'), (12, '2025-12-31')]
    """
    return tuple(
        Gate(months, months_before(last, months), items) for months, items in CHECKLIST.items()
    )


def standing(given: Iterable[Evidence]) -> dict[str, Evidence]:
    """Return the newest evidence of each item; ``given`` is in the order it was written."""
    return {one.item: one for one in given}


def done(given: Iterable[Evidence]) -> frozenset[str]:
    """Return the items that are done: an item taken back is not."""
    return frozenset(item for item, one in standing(given).items() if one.done)


def late_items(last: date, ticked: Collection[str], today: date) -> tuple[str, ...]:
    """Return the items of gates already passed that nobody ticked.

    >>> late_items(date(2026, 12, 31), {"mandate", "needs"}, date(2026, 1, 5))
    ('value', 'usage', 'people')
    """
    return tuple(
        item for gate in gates(last) if gate.on < today for item in gate.items if item not in ticked
    )


def next_gate(last: date, ticked: Collection[str], today: date) -> Gate | None:
    """Return the first gate with something to do; None when all is done.

    >>> next_gate(date(2026, 12, 31), {"mandate", "needs"}, date(2026, 1, 5)).months
    12
    """
    return next((one for one in gates(last) if not set(one.items) <= set(ticked)), None)
