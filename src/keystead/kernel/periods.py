"""Half-open spans of business days: ``start`` is in, ``end`` is out."""

from __future__ import annotations

import calendar
import dataclasses
import re
from datetime import date, timedelta
from typing import Final

from keystead.kernel.errors import Invalid

_DAY: Final = timedelta(days=1)
_FORMS: Final = re.compile(
    r"(?P<year>\d{4})(?:-(?:Q(?P<quarter>[1-4])|H(?P<half>[12])|W(?P<week>\d{2})"
    r"|(?P<month>\d{2})(?:-(?P<day>\d{2}))?))?",
    re.ASCII | re.IGNORECASE,
)


def month_start(day: date) -> date:
    """Return the first day of the month, which is how facts hold a month.

    >>> month_start(date(2026, 6, 18))
    datetime.date(2026, 6, 1)
    """
    return day.replace(day=1)


def add_months(day: date, months: int) -> date:
    """Return the day ``months`` later, or earlier; the last day of a shorter month if needed.

    >>> add_months(date(2026, 1, 31), 1), add_months(date(2026, 3, 1), -1)
    (datetime.date(2026, 2, 28), datetime.date(2026, 2, 1))
    """
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    if not 1 <= year <= 9999:
        raise Invalid("The date is out of range.", code="date_range")
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


