"""Numbers as people write them, into exact decimals."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal

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

PRECISION = 18
STYLES = ("point", "comma", "plain")

_CURRENCY = (
    r"(?:US\$|HK\$|C\$|A\$|R\$|[$€£¥₹₽₩元]|RMB|CNY|EUR|USD|GBP|CHF|JPY|HKD|TWD|AUD|CAD|kr|zł)"
)
_DRESS = re.compile(
    rf"^(?P<sign1>[+-]?)\s*{_CURRENCY}?\s*(?P<sign2>[+-]?)\s*(?P<number>[\d.,'’\s]*\d[.,]?|[.,]\d+)"
    rf"(?P<power>[eE][+-]?\d{{1,4}})?\s*(?P<unit>%|‰)?\s*{_CURRENCY}?\s*(?P<sign3>-?)$",
    re.I,
)
_GROUPS = re.compile(r"^\d{1,3}(?:[\s'’]\d{3})+(?=[.,]|$)")
_BY_COMMA = re.compile(r"^\d{1,3}(?:,\d{2,3})*,\d{3}(?:\.\d*)?$")
_BY_POINT = re.compile(r"^\d{1,3}(?:\.\d{3})+(?:,\d*)?$")
_POINT = re.compile(r"^\d*(?:\.\d*)?$")
_COMMA = re.compile(r"^\d*(?:,\d*)?$")
_NOISE = Decimal("1e-9")


def to_decimal(column: Column, style: str = "plain", scale: int = 4) -> Cleaned:
    """Return decimals (18 digits, ``scale`` after the point) of a text column.

    ``style``: "point" (1,234.56), "comma" (1.234,56) or "plain": only what can be read in one
    way. Read too: full-width digits, currency signs, parentheses and a trailing minus as
    negative, percent as hundredths, blanks and apostrophes between thousands. A lone dash is
    blank. Rounds half up beyond the scale; the notice "rounded" counts where that loses more
    than the noise of a spreadsheet's float, "exponent" where the text was 1.5E+3.

    Reasons: not_a_number, error_value (#N/A), wrong_style, ambiguous_number, too_large.

    >>> done = to_decimal(pa.array(["1,234.5", "(12)", "50%", "", "abc"]), "point")
    >>> [None if v is None else str(v) for v in done.values.to_pylist()]
    ['1234.5000', '-12.0000', '0.5000', None, None]
    >>> done.reasons.to_pylist()
    [None, None, None, None, 'not_a_number']
    """
    if style not in STYLES:
        raise ValueError(f"style is one of {STYLES}, not {style!r}")
    kind = pa.decimal128(PRECISION, scale)
    found = distinct(column)
    whole = PRECISION - scale
    values, done = _plainly(found.values, kind, whole, scale, style)
    none = pa.repeat(pa.scalar(False), len(values))
    lost = none
    if style == "point" and not pc.all(done).as_py():
        values, done, lost = _rounded(found.values, values, done, whole, scale)
    if pc.all(done).as_py() or not len(done):
        return found.spread(values, None, {"rounded": lost})
    left = pc.invert(done)
    read = _reader(style, scale)
    slow, reasons, notices = by_hand(found.values.filter(left), read, kind)
    values = patched(values, left, slow)
    all_reasons = patched(pa.nulls(len(values), pa.string()), left, reasons)
    masks = {code: patched(none, left, mask) for code, mask in notices.items()}
    masks["rounded"] = pc.or_(masks.get("rounded", none), lost)
    return found.spread(values, None if reasons.null_count == len(reasons) else all_reasons, masks)


def _plainly(
    texts: pa.Array, kind: pa.DataType, whole: int, scale: int, style: str
) -> tuple[pa.Array, pa.Array]:
    """Read what needs no thought, as whole columns; return the values and which are done."""
    # Three digits after a lone point may be thousands; "plain" leaves them to the rules.
    sure = {
        "point": rf"(?:\.[0-9]{{1,{scale}}})?",
        "plain": rf"(?:\.(?:[0-9]{{1,2}}{'|[0-9]{4}' if scale > 3 else ''}))?",
        "comma": "",
    }
    forms = [(rf"^-?[0-9]{{1,{whole}}}{sure[style]}$", "", "")]
    fraction = rf"[0-9]{{1,{scale}}}"
    if style == "point":
        forms.append((rf"^-?[0-9]{{1,3}}(?:,[0-9]{{3}}){{1,3}}(?:\.{fraction})?$", ",", ""))
    if style == "comma":
        forms.append((rf"^-?[0-9]{{1,3}}(?:\.?[0-9]{{3}}){{0,3}},{fraction}$", ".", ","))
        forms.append((r"^-?[0-9]{1,3}(?:\.[0-9]{3}){1,3}$", ".", ","))
    values = pa.nulls(len(texts), kind)
    done = pa.repeat(pa.scalar(False), len(texts))
    for pattern, drop, point in forms:
        fits = pc.fill_null(pc.match_substring_regex(texts, pattern), False)
        if not pc.any(fits).as_py():
            continue
        if not drop and pc.all(fits).as_py():
            return texts.cast(kind), fits
        piece = texts.filter(fits)
        if drop:
            piece = pc.replace_substring(piece, drop, "")
        if point:
            piece = pc.replace_substring(piece, point, ".")
        values = patched(values, fits, piece.cast(kind))
        done = pc.or_(done, fits)
        if pc.all(done).as_py():
            break
    return values, done


def _rounded(
    texts: pa.Array, values: pa.Array, done: pa.Array, whole: int, scale: int
) -> tuple[pa.Array, pa.Array, pa.Array]:
    """Read numbers with more decimals than are kept, as a column; say which lost something."""
    pattern = rf"^-?[0-9]{{1,{whole}}}\.[0-9]{{{scale + 1},18}}$"
    fits = pc.fill_null(pc.match_substring_regex(texts, pattern), False)
    lost = pa.repeat(pa.scalar(False), len(texts))
    if not pc.any(fits).as_py():
        return values, done, lost
    exact = texts.filter(fits).cast(pa.decimal128(whole + 19, 18))
    kept = pc.round(exact, scale, round_mode="half_towards_infinity")
    off = pc.greater(pc.abs(pc.subtract(exact, kept)), pa.scalar(_NOISE, pa.decimal128(33, 18)))
    limit = pa.scalar(Decimal(10) ** whole, pa.decimal128(33, 18))
    inside = pc.less(pc.abs(kept), limit)
    if not pc.all(inside).as_py():  # 99999999999999.99999 rounds beyond: left to the rules
        return values, done, lost
    values = patched(values, fits, kept.cast(values.type))
    return values, pc.or_(done, fits), patched(lost, fits, off)


def _reader(style: str, scale: int) -> Callable[[str], tuple[Decimal | None, str | None, str]]:
    step = Decimal(1).scaleb(-scale)
    limit = Decimal(10) ** (PRECISION - scale)

    def read(raw: str) -> tuple[Decimal | None, str | None, str]:  # noqa: PLR0911
        text = raw.translate(FOLD).strip()
        if text in NOTHING:
            return None, None, ""
        if text.startswith("#"):
            return None, "error_value", ""
        negative = text.startswith("(") and text.endswith(")")
        dress = _DRESS.match(text[1:-1].strip() if negative else text)
        if dress is None:
            return None, "not_a_number", ""
        digits, reason = _digits(dress["number"].strip(), style)
        if digits is None:
            return None, reason, ""
        power = dress["power"] or ""
        if len(digits) > 40 or len(power) > 4:
            return None, "too_large", ""
        value = Decimal(digits + power) / {"%": 100, "‰": 1000}.get(dress["unit"] or "", 1)
        signs = dress["sign1"] + dress["sign2"] + dress["sign3"]
        if len(signs) > 1 or (negative and signs):
            return None, "not_a_number", ""
        if negative or "-" in signs:
            value = -value
        if abs(value) >= limit:
            return None, "too_large", ""
        kept = value.quantize(step, ROUND_HALF_UP)
        if abs(kept) >= limit:
            return None, "too_large", ""
        if power:
            return kept, None, "exponent"
        return kept, None, "rounded" if abs(kept - value) > _NOISE else ""

    return read


def _digits(number: str, style: str) -> tuple[str | None, str]:  # noqa: PLR0911
    """Return the digits with a point as Decimal reads them, or why not."""
    grouped = _GROUPS.match(number)
    if grouped:
        number = re.sub(r"[\s'’]", "", grouped.group()) + number[grouped.end() :]
    if re.search(r"[\s'’]", number):
        return None, "not_a_number"
    if number.isdigit():
        return number, ""
    said = _evidence(number)
    if said == "":
        return None, "not_a_number"
    wanted = said if style == "plain" else style
    if wanted == "ambiguous":
        return None, "ambiguous_number"
    if wanted == "point":
        if _BY_COMMA.match(number) or _POINT.match(number):
            return number.replace(",", ""), ""
    elif _BY_POINT.match(number) or _COMMA.match(number):
        return number.replace(".", "").replace(",", "."), ""
    return None, "wrong_style"


def _evidence(number: str) -> str:
    """Return which decimal sign the number can only have: point, comma, ambiguous or ""."""
    point = bool(_BY_COMMA.match(number) or _POINT.match(number))
    comma = bool(_BY_POINT.match(number) or _COMMA.match(number))
    if point and comma:
        # "0,125" and ".5" group nothing: a group has one to three digits and no leading zero.
        sign = "." if "." in number else ","
        lead = number.partition(sign)[0]
        if lead in ("", "0") or lead.startswith("0"):
            return "point" if sign == "." else "comma"
        return "ambiguous"
    return "point" if point else "comma" if comma else ""
