"""Time in pure Python: buckets, windows and shifts become plain dates before any SQL exists."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from keystead.kernel.errors import Invalid
from keystead.kernel.periods import Period, add_months, month_start
from keystead.metrics.calc.datasets import TIME_DIMENSIONS
from keystead.metrics.types import Bucket, Clock, Window, WindowKind
from keystead.reference.calc.fiscal import fiscal_day, fiscal_year
from keystead.reference.types import FiscalCalendar, FiscalYear

CALENDAR_YEAR: Final = FiscalCalendar("calendar", "Calendar year", "months", 12, prefix="")
LONG_AGO: Final = date(1970, 1, 2)  # the first day every engine can hold
TRAILING_MONTHS: Final = 3
MOST_BUCKETS: Final = 4000


def year_with(calendar: FiscalCalendar, day: date) -> FiscalYear:
    """Return the fiscal year in which the day lies."""
    return fiscal_year(calendar, fiscal_day(calendar, day).year)


def build_buckets(
    period: Period, dimensions: Sequence[str], calendar: FiscalCalendar = CALENDAR_YEAR
) -> tuple[Bucket, ...]:
    """Return the slots of a period, cut by the finest of the time dimensions.

    Labels: ``date``, ``week`` and ``month`` are the first day of the slot's whole day, week or
    month; ``quarter`` and ``year`` are text such as ``2026-Q2``. The first and last slot hold
    only the days that are in the period. No time dimension gives one bucket. Raises Invalid for
    weeks beside months (they do not nest) and for more than 4,000 slots.

    >>> [bucket.labels["month"].isoformat()
    ...  for bucket in build_buckets(Period.parse("2026-05-20..2026-06-10"), ["month"])]
    ['2026-05-01', '2026-06-01']
    """
    wanted = [name for name in TIME_DIMENSIONS if name in dimensions]
    if not wanted:
        return (Bucket(0, {}, period),)
    if "week" in wanted and set(wanted) & {"month", "quarter", "year"}:
        raise Invalid(
            "Weeks do not fit into months, quarters or years.",
            code="week_mixed",
            hint="Cut by week alone, or by date.",
        )
    found: list[Bucket] = []
    day = period.start
    while day < period.end:
        whole, labels = _slot(calendar, day, wanted)
        inside = whole.intersection(period) or whole
        found.append(Bucket(len(found), labels, inside))
        if len(found) > MOST_BUCKETS:
            raise Invalid("The period has too many slots.", code="period_length")
        day = inside.end
    return tuple(found)


def _slot(calendar: FiscalCalendar, day: date, wanted: Sequence[str]) -> tuple[Period, dict]:
    place = fiscal_day(calendar, day)
    year = fiscal_year(calendar, place.year)
    month = year.months[place.month - 1]
    week_start = day - timedelta(days=(day.weekday() - calendar.week_start) % 7)
    spans = {
        "year": year.period,
        "quarter": year.quarters[place.quarter - 1],
        "month": month,
        "week": Period(week_start, week_start + timedelta(days=7)),
        "date": Period.day(day),
    }
    name = f"{calendar.prefix}{place.year}"
    labels = {
        "year": name,
        "quarter": f"{name}-Q{place.quarter}",
        "month": month.start,
        "week": week_start,
        "date": day,
    }
    return spans[wanted[-1]], {key: labels[key] for key in wanted}


def shift(period: Period, years: int, calendar: FiscalCalendar = CALENDAR_YEAR) -> Period:
    """Return the same days of another year.

    In a year of calendar months that is the same dates; in a year of weeks the same days
    counted from the start of the fiscal year, so that weekdays and promotions line up.

    >>> str(shift(Period.parse("2026-01-01..2026-11-18"), -1))
    '2025-01-01..2025-11-18'
    """
    if years == 0:
        return period
    if calendar.kind == "months":
        return period.shift_years(years)
    here = year_with(calendar, period.start)
    there = fiscal_year(calendar, here.label + years)
    return period.shift_days((there.period.start - here.period.start).days)


def window_of(
    period: Period, window: Window, years: int = 0, calendar: FiscalCalendar = CALENDAR_YEAR
) -> Period:
    """Return the days a figure of ``period`` looks at.

    >>> str(window_of(Period.parse("2026-06"), Window(WindowKind.YEAR_TO_DATE), -1))
    '2025-H1'
    """
    if window.kind is WindowKind.PERIOD:
        found = period
    elif window.kind is WindowKind.YEAR_TO_DATE:
        found = Period(year_with(calendar, period.last).period.start, period.end)
    elif window.kind is WindowKind.WHOLE_YEAR:
        found = year_with(calendar, period.last).period
    elif window.kind is WindowKind.TRAILING:
        found = Period(add_months(period.end, -window.months), period.end)
    else:
        return Period(LONG_AGO, shift(period, years, calendar).end)
    return shift(found, years, calendar)


def month_aligned(windows: Sequence[Period]) -> bool:
    """Say whether sums by stored month answer these windows once the outer edges are cut.

    Every edge must be a month's first day or the outermost edge of all, which a plain date
    filter already cuts.

    >>> year = Period.parse("2026-01-01..2026-11-18")
    >>> month_aligned([year]), month_aligned([year, Period.parse("2026-01-01..2026-06-10")])
    (True, False)
    """
    low = min(window.start for window in windows)
    high = max(window.end for window in windows)
    return all(
        (window.start.day == 1 or window.start == low)
        and (window.end.day == 1 or window.end == high)
        for window in windows
    )


def month_by_month(windows: Sequence[Period]) -> bool:
    """Say whether the windows are consecutive months, one each, in order.

    Then the slot of a row is plain arithmetic on its month. The outer edges may be cut.

    >>> month_by_month(Period.parse("2026-01-05..2026-03-10").months())
    True
    """
    first = month_start(windows[0].start)
    return all(
        month_start(window.start) == add_months(first, at) == month_start(window.last)
        for at, window in enumerate(windows)
    )


@dataclasses.dataclass(frozen=True)
class MonthShare:
    """How much of a month's row counts in a bucket: its days inside over its days."""

    bucket: int
    month: date
    share: Decimal