@dataclasses.dataclass(frozen=True, slots=True, order=True)
class Period:
    """The days from ``start`` up to, not including, ``end``; never empty (else Invalid).

    >>> june = Period.parse("2026-06")
    >>> june.start, june.last, june.days
    (datetime.date(2026, 6, 1), datetime.date(2026, 6, 30), 30)
    >>> str(june.shift_years(-1)), str(june.previous())
    ('2025-06', '2026-05')
    """

    start: date
    end: date

    def __post_init__(self) -> None:
        if not self.start < self.end:
            raise Invalid(
                f"A period must end after it starts: {self.start} to {self.end}.",
                code="period_order",
            )

    @classmethod
    def year(cls, year: int) -> Period:
        return cls(_date(year, 1, 1), _date(year + 1, 1, 1))

    @classmethod
    def quarter(cls, year: int, quarter: int) -> Period:
        start = _date(year, quarter * 3 - 2, 1)
        return cls(start, add_months(start, 3))

    @classmethod
    def month(cls, year: int, month: int) -> Period:
        start = _date(year, month, 1)
        return cls(start, add_months(start, 1))

    @classmethod
    def day(cls, day: date) -> Period:
        return cls(day, _after(day))

    @classmethod
    def between(cls, first: date, last: date) -> Period:
        """Return the period of two inclusive days, as people write them."""
        return cls(first, _after(last))

    @classmethod
    def parse(cls, text: str) -> Period:
        """Return the period behind a written form; raises Invalid with the forms as hint.

        Forms: ``2026``, ``2026-Q2``, ``2026-H1``, ``2026-06``, ``2026-W05`` (ISO week),
        ``2026-06-18``, and two of them with ``..`` between, the second one inclusive.

        >>> Period.parse("2026-01-05..2026-02-03")
        Period(start=datetime.date(2026, 1, 5), end=datetime.date(2026, 2, 4))
        >>> Period.parse("2026-Q2") == Period.parse("2026-04..2026-06")
        True
        """
        first, dots, last = str(text).strip().partition("..")
        try:
            if not dots:
                return _single(first)
            return cls(_single(first.strip()).start, _single(last.strip()).end)
        except (ValueError, OverflowError):
            raise Invalid(
                f"{str(text)[:40]!r} is no period.",
                code="period_form",
                hint="Write 2026, 2026-Q2, 2026-06, 2026-W23, 2026-01..2026-06 or"
                " 2026-01-05..2026-02-03.",
            ) from None

    @property
    def last(self) -> date:
        """The last day that is in."""
        return self.end - _DAY

    @property
    def days(self) -> int:
        return (self.end - self.start).days

    @property
    def is_whole_months(self) -> bool:
        return self.start.day == 1 and self.end.day == 1

    @property
    def month_count(self) -> int:
        """How many calendar months it touches."""
        last = self.last
        return (last.year - self.start.year) * 12 + last.month - self.start.month + 1

    def months(self) -> tuple[Period, ...]:
        """Return the period cut at month ends; the pieces tile it without gap or overlap.

        >>> [str(piece) for piece in Period.parse("2026-01-30..2026-03-02").months()]
        ['2026-01-30..2026-01-31', '2026-02', '2026-03-01..2026-03-02']
        """
        return self._cut(1)

    def quarters(self) -> tuple[Period, ...]:
        """Return the period cut at the ends of calendar quarters."""
        return self._cut(3)

    def years(self) -> tuple[Period, ...]:
        """Return the period cut at the ends of calendar years."""
        return self._cut(12)

    def month_starts(self) -> tuple[date, ...]:
        """Return the first day of each month it touches, as facts hold months.

        >>> Period.parse("2026-01-30..2026-02-02").month_starts()
        (datetime.date(2026, 1, 1), datetime.date(2026, 2, 1))
        """
        first = month_start(self.start)
        return tuple(add_months(first, index) for index in range(self.month_count))

    def _cut(self, months: int) -> tuple[Period, ...]:
        pieces, start = [], self.start
        while start < self.end:
            index = (start.month - 1) // months * months + 1
            try:
                border = add_months(date(start.year, index, 1), months)
            except Invalid:  # the last month of year 9999
                border = self.end
            end = min(border, self.end)
            pieces.append(Period(start, end))
            start = end
        return tuple(pieces)

    def shift_months(self, months: int) -> Period:
        """Return the period moved by months: a month stays a month, whatever its length.

        A start that does not exist falls to the month's last day, an end rolls to the next
        first, so that the result is never empty.

        >>> str(Period.parse("2026-01").shift_months(1))
        '2026-02'
        """
        moved = add_months(self.end, months)
        return Period(
            add_months(self.start, months), moved if moved.day == self.end.day else _after(moved)
        )

    def shift_years(self, years: int) -> Period:
        """Return the same days of another year; 29 February becomes the 28th.

        >>> str(Period.parse("2024-02").shift_years(-1))
        '2023-02'
        """
        return self.shift_months(12 * years)

    def shift_days(self, days: int) -> Period:
        """Return the period moved by days."""
        try:
            step = timedelta(days=days)
            return Period(self.start + step, self.end + step)
        except OverflowError:
            raise Invalid("The date is out of range.", code="date_range") from None

    def previous(self) -> Period:
        """Return the period of the same length that ends where this one starts.

        Whole months are counted in months, anything else in days.

        >>> str(Period.parse("2026-Q1").previous()), str(Period.parse("2026-01-05").previous())
        ('2025-Q4', '2026-01-04')
        """
        if self.is_whole_months:
            return self.shift_months(-self.month_count)
        return self.shift_days(-self.days)

    def overlaps(self, other: Period) -> bool:
        return self.start < other.end and other.start < self.end

    def intersection(self, other: Period) -> Period | None:
        """Return the days in both, or None."""
        if not self.overlaps(other):
            return None
        return Period(max(self.start, other.start), min(self.end, other.end))

    def until(self, day: date) -> Period | None:
        """Return the part up to and including the day ("to date"); None if nothing is left."""
        if day < self.start:
            return None
        return self if day >= self.last else Period(self.start, _after(day))

    def __contains__(self, item: object) -> bool:
        if isinstance(item, Period):
            return self.start <= item.start and item.end <= self.end
        return isinstance(item, date) and self.start <= item < self.end

    def __str__(self) -> str:
        """Return the shortest form that ``parse`` reads back as this period."""
        if self.is_whole_months:
            return self._months_text()
        first, last = self.start.isoformat(), self.last.isoformat()
        return first if first == last else f"{first}..{last}"

    def _months_text(self) -> str:
        start, count = self.start, self.month_count
        year, last = f"{start.year:04d}", self.last
        if count == 1:
            return f"{year}-{start.month:02d}"
        if count == 3 and start.month % 3 == 1:
            return f"{year}-Q{start.month // 3 + 1}"
        if count == 6 and start.month % 6 == 1:
            return f"{year}-H{start.month // 6 + 1}"
        if start.month == 1 and last.month == 12:
            return year if count == 12 else f"{year}..{last.year:04d}"
        return f"{year}-{start.month:02d}..{last.year:04d}-{last.month:02d}"


def _date(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except (ValueError, OverflowError):
        raise Invalid(
            f"The calendar has no {year:04d}-{month:02d}-{day:02d}.",
            code="date_range",
            hint="Months go from 01 to 12: write 2026-06, or 2026-06-18 for a day.",
        ) from None


def _after(day: date) -> date:
    try:
        return day + _DAY
    except OverflowError:
        raise Invalid("The date is out of range.", code="date_range") from None


def _single(text: str) -> Period:
    match = _FORMS.fullmatch(text)
    if match is None:
        raise ValueError(text)
    found = {name: int(value) for name, value in match.groupdict().items() if value}
    year = found["year"]
    if "quarter" in found:
        return Period.quarter(year, found["quarter"])
    if "half" in found:
        start = date(year, found["half"] * 6 - 5, 1)
        return Period(start, add_months(start, 6))
    if "week" in found:
        start = date.fromisocalendar(year, found["week"], 1)
        return Period(start, start + 7 * _DAY)
    if "day" in found:
        return Period.day(date(year, found["month"], found["day"]))
    return Period.month(year, found["month"]) if "month" in found else Period.year(year)
