"""Reads of reference data: calendars, currencies, countries, units, exchange rates."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
from babel import Locale
from babel.numbers import get_currency_name
from django.db.models import Q, QuerySet
from django.utils.translation import get_language, to_locale

from keystead.kernel.errors import NotFound
from keystead.kernel.money import currency_code, minor_units
from keystead.kernel.periods import Period, add_months, month_start
from keystead.kernel.quantity import Quantity
from keystead.kernel.rates import Rate
from keystead.reference.calc.fiscal import calendar_rows
from keystead.reference.calc.fx import STALE_DAYS, RateBook
from keystead.reference.calc.units import convert_quantity, find_unit
from keystead.reference.models import ExchangeRate
from keystead.reference.types import (
    Country,
    Currency,
    FiscalCalendar,
    PackSizes,
    RateLine,
    Unit,
)

_DATA = Path(__file__).parent / "data"
RATE_TYPE = pa.decimal128(30, 12)


@cache
def _read(name: str) -> Any:
    return json.loads((_DATA / f"{name}.json").read_text(encoding="utf-8"))


def _locale() -> Locale:
    return Locale.parse(to_locale(get_language() or "en"))


@cache
def _calendars() -> dict[str, FiscalCalendar]:
    return {
        row["code"]: FiscalCalendar(**{**row, "pattern": tuple(row.get("pattern", (4, 4, 5)))})
        for row in _read("calendars")
    }


def fiscal_calendars() -> tuple[FiscalCalendar, ...]:
    """Return the calendars that are known, the calendar year first."""
    return tuple(_calendars().values())


def fiscal_calendar(code: str = "calendar") -> FiscalCalendar:
    """Return the rules of one calendar; raises NotFound with the known codes as hint."""
    found = _calendars().get(code)
    if found is None:
        raise NotFound(
            f"There is no fiscal calendar called {code[:40]}.",
            code="calendar_unknown",
            hint="Use one of: " + ", ".join(_calendars()) + ".",
        )
    return found


def calendar_table(code: str, start: date, end: date) -> pa.Table:
    """Return one row per day from ``start`` up to, not including, ``end``.

    Columns as in ``calc.fiscal.calendar_rows``; join facts on ``date``.
    """
    return calendar_rows(fiscal_calendar(code), Period(start, end))


def currencies() -> tuple[Currency, ...]:
    """Return the currencies in use by code, named in the reader's language."""
    locale = _locale()
    return tuple(
        Currency(code, minor_units(code), get_currency_name(code, locale=locale))
        for code in _read("currencies")["codes"]
    )


def countries() -> tuple[Country, ...]:
    """Return the 249 countries of ISO 3166-1 by code, named in the reader's language."""
    names = _locale().territories
    return tuple(
        Country(code, alpha3, names.get(code, code), currency)
        for code, alpha3, currency in _read("countries")["rows"]
    )


@cache
def _units() -> Mapping[str, Unit]:
    return {
        row["code"]: Unit(
            row["code"],
            row["dimension"],
            Decimal(row["factor"]) if row["factor"] else None,
            tuple(alias.casefold() for alias in row["aliases"]),
        )
        for row in _read("units")
    }


def units() -> tuple[Unit, ...]:
    """Return all units."""
    return tuple(_units().values())


def unit(code: str) -> Unit:
    """Return a unit by its code or one of its names in English, French or Chinese."""
    return find_unit(code, _units())


def convert(
    quantity: Quantity, to_unit: str, pack_size: PackSizes | Decimal | int | None = None
) -> Quantity:
    """Return the quantity in another unit; raises Invalid when that makes no sense.

    ``pack_size``: the pieces in a pack (a bare number), or in pack, box and case (PackSizes).
    """
    sizes = pack_size if isinstance(pack_size, PackSizes) else PackSizes(pack=pack_size)
    return convert_quantity(quantity, unit(to_unit), _units(), sizes)


def rate(from_: str, to: str, on: date, *, as_of: datetime | None = None) -> Rate:
    """Return the rate that counts on a day, with its own day and source.

    The latest rate known up to that day counts, for 366 days; turned round or crossed over a
    third currency where no source gave it (``derived``). ``as_of`` reads what was recorded up
    to a moment. Raises NotFound (code ``rate_missing``).
    """
    base, quote = currency_code(from_), currency_code(to)
    found = _book(as_of).find(base, quote, on) if base != quote else Rate.same(base, on)
    if found is None:
        raise NotFound(
            f"There is no exchange rate from {base} to {quote} for {on}.",
            code="rate_missing",
            hint=f"Import one that is dated {on} or at most {STALE_DAYS} days before.",
            base=base,
            quote=quote,
            on=on,
        )
    return found


def rate_table(to: str, *, through: date | None = None, as_of: datetime | None = None) -> pa.Table:
    """Return the rate to one currency per currency and month, for facts to be joined with.

    Columns: ``currency`` string, ``month`` date32 (first day), ``rate`` decimal(30, 12),
    ``rate_date`` date32, ``source`` string. A month takes the latest rate known by its last
    day; months run from the first rate to the month of ``through`` (default: of the last
    rate, plus eleven). A month without a valid rate has no row. The currency itself is not
    listed: its rate is 1.
    """
    quote, book = currency_code(to), _book(as_of)
    rows: list[tuple[str, date, Decimal, date, str]] = []
    if book.first and book.last:
        last = month_start(through) if through else add_months(month_start(book.last), 11)
        month = month_start(book.first)
        while month <= last:
            for code in sorted(book.currencies - {quote}):
                found = book.find(code, quote, Period(month, add_months(month, 1)).last)
                if found:
                    rows.append((code, month, found.value, found.on, found.source))
            month = add_months(month, 1)
    names = ("currency", "month", "rate", "rate_date", "source")
    types = (pa.string(), pa.date32(), RATE_TYPE, pa.date32(), pa.string())
    return pa.table(
        {name: pa.array([row[i] for row in rows], types[i]) for i, name in enumerate(names)}
    )


def rates_page(
    *, base: str = "", quote: str = "", offset: int = 0, limit: int = 100
) -> tuple[tuple[RateLine, ...], int]:
    """Return live rates, newest first, and how many there are."""
    rows = ExchangeRate.objects.filter(replaced_at=None)
    if base:
        rows = rows.filter(base=base.upper())
    if quote:
        rows = rows.filter(quote=quote.upper())
    lines = tuple(
        RateLine(row.base, row.quote, row.on, row.value.normalize(), row.source)
        for row in rows[offset : offset + limit]
    )
    return lines, rows.count()


def _known(as_of: datetime | None) -> QuerySet[ExchangeRate]:
    if as_of is None:
        return ExchangeRate.objects.filter(replaced_at=None)
    return ExchangeRate.objects.filter(
        Q(replaced_at=None) | Q(replaced_at__gt=as_of), recorded_at__lte=as_of
    )


def _book(as_of: datetime | None) -> RateBook:
    values = _known(as_of).values_list("value", "on", "source", "base", "quote")
    return RateBook(Rate(*row) for row in values.order_by("on"))