def month_shares(windows: Sequence[Period]) -> tuple[MonthShare, ...]:
    """Return the shares of every month that each window touches, at twelve decimals.

    >>> [str(s.share) for s in month_shares([Period.parse("2026-05-01..2026-06-15")])]
    ['1.000000000000', '0.500000000000']
    """
    found = []
    for bucket, window in enumerate(windows):
        for piece in window.months():
            first = month_start(piece.start)
            whole = (add_months(first, 1) - first).days
            share = (Decimal(piece.days) / whole).quantize(Decimal("1e-12"), ROUND_HALF_UP)
            found.append(MonthShare(bucket, first, share))
    return tuple(found)


def clock_value(clock: Clock, period: Period, calendar: FiscalCalendar = CALENDAR_YEAR) -> Decimal:
    """Return a number of the calendar at the end of the period.

    Months elapsed and remaining are months of the fiscal year; the month in which the period
    ends counts by its days.

    >>> june = Period.parse("2026-01-01..2026-06-15")
    >>> clock_value(Clock.MONTHS_ELAPSED, june), clock_value(Clock.MONTHS_REMAINING, june)
    (Decimal('5.5'), Decimal('6.5'))
    """
    if clock is Clock.DAYS:
        return Decimal(period.days)
    if clock is Clock.TRAILING_DAYS:
        window = Window(WindowKind.TRAILING, TRAILING_MONTHS)
        return Decimal(window_of(period, window, 0, calendar).days)
    elapsed = Decimal(0)
    for month in year_with(calendar, period.last).months:
        if month.end <= period.end:
            elapsed += 1
        elif month.start < period.end:
            elapsed += Decimal((period.end - month.start).days) / month.days
    exact = elapsed.quantize(Decimal("1e-12"), ROUND_HALF_UP).normalize() + Decimal(0)
    return exact if clock is Clock.MONTHS_ELAPSED else Decimal(12) - exact
