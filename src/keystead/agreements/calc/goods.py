"""Free goods: how many units come for nothing."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal, localcontext
from typing import Final

from keystead.agreements.calc.tiers import WORKING
from keystead.agreements.types import FreeGoods, Partial
from keystead.kernel.errors import Invalid

_MULTIPLES: Final = {
    Partial.FLOOR: ROUND_FLOOR,
    Partial.HALF_UP: ROUND_HALF_UP,
    Partial.CEILING: ROUND_CEILING,
}


def free_units(terms: FreeGoods, ordered: Decimal) -> Decimal:
    """Return the free units for what was ordered, whole units; nothing for returns.

    ``partial`` decides over the part of a full multiple: left out, rounded, counted as a full
    one, or ``prorated``: the free units themselves are in proportion, cut to whole ones.
    Raises Invalid where the multiple is not above zero.

    >>> terms = FreeGoods(Decimal(2), Decimal(100))
    >>> [str(free_units(terms, Decimal(n))) for n in (99, 100, 150, 200, -100)]
    ['0', '2', '2', '4', '0']
    """
    if terms.per <= 0:
        raise Invalid("Free goods are given per a number of units above zero.", code="free_goods")
    if ordered <= 0:
        return Decimal(0)
    with localcontext(WORKING):
        if terms.partial is Partial.PRORATED:
            return (ordered * terms.free / terms.per).to_integral_value(ROUND_FLOOR)
        return (ordered / terms.per).to_integral_value(_MULTIPLES[terms.partial]) * terms.free
