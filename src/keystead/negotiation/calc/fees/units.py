"""Amounts as exact fractions of the smallest unit, and back to whole units that add up."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from math import lcm

from keystead.kernel.exact import round_half_up

_WIDE = Context(prec=80, rounding=ROUND_HALF_UP)


def units(amount: Decimal, places: int) -> Fraction:
    """Return an amount in its smallest units: 12.34 at two places is 1234."""
    return Fraction(amount) * 10**places


def amount(whole: int | Fraction, places: int) -> Decimal:
    """Return smallest units as an amount; a fraction is kept to twelve decimals.

    >>> amount(1234, 2), amount(Fraction(100, 3), 2)
    (Decimal('12.34'), Decimal('0.333333333333'))
    """
    if isinstance(whole, int):
        return Decimal(whole).scaleb(-places, _WIDE)
    return decimal(whole / 10**places)


def decimal(number: Fraction, places: int = 12) -> Decimal:
    """Return the fraction as a Decimal rounded half-up at ``places``."""
    return round_half_up(
        _WIDE.divide(Decimal(number.numerator), Decimal(number.denominator)), places
    )


def whole_units(parts: Sequence[Fraction]) -> tuple[int, ...]:
    """Return the parts, which add up to a whole number, as whole numbers with the same sum.

    Largest remainder: each part gets its floor, what is left goes to the largest fractions, the
    first of equals winning. A part that is whole already never moves, so whole bounds still hold.

    >>> whole_units([Fraction(100, 3)] * 3)
    (34, 33, 33)
    """
    numerators, unit = in_one_unit(parts)
    floors = [number // unit for number in numerators]
    left = sum(numerators) // unit - sum(floors)
    order = sorted(range(len(parts)), key=lambda place: (-(numerators[place] % unit), place))
    for place in order[:left]:
        floors[place] += 1
    return tuple(floors)


def in_one_unit(parts: Sequence[Fraction]) -> tuple[list[int], int]:
    """Return numerators over one denominator, and that: sums of whole numbers are quick.

    >>> in_one_unit([Fraction(1, 2), Fraction(2, 3)])
    ([3, 4], 6)
    """
    unit = lcm(*(part.denominator for part in parts))
    return [part.numerator * (unit // part.denominator) for part in parts], unit
