"""What facts say of the days they stand for: a month that no week can be made of, a short week."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from itertools import groupby
from typing import Final

from keystead.kernel.periods import add_months, month_start

SURE: Final = 2
WEEKS: Final = 8
DAY: Final = timedelta(days=1)


def month_only(days: Mapping[date, tuple[date, date]]) -> frozenset[date]:
    """Return the months of which facts know the month and no day.

    ``days``: by month, the first and the last day with a fact of one sender about one account. In
    such a month all stand on its first day, or all on its last (or its last weekday), and so in
    at least two months on end, or in all there are: once may be a sale of that very day.

    >>> one, two, ten = date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 10)
    >>> sorted(month_only({one: (one, one), two: (two, two), date(2026, 3, 1): (one, ten)}))
    [datetime.date(2026, 1, 1), datetime.date(2026, 2, 1)]
    >>> month_only({one: (one, one), date(2026, 3, 1): (ten, ten)})
    frozenset()
    """
    ordered = sorted(days)
    found: set[date] = set()
    for alone, run in groupby(ordered, key=lambda month: _one_day(*days[month])):
        months = list(run)
        if alone and (len(months) >= SURE or len(months) == len(ordered)):
            found |= set(months)
    return frozenset(found)


def weeks_of(month: date) -> tuple[date, ...]:
    """Return the Mondays of the weeks with a day in the month.

    >>> [str(one) for one in weeks_of(date(2026, 2, 1))]
    ['2026-01-26', '2026-02-02', '2026-02-09', '2026-02-16', '2026-02-23']
    """
    day, end = month - timedelta(days=month.weekday()), add_months(month, 1)
    found = []
    while day < end:
        found.append(day)
        day += 7 * DAY
    return tuple(found)


def cut_short(week: date, newest: Mapping[date, date]) -> bool:
    """Return whether the figures of a week seem to end before the week did.

    ``newest``: by Monday, the last day with a fact of one account. It is so where each of the
    eight weeks before has facts and all of them went on to a later day of the week.

    >>> weeks = {date(2026, 1, 5) + n * 7 * DAY: date(2026, 1, 9) + n * 7 * DAY for n in range(8)}
    >>> monday = date(2026, 3, 2)
    >>> cut_short(monday, {**weeks, monday: date(2026, 3, 4)})
    True
    >>> cut_short(monday, {**weeks, monday: date(2026, 3, 6)})
    False
    """
    before = [week - step * 7 * DAY for step in range(1, WEEKS + 1)]
    if not all(one in newest for one in before):
        return False
    earliest = min(newest[one].weekday() for one in before)
    return week not in newest or newest[week].weekday() < earliest


def _one_day(first: date, last: date) -> bool:
    if first != last:
        return False
    end = add_months(month_start(first), 1) - DAY
    return first.day == 1 or first in (end, end - DAY * max(end.weekday() - 4, 0))
