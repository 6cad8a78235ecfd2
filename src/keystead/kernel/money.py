"""Money and percentages: exact decimals that know their currency and refuse to be mixed."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from functools import lru_cache
from typing import Final

from keystead.kernel.errors import Invalid
from keystead.kernel.exact import exact, largest_remainder, round_half_up

# ISO 4217: everything that is not listed has two decimals.
MINOR_UNITS: Final[dict[str, int]] = {
    **dict.fromkeys(
        "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(), 0
    ),
    **dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3),
    **dict.fromkeys("CLF UYW".split(), 4),
}
WORKING_PLACES: Final = 12
_WORKING: Final = Context(prec=60, rounding=ROUND_HALF_UP)
_CODE: Final = re.compile(r"[A-Z]{3}", re.ASCII)


def minor_units(currency: str) -> int:
    """Return how many decimals the currency has in ISO 4217.

    >>> minor_units("EUR"), minor_units("JPY"), minor_units("KWD"), minor_units("TND")
    (2, 0, 3, 3)
    """
    return MINOR_UNITS.get(currency_code(currency), 2)


def currency_code(text: str) -> str:
    """Return the three capital letters of a currency; raises Invalid for anything else.

    >>> currency_code(" eur ")
    'EUR'
    """
    code = _capitals(text) if isinstance(text, str) else ""
    if not _CODE.fullmatch(code):
        raise Invalid(
            f"{str(text)[:40]!r} is no currency code.",
            code="currency_code",
            hint="Use the three letters of ISO 4217, such as EUR or CNY.",
        )
    return code


@lru_cache(maxsize=512)
def _capitals(text: str) -> str:
    return text.strip().upper()


@dataclasses.dataclass(frozen=True, slots=True)
class Percent:
    """A rate in percent: ``Percent("12.5")`` is 12.5 %, an eighth.

    >>> Percent("12.5").of(Money("80", "EUR"))
    Money('10.000', 'EUR')
    >>> Percent.ratio(Decimal(1), Decimal(8))
    Percent('12.5')
    """

    value: Decimal

    def __init__(self, value: Decimal | int | str) -> None:
        object.__setattr__(self, "value", exact(value, "percentage"))

    @classmethod
    def parse(cls, text: str) -> Percent:
        """Return the rate behind ``12.5``, ``12.5%`` or ``12.5 %``; raises Invalid.

        >>> Percent.parse("12.5 %")
        Percent('12.5')
        """
        return cls(text.strip().removesuffix("%"))

    @classmethod
    def ratio(cls, part: Decimal | int, whole: Decimal | int) -> Percent | None:
        """Return part / whole x 100 at twelve decimals, or None where the whole is zero."""
        base = exact(whole)
        if base.is_zero():
            return None
        with localcontext(_WORKING):
            return cls(_trim(exact(part) * 100 / base))

    @property
    def fraction(self) -> Decimal:
        return self.value.scaleb(-2)

    def of(self, money: Money) -> Money:
        """Return this share of the money, unrounded."""
        return money * self.fraction

    def __str__(self) -> str:
        return f"{self.value:f}%"

    def __repr__(self) -> str:
        return f"Percent('{self.value:f}')"


@dataclasses.dataclass(frozen=True, slots=True)
class Money:
    """An exact amount in one currency. Arithmetic keeps twelve decimals; round at the end.

    Adding, subtracting or comparing two currencies raises Invalid (code ``currency_mixed``).

    >>> Money("10.00", "EUR") + Money("0.05", "EUR")
    Money('10.05', 'EUR')
    >>> Money("10", "EUR") + Money("10", "CNY")
    Traceback (most recent call last):
    keystead.kernel.errors.Invalid: EUR and CNY cannot be added or compared.
    """

    amount: Decimal
    currency: str

    def __init__(self, amount: Decimal | int | str, currency: str) -> None:
        object.__setattr__(self, "amount", exact(amount))
        object.__setattr__(self, "currency", currency_code(currency))

    @classmethod
    def zero(cls, currency: str) -> Money:
        return cls(0, currency)

    @classmethod
    def total(cls, items: Iterable[Money], currency: str) -> Money:
        """Return the exact sum; the currency is stated, so that an empty sum has one too.

        >>> Money.total([], "JPY")
        Money('0', 'JPY')
        """
        found = cls.zero(currency)
        for item in items:
            found = found + item
        return found

    def quantised(self, places: int | None = None) -> Money:
        """Return the amount rounded half-up to ``places``, by default the minor units.

        >>> Money("2.345", "EUR").quantised(), Money("1234.5", "JPY").quantised()
        (Money('2.35', 'EUR'), Money('1235', 'JPY'))
        """
        digits = minor_units(self.currency) if places is None else places
        return Money(round_half_up(self.amount, digits), self.currency)

    def allocate(
        self, weights: Sequence[Decimal | int], places: int | None = None
    ) -> tuple[Money, ...]:
        """Return one part per weight; the parts add up to this amount, to the last unit.

        The residue goes to the largest remainders. ``places`` is the smallest unit of a part,
        by default the minor unit. Raises Invalid when this amount is finer than that unit
        (quantise it first), or the weights are negative or all zero.

        >>> Money("100.00", "EUR").allocate([1, 1, 1])
        (Money('33.34', 'EUR'), Money('33.33', 'EUR'), Money('33.33', 'EUR'))
        """
        digits = minor_units(self.currency) if places is None else places
        if round_half_up(self.amount, digits) != self.amount:
            raise Invalid(
                f"{self} is finer than its smallest unit and cannot be split exactly.",
                code="not_quantised",
                hint="Round the sum first.",
            )
        parts = largest_remainder(int(self.amount.scaleb(digits, _WORKING)), weights)
        return tuple(Money(Decimal(part).scaleb(-digits), self.currency) for part in parts)

    def ratio(self, other: Money) -> Decimal | None:
        """Return this / other, a bare ratio; None where the other is zero."""
        self._same(other)
        if other.amount.is_zero():
            return None
        with localcontext(_WORKING):
            return _trim(self.amount / other.amount)

    def _same(self, other: object) -> Money:
        if not isinstance(other, Money):
            raise Invalid("Money can only be added to or compared with money.", code="not_money")
        if other.currency != self.currency:
            raise Invalid(
                f"{self.currency} and {other.currency} cannot be added or compared.",
                code="currency_mixed",
                hint="Convert one of them with a dated rate first.",
                left=self.currency,
                right=other.currency,
            )
        return other

    def __add__(self, other: Money) -> Money:
        return Money(_WORKING.add(self.amount, self._same(other).amount), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(_WORKING.subtract(self.amount, self._same(other).amount), self.currency)

    def __mul__(self, factor: Decimal | int) -> Money:
        with localcontext(_WORKING):
            return Money(_trim(self.amount * exact(factor, "factor")), self.currency)

    __rmul__ = __mul__

    def __truediv__(self, divisor: Decimal | int) -> Money:
        number = exact(divisor, "divisor")
        if number.is_zero():
            raise Invalid("A sum cannot be divided by zero.", code="division_by_zero")
        with localcontext(_WORKING):
            return Money(_trim(self.amount / number), self.currency)

    def __neg__(self) -> Money:
        return Money(self.amount.copy_negate(), self.currency)

    def __abs__(self) -> Money:
        return Money(self.amount.copy_abs(), self.currency)

    def __bool__(self) -> bool:
        return not self.amount.is_zero()

    def __lt__(self, other: Money) -> bool:
        return self.amount < self._same(other).amount

    def __le__(self, other: Money) -> bool:
        return self.amount <= self._same(other).amount

    def __gt__(self, other: Money) -> bool:
        return self.amount > self._same(other).amount

    def __ge__(self, other: Money) -> bool:
        return self.amount >= self._same(other).amount

    def __str__(self) -> str:
        return f"{self.amount:f} {self.currency}"

    def __repr__(self) -> str:
        return f"Money('{self.amount:f}', '{self.currency}')"


def _trim(value: Decimal) -> Decimal:
    if -int(value.as_tuple().exponent) <= WORKING_PLACES:
        return value
    rounded = round_half_up(value, WORKING_PLACES)
    plain = rounded.normalize(_WORKING)
    return plain.quantize(Decimal(1)) if int(plain.as_tuple().exponent) > 0 else plain
