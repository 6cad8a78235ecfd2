"""The calendar of an agreement: its periods, cut-offs and payout days."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta
from functools import lru_cache

from keystead.agreements.types import MONTHS_IN, Anchor, Every
from keystead.kernel.periods import Period, add_months


@lru_cache(maxsize=1024)
def periods_of(span: Period, every: Every, anchor: Anchor = Anchor.CALENDAR) -> tuple[Period, ...]:
    """Return the periods of an agreement; they tile its span without gap or overlap.

    Calendar: cut at the ends of calendar months, quarters, halves, years. Agreement: counted
    from its first day. ``contract`` is one period.

    >>> span = Period.parse("2026-02-01..2026-08-31")
    >>> [str(period) for period in periods_of(span, Every.QUARTER)]
    ['2026-02..2026-03', '2026-Q2', '2026-07..2026-08']
    >>> [str(period) for period in periods_of(span, Every.QUARTER, Anchor.AGREEMENT)]
    ['2026-02..2026-04', '2026-05..2026-07', '2026-08']
    """
    if every is Every.CONTRACT:
        return (span,)
    step, start, found = MONTHS_IN[every], span.start, []
    count = 0
    while start < span.end:
        count += 1
        if anchor is Anchor.AGREEMENT:
            border = add_months(span.start, step * count)
        else:
            first = date(start.year, (start.month - 1) // step * step + 1, 1)
            border = add_months(first, step)
        end = min(border, span.end)
        found.append(Period(start, end))
        start = end
    return tuple(found)


@dataclasses.dataclass(frozen=True, slots=True)
class PayoutDays:
    """When a period is closed for late lines, computed, and paid."""

    cutoff: date
    calculated: date
    paid: date


def payout_days(
    period: Period, grace_days: int = 0, calculation_days: int = 0, payout_lag_days: int = 0
) -> PayoutDays:
    """Return the days: late lines until ``grace_days`` after the last day, all counted from it.

    The payout follows the calculation by ``payout_lag_days``.

    >>> days = payout_days(Period.parse("2022-01"), grace_days=5, calculation_days=10)
    >>> str(days.cutoff), str(days.calculated)
    ('2022-02-05', '2022-02-10')
    """
    last = period.last
    calculated = last + timedelta(days=max(calculation_days, grace_days))
    return PayoutDays(
        last + timedelta(days=grace_days),
        calculated,
        calculated + timedelta(days=payout_lag_days),
    )
