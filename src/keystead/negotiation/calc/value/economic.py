"""The economic value of an offer: reference, plus and minus differences, with their range."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal, localcontext
from typing import Final

from keystead.kernel.errors import Invalid
from keystead.kernel.exact import round_half_up
from keystead.kernel.money import minor_units
from keystead.negotiation.types.value import EconomicValue, Factor, LineKind, Spread, ValueLine

HUNDRED: Final = Decimal(100)
LARGEST: Final = Decimal(10) ** 15


def line_value(line: ValueLine, places: int = 2) -> Spread:
    """Return what a line comes to a year: its factors multiplied, those that divide divided by.

    The low end takes the low ends of what is multiplied and the high ends of what divides.
    Rounded half-up at the end only. Raises Invalid for a range that does not hold its value, a
    value below zero, and a division by zero.

    >>> hours = (Factor("searches", Decimal(12000)), Factor("minutes", Decimal(6), Decimal(4)),
    ...          Factor("minutes an hour", Decimal(60), divides=True),
    ...          Factor("an hour", Decimal(45)))
    >>> line_value(ValueLine("a", LineKind.PLUS, "Time", hours))
    Spread(low=Decimal('36000.00'), likely=Decimal('54000.00'), high=Decimal('54000.00'))
    """
    if not line.factors:
        raise Invalid("A line needs one input at least.", code="value_inputs")
    low = likely = high = Decimal(1)
    with localcontext(prec=60):
        for one in line.factors:
            least, most = _ends(one)
            if one.divides:
                low, likely, high = low / most, likely / one.value, high / least
            else:
                low, likely, high = low * least, likely * one.value, high * most
        if high > LARGEST:
            raise Invalid("A line comes to more than can be.", code="value_large")
        return Spread(*(round_half_up(value, places) for value in (low, likely, high)))


def _ends(one: Factor) -> tuple[Decimal, Decimal]:
    least = one.value if one.low is None else one.low
    most = one.value if one.high is None else one.high
    if not 0 <= least <= one.value <= most:
        raise Invalid(
            f"{one.name}: the range must hold the value, and nothing is below zero.",
            code="value_range", name=one.name,
        )  # fmt: skip
    if one.divides and least == 0:
        raise Invalid(f"{one.name}: nothing is divided by zero.", code="value_zero", name=one.name)
    return least, most


def economic_value(
    lines: Iterable[ValueLine], currency: str, price: Decimal | None = None
) -> EconomicValue:
    """Return the total of the lines with its range, and what of it is left at our price.

    Several references add up (an alternative of two products). The lowest total takes the lowest
    plus and the highest minus. Without a reference there is no total: differences alone are no
    value. Source: the definition of economic value to the customer.

    >>> def line(kind, value):
    ...     return ValueLine(kind, kind, kind, (Factor("a", Decimal(value)),))
    >>> found = economic_value([line(LineKind.REFERENCE, 80), line(LineKind.PLUS, 40),
    ...                         line(LineKind.MINUS, 15)], "EUR", Decimal(90))
    >>> found.total.likely, found.customers_share.likely
    (Decimal('105.00'), Decimal('15.00'))
    """
    places = minor_units(currency)
    worked = tuple((one, line_value(one, places)) for one in lines)
    sums = {kind: _sum(worked, kind) for kind in LineKind}
    plus, minus = sums[LineKind.PLUS], sums[LineKind.MINUS]
    priced = any(one.kind is LineKind.REFERENCE for one, _value in worked)
    reference = sums[LineKind.REFERENCE] if priced else None
    total = None
    if reference is not None:
        total = Spread(
            reference.low + plus.low - minus.high,
            reference.likely + plus.likely - minus.likely,
            reference.high + plus.high - minus.low,
        )
    whole = sum((value.likely for _one, value in worked), Decimal(0))
    agreed = sum((value.likely for one, value in worked if one.confirmed), Decimal(0))
    return EconomicValue(
        worked, reference, plus, minus, total,
        confirmed_pct=round_half_up(agreed * HUNDRED / whole, 0) if whole else Decimal(0),
        customers_share=None if total is None or price is None else
        Spread(total.low - price, total.likely - price, total.high - price),
    )  # fmt: skip


def _sum(worked: Iterable[tuple[ValueLine, Spread]], kind: LineKind) -> Spread:
    found = [value for one, value in worked if one.kind is kind]
    return Spread(*(
        sum((getattr(value, name) for value in found), Decimal(0))
        for name in ("low", "likely", "high")
    ))  # fmt: skip
