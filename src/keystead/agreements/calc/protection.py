"""Price protection: credit on the customer's stock when the price is cut."""

from __future__ import annotations

import dataclasses
from decimal import Decimal

from keystead.agreements.types import PriceProtection
from keystead.kernel.errors import Invalid


@dataclasses.dataclass(frozen=True, slots=True)
class StockAtCut:
    """The stock on the day a price changes, in units; ``daily_sell_out`` in units per day."""

    on_hand: Decimal
    in_transit: Decimal = Decimal(0)
    daily_sell_out: Decimal | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class ProtectionCredit:
    """The units that are covered and the credit for them."""

    covered_units: Decimal
    credit: Decimal


def protect(
    terms: PriceProtection, old_price: Decimal, new_price: Decimal, stock: StockAtCut
) -> ProtectionCredit:
    """Return the credit: covered units x (old - new); nothing when the price rises.

    Covered: stock on hand, with goods in transit if agreed, at most so many days of off-take.
    Raises Invalid (code ``sell_out_missing``) when such a cap cannot be worked out.

    >>> terms = PriceProtection(include_in_transit=True, cap_days_of_stock=Decimal(45))
    >>> stock = StockAtCut(Decimal(4200), Decimal(300), Decimal(80))
    >>> protect(terms, Decimal("58.00"), Decimal("52.50"), stock).credit
    Decimal('19800.00')
    """
    units = stock.on_hand + (stock.in_transit if terms.include_in_transit else Decimal(0))
    if terms.cap_days_of_stock is not None:
        if stock.daily_sell_out is None:
            raise Invalid(
                "A cap in days of stock needs the off-take per day.", code="sell_out_missing"
            )
        units = min(units, terms.cap_days_of_stock * stock.daily_sell_out)
    units = max(units, Decimal(0))
    cut = max(old_price - new_price, Decimal(0))
    return ProtectionCredit(units if cut else Decimal(0), units * cut)
