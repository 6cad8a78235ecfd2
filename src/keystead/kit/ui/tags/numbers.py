"""Filters: values as the reader writes them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language, gettext, ngettext

from keystead.kit.ui import formats
from keystead.kit.ui.tags.registry import register

RATIOS = frozenset({"ratio", "share"})  # 0.971
PERCENTS = frozenset({"percent", "%"})  # 97.1


def language() -> str:
    """Return the reader's language."""
    return get_language() or "en"


@register.filter
def number(value: Any, digits: int | None = None) -> str:
    """``{{ packs|number }}``, ``{{ days|number:1 }}``."""
    return formats.number(value, locale=language(), digits=digits)


@register.filter
def short(value: Any) -> str:
    """``{{ packs|short }}``: 31,480 or 48.2 m."""
    return formats.short(value, locale=language())


@register.filter
def money(value: Any, currency: str = "") -> str:
    """``{{ amount|money:"CNY" }}``: ¥ 48.2 m. A ``Money`` brings its own currency."""
    amount, code = _amount(value, currency)
    return formats.money(amount, code, locale=language())


@register.filter
def money_full(value: Any, currency: str = "") -> str:
    """``{{ amount|money_full:"CNY" }}``: ¥ 48,213,123.00."""
    amount, code = _amount(value, currency)
    return formats.money(amount, code, locale=language(), full=True)


@register.filter
def percent(ratio: Any, digits: int = 1) -> str:
    """``{{ 0.971|percent }}``: 97.1%."""
    return formats.percent(ratio, locale=language(), digits=digits)


@register.filter
def pct(value: Any, digits: int = 1) -> str:
    """``{{ 97.1|pct }}``: 97.1%, for numbers that are in per cent already."""
    found = formats.decimal_of(value)
    return percent(None if found is None else found / 100, digits)


@register.filter
def points(ratio: Any, digits: int = 1) -> str:
    """``{{ 0.019|points }}``: 1.9 points, a difference of two percentages."""
    found = formats.decimal_of(ratio)
    if found is None:
        return formats.MISSING
    text = formats.number(found * 100, locale=language(), digits=digits)
    return gettext("%(number)s points") % {"number": text}


@register.filter
def country(code: str) -> str:
    """``{{ "CN"|country }}``: China."""
    return formats.country(code, locale=language())


@register.filter
def day(value: dt.date | None) -> str:
    """``{{ date|day }}``: 18 Nov 2026."""
    return formats.day(_local(value), locale=language())


@register.filter
def day_short(value: dt.date | None) -> str:
    """``{{ date|day_short }}``: 18 Nov."""
    return formats.day(_local(value), locale=language(), year=False)


@register.filter
def month(value: dt.date | None) -> str:
    """``{{ date|month }}``: Nov 2026."""
    return formats.month(value, locale=language())


@register.filter
def moment(value: dt.datetime | None) -> str:
    """``{{ at|moment }}``: 18 Nov 2026, 14:05."""
    return formats.moment(_local(value), locale=language())


@register.filter
def period(value: Any) -> str:
    """``{{ period|period }}``: Q2 2026, Jan – Oct 2026, 5 Jan – 3 Feb 2026."""
    if value is None:
        return formats.MISSING
    return formats.period(value.start, value.end, locale=language())


@register.filter
def quantity(value: Any, unit: str = "") -> str:
    """``{{ 38|quantity:"days" }}``: 38 days, the unit in the reader's language."""
    found = formats.decimal_of(value)
    if found is None:
        return formats.MISSING
    word = unit_word(unit, found)
    text = formats.short(found, locale=language())
    if unit in RATIOS | PERCENTS:
        return percent(found) if unit in RATIOS else pct(found)
    return f"{text}{'' if language().startswith('zh') else formats.FIXED}{word}" if word else text


def unit_word(unit: str, count: Any = 2) -> str:
    """Return a unit in the reader's language, in the form the count asks for."""
    word = _WORDS.get(_PLURALS.get(unit, unit))
    return unit if word is None else word(1 if formats.decimal_of(count) == 1 else 2)


_PLURALS = {"day": "days", "month": "months", "pack": "packs", "unit": "units"}
_WORDS: dict[str, Callable[[int], str]] = {
    "days": lambda count: ngettext("day", "days", count),
    "months": lambda count: ngettext("month", "months", count),
    "weeks": lambda count: ngettext("week", "weeks", count),
    "packs": lambda count: ngettext("pack", "packs", count),
    "units": lambda count: ngettext("unit", "units", count),
    "each": lambda count: ngettext("unit", "units", count),
    "box": lambda count: ngettext("box", "boxes", count),
    "case": lambda count: ngettext("case", "cases", count),
    "licence": lambda count: ngettext("licence", "licences", count),
    "title": lambda count: ngettext("title", "titles", count),
    "rows": lambda count: ngettext("row", "rows", count),
    "outlets": lambda count: ngettext("outlet", "outlets", count),
    "products": lambda count: ngettext("product", "products", count),
    "points": lambda count: ngettext("point", "points", count),
    "index": lambda _count: "",
    "count": lambda _count: "",
    "": lambda _count: "",
}


def _amount(value: Any, currency: str) -> tuple[Any, str]:
    return getattr(value, "amount", value), currency or getattr(value, "currency", "")


def _local(value: Any) -> Any:
    return timezone.localtime(value) if isinstance(value, dt.datetime) and value.tzinfo else value
