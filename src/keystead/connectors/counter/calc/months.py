"""Months: which are wanted, and how they are asked for in few calls."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from keystead.kernel.periods import add_months, month_start

LONGEST = 12


def month_list(first: date, last: date) -> tuple[date, ...]:
    """Return the first days of all months from one to the other, both with it.

    >>> [f"{one:%Y-%m}" for one in month_list(date(2025, 12, 1), date(2026, 1, 31))]
    ['2025-12', '2026-01']
    """
    found, month = [], month_start(first)
    while month <= last:
        found.append(month)
        month = add_months(month, 1)
    return tuple(found)


def last_whole_month(today: date) -> date:
    """Return the first day of the last month that is over.

    >>> last_whole_month(date(2026, 1, 3))
    datetime.date(2025, 12, 1)
    """
    return add_months(month_start(today), -1)


def ranges(months: Iterable[date], longest: int = LONGEST) -> tuple[tuple[date, date], ...]:
    """Return months as (first, last) of each unbroken row, none longer than ``longest`` months.

    >>> ranges([date(2026, 1, 1), date(2026, 2, 1), date(2026, 4, 1)])
    ((datetime.date(2026, 1, 1), datetime.date(2026, 2, 1)), \
(datetime.date(2026, 4, 1), datetime.date(2026, 4, 1)))
    """
    found: list[list[date]] = []
    for month in sorted(set(months)):
        if found and add_months(found[-1][-1], 1) == month and len(found[-1]) < longest:
            found[-1].append(month)
        else:
            found.append([month])
    return tuple((row[0], row[-1]) for row in found)


def month_said(text: str) -> date | None:
    """Return the month that a text names, None when it names none.

    >>> month_said("2026-03"), month_said("2026-03-31"), month_said("March")
    (datetime.date(2026, 3, 1), datetime.date(2026, 3, 1), None)
    """
    found = re.fullmatch(r"(\d{4})-(\d{2})(-\d{2})?", text.strip())
    if found is None or not 1 <= int(found[2]) <= 12 or int(found[1]) < 1:
        return None
    return date(int(found[1]), int(found[2]), 1)


def months_named(text: str) -> frozenset[date]:
    """Return the months that the words of an exception name.

    >>> sorted(months_named("no usage for 2026-02, 2026-03"))
    [datetime.date(2026, 2, 1), datetime.date(2026, 3, 1)]
    """
    found = (month_said(one) for one in re.findall(r"\b\d{4}-\d{2}\b", text))
    return frozenset(one for one in found if one is not None)
