"""Exact decimals: hostile values refused, halves rounded up, splits that add up."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation, localcontext
from typing import Final

from keystead.kernel.errors import Invalid

_WORKING: Final = Context(prec=60, rounding=ROUND_HALF_UP)


def exact(value: Decimal | int | str, what: str = "amount") -> Decimal:
    """Return the value as a finite Decimal below 10^18, with zero never negative.

    A float is refused, because it has already lost the cent. Text is plain ``[-]123.45``; the
    import desk turns local styles into that. Raises Invalid for NaN, infinity, ``1e400``,
    booleans and text that is no number.

    >>> exact("-0.00")
    Decimal('0.00')
    >>> exact("1e400")
    Traceback (most recent call last):
    keystead.kernel.errors.Invalid: This amount is too large to be real: 1e400
    """
    if isinstance(value, bool | float) or not isinstance(value, Decimal | int | str):
        raise Invalid(
            f"The {what} must be an exact number, not {type(value).__name__}.", code="not_exact"
        )
    try:
        number = Decimal(value.strip() if isinstance(value, str) else value)
    except InvalidOperation:
        raise _no_number(value, what) from None
    if not number.is_finite():
        raise _no_number(value, what)
    if number and number.adjusted() >= 18:
        shown = str(value)[:40]
        raise Invalid(f"This {what} is too large to be real: {shown}", code="too_large")
    if number.is_zero():
        number = abs(number) if number.as_tuple().exponent in range(-30, 1) else Decimal(0)
    return number


def _no_number(value: Decimal | int | str, what: str) -> Invalid:
    return Invalid(f"This {what} is not a number: {str(value)[:40]}", code="not_a_number")


def round_half_up(value: Decimal, places: int) -> Decimal:
    """Return the value at ``places`` decimals, halves away from zero (what invoices do).

    >>> round_half_up(Decimal("2.345"), 2), round_half_up(Decimal("-2.345"), 2)
    (Decimal('2.35'), Decimal('-2.35'))
    """
    with localcontext(_WORKING):
        rounded = value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
        return abs(rounded) if rounded.is_zero() else rounded


def largest_remainder(
    units: int, weights: Sequence[Decimal | int], what: str = "weight"
) -> tuple[int, ...]:
    """Return ``units`` split into whole parts in proportion to the weights; the sum is exact.

    Each part gets its floor; the units left over go to the largest remainders, the first of
    equals winning. Weights are zero or more, with at least one above zero, else Invalid.

    >>> largest_remainder(100, [1, 1, 1])
    (34, 33, 33)
    >>> largest_remainder(-7, [3, 1])
    (-5, -2)
    """
    exacts = [exact(weight, what) for weight in weights]
    if any(weight < 0 for weight in exacts) or not any(exacts):
        raise Invalid(
            "A sum can only be split by weights that are zero or more, and not all zero.",
            code="weights",
        )
    places = max(max(0, -int(weight.as_tuple().exponent)) for weight in exacts)
    with localcontext(Context(prec=200)):
        whole = [int(weight.scaleb(places)) for weight in exacts]
    total, size = sum(whole), abs(units)
    parts = [size * weight // total for weight in whole]
    remainders = [(size * weight % total, -index) for index, weight in enumerate(whole)]
    for _, index in sorted(remainders, reverse=True)[: size - sum(parts)]:
        parts[-index] += 1
    return tuple(parts if units >= 0 else [-part for part in parts])
