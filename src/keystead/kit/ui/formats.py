"""Numbers, money, dates and periods as the reader writes them (English, Chinese, French).

Every function takes ``locale`` as a Django language code and returns plain text. Missing values
are an en dash. Short forms keep three significant digits: ``¥ 48.2 m``, ``¥4,820万``, ``48,2 M€``.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from babel import Locale
from babel.dates import format_date, format_interval, format_skeleton
from babel.numbers import get_currency_precision
from babel.numbers import get_currency_symbol as babel_symbol

MISSING = "–"
# ¥ is the renminbi in Keystead; the yen says so. Babel would write CN¥ in English and French.
SYMBOLS = {"CNY": "¥", "JPY": "JP¥", "USD": "$", "EUR": "€", "GBP": "£"}
# Steps of the short form: (from, divisor, word). English and French count in thousands,
# Chinese in ten thousands (万) and hundred millions (亿).
STEPS: dict[str, tuple[tuple[Decimal, Decimal, str], ...]] = {
    "en": ((Decimal(10**9), Decimal(10**9), "bn"), (Decimal(10**6), Decimal(10**6), "m")),
    "fr": ((Decimal(10**9), Decimal(10**9), "Md"), (Decimal(10**6), Decimal(10**6), "M")),
    "zh": ((Decimal(10**8), Decimal(10**8), "亿"), (Decimal(10**5), Decimal(10**4), "万")),
}
SCALES: dict[str, dict[int, str]] = {
    "en": {1_000: "thousand", 10_000: "ten thousand", 1_000_000: "million"},
    "fr": {1_000: "milliers de", 1_000_000: "millions de"},
    "zh": {1_000: "千", 10_000: "万", 1_000_000: "百万"},
}
NARROW = "\u202f"  # narrow no-break space, before the French per cent sign
FIXED = "\u00a0"


@functools.cache
def babel_locale(language: str) -> Locale:
    """Return the Babel locale of a Django language code; English dates read day first."""
    code = (language or "en").lower().replace("_", "-")
    if code.startswith("zh"):
        return Locale.parse("zh_Hans_CN")
    return Locale.parse("fr_FR" if code.startswith("fr") else "en_GB")


def decimal_of(value: Any) -> Decimal | None:
    """Return a finite Decimal, or None for missing, text and not-a-number."""
    if value is None or isinstance(value, bool) or value == "":
        return None
    try:
        found = value if isinstance(value, Decimal) else Decimal(str(value))
    except (InvalidOperation, ValueError):
        return None
    return found if found.is_finite() else None


def number(value: Any, *, locale: str, digits: int | None = None) -> str:
    """Return the number grouped, with ``digits`` decimals (default: as many as it has, up to 2)."""
    found = decimal_of(value)
    if found is None:
        return MISSING
    if digits is None:
        exponent = found.normalize().as_tuple().exponent
        digits = min(max(-exponent if isinstance(exponent, int) else 0, 0), 2)
    return _written(found.quantize(_unit(digits), ROUND_HALF_UP), digits, locale)


def short(value: Any, *, locale: str) -> str:
    """Return the number with three significant digits and the locale's short word."""
    text, word = short_parts(value, locale=locale)
    if not word:
        return text
    return text + word if babel_locale(locale).language == "zh" else f"{text}{FIXED}{word}"


def short_parts(value: Any, *, locale: str) -> tuple[str, str]:
    """Return the shortened number and its word apart (the word is empty below a million)."""
    found = decimal_of(value)
    if found is None:
        return MISSING, ""
    for start, divisor, word in STEPS[babel_locale(locale).language]:
        scaled = found / divisor
        if abs(found) >= start * Decimal("0.9995"):
            places = max(3 - len(str(int(abs(scaled)))), 0)
            rounded = scaled.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
            return number(rounded, locale=locale), word  # 48.2, 3.06, but 1.4 and not 1.40
    places = 0 if abs(found) >= 100 else 1 if abs(found) >= 10 else 2
    return number(found.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP), locale=locale), ""


@functools.lru_cache(256)
def symbol(currency: str, *, locale: str) -> str:
    """Return the sign of a currency, unambiguous in all three languages."""
    code = (currency or "").upper()
    return SYMBOLS.get(code) or (babel_symbol(code, locale=babel_locale(locale)) if code else "")


def money(
    value: Any, currency: str, *, locale: str, full: bool = False, digits: int | None = None
) -> str:
    """Return an amount with its currency: short by default, to the minor unit when ``full``."""
    found = decimal_of(value)
    if found is None:
        return MISSING
    if full or digits is not None:
        places = get_currency_precision((currency or "EUR").upper()) if digits is None else digits
        text, word = number(abs(found), locale=locale, digits=places), ""
    else:
        text, word = short_parts(abs(found), locale=locale)
    sign = "-" if found < 0 and any(char in "123456789" for char in text) else ""
    return sign + place_symbol(text, word, symbol(currency, locale=locale), locale=locale)


