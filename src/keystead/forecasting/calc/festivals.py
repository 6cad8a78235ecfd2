"""Shopping festivals of China: when they sell, and when people hold back or order ahead.

Neither ``holidays`` nor ``chinesecalendar`` knows them. The selling days are fixed by the calendar;
the start of the pre-sale has moved from year to year, so it is a table with a rule behind its end.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final


@dataclass(frozen=True, slots=True)
class Festival:
    """One festival of one year; days are inclusive."""

    code: str
    presale: date
    first: date
    last: date

    def selling(self) -> tuple[date, ...]:
        """Return the days of the selling window."""
        return days(self.first, self.last)

    def before(self) -> tuple[date, ...]:
        """Return the days of the pre-sale, before the window opens."""
        return days(self.presale, self.first - timedelta(days=1))


# Start of the pre-sale by year: as announced by the largest platform; later years take the rule.
PRESALE: Final[dict[str, dict[int, tuple[int, int]]]] = {
    "618": {2019: (5, 24), 2020: (5, 25), 2021: (5, 24), 2022: (5, 26), 2023: (5, 26)},
    "1111": {2019: (10, 21), 2020: (10, 21), 2021: (10, 20), 2022: (10, 24), 2023: (10, 24)},
    "1212": {},
}
RULE: Final = {"618": (5, 20), "1111": (10, 14), "1212": (12, 1)}
WINDOW: Final = {
    "618": ((6, 1), (6, 18)),
    "1111": ((11, 1), (11, 11)),
    "1212": ((12, 10), (12, 12)),
}


def festivals(year: int) -> tuple[Festival, ...]:
    """Return the shopping festivals of a year.

    >>> [(one.code, one.first.isoformat()) for one in festivals(2026)][0]
    ('618', '2026-06-01')
    """
    made = []
    for code, (opening, closing) in WINDOW.items():
        month, day = PRESALE[code].get(year, RULE[code])
        made.append(
            Festival(code, date(year, month, day), date(year, *opening), date(year, *closing))
        )
    return tuple(made)


def days(first: date, last: date) -> tuple[date, ...]:
    """Return every day from first to last, both included."""
    return tuple(first + timedelta(days=number) for number in range((last - first).days + 1))
