"""Periods of a panel: months by their first day, weeks by their Monday."""

from __future__ import annotations

from datetime import date, timedelta


def starts(first: date, freq: str, count: int) -> tuple[date, ...]:
    """Return the first days of ``count`` periods from the one that holds ``first``.

    >>> starts(date(2025, 11, 1), "M", 3)[-1]
    datetime.date(2026, 1, 1)
    >>> starts(date(2026, 1, 8), "W", 2)
    (datetime.date(2026, 1, 5), datetime.date(2026, 1, 12))
    """
    start = floor(first, freq)
    return tuple(step(start, freq, number) for number in range(count))


def floor(day: date, freq: str) -> date:
    """Return the first day of the period that holds the day."""
    return day.replace(day=1) if freq == "M" else day - timedelta(days=day.weekday())


def step(start: date, freq: str, count: int) -> date:
    """Return the first day ``count`` periods later."""
    if freq == "W":
        return start + timedelta(weeks=count)
    months = start.year * 12 + start.month - 1 + count
    return date(months // 12, months % 12 + 1, 1)


def between(first: date, day: date, freq: str) -> int:
    """Return how many periods after ``first`` the day lies; negative before it.

    >>> between(date(2025, 11, 1), date(2026, 2, 17), "M")
    3
    """
    if freq == "W":
        return (floor(day, "W") - floor(first, "W")).days // 7
    return (day.year - first.year) * 12 + day.month - first.month
