"""How numbers and dates are written in a column: found from its values, or left open.

A value speaks for a style only when it can be read in no other way: "1.5" for the point,
"1,50" and "1.234.567" for the comma, "31/12/2024" for day first. "1,234" and "03/04/2024"
say nothing, and a column with only such values is asked about.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_FOLD = str.maketrans("０１２３４５６７８９．，－＋（）％　￥", "0123456789.,-+()% ¥")
_AROUND = re.compile(
    r"^[\s(+\-−]*(?:[$€£¥]|US\$|RMB|CNY|EUR|USD|GBP|CHF|元)?[\s+\-−]*|"
    r"[\s)%‰\-−]*(?:[$€£¥]|RMB|CNY|EUR|USD|GBP|CHF|元)?[\s)%‰\-−]*$",
    re.I,
)
_INSIDE = re.compile(r"(?<=\d)[\s\u00a0\u202f'’](?=\d{3})")
_PLAIN = re.compile(r"^\d*(?:[.,]\d*)*$")
_REST = r"(?:[ T].*|\s*(?:星期|周|礼拜).*)?$"
_ISO = re.compile(r"^\d{4}[-/.年]\d{1,2}(?:[-/.月]\d{1,2}日?|月)?" + _REST)
_EIGHT = re.compile(r"^(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])$")
_THREE = re.compile(r"^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})" + _REST)
_WORDS = re.compile(
    r"^\d{1,2}[-/ .]?[^\W\d_]{3,9}\.?[-/ .,]*\d{2,4}$|^[^\W\d_]{3,9}\.?[ -]\d{1,2},? ?\d{4}$"
)


def decimal_of(value: str) -> str:
    """Return what one text says: plain, point, comma, ambiguous, or "" when it is no number.

    >>> [decimal_of(v) for v in ("12", "1.5", "1 234,50", "1,234", "0,125", "1.234.567", "x")]
    ['plain', 'point', 'comma', 'ambiguous', 'comma', 'comma', '']
    """
    text = _INSIDE.sub("", _AROUND.sub("", value.translate(_FOLD)))
    if not text or not _PLAIN.match(text) or not any(sign.isdigit() for sign in text):
        return ""
    points, commas = text.count("."), text.count(",")
    if not points and not commas:
        return "plain"
    if points and commas:
        return "point" if text.rfind(".") > text.rfind(",") else "comma"
    sign = "." if points else ","
    own, other = ("point", "comma") if points else ("comma", "point")
    if points + commas > 1:
        return other  # it repeats, so it groups thousands
    whole, _, part = text.partition(sign)
    if len(part) != 3 or len(whole) > 3 or whole in ("", "0") or whole.startswith("0"):
        return own
    return "ambiguous"


def date_of(value: str) -> str:
    """Return what one text says: iso, ymd, dmy, mdy, words, ambiguous, or "" when it is no date.

    >>> [date_of(v) for v in ("2016-11-14", "20161114", "31/12/2024", "12/31/2024", "3/4/24")]
    ['iso', 'ymd', 'dmy', 'mdy', 'ambiguous']
    """
    text = value.translate(_FOLD).strip()
    if _ISO.match(text):
        return "iso"
    if _EIGHT.match(text):
        return "ymd"
    found = _THREE.match(text)
    if found:
        first, second = int(found.group(1)), int(found.group(2))
        if first > 31 or second > 31 or (first > 12 and second > 12):
            return ""
        if first > 12:
            return "dmy"
        return "mdy" if second > 12 else "ambiguous"
    return "words" if _WORDS.match(text) else ""


def column_style(values: Iterable[str], *, typed_numbers: bool = False) -> tuple[str, str, str]:
    """Return (kind, decimal, date_order) of a column from its distinct values.

    ``typed_numbers``: the file itself holds numbers there, whose text uses the point.
    """
    numbers: dict[str, int] = {}
    dates: dict[str, int] = {}
    filled = 0
    for value in values:
        if not value.strip():
            continue
        filled += 1
        said = decimal_of(value)
        if said:
            numbers[said] = numbers.get(said, 0) + 1
        said = date_of(value)
        if said:
            dates[said] = dates.get(said, 0) + 1
    if not filled:
        return "empty", "", ""
    if sum(dates.values()) >= 0.8 * filled:
        return "date", "", _settled(dates, ("dmy", "mdy"), ("iso", "ymd", "words"))
    if sum(numbers.values()) >= 0.8 * filled:
        if typed_numbers:
            numbers["point"] = numbers.get("point", 0) + 1
            numbers.pop("ambiguous", None)
        return "number", _settled(numbers, ("point", "comma"), ("plain",)), ""
    return "text", "", ""


def _settled(said: dict[str, int], rivals: tuple[str, str], neutral: tuple[str, ...]) -> str:
    present = [one for one in rivals if said.get(one)]
    if len(present) == 2:
        return "mixed"
    if present:
        return present[0]
    if said.get("ambiguous"):
        return "ambiguous"
    return max(neutral, key=lambda one: said.get(one, 0))
