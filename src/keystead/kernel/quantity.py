"""A quantity: an exact number with its unit. Conversion needs facts and lives in reference."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Final

from keystead.kernel.errors import Invalid
from keystead.kernel.exact import exact, round_half_up

_UNIT: Final = re.compile(r"[a-z][a-z0-9_]{0,19}", re.ASCII)
_WORKING: Final = Context(prec=60, rounding=ROUND_HALF_UP)


def unit_code(text: str) -> str:
    """Return the unit's code: lower case letters, digits and underscore; raises Invalid.

    >>> unit_code(" Pack ")
    'pack'
    """
    code = text.strip().lower() if isinstance(text, str) else ""
    if not _UNIT.fullmatch(code):
        raise Invalid(f"{str(text)[:40]!r} is no unit.", code="unit_code")
    return code


@dataclasses.dataclass(frozen=True, slots=True)
class Quantity:
    """An exact number of one unit. Two units cannot be added (code ``unit_mixed``).

    >>> Quantity("12", "pack") + Quantity("0.5", "pack")
    Quantity('12.5', 'pack')
    >>> Quantity("1", "pack") + Quantity("1", "kg")
    Traceback (most recent call last):
    keystead.kernel.errors.Invalid: pack and kg cannot be added or compared.
    """

    value: Decimal
    unit: str

    def __init__(self, value: Decimal | int | str, unit: str) -> None:
        object.__setattr__(self, "value", exact(value, "quantity"))
        object.__setattr__(self, "unit", unit_code(unit))

    @classmethod
    def total(cls, items: Iterable[Quantity], unit: str) -> Quantity:
        """Return the exact sum; the unit is stated, so that an empty sum has one too."""
        found = cls(0, unit)
        for item in items:
            found = found + item
        return found

    def rounded(self, places: int) -> Quantity:
        """Return the quantity at ``places`` decimals, halves away from zero."""
        return Quantity(round_half_up(self.value, places), self.unit)

    def _same(self, other: object) -> Quantity:
        if not isinstance(other, Quantity) or other.unit != self.unit:
            name = other.unit if isinstance(other, Quantity) else type(other).__name__
            raise Invalid(
                f"{self.unit} and {name} cannot be added or compared.",
                code="unit_mixed",
                hint="Convert one of them first.",
            )
        return other

    def __add__(self, other: Quantity) -> Quantity:
        return Quantity(_WORKING.add(self.value, self._same(other).value), self.unit)

    def __sub__(self, other: Quantity) -> Quantity:
        return Quantity(_WORKING.subtract(self.value, self._same(other).value), self.unit)

    def __mul__(self, factor: Decimal | int) -> Quantity:
        return Quantity(_WORKING.multiply(self.value, exact(factor, "factor")), self.unit)

    __rmul__ = __mul__

    def __neg__(self) -> Quantity:
        return Quantity(self.value.copy_negate(), self.unit)

    def __bool__(self) -> bool:
        return not self.value.is_zero()

    def __lt__(self, other: Quantity) -> bool:
        return self.value < self._same(other).value

    def __le__(self, other: Quantity) -> bool:
        return self.value <= self._same(other).value

    def __gt__(self, other: Quantity) -> bool:
        return self.value > self._same(other).value

    def __ge__(self, other: Quantity) -> bool:
        return self.value >= self._same(other).value

    def __str__(self) -> str:
        return f"{self.value:f} {self.unit}"

    def __repr__(self) -> str:
        return f"Quantity('{self.value:f}', '{self.unit}')"
