"""Dates as people write them, into dates: never a guess between day and month."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from keystead.ledger.calc.clean.distinct import FOLD, NOTHING, Cleaned, Column, by_hand, distinct

ORDERS = ("", "iso", "ymd", "dmy", "mdy", "words", "serial", "ambiguous", "mixed")
_FIRST, _LAST = date(1900, 1, 1), date(2100, 12, 31)
_EPOCH = date(1899, 12, 30)  # day 0 of spreadsheets, their false leap day of 1900 allowed for
_MANY = 20_000

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january janv janvier", "feb february fev févr fév février fevrier",
            "mar march mars", "apr april avr avril", "may mai", "jun june juin",
            "jul july juil juillet", "aug august août aout aoû", "sep sept september septembre",
            "oct october octobre", "nov november novembre", "dec december déc décembre decembre",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_WEEKDAYS = {
    name: number
    for number, names in enumerate(
        (
            "mon monday lun lundi 一", "tue tuesday mar mardi 二", "wed wednesday mer mercredi 三",
            "thu thursday jeu jeudi 四", "fri friday ven vendredi 五", "sat saturday sam samedi 六",
            "sun sunday dim dimanche 日 天",
        ),
    )
    for name in names.split()
}  # fmt: skip
_TIME = (
    r"[T\s]+\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?\s*(?:[AaPp]\.?[Mm]\.?)?"
    r"\s*(?:Z|UTC|[+-]\d{2}:?\d{2})?$"
)
_CLOCK = re.compile(_TIME)
_DAY_AFTER = re.compile(r"\s*[(（]?(?:星期|周|礼拜)([一二三四五六日天])[)）]?$")
_DAY_BEFORE = re.compile(r"^([^\W\d_]{3,9})\.?,?\s+(?=\d|[^\W\d_])")
_DAY_BEHIND = re.compile(r"\s+([^\W\d_]{3,9})\.?$")
_YEAR_FIRST = re.compile(r"^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?$")
_YEAR_MONTH = re.compile(r"^(\d{4})\s*(?:[-/.年]|\s)\s*(\d{1,2})\s*月?(?:份)?$")
_MONTH_YEAR = re.compile(r"^(\d{1,2})\s*[-/.]\s*(\d{4})$")
_THREE = re.compile(r"^(\d{1,2})\s*[-/.]\s*(\d{1,2})\s*[-/.]\s*(\d{4}|\d{2})$")
_DAY_WORD = re.compile(
    r"^(\d{1,2})(?:er|st|nd|rd|th)?[-/.\s]*([^\W\d_]{3,9})\.?[-/.,\s]*(\d{4}|\d{2})$"
)
_WORD_DAY = re.compile(r"^([^\W\d_]{3,9})\.?[-\s]+(\d{1,2})(?:st|nd|rd|th)?,?[-\s]+(\d{4}|\d{2})$")
_WORD_YEAR = re.compile(r"^([^\W\d_]{3,9})\.?[-/.,\s]*(\d{4}|\d{2})$")
_SERIAL = re.compile(r"^(\d{5})(?:\.\d+)?$")
Found = tuple[date | None, str | None, str]


def to_date(column: Column, order: str = "") -> Cleaned:
    """Return dates of a text column.

    ``order`` settles texts like 03/04/2024: "dmy" or "mdy"; with any other value they are the
    problem "ambiguous_date" unless one part is above 12. Read in any order: ISO, 2016/11/14,
    2016年11月14日, 20161114, 14 Nov 2016, novembre 2016, a time behind the date (dropped), a
    weekday (a wrong one is tolerated, and counted by the notice "wrong_weekday"), spreadsheet
    day numbers. A month alone is its first day, counted by the notice "month_only".

    Reasons: not_a_date, impossible_date (2018-02-29), ambiguous_date, wrong_order (day first
    where the month was said to be first), out_of_range (before 1900 or after 2100).

    >>> done = to_date(pa.array(["2018-02-29 星期四", "20161114", "14.11.2016", "3/4/24"]), "")
    >>> [str(v) for v in done.values.to_pylist()]
    ['None', '2016-11-14', '2016-11-14', 'None']
    >>> done.reasons.to_pylist()
    ['impossible_date', None, None, 'ambiguous_date']
    """
    if order not in ORDERS:
        raise ValueError(f"order is one of {ORDERS}, not {order!r}")
    found = distinct(column)
    read = _reader(order)
    if len(found.values) <= _MANY:
        values, reasons, notices = by_hand(found.values, read, pa.date32())
        return found.spread(values, reasons, notices)
    # Many distinct texts are points in time: without the time few days remain.
    days = distinct(pc.replace_substring_regex(found.values, _TIME, ""))
    values, reasons, notices = by_hand(days.values, read, pa.date32())
    inner = days.spread(values, reasons, {})
    masks = {code: mask.take(days.places) for code, mask in notices.items()}
    return found.spread(inner.values, inner.reasons, masks)


def _reader(order: str) -> Callable[[str], Found]:
    def read(raw: str) -> Found:
        text = _CLOCK.sub("", raw.translate(FOLD).strip()).strip()
        if text in NOTHING:
            return None, None, ""
        weekday, text = _weekday(text)
        value, reason, notice = _date(text, order)
        if value is not None and weekday is not None and value.weekday() != weekday:
            notice = "wrong_weekday"
        return value, reason, notice

    return read


def _weekday(text: str) -> tuple[int | None, str]:
    after = _DAY_AFTER.search(text)
    if after:
        return _WEEKDAYS[after.group(1)], text[: after.start()].strip()
    before = _DAY_BEFORE.match(text)
    # "mar" is a month and a weekday: before a number it is left to be a month.
    if before and before.group(1).lower() in _WEEKDAYS and before.group(1).lower() not in _MONTHS:
        return _WEEKDAYS[before.group(1).lower()], text[before.end() :].strip()
    behind = _DAY_BEHIND.search(text)
    if behind and behind.group(1).lower() in _WEEKDAYS:
        return _WEEKDAYS[behind.group(1).lower()], text[: behind.start()].strip()
    return None, text


def _date(text: str, order: str) -> Found:
    if text.isdigit() or _SERIAL.match(text):
        return _from_digits(text)
    found = _YEAR_FIRST.match(text)
    if found:
        return _day(int(found[1]), int(found[2]), int(found[3]))
    found = _YEAR_MONTH.match(text)
    if found:
        return _month(int(found[1]), int(found[2]))
    found = _THREE.match(text)
    if found:
        return _ordered(int(found[1]), int(found[2]), _year(found[3]), order)
    found = _MONTH_YEAR.match(text)
    if found:
        return _month(int(found[2]), int(found[1]))
    return _worded(text.lower())


def _from_digits(text: str) -> Found:
    if len(text) == 8:
        return _day(int(text[:4]), int(text[4:6]), int(text[6:]))
    if len(text) == 6 and "190001" <= text <= "210012":
        return _month(int(text[:4]), int(text[4:]))
    serial = _SERIAL.match(text)
    if serial and 10_000 <= int(serial[1]) <= 73_415:
        return _EPOCH + timedelta(int(serial[1])), None, ""
    return None, "not_a_date", ""


def _ordered(first: int, second: int, year: int, order: str) -> Found:
    if first > 12 and second > 12:
        return None, "impossible_date", ""
    if order == "dmy":
        return _day(year, second, first) if second <= 12 else (None, "wrong_order", "")
    if order == "mdy":
        return _day(year, first, second) if first <= 12 else (None, "wrong_order", "")
    if first > 12:
        return _day(year, second, first)
    if second > 12:
        return _day(year, first, second)
    return _day(year, second, first) if first == second else (None, "ambiguous_date", "")


def _worded(text: str) -> Found:
    for pattern, places in ((_DAY_WORD, (3, 2, 1)), (_WORD_DAY, (3, 1, 2))):
        found = pattern.match(text)
        if found and found[places[1]] in _MONTHS:
            year, month, day = (found[place] for place in places)
            return _day(_year(year), _MONTHS[month], int(day))
    found = _WORD_YEAR.match(text)
    if found and found[1] in _MONTHS:
        return _month(_year(found[2]), _MONTHS[found[1]])
    return None, "not_a_date", ""


def _year(text: str) -> int:
    year = int(text)
    if len(text) == 4:
        return year
    return 2000 + year if year < 70 else 1900 + year


def _month(year: int, month: int) -> Found:
    value, reason, _ = _day(year, month, 1)
    return value, reason, "month_only" if value else ""


def _day(year: int, month: int, day: int) -> Found:
    try:
        value = date(year, month, day)
    except ValueError:
        return None, "impossible_date", ""
    if not _FIRST <= value <= _LAST:
        return None, "out_of_range", ""
    return value, None, ""
