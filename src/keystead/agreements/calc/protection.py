"""Price protection: credit on the customer's stock when the price is cut."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from decimal import Decimal, localcontext
from typing import Final

from keystead.agreements.calc.tiers import WORKING
from keystead.agreements.calc.trace import step
from keystead.agreements.types import (
    PriceProtection,
    ProtectedCut,
    ReportedStock,
    TraceKind,
    TraceStep,
)
from keystead.kernel.errors import Invalid

ZERO: Final = Decimal(0)
# What senders call the place of goods on their way to the customer.
ON_THE_WAY: Final = frozenset(
    {"in transit", "in-transit", "transit", "goods in transit", "on the way", "在途", "在途库存",
     "en transit", "en route"}
)  # fmt: skip


@dataclasses.dataclass(frozen=True, slots=True)
class StockAtCut:
    """The stock on the day a price changes, in units; ``daily_sell_out`` in units per day.

    ``sold_since``: units sold on since the stock was reported; ``sell_in``: units bought in the
    days looked back.
    """

    on_hand: Decimal
    in_transit: Decimal = Decimal(0)
    daily_sell_out: Decimal | None = None
    sold_since: Decimal | None = Decimal(0)
    sell_in: Decimal | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class ProtectionCredit:
    """The units that are covered and the credit for them."""

    covered_units: Decimal
    credit: Decimal


@dataclasses.dataclass(frozen=True)
class CutCredit:
    """One cut worked out: units per account and in all, the two limits, the credit, unrounded.

    ``pace_limit`` and ``sell_in_limit`` are None where the terms have no such limit.
    """

    found: ProtectedCut
    by_account: tuple[tuple[int, Decimal], ...]
    stock: Decimal
    pace_limit: Decimal | None
    sell_in_limit: Decimal | None
    covered: Decimal
    credit: Decimal


def protect(
    terms: PriceProtection, old_price: Decimal, new_price: Decimal, stock: StockAtCut
) -> ProtectionCredit:
    """Return the credit: covered units x (old - new); nothing when the price rises.

    Covered: stock on hand, with goods in transit if agreed, less what was sold on since if agreed;
    at most so many days of off-take, at most what was bought in the days looked back.
    Raises Invalid (code ``sell_out_missing``) when such a cap cannot be worked out.

    >>> terms = PriceProtection(include_in_transit=True, cap_days_of_stock=Decimal(45))
    >>> stock = StockAtCut(Decimal(4200), Decimal(300), Decimal(80))
    >>> protect(terms, Decimal("58.00"), Decimal("52.50"), stock).credit
    Decimal('19800.00')
    """
    units = stock.on_hand + (stock.in_transit if terms.include_in_transit else ZERO)
    if terms.less_off_take:
        if stock.sold_since is None:
            raise _missing()
        units = max(units - stock.sold_since, ZERO)
    if terms.cap_days_of_stock is not None:
        if stock.daily_sell_out is None:
            raise _missing()
        units = min(units, terms.cap_days_of_stock * stock.daily_sell_out)
    if terms.sell_in_days is not None and stock.sell_in is not None:
        units = min(units, stock.sell_in)
    units = max(units, ZERO)
    cut = max(old_price - new_price, ZERO)
    return ProtectionCredit(units if cut else ZERO, units * cut)


def _missing() -> Invalid:
    return Invalid("A cap in days of stock needs the off-take per day.", code="sell_out_missing")


def credit_of(terms: PriceProtection, found: ProtectedCut) -> CutCredit:
    """Return what a cut pays; a cut of which something is not known (``gap``) pays nothing.

    Each account's stock counts for itself and never below zero; the limits hold for all of them
    together, per product. Nothing is rounded here.
    """
    if found.gap is not None:
        return CutCredit(found, (), ZERO, None, None, ZERO, ZERO)
    with localcontext(WORKING):
        parts = tuple((one.account_id, units_of(terms, one)) for one in found.stocks)
        stock = sum((units for _account, units in parts), ZERO)
        pace, bought = None, None
        if terms.cap_days_of_stock is not None:
            sold = max(found.off_take or ZERO, ZERO)
            pace = terms.cap_days_of_stock * sold / terms.off_take_days
        if terms.sell_in_days is not None:
            bought = max(found.sell_in, ZERO)
        covered = min(one for one in (stock, pace, bought) if one is not None)
        return CutCredit(
            found, parts, stock, pace, bought, covered, covered * (found.cut.old - found.cut.new)
        )


def units_of(terms: PriceProtection, one: ReportedStock) -> Decimal:
    """Return the units of one account that are protected before the limits."""
    units = one.on_hand
    if terms.include_in_transit:
        units += one.in_transit + one.invoiced_since
    if terms.less_off_take:
        units -= one.sold_since or ZERO
    return max(units, ZERO)


def told(credits: Sequence[CutCredit]) -> tuple[TraceStep, ...]:
    """Return the steps of a line: each cut, the stock it met, what was covered or not known."""
    steps = []
    for one in credits:
        found, cut = one.found, one.found.cut
        steps.append(
            step(TraceKind.PRICE_CUT, product=cut.product_id, on=cut.on, old=cut.old, new=cut.new,
                 agreed=cut.agreed or None)
        )  # fmt: skip
        if found.gap is not None:
            steps.append(step(TraceKind.NOT_KNOWN, product=cut.product_id, gap=found.gap.value))
            continue
        days = [stock.day for stock in found.stocks]

        def total(name: str, held: ProtectedCut = found) -> Decimal | None:
            values = (getattr(stock, name) or ZERO for stock in held.stocks)
            return sum(values, ZERO) or None

        steps.append(
            step(TraceKind.STOCK, first=min(days), last=max(days), on_hand=total("on_hand") or ZERO,
                 in_transit=total("in_transit"), invoiced=total("invoiced_since"),
                 sold=total("sold_since"), rows=sum(len(stock.lines) for stock in found.stocks))
        )  # fmt: skip
        steps.append(
            step(TraceKind.COVERED, stock=one.stock, pace=one.pace_limit,
                 bought=one.sell_in_limit, covered=one.covered, credit=one.credit,
                 left_out=found.left_out or None)
        )  # fmt: skip
    return tuple(steps)


def is_on_the_way(location: str | None) -> bool:
    """Return whether a location of a stock report means goods in transit.

    >>> is_on_the_way(" In Transit "), is_on_the_way("DC Lyon")
    (True, False)
    """
    return " ".join((location or "").casefold().split()) in ON_THE_WAY
