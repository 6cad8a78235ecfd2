"""The account P&L: its lines as data, subtotals that foot, sums spread over products."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Final

from keystead.kernel.errors import Invalid
from keystead.kernel.exact import largest_remainder
from keystead.profitability.types import LineDef, Statement


def gettext_noop(message: str) -> str:
    """Mark a text for translation without importing a framework; screens translate it."""
    return message


COST: Final = "metrics.cost"
# Lines in their order. Costs are negative amounts, so that a subtotal is a plain sum.
LINES: Final[tuple[LineDef, ...]] = (
    LineDef("gross_sales", gettext_noop("Gross sales")),
    LineDef("returns", gettext_noop("Returns")),
    LineDef("on_invoice", gettext_noop("Discounts on the invoice")),
    LineDef(
        "invoice_sales",
        gettext_noop("Invoice sales"),
        ("gross_sales", "returns", "on_invoice"),
        ("gross_sales",),
    ),
    LineDef("cash_discount", gettext_noop("Cash discount")),
    LineDef("retro", gettext_noop("Rebates after the invoice")),
    LineDef("free_goods", gettext_noop("Free goods")),
    LineDef("price_protection", gettext_noop("Price protection")),
    LineDef("funds", gettext_noop("Funds and services")),
    LineDef("services", gettext_noop("Services bought from the customer")),
    LineDef(
        "net_net_sales",
        gettext_noop("Net-net sales"),
        (
            "invoice_sales",
            "cash_discount",
            "retro",
            "free_goods",
            "price_protection",
            "funds",
            "services",
        ),
        ("invoice_sales",),
    ),
    LineDef("cogs", gettext_noop("Cost of goods"), needs=COST),
    LineDef(
        "gross_margin",
        gettext_noop("Margin after cost of goods"),
        ("net_net_sales", "cogs"),
        ("net_net_sales", "cogs"),
        COST,
    ),
    LineDef("logistics", gettext_noop("Logistics"), needs=COST),
    LineDef("account_marketing", gettext_noop("Account marketing")),
    LineDef("platform_fees", gettext_noop("Platform fees")),
    LineDef("cost_to_serve", gettext_noop("Cost to serve"), needs=COST),
    LineDef(
        "contribution",
        gettext_noop("Contribution"),
        ("gross_margin", "logistics", "account_marketing", "platform_fees", "cost_to_serve"),
        ("gross_margin",),
        COST,
    ),
)
BY_ID: Final = {line.id: line for line in LINES}
ITEMS: Final = tuple(line.id for line in LINES if not line.is_sum)
SUMS: Final = frozenset(line.id for line in LINES if line.is_sum)
NOTHING_KNOWN: Final[Mapping[str, Decimal | None]] = {line.id: None for line in LINES}
# What the percentage of a line is taken of: the level it leads down from.
BASE_OF: Final[Mapping[str, str]] = {
    **dict.fromkeys(("returns", "on_invoice", "invoice_sales"), "gross_sales"),
    **dict.fromkeys(
        (
            "cash_discount",
            "retro",
            "free_goods",
            "price_protection",
            "funds",
            "services",
            "net_net_sales",
        ),
        "invoice_sales",
    ),
    **dict.fromkeys(("cogs", "gross_margin"), "net_net_sales"),
    **dict.fromkeys(
        ("logistics", "account_marketing", "platform_fees", "cost_to_serve", "contribution"),
        "net_net_sales",
    ),
}


def statement(
    items: Mapping[str, Decimal | None],
    *,
    checked: bool = False,
    given: Mapping[str, Decimal] | None = None,
) -> Statement:
    """Return the whole statement over these item amounts: every subtotal worked out.

    ``items``: amounts by line id as they count, costs negative; what is not there is not known
    and adds nothing. A subtotal is None while one of its required lines is; ``given`` states
    subtotals that are known without their items, such as a target. Raises Invalid for a
    line that does not exist or is itself a subtotal, unless they are ``checked`` already: these
    names, and nothing that is not known.

    >>> found = statement({"gross_sales": Decimal(100), "returns": Decimal(-4)})
    >>> found["invoice_sales"], found["gross_margin"]
    (Decimal('96'), None)
    """
    for name in () if checked else items:
        if name not in BY_ID or BY_ID[name].is_sum:
            raise Invalid(f"{name[:40]} is no line that can be filled.", code="line_unknown")
    stated = given or {}
    amounts: dict[str, Any] = {**NOTHING_KNOWN, **items, **stated}
    known = tuple(items) if checked else tuple(n for n in items if items[n] is not None)
    for line_id, first, more in _sums(known, tuple(stated)):
        total = amounts[first]
        for name in more:
            total += amounts[name]
        amounts[line_id] = total
    return Statement(amounts)


@functools.lru_cache(maxsize=1024)
def _sums(
    known: tuple[str, ...], given: tuple[str, ...]
) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """Return which subtotals are known where these lines are: the first part, then the others.

    Thousands of statements of a year share a handful of these.
    """
    here = {*known, *given}
    found = []
    for line in LINES:
        if line.is_sum and line.id not in here and here.issuperset(line.required):
            first, *more = (name for name in line.parts if name in here)
            found.append((line.id, first, tuple(more)))
            here.add(line.id)
    return tuple(found)


def added(statements: Iterable[Statement]) -> Statement:
    """Return the statement of the sums: over months, products or accounts.

    An item is known when it is known in one of them. Subtotals are worked out anew, so a margin
    over months of which one has no cost is the margin of the costs that are there: say so.

    >>> first = statement({"gross_sales": Decimal(1)})
    >>> added([first, first])["invoice_sales"]
    Decimal('2')
    """
    items: dict[str, Decimal | None] = {}
    for one in statements:
        for name in ITEMS:
            amount = one[name]
            if amount is not None:
                items[name] = (items.get(name) or Decimal(0)) + amount
    return statement(items)


def spread(amount: Decimal, keys: Mapping[str, Decimal], *, places: int = 2) -> dict[str, Decimal]:
    """Return an amount that names no product, spread over products by a key (largest remainder).

    ``keys``: the allocation key by product, such as invoice sales; those below zero count as
    zero. Where no key is above zero the amount is spread evenly. The parts add up to the amount
    exactly. Raises Invalid without products, or when the amount is finer than ``places``.

    >>> spread(Decimal("10.00"), {"A": Decimal(2), "B": Decimal(1)})
    {'A': Decimal('6.67'), 'B': Decimal('3.33')}
    """
    if not keys:
        raise Invalid("There is no product to spread the amount over.", code="no_products")
    units = amount.scaleb(places)
    if units != units.to_integral_value():
        raise Invalid(
            f"{amount} is finer than {places} decimals and cannot be spread exactly.",
            code="not_quantised",
        )
    weights = [max(weight, Decimal(0)) for weight in keys.values()]
    weights = weights if any(weights) else [Decimal(1)] * len(weights)
    parts = largest_remainder(int(units), weights)
    return {name: Decimal(part).scaleb(-places) for name, part in zip(keys, parts, strict=True)}
