"""What a trading customer earns with us and with its alternatives."""

from __future__ import annotations

from collections.abc import Sequence

from keystead.kernel.errors import Invalid
from keystead.kernel.exact import round_half_up
from keystead.negotiation.calc.prices.paths import quotient
from keystead.negotiation.types.buying import Alternative, Earned


def earned(alternatives: Sequence[Alternative], places: int = 2) -> tuple[Earned, ...]:
    """Return the customer's margin by alternative; the first is ours, the order stays.

    Margin: units x (resale - purchase) + rebate + funding - costs. The resale price is the
    customer's own or a recommended one, an input: we never set or read real ones. Raises Invalid
    for none.

    >>> from decimal import Decimal
    >>> ours = Alternative("we", Decimal(10), Decimal(12), Decimal(9), rebate=Decimal(5))
    >>> earned([ours])[0].margin
    Decimal('35.00')
    """
    if not alternatives:
        raise Invalid("There is no alternative to compare.", code="no_alternatives")
    margins = [
        one.units * (one.resale - one.purchase) + one.rebate + one.funding - one.costs
        for one in alternatives
    ]
    found = []
    for one, margin in zip(alternatives, margins, strict=True):
        turnover = one.units * one.resale
        found.append(
            Earned(
                one.name,
                round_half_up(margin, places),
                quotient(margin * 100, turnover, 2) if turnover else None,
                quotient(margin, one.units, 4) if one.units else None,
                round_half_up(margin - margins[0], places),
            )
        )
    return tuple(found)
