"""The rhythm of a cycle: months, or ISO weeks from Monday to Sunday."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from keystead.kernel.periods import add_months, month_start

_SEASON: Final = {"month": 12, "week": 52}
_HORIZON: Final = {"month": 18, "week": 13}
_MOST: Final = {"month": 36, "week": 104}
_LAGS: Final = {"month": (1, 2, 3, 6), "week": (1, 2, 4, 8, 13)}
_YEARS: Final = {"month": 120, "week": 521}


class Rhythm(StrEnum):
    """How long a period of a cycle is; a period is named by its first day."""

    MONTH = "month"
    WEEK = "week"

    @property
    def freq(self) -> str:
        """What the engine calls it."""
        return "W" if self is Rhythm.WEEK else "M"

    @property
    def season(self) -> int:
        """Periods of a year."""
        return _SEASON[self.value]

    @property
    def horizon(self) -> int:
        """Periods that a cycle usually forecasts."""
        return _HORIZON[self.value]

    @property
    def most_horizon(self) -> int:
        return _MOST[self.value]

    @property
    def lags(self) -> tuple[int, ...]:
        """Periods ahead at which accuracy is told."""
        return _LAGS[self.value]

    @property
    def most_history(self) -> int:
        """Periods of ten years."""
        return _YEARS[self.value]

    def start(self, day: date) -> date:
        """Return the first day of the period that holds the day.

        >>> Rhythm.WEEK.start(date(2026, 10, 8)), Rhythm.MONTH.start(date(2026, 10, 8))
        (datetime.date(2026, 10, 5), datetime.date(2026, 10, 1))
        """
        if self is Rhythm.WEEK:
            return day - timedelta(days=day.weekday())
        return month_start(day)

    def step(self, start: date, count: int) -> date:
        """Return the first day ``count`` periods later, or earlier.

        >>> Rhythm.WEEK.step(date(2026, 12, 28), 1)
        datetime.date(2027, 1, 4)
        """
        return start + timedelta(weeks=count) if self is Rhythm.WEEK else add_months(start, count)

    def periods(self, first: date, count: int) -> tuple[date, ...]:
        """Return the first days of so many periods.

        >>> Rhythm.MONTH.periods(date(2026, 12, 1), 2)
        (datetime.date(2026, 12, 1), datetime.date(2027, 1, 1))
        """
        return tuple(self.step(first, step) for step in range(count))

    def between(self, first: date, start: date) -> int:
        """Return how many periods after ``first`` a period begins; negative before it.

        >>> Rhythm.WEEK.between(date(2026, 12, 28), date(2027, 1, 11))
        2
        """
        if self is Rhythm.WEEK:
            return (start - first).days // 7
        return (start.year - first.year) * 12 + start.month - first.month

    def code(self, start: date) -> str:
        """Return the name of a period, the same in every language: 2026-10, 2026-W41.

        >>> Rhythm.WEEK.code(date(2026, 10, 5)), Rhythm.WEEK.code(date(2024, 12, 30))
        ('2026-W41', '2025-W01')
        """
        if self is Rhythm.WEEK:
            year, week, _day = start.isocalendar()
            return f"{year:04}-W{week:02}"
        return f"{start:%Y-%m}"

    def year_before(self, start: date) -> date:
        """Return the period a year before: the same month, or 52 weeks back.

        >>> Rhythm.WEEK.year_before(date(2026, 10, 5))
        datetime.date(2025, 10, 6)
        """
        return self.step(start, -self.season)
