"""Rounding that adds up: exact parts become amounts whose sum is the rounded total."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from keystead.kernel.errors import Invalid
from keystead.kernel.exact import round_half_up


def foot(parts: Sequence[Fraction], total: Decimal, places: int) -> tuple[Decimal, ...]:
    """Return the parts at ``places`` decimals so that they add up to ``total`` exactly.

    Each part is cut downwards; the units left over go to the largest remainders, the first of
    equals winning. A part that is exactly zero stays zero while another one can take the unit.
    Raises Invalid when the total is not the sum of the parts within one unit per part.

    >>> foot([Fraction(1, 3)] * 3, Decimal("1.00"), 2)
    (Decimal('0.34'), Decimal('0.33'), Decimal('0.33'))
    >>> foot([Fraction(-1, 3), Fraction(0), Fraction(-2, 3)], Decimal("-1"), 0)
    (Decimal('0'), Decimal('0'), Decimal('-1'))
    """
    scale = 10**places
    sized = [part * scale for part in parts]
    units = [part.numerator // part.denominator for part in sized]
    left = int(Fraction(total) * scale) - sum(units)
    if Fraction(total) * scale != int(Fraction(total) * scale) or abs(left) > len(parts):
        raise Invalid("These parts are not parts of this total.", code="does_not_foot")
    rest = [part - unit for part, unit in zip(sized, units, strict=True)]
    best_first = sorted(range(len(parts)), key=lambda at: (not parts[at], -rest[at], at))
    for at in best_first[:left] if left > 0 else reversed(best_first[left:] if left else []):
        units[at] += 1 if left > 0 else -1
    return tuple(Decimal(unit).scaleb(-places) for unit in units)


def rounded(value: Fraction | Decimal, places: int) -> Decimal:
    """Return the value at ``places`` decimals, halves away from zero.

    >>> rounded(Fraction(-5, 1000), 2)
    Decimal('-0.01')
    """
    if isinstance(value, Decimal):
        return round_half_up(value, places)
    sized = abs(value) * 10**places + Fraction(1, 2)
    units = sized.numerator // sized.denominator
    return Decimal(units if value >= 0 else -units).scaleb(-places)
