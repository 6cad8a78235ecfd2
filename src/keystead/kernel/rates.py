"""Exchange rates with their date and source, and what a conversion leaves behind."""

from __future__ import annotations

import dataclasses
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Final

from keystead.kernel.errors import Invalid
from keystead.kernel.exact import exact, round_half_up
from keystead.kernel.money import Money, currency_code

RATE_PLACES: Final = 12


@dataclasses.dataclass(frozen=True, slots=True)
class Rate:
    """How many units of ``quote`` one unit of ``base`` buys, on a day, as a source said.

    ``derived`` marks a rate that no source gave: an inverse or a cross of two others.

    >>> Rate(Decimal("7.85"), date(2026, 6, 30), "ECB", "EUR", "CNY").convert(Money("2", "EUR"))
    Conversion(money=Money('15.70', 'CNY'), original=Money('2', 'EUR'), rate=...)
    """

    value: Decimal
    on: date
    source: str
    base: str
    quote: str
    derived: bool = False

    def __post_init__(self) -> None:
        value = exact(self.value, "rate")
        if value <= 0:
            raise Invalid("An exchange rate must be above zero.", code="rate_sign")
        object.__setattr__(self, "value", value)
        object.__setattr__(self, "base", currency_code(self.base))
        object.__setattr__(self, "quote", currency_code(self.quote))

    @classmethod
    def same(cls, currency: str, on: date) -> Rate:
        """Return the rate of a currency to itself."""
        return cls(Decimal(1), on, "identity", currency, currency)

    def inverse(self) -> Rate:
        """Return the opposite rate at twelve decimals, marked as derived.

        >>> Rate(Decimal("8"), date(2026, 6, 30), "ECB", "EUR", "CNY").inverse().value
        Decimal('0.125')
        """
        with localcontext(prec=60, rounding=ROUND_HALF_UP):
            value = _rate_value(1 / self.value)
        return Rate(value, self.on, self.source, self.quote, self.base, derived=True)

    def cross(self, other: Rate) -> Rate:
        """Return base > other.quote through the currency they share; the older date counts."""
        if self.quote != other.base:
            raise Invalid(
                f"{self.base} to {self.quote} and {other.base} to {other.quote} do not meet.",
                code="rate_chain",
            )
        with localcontext(prec=60, rounding=ROUND_HALF_UP):
            value = _rate_value(self.value * other.value)
        sources = self.source if self.source == other.source else f"{self.source} x {other.source}"
        return Rate(value, min(self.on, other.on), sources, self.base, other.quote, derived=True)

    def convert(self, money: Money) -> Conversion:
        """Return the converted money, unrounded, with what it came from; raises Invalid."""
        if money.currency != self.base:
            raise Invalid(
                f"This rate converts {self.base}, not {money.currency}.", code="currency_mixed"
            )
        return Conversion(Money((money * self.value).amount, self.quote), money, self)


@dataclasses.dataclass(frozen=True, slots=True)
class Conversion:
    """Converted money that still knows its original and the rate, its date and its source."""

    money: Money
    original: Money
    rate: Rate


def _rate_value(value: Decimal) -> Decimal:
    rounded = round_half_up(value, RATE_PLACES).normalize()
    if rounded <= 0:
        raise Invalid("The rate is too small to be inverted.", code="rate_size")
    return rounded.quantize(Decimal(1)) if int(rounded.as_tuple().exponent) > 0 else rounded