def scale_words(unit: str, currency: str, scale: int, *, locale: str) -> str:
    """Return the unit of a whole column or chart: "¥ thousand", "M€", "¥ 万", "thousand packs"."""
    language = babel_locale(locale).language
    words = SCALES[language].get(scale, "")
    sign = symbol(currency, locale=locale)
    if not sign:
        return f"{words} {unit}".strip()
    if language == "fr":
        return {1_000: f"k{sign}", 1_000_000: f"M{sign}"}.get(scale, sign)
    return f"{sign} {words}".strip()


def place_symbol(text: str, word: str, sign: str, *, locale: str) -> str:
    """Put the currency sign where the language wants it."""
    language = babel_locale(locale).language
    if not sign:
        return f"{text}{word}" if language == "zh" else f"{text}{FIXED}{word}".rstrip(FIXED)
    if language == "zh":
        return f"{sign}{text}{word}"
    if language == "fr":
        return f"{text}{FIXED}{word}{sign}"
    return f"{sign}{FIXED}{text}" + (f"{FIXED}{word}" if word else "")


def percent(ratio: Any, *, locale: str, digits: int = 1) -> str:
    """Return a ratio (0.971) as a percentage (97.1%)."""
    found = decimal_of(ratio)
    if found is None:
        return MISSING
    rounded = found.quantize(_unit(digits + 2), ROUND_HALF_UP)
    space = NARROW if babel_locale(locale).language == "fr" else ""
    return f"{_written(rounded.scaleb(2), digits, locale)}{space}%"


@functools.cache
def _unit(digits: int) -> Decimal:
    return Decimal(1).scaleb(-digits)


@functools.cache
def _signs(locale: str) -> dict[int, str]:
    """Return the signs of a language for those of plain text: grouping, decimals, minus."""
    signs = babel_locale(locale).number_symbols["latn"]
    return str.maketrans({",": signs["group"], ".": signs["decimal"], "-": signs["minusSign"]})


def _written(rounded: Decimal, digits: int, locale: str) -> str:
    """Return a rounded number with the signs of a language; never "-0".

    Babel writes the same, at a cost that a page of five hundred numbers feels.
    """
    return f"{rounded or abs(rounded):,.{digits}f}".translate(_signs(locale))


def country(code: str, *, locale: str) -> str:
    """Return the name of a country, or its code when the name is not known."""
    return str(babel_locale(locale).territories.get((code or "").upper(), code or ""))


def day(value: dt.date | None, *, locale: str, year: bool | None = None) -> str:
    """Return 18 Nov 2026 (or 18 Nov when ``year`` is False)."""
    if value is None:
        return MISSING
    whole = value.date() if isinstance(value, dt.datetime) else value
    return _in_words("MMMd" if year is False else "yMMMd", whole, locale)


def month(value: dt.date | None, *, locale: str, year: bool = True) -> str:
    """Return Nov 2026 (or Nov when ``year`` is False)."""
    if value is None:
        return MISSING
    whole = value.date() if isinstance(value, dt.datetime) else value
    return _in_words("yMMM" if year else "MMM", whole, locale)


def moment(value: dt.datetime | None, *, locale: str) -> str:
    """Return a date with hour and minute, in the zone the value is in."""
    if value is None:
        return MISSING
    chinese = babel_locale(locale).language == "zh"
    day_part = _in_words("y年M月d日" if chinese else "d MMM y", value.date(), locale)
    return f"{day_part}{' ' if chinese else ', '}{value:%H:%M}"


@functools.lru_cache(1024)
def period(start: dt.date, end: dt.date, *, locale: str) -> str:
    """Return a half-open span ``[start, end)`` in words: a year, quarter, month or dates."""
    last = end - dt.timedelta(days=1)
    chosen = babel_locale(locale)
    months = (end.year - start.year) * 12 + end.month - start.month
    if start.day == 1 and end.day == 1 and months > 0:
        if months == 12 and start.month == 1:
            return f"{start.year}年" if chosen.language == "zh" else str(start.year)
        if months == 3 and start.month % 3 == 1:
            return str(format_skeleton("yQQQ", start, locale=chosen))
        if months == 1:
            return month(start, locale=locale)
        return _dated(format_interval(start, last, "yMMM", locale=chosen))
    if start == last:
        return day(start, locale=locale)
    return _dated(format_interval(start, last, "yMMMd", locale=chosen))


@functools.lru_cache(4096)
def _in_words(form: str, value: dt.date, locale: str) -> str:
    """Return a day by a skeleton, or by a pattern; pages name the same few days again and again."""
    chosen = babel_locale(locale)
    if form in {"MMMd", "yMMMd", "yMMM"}:
        return _dated(format_skeleton(form, value, locale=chosen))
    # not the skeleton "MMM": Babel mixes up the languages of months that stand alone
    return _dated(format_date(value, format=form, locale=chosen))


def _dated(text: str) -> str:
    # Thin spaces break lines badly; four-letter "Sept" is the only odd one among British months.
    text = re.sub(r"\bSept\b(?!\.)", "Sep", str(text))
    return re.sub(r"\s*–\s*", " – ", text)
