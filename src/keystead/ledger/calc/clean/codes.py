"""Codes, words and yes-or-no, out of text columns."""

from __future__ import annotations

import re

import pyarrow as pa
import pyarrow.compute as pc

from keystead.ledger.calc.clean.distinct import (
    FOLD,
    NOTHING,
    Cleaned,
    Column,
    by_hand,
    distinct,
    patched,
)

_ZEROS = re.compile(r"^(\d+)\.0+$")
_EXPONENT = re.compile(r"^\d(?:[.,]\d+)?E\+?\d{1,3}$", re.I)
_BLANKS = re.compile(r"\s+")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
# Codes that are as they should be: no blanks around, nothing foreign, no ".0" and no exponent.
_TIDY_CODE = r"^[A-Za-z0-9](?:[A-Za-z0-9_/-]*[A-Za-z0-9])?$"
_MAYBE_EXPONENT = r"^[0-9]E[0-9]+$"
_TIDY_TEXT = r"^[!-~](?:[!-~]| [!-~])*$"
_YES = frozenset("true t yes y 1 x on oui o vrai v 是 有 真 对 √ ✓ 在售 有货".split())
_NO = frozenset("false f no n 0 off non faux 否 无 假 没有 不 × ✗ 停售 缺货 无货".split())


def to_code(column: Column) -> Cleaned:
    """Return codes: trimmed, full-width signs folded, 17850.0 as 17850, a leading ' dropped.

    Case and leading zeros stay. A code in exponent form (6.92E+12) has lost its digits in a
    spreadsheet and is the problem "exponent"; an error cell (#N/A) is "error_value".

    >>> to_code(pa.array(["17850.0", " ＡＢ-１ ", "007", "6.92E+12"])).values.to_pylist()
    ['17850', 'AB-1', '007', None]
    """
    return _cleaned(column, _TIDY_CODE, _code, but_not=_MAYBE_EXPONENT)


def to_text(column: Column) -> Cleaned:
    """Return words: trimmed, runs of blanks and line breaks as one blank, controls dropped.

    >>> to_text(pa.array(["  a \\n b ", "", "c"])).values.to_pylist()
    ['a b', None, 'c']
    """
    return _cleaned(column, _TIDY_TEXT, _text)


def to_bool(column: Column) -> Cleaned:
    """Return yes or no from words in English, Chinese and French, 1 and 0, signs.

    Reason: not_a_bool.

    >>> to_bool(pa.array(["是", "Non", "1", "", "maybe"])).values.to_pylist()
    [True, False, True, None, None]
    """
    found = distinct(column)
    values, reasons, notices = by_hand(found.values, _yes_or_no, pa.bool_())
    return found.spread(values, reasons, notices)


def _cleaned(column: Column, tidy: str, read: object, but_not: str = "") -> Cleaned:
    found = distinct(column)
    fine = pc.fill_null(pc.match_substring_regex(found.values, tidy), False)
    if but_not:
        odd = pc.fill_null(pc.match_substring_regex(found.values, but_not, ignore_case=True), False)
        fine = pc.and_(fine, pc.invert(odd))
    if pc.all(fine).as_py() or not len(fine):
        return found.spread(found.values, None, {})
    left = pc.invert(fine)
    values, reasons, _ = by_hand(found.values.filter(left), read, pa.string())  # type: ignore[arg-type]
    all_reasons = None
    if reasons.null_count < len(reasons):
        all_reasons = patched(pa.nulls(len(found.values), pa.string()), left, reasons)
    return found.spread(patched(found.values, left, values), all_reasons, {})


def _code(raw: str) -> tuple[str | None, str | None, str]:
    text = _CONTROL.sub("", raw.translate(FOLD)).strip().removeprefix("'").strip()
    if not text:
        return None, None, ""
    if text.startswith("#") and text.endswith(("!", "?", "A")) and text[1:2].isupper():
        return None, "error_value", ""
    if _EXPONENT.match(text):
        return None, "exponent", ""
    whole = _ZEROS.match(text)
    return _BLANKS.sub(" ", whole.group(1) if whole else text), None, ""


def _text(raw: str) -> tuple[str | None, str | None, str]:
    text = raw.replace("\u00a0", " ").replace("\u3000", " ").replace("\ufeff", "")
    text = _BLANKS.sub(" ", _CONTROL.sub("", _BLANKS.sub(" ", text))).strip()
    return text or None, None, ""


def _yes_or_no(raw: str) -> tuple[bool | None, str | None, str]:
    text = raw.translate(FOLD).strip().lower()
    if text in NOTHING:
        return None, None, ""
    if text in _YES or text in _NO:
        return text in _YES, None, ""
    return None, "not_a_bool", ""
