"""What other rooms see of reference data: frozen values, no storage."""

from __future__ import annotations

import dataclasses
from datetime import date
from decimal import Decimal
from typing import Literal

from keystead.kernel.errors import Invalid
from keystead.kernel.periods import Period
from keystead.kernel.rates import Conversion, Rate

__all__ = [
    "Conversion",
    "Country",
    "Currency",
    "FiscalCalendar",
    "FiscalDay",
    "FiscalYear",
    "ImportedRates",
    "PackSizes",
    "Rate",
    "RateLine",
    "Unit",
]


@dataclasses.dataclass(frozen=True)
class Currency:
    """A currency of ISO 4217 with its decimals; ``name`` is in the reader's language."""

    code: str
    minor_units: int
    name: str


@dataclasses.dataclass(frozen=True)
class Country:
    """A country of ISO 3166-1; ``name`` is in the reader's language, ``currency`` may be empty."""

    code: str
    alpha3: str
    name: str
    currency: str


@dataclasses.dataclass(frozen=True)
class Unit:
    """A unit: ``factor`` is its size in the dimension's base; packs have none of their own."""

    code: str
    dimension: str
    factor: Decimal | None
    aliases: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class PackSizes:
    """How many single pieces are in a pack, a box and a case of one product."""

    pack: Decimal | int | None = None
    box: Decimal | int | None = None
    case: Decimal | int | None = None

    def pieces(self, unit: str) -> Decimal | int | None:
        """Return how many pieces one ``unit`` holds, or None when nobody said."""
        return {"pack": self.pack, "box": self.box, "case": self.case}.get(unit)


@dataclasses.dataclass(frozen=True)
class FiscalCalendar:
    """The rules of a fiscal year, as data.

    ``months`` years are twelve calendar months ending with ``year_end_month``. ``weeks`` years
    end on the last day of a week: the ``last`` one in ``year_end_month``, or the one
    ``nearest`` to that month's end; each quarter has three months of ``pattern`` weeks, and a
    53rd week is put into ``extra_week_month``. A year is named after the calendar year of its
    end month plus ``year_label_offset``. Weeks start on ``week_start`` (0 is Monday).
    """

    code: str
    label: str
    kind: Literal["months", "weeks"]
    year_end_month: int
    year_label_offset: int = 0
    week_start: int = 0
    prefix: str = "FY"
    year_end_rule: Literal["nearest", "last"] = "last"
    pattern: tuple[int, int, int] = (4, 4, 5)
    extra_week_month: int = 12

    def __post_init__(self) -> None:
        fine = (
            self.kind in ("months", "weeks")
            and self.year_end_rule in ("nearest", "last")
            and 1 <= self.year_end_month <= 12
            and 1 <= self.extra_week_month <= 12
            and 0 <= self.week_start <= 6
            and -1 <= self.year_label_offset <= 1
            and (self.kind == "months" or (sum(self.pattern) == 13 and min(self.pattern) > 0))
        )
        if not fine:
            raise Invalid(f"The calendar {self.code} contradicts itself.", code="calendar")


@dataclasses.dataclass(frozen=True)
class FiscalYear:
    """One fiscal year: its days and its twelve months."""

    label: int
    period: Period
    months: tuple[Period, ...]
    weeks: int

    @property
    def quarters(self) -> tuple[Period, ...]:
        return tuple(
            Period(self.months[index].start, self.months[index + 2].end) for index in (0, 3, 6, 9)
        )


@dataclasses.dataclass(frozen=True)
class FiscalDay:
    """Where a day lies in the fiscal year; numbers count from 1."""

    day: date
    year: int
    quarter: int
    month: int
    week: int
    week_start: date


@dataclasses.dataclass(frozen=True)
class RateLine:
    """One rate in a file: how many ``quote`` one ``base`` buys on a day."""

    base: str
    quote: str
    on: date
    value: Decimal
    source: str
    row: int = 0


@dataclasses.dataclass(frozen=True)
class ImportedRates:
    """What an import of rates did."""

    added: int
    restated: int
    unchanged: int
    first: date | None
    last: date | None
