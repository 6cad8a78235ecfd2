"""What was sold at list price: units of each month at the price that held in it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from keystead.accounts.types import Span
from keystead.catalog.queries import prices_of
from keystead.catalog.types import Price, PricePurpose
from keystead.kernel.exact import round_half_up
from keystead.kernel.periods import Period, add_months
from keystead.metrics.types import Note
from keystead.profitability.queries.asks import Ask
from keystead.profitability.queries.rights import one_currency

Prices = Mapping[int, tuple[Price, ...]]
PLACES = 4
ZERO = Decimal(0)


@dataclasses.dataclass(frozen=True)
class Listed:
    """Sales at list price, and how many products have one; units where they add up.

    Where a product has no list price in a month, its invoiced sales of that month stand in.
    """

    value: Decimal
    listed: int
    unlisted: int
    units: Decimal | None
    unit: str


def at_list(ask: Ask, period: Period) -> Listed:
    """Return the sales of a period at list prices in the currency of the sales."""
    found = ask.evaluate(["sell_in", "sell_in_units"], ("product", "month"), period)
    currency = one_currency(found, ["sell_in"])
    prices = prices_of(PricePurpose.LIST, currency)
    value, listed, unlisted = ZERO, set(), set()
    rows = found.table.to_pylist()
    for row in rows:
        product = row["product"] or 0
        price = held_in(prices.get(product, ()), row["month"])
        units = counted(row)
        if price is None or units is None:
            value += row["sell_in"] or ZERO
            unlisted.add(product)
        else:
            value += round_half_up(units * price.net, PLACES)
            listed.add(product)
    listed -= unlisted
    words = {row["sell_in_units_unit"] for row in rows if row["sell_in_units"]}
    known = [counted(row) for row in rows]
    adds_up = len(words) == 1 and None not in known
    return Listed(
        value=value,
        listed=len(listed),
        unlisted=len(unlisted),
        units=sum((one for one in known if one is not None), ZERO) if adds_up else None,
        unit=next(iter(words)) if adds_up else "",
    )


def counted(row: dict[str, Any]) -> Decimal | None:
    """Return the units of a row; None where several units do not add up."""
    if row["sell_in_units_note"] == Note.MIXED_UNITS:
        return None
    return Decimal(row["sell_in_units"] or 0)


def held_in(prices: Sequence[Price], month: date) -> Price | None:
    """Return the price of a month: that of its first day, else the first that begins in it."""
    days = Span(month, add_months(month, 1))
    held = [price for price in prices if price.span.overlaps(days)]
    return min(held, key=lambda price: price.span.valid_from or date.min, default=None)
