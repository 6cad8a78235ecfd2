"""The budget of cost of goods: target units x unit cost, only where both are there for all."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, localcontext
from typing import TypeAlias

from keystead.profitability.types import CostGap, PlannedCost

ZERO = Decimal(0)
PLACES = Decimal("0.01")
Costs: TypeAlias = Mapping[int, Sequence[tuple[date, Decimal]]]


@dataclasses.dataclass(frozen=True, slots=True)
class TargetCell:
    """The target of a product in a month: its value, its units; None where nobody set any."""

    product_id: int | None
    month: date
    value: Decimal | None
    units: Decimal | None
    mixed: bool = False


def planned_cost(cells: Sequence[TargetCell], costs: Costs) -> PlannedCost | None:
    """Return the cost of goods of a target; None where there is no target at all.

    ``costs``: by product the unit costs from their days on, in the order of time; that of a month
    is the last one that began before its end. A part of the target without units or cost makes
    the whole unknown: a margin over the rest would be too good.

    >>> cell = TargetCell(1, date(2026, 1, 1), Decimal(300), Decimal(20))
    >>> planned_cost([cell], {1: [(date(2025, 1, 1), Decimal("4.5"))]}).amount
    Decimal('90.00')
    """
    valued = [one for one in cells if one.value or one.units]
    if not valued:
        return None
    gaps: dict[CostGap, set[date]] = {}
    products: set[int] = set()
    with_units = {one.month for one in valued if one.units}
    amount = ZERO
    with localcontext() as context:
        context.prec = 50
        for one in valued:
            if one.mixed:
                gaps.setdefault(CostGap.MIXED_UNITS, set()).add(one.month)
            elif not one.units:
                if one.product_id is not None or one.month not in with_units:
                    gaps.setdefault(CostGap.NO_UNITS, set()).add(one.month)
            elif one.product_id is None:
                gaps.setdefault(CostGap.NO_PRODUCT, set()).add(one.month)
            elif (cost := held_in(costs.get(one.product_id, ()), one.month)) is None:
                products.add(one.product_id)
                gaps.setdefault(CostGap.NO_COST, set())
            else:
                amount += one.units * cost
    if gaps:
        months = sorted({month for found in gaps.values() for month in found})
        return PlannedCost(
            None, tuple(gap for gap in CostGap if gap in gaps), tuple(sorted(products)),
            tuple(months),
        )  # fmt: skip
    return PlannedCost(amount.quantize(PLACES, "ROUND_HALF_UP"))


def held_in(costs: Sequence[tuple[date, Decimal]], month: date) -> Decimal | None:
    """Return the unit cost of a month: the last one from a day in it or before it.

    >>> held_in([(date(2026, 1, 1), Decimal(2)), (date(2026, 3, 15), Decimal(3))],
    ...         date(2026, 3, 1))
    Decimal('3')
    """
    known = [cost for day, cost in costs if (day.year, day.month) <= (month.year, month.month)]
    return known[-1] if known else None
