"""Fiscal calendars: any day to its fiscal year, quarter, month and week."""

from __future__ import annotations

import calendar as months_of
import re
from datetime import date, timedelta
from functools import lru_cache

import pyarrow as pa

from keystead.kernel.errors import Invalid
from keystead.kernel.periods import Period, add_months
from keystead.reference.types import FiscalCalendar, FiscalDay, FiscalYear

MAX_DAYS = 366 * 250
_FORM = re.compile(
    r"(?:FY)?(\d{4})(?:-(?:Q([1-4])|[PM]?(\d{2})|W(\d{2})))?", re.ASCII | re.IGNORECASE
)


@lru_cache(maxsize=1024)
def fiscal_year(calendar: FiscalCalendar, label: int) -> FiscalYear:
    """Return the fiscal year of that name; raises Invalid outside the years 2 to 9998.

    Source of the week rules: the US National Retail Federation's 4-5-4 calendar (nearest
    Saturday to 31 January) and the "last" and "nearest" options of IRS Publication 538.

    >>> retail = FiscalCalendar("4-5-4", "", "weeks", 1, -1, 6, "FY", "nearest", (4, 5, 4))
    >>> year = fiscal_year(retail, 2023)
    >>> str(year.period), year.weeks
    ('2023-01-29..2024-02-03', 53)
    """
    end_year = label - calendar.year_label_offset
    if not 2 <= end_year <= 9998:
        raise Invalid("The fiscal year is out of range.", code="date_range")
    if calendar.kind == "months":
        end = add_months(date(end_year, calendar.year_end_month, 1), 1)
        start = add_months(end, -12)
        months = tuple(
            Period(add_months(start, index), add_months(start, index + 1)) for index in range(12)
        )
        last_week = (end - timedelta(days=1) - _week_start(calendar, start)).days // 7 + 1
        return FiscalYear(label, Period(start, end), months, last_week)
    start, end = _year_end(calendar, end_year - 1), _year_end(calendar, end_year)
    weeks = (end - start).days // 7
    lengths = list(calendar.pattern) * 4
    lengths[calendar.extra_week_month - 1] += weeks - 52
    pieces, edge = [], start
    for length in lengths:
        pieces.append(Period(edge, edge + timedelta(weeks=length)))
        edge = pieces[-1].end
    return FiscalYear(label, Period(start, end), tuple(pieces), weeks)


def fiscal_day(calendar: FiscalCalendar, day: date) -> FiscalDay:
    """Return where the day lies: fiscal year, quarter, month, week, all counted from 1.

    In a year of calendar months, weeks begin on the calendar's weekday and week 1 is the one
    with the first day of the year, so the first and last week may be short.

    >>> april = FiscalCalendar("april", "", "months", 3)
    >>> found = fiscal_day(april, date(2026, 6, 18))
    >>> found.year, found.quarter, found.month, found.week
    (2027, 1, 3, 12)
    """
    year = _year_with(calendar, day)
    month = next(index for index, period in enumerate(year.months, 1) if day in period)
    first = _week_start(calendar, year.period.start)
    week = (day - first).days // 7 + 1
    start = max(first + timedelta(weeks=week - 1), year.period.start)
    return FiscalDay(day, year.label, (month + 2) // 3, month, week, start)


def fiscal_period(calendar: FiscalCalendar, text: str) -> Period:
    """Return the days of ``FY2026``, ``FY2026-Q1``, ``FY2026-P03`` or ``FY2026-W53``.

    >>> april = FiscalCalendar("april", "", "months", 3)
    >>> str(fiscal_period(april, "FY2027-Q1"))
    '2026-Q2'
    """
    match = _FORM.fullmatch(text.strip())
    if match is None:
        raise Invalid(
            f"{text[:40]!r} is no fiscal period.",
            code="period_form",
            hint="Write FY2026, FY2026-Q1, FY2026-P03 or FY2026-W12.",
        )
    label, quarter, month, week = (int(part) if part else 0 for part in match.groups())
    year = fiscal_year(calendar, label)
    if quarter:
        return year.quarters[quarter - 1]
    if match[3] and 1 <= month <= 12:
        return year.months[month - 1]
    if match[4] and 1 <= week <= year.weeks:
        start = _week_start(calendar, year.period.start) + timedelta(weeks=week - 1)
        found = Period(start, start + timedelta(weeks=1)).intersection(year.period)
        if found:
            return found
    if match[3] or match[4]:
        raise Invalid(f"{text[:40]!r} is not in that fiscal year.", code="period_form")
    return year.period


def calendar_rows(calendar: FiscalCalendar, period: Period) -> pa.Table:
    """Return one row per day with its fiscal numbers, first days and labels.

    Columns: ``date``; ``year, quarter, month, week`` int32; ``year_start, quarter_start,
    month_start, week_start`` date32; ``year_label, quarter_label, month_label, week_label``.
    Raises Invalid beyond 250 years.
    """
    if period.days > MAX_DAYS:
        raise Invalid("A calendar table holds at most 250 years.", code="period_length")
    columns: dict[str, list[object]] = {name: [] for name in _SCHEMA.names}
    day = period.start
    while day < period.end:
        year = _year_with(calendar, day)
        found = fiscal_day(calendar, day)
        quarter = year.quarters[found.quarter - 1]
        name = f"{calendar.prefix}{found.year}"
        month = f"-P{found.month:02d}" if calendar.prefix else f"-{found.month:02d}"
        values = (
            day, found.year, found.quarter, found.month, found.week,
            year.period.start, quarter.start, year.months[found.month - 1].start, found.week_start,
            name, f"{name}-Q{found.quarter}", name + month, f"{name}-W{found.week:02d}",
        )  # fmt: skip
        for column, value in zip(columns.values(), values, strict=True):
            column.append(value)
        day += timedelta(days=1)
    return pa.table(columns, schema=_SCHEMA)


_SCHEMA = pa.schema(
    [("date", pa.date32())]
    + [(name, pa.int32()) for name in ("year", "quarter", "month", "week")]
    + [(f"{name}_start", pa.date32()) for name in ("year", "quarter", "month", "week")]
    + [(f"{name}_label", pa.string()) for name in ("year", "quarter", "month", "week")]
)


def _year_with(calendar: FiscalCalendar, day: date) -> FiscalYear:
    guess = day.year + calendar.year_label_offset
    for label in (guess, guess + 1, guess - 1):
        year = fiscal_year(calendar, label)
        if day in year.period:
            return year
    raise Invalid("The date is out of range.", code="date_range")


def _year_end(calendar: FiscalCalendar, year: int) -> date:
    """Return the first day after the fiscal year that ends in or near the month."""
    month = calendar.year_end_month
    last = date(year, month, months_of.monthrange(year, month)[1])
    back = (last.weekday() - (calendar.week_start - 1)) % 7
    if calendar.year_end_rule == "nearest" and back > 3:
        back -= 7
    return last - timedelta(days=back) + timedelta(days=1)


def _week_start(calendar: FiscalCalendar, day: date) -> date:
    return day - timedelta(days=(day.weekday() - calendar.week_start) % 7)
