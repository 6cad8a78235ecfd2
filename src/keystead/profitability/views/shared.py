"""What both panels share: their days, what may be chosen, amounts in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from keystead.kernel.errors import Invalid
from keystead.kernel.periods import Period, month_start
from keystead.kit.ui import formats
from keystead.profitability import queries
from keystead.profitability.types import Amount

Choices = list[tuple[str, str]]


def period_of(text: str) -> Period:
    """Return the period asked for in the address; the year to date when there is none."""
    return Period.parse(text) if text.strip() else queries.default_period()


def periods(chosen: Period) -> Choices:
    """Return the periods one may choose, as address text and words."""
    to_date = queries.default_period()
    over = month_start(to_date.end)  # a month under way is compared day by day, in the year
    month = Period.month(over.year, over.month).previous()
    quarter = Period.quarter(over.year, (over.month + 2) // 3).previous()
    found = [("", _("Year to date"))]
    year = Period.year(to_date.start.year)
    found += [(str(one), days(one)) for one in (month, quarter, year, year.shift_years(-1))]
    if chosen != to_date and str(chosen) not in {text for text, _label in found}:
        found.append((str(chosen), days(chosen)))
    return found


def chosen(value: str, choices: Iterable[Any], what: str) -> Any:
    """Return the choice an address names, the first one when it names none; raises Invalid."""
    known = list(choices)
    if not value:
        return known[0]
    for one in known:
        if one.value == value:
            return one
    raise Invalid(
        _("%(value)s is no choice here.") % {"value": value[:40]}, code="choice", what=what
    )


def amount(value: Decimal | None, currency: str) -> str:
    """Return an amount in short words, without its sign."""
    return formats.money(None if value is None else abs(value), currency, locale=locale())


def unit(currency: str, scale: int) -> str:
    """Return the unit of a column in words, for columns that do not say it themselves."""
    return formats.scale_words("", currency, scale, locale=locale())


def days(period: Period) -> str:
    """Return a period in words."""
    return formats.period(period.start, period.end, locale=locale())


def month_names(months: Iterable[dt.date]) -> str:
    """Return months in words, one after the other."""
    return ", ".join(formats.month(month, locale=locale()) for month in months)


def difference(actual: Amount, before: Amount) -> Decimal | None:
    """Return how much more the actual is; None where a side is not known."""
    if actual.value is None or before.value is None:
        return None
    return actual.value - before.value


def locale() -> str:
    """Return the reader's language."""
    return get_language() or "en"
