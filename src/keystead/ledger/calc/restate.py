"""What is visible of one source and month after posts, restatements and undoings."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from keystead.ledger.types import LiveMonth, Mode


@dataclasses.dataclass(frozen=True)
class Claim:
    """What one posted batch says of one source and month; undone batches make no claim.

    ``replaces``: nothing older of this source and month stays. ``parts``: ids of its rows.
    """

    order: int | None
    replaces: bool
    parts: tuple[int, ...] = ()


def visible_parts(claims: Iterable[Claim]) -> frozenset[int]:
    """Return the parts that count: the last replacing claim and all that came after it.

    Inputs: the claims of one source and month in any order. Empty input: nothing is visible.

    >>> jan, fixed, late = Claim(1, True, (10,)), Claim(2, True, (20, 21)), Claim(3, False, (30,))
    >>> sorted(visible_parts([late, jan, fixed]))
    [20, 21, 30]
    >>> sorted(visible_parts([jan, late]))  # the restatement was undone
    [10, 30]
    """
    visible: list[int] = []
    for claim in sorted(claims, key=lambda claim: claim.order or 0):
        if claim.replaces:
            visible = []
        visible.extend(claim.parts)
    return frozenset(visible)


def suggest_mode(new: Mapping[date, tuple[date, date]], live: Sequence[LiveMonth]) -> Mode | None:
    """Return how new months relate to what a source shows already; None = a person must say.

    ``new``: month -> (first date, last date) of the file. A file that spans all the days of
    each month already there restates it; one that shares no day adds to it; else it is unclear.

    >>> jan = date(2026, 1, 1)
    >>> there = LiveMonth(jan, 9, date(2026, 1, 2), date(2026, 1, 20), (1,))
    >>> suggest_mode({jan: (jan, date(2026, 1, 31))}, [there])
    <Mode.REPLACE: 'replace'>
    >>> suggest_mode({jan: (date(2026, 1, 21), date(2026, 1, 31))}, [there])
    <Mode.APPEND: 'append'>
    >>> suggest_mode({jan: (date(2026, 1, 10), date(2026, 1, 31))}, [there]) is None
    True
    """
    found: set[Mode | None] = set()
    for month in live:
        if month.month not in new:
            continue
        first, last = new[month.month]
        if first <= month.first_date and last >= month.last_date:
            found.add(Mode.REPLACE)
        elif last < month.first_date or first > month.last_date:
            found.add(Mode.APPEND)
        else:
            found.add(None)
    if not found:
        return Mode.REPLACE
    return found.pop() if len(found) == 1 else None
