"""Discounts on the invoice: in their order, each on the list price or on the running net."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from decimal import Decimal, localcontext
from itertools import pairwise

from keystead.agreements.calc.tiers import WORKING
from keystead.agreements.types import Condition, DiscountBase, RateKind, StackMode, Timing
from keystead.kernel.errors import Invalid


@dataclasses.dataclass(frozen=True, slots=True)
class Discount:
    """One discount: percent of its base, or money per unit."""

    key: str
    rate: Decimal
    kind: RateKind = RateKind.PERCENT
    base: DiscountBase = DiscountBase.LIST


@dataclasses.dataclass(frozen=True, slots=True)
class InvoicePrice:
    """The price on the invoice and what was taken off on the way, in order, unrounded."""

    list_price: Decimal
    amounts: tuple[tuple[str, Decimal], ...]

    @property
    def discount(self) -> Decimal:
        return sum((amount for _key, amount in self.amounts), Decimal(0))

    @property
    def net(self) -> Decimal:
        return self.list_price - self.discount


def invoice_price(list_price: Decimal, discounts: Sequence[Discount]) -> InvoicePrice:
    """Return the invoice price after the discounts, in the order given.

    >>> steps = [Discount("a", Decimal(10)), Discount("b", Decimal(5), base=DiscountBase.RUNNING)]
    >>> str(invoice_price(Decimal(100), steps).net)
    '85.5000'
    """
    with localcontext(WORKING):
        running, amounts = list_price, []
        for step in discounts:
            base = list_price if step.base is DiscountBase.LIST else running
            taken = (base * step.rate).scaleb(-2) if step.kind is RateKind.PERCENT else step.rate
            amounts.append((step.key, taken))
            running -= taken
    return InvoicePrice(list_price, tuple(amounts))


def with_margin(list_price: Decimal, margin_pct: Decimal) -> Decimal:
    """Return a price raised by a margin, before any discount.

    >>> with_margin(Decimal(1000), Decimal(10))
    Decimal('1100.00')
    """
    return list_price + (list_price * margin_pct).scaleb(-2)


def discounts_of(conditions: Sequence[Condition]) -> tuple[Discount, ...]:
    """Return the on-invoice discounts of an agreement in their order.

    Order is ``sequence``, then ``priority``; two of equal rank raise Invalid (``equal_rank``)
    unless both are taken of the list price, where order changes nothing.
    """
    chosen = [found for found in conditions if found.timing is Timing.ON_INVOICE and found.tiers]
    chosen.sort(key=_rank)
    for before, after in pairwise(chosen):
        same = _rank(before) == _rank(after)
        if same and DiscountBase.RUNNING in (_base(before), _base(after)):
            raise Invalid(
                "Two discounts on the running price have equal rank.",
                code="equal_rank",
                hint="Give each its place in the sequence.",
                first=before.key,
                second=after.key,
            )
    return tuple(
        Discount(found.key, found.tiers[0].rate, found.rate_kind, _base(found)) for found in chosen
    )


def _base(condition: Condition) -> DiscountBase:
    cascade = condition.stack_mode is StackMode.CASCADE
    return DiscountBase.RUNNING if cascade else condition.discount_base


def _rank(condition: Condition) -> tuple[int, int]:
    return condition.sequence, condition.priority if condition.priority is not None else 0
