"""Reads the cells of a column as what its field holds; what cannot be read is listed."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping

import pyarrow as pa
import pyarrow.compute as pc

from keystead.ledger.calc.clean import Cleaned, to_bool, to_code, to_date, to_decimal, to_text
from keystead.ledger.calc.clean.distinct import distinct
from keystead.ledger.rules.fold import fold
from keystead.ledger.types.fields import MONEY, FieldDef, FieldType

_SIGNS = {"€": "EUR", "$": "USD", "us$": "USD", "£": "GBP", "¥": "CNY", "元": "CNY",
          "人民币": "CNY", "rmb": "CNY", "cny": "CNY"}  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Reading:
    """Values per row (null = blank or not readable), masks of rows by kind of trouble, and
    remarks that are only counted."""

    values: pa.ChunkedArray
    troubles: tuple[tuple[str, pa.BooleanArray], ...] = ()
    remarks: tuple[tuple[str, int], ...] = ()


def read(
    field: FieldDef,
    text: pa.ChunkedArray,
    options: Mapping[str, str],
    units: Mapping[str, str] | None = None,
) -> Reading:
    """Return the cells of a column as the field's type.

    ``text``: one string per row; "" and null are blank and give null without trouble.
    ``options``: ``decimal`` ("point", "comma") and ``date_order`` ("dmy", "mdy"), for all
    columns or for one field (``decimal:value``). ``units``: folded unit name -> its code.
    """
    if field.type in {FieldType.DECIMAL, FieldType.INTEGER}:
        found = number(text, options, field.name)
        return found if field.type is FieldType.DECIMAL else _whole(found, field)
    readers: dict[FieldType, Callable[[], Cleaned]] = {
        FieldType.TEXT: lambda: to_text(text),
        FieldType.CODE: lambda: to_code(text),
        FieldType.DATE: lambda: to_date(text, _said(options, "date_order", field.name)),
        FieldType.FLAG: lambda: to_bool(text),
    }
    if field.type in readers:
        return _as_reading(readers[field.type]())
    if field.type is FieldType.UNIT:
        return _by_words(text, lambda word: ((units or {}).get(fold(word), word), ""))
    if field.type is FieldType.CURRENCY:
        return _by_words(text, _currency)
    return _by_words(text, lambda word: _choice(word, field))


def number(text: pa.ChunkedArray, options: Mapping[str, str], name: str) -> Reading:
    """Return the cells of a column as decimal(18,4)."""
    return _as_reading(to_decimal(text, _said(options, "decimal", name) or "plain"))


def _said(options: Mapping[str, str], what: str, name: str) -> str:
    """A person's word for all columns goes before what the reader found in one."""
    return options.get(what) or options.get(f"{what}:{name}", "")


def _as_reading(cleaned: Cleaned) -> Reading:
    return Reading(
        pa.chunked_array([cleaned.values]), _masks(cleaned.reasons), tuple(cleaned.notices)
    )


def _masks(reasons: pa.Array) -> tuple[tuple[str, pa.BooleanArray], ...]:
    if reasons.null_count == len(reasons):
        return ()
    kinds = sorted(pc.unique(reasons.drop_null()).to_pylist())
    return tuple((kind, pc.fill_null(pc.equal(reasons, kind), False)) for kind in kinds)


def _whole(found: Reading, field: FieldDef) -> Reading:
    """Return decimals as whole numbers; one with a part is trouble."""
    values = found.values
    broken = pc.fill_null(pc.not_equal(values, pc.round(values, ndigits=0)), False)
    whole = pc.if_else(broken, pa.scalar(None, MONEY), values)
    troubles = found.troubles
    if pc.any(broken).as_py():
        mask = broken.combine_chunks() if isinstance(broken, pa.ChunkedArray) else broken
        troubles = (*troubles, ("not_whole", mask))
    return Reading(pc.cast(whole, field.arrow_type), troubles, found.remarks)


def _by_words(text: pa.ChunkedArray, reader: Callable[[str], tuple[str | None, str]]) -> Reading:
    tidy = to_text(text)
    found = distinct(tidy.values)
    pairs = [(None, "") if word is None else reader(word) for word in found.values.to_pylist()]
    values = pa.array([value for value, _trouble in pairs], pa.string())
    reasons = pa.array([trouble or None for _value, trouble in pairs], pa.string())
    return _as_reading(found.spread(values, reasons, {}))


def _currency(word: str) -> tuple[str | None, str]:
    code = _SIGNS.get(word.casefold(), word.upper())
    known = len(code) == 3 and code.isascii() and code.isalpha()
    return (code, "") if known else (None, "unknown_currency")


def _choice(word: str, field: FieldDef) -> tuple[str | None, str]:
    text = fold(word)
    for choice in field.choices:
        if text in {fold(name) for name in (choice.value, choice.label, *choice.synonyms)}:
            return choice.value, ""
    return None, "unknown_choice"
