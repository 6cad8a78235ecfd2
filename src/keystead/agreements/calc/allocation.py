"""Sums brought down to product and month: in proportion, and to the last cent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TypeAlias

from keystead.agreements.types import AllocatedAmount, EntitlementLine
from keystead.kernel.errors import Invalid
from keystead.kernel.exact import largest_remainder, round_half_up
from keystead.kernel.money import Money

Cell: TypeAlias = tuple[date, int | None, int | None]  # month, product, account


def split(amount: Decimal, weights: Sequence[Decimal], places: int = 2) -> tuple[Decimal, ...]:
    """Return the amount, rounded half-up to ``places``, in one part per weight; they add up.

    Largest remainder: what is left over goes to the largest fractions, the first of equals
    winning.

    >>> [str(part) for part in split(Decimal("100.00"), [Decimal(1)] * 3)]
    ['33.34', '33.33', '33.33']
    """
    units = int(round_half_up(amount, places).scaleb(places))
    return tuple(Decimal(part).scaleb(-places) for part in largest_remainder(units, weights))


def allocate(line: EntitlementLine, weights: Mapping[Cell, Decimal]) -> tuple[AllocatedAmount, ...]:
    """Return a line's amount by month, product and account; the parts add up to it.

    ``weights``: the benefit measure of each cell. Cells below zero (net returns) carry nothing;
    where no cell is above zero the amount cannot be placed: raises Invalid (``no_weights``).
    The order of the cells never changes the parts.
    """
    cells = sorted((cell for cell, w in weights.items() if w > 0), key=_order)
    if not line.amount:
        return ()
    if not cells:
        raise Invalid("There are no sales that this amount could be placed on.", code="no_weights")
    parts: tuple[Money, ...] = line.amount.allocate([weights[cell] for cell in cells])
    return tuple(
        AllocatedAmount(line.condition, cell[0], cell[1], cell[2], part)
        for cell, part in zip(cells, parts, strict=True)
        if part
    )


def _order(cell: Cell) -> tuple[date, int, int]:
    return cell[0], -1 if cell[1] is None else cell[1], -1 if cell[2] is None else cell[2]
