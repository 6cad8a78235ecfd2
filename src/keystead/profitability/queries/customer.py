"""The customer's own margin with us: what they buy for, what comes back, resale as recommended."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from keystead.accounts.queries import account_for
from keystead.catalog.queries import prices_of
from keystead.catalog.types import PricePurpose
from keystead.kernel.periods import Period
from keystead.kit.access import Actor
from keystead.metrics.queries import reading
from keystead.profitability.calc.customer import customer_view
from keystead.profitability.queries.asks import Ask
from keystead.profitability.queries.cells import cells_of
from keystead.profitability.queries.listed import Prices, counted, held_in
from keystead.profitability.queries.rights import one_currency, sees_cost
from keystead.profitability.types import Amount, CustomerLine, CustomerMargin, CustomerView

# What comes back to the customer. A fee for a service they render is no margin on goods.
COMES_BACK: Final = ("cash_discount", "retro", "free_goods", "price_protection")
ZERO: Final = Decimal(0)


def customer_margin(
    *, actor: Actor, account_id: int, period: Period, currency: str = ""
) -> CustomerMargin:
    """Return what the customer earns with our products, at recommended resale prices.

    A calculation for us alone. Real resale prices never enter it (R-01, R-04), and nothing is
    paid for keeping a recommended one. Rebates that name no product are spread over the products
    of the month by their sales. Raises NotFound for a foreign account.
    """
    account = account_for(actor, account_id)
    ask = Ask(reading(actor), account.id, currency, sees_cost(actor, account.id))
    found = ask.evaluate(["sell_in", "sell_in_units"], ("product", "month"), period)
    used = one_currency(found, ["sell_in"])
    hides = not ask.costs and ask.accrues_by(period)
    back = {} if hides else _comes_back(ask, period)
    prices = prices_of(PricePurpose.RECOMMENDED, used)
    rows: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in found.table.to_pylist():
        rows[row["product"] or 0].append(row)
    metric = found.metric("sell_in")
    lines = []
    for product, months in rows.items():
        bought = sum((row["sell_in"] or ZERO for row in months), ZERO)
        proof = found.prove(metric, {"product": product}, period)
        rebates = None if hides else back.get(product, ZERO)
        lines.append(_line(product, months, Amount(bought, (proof,)), rebates, prices))
    lines.sort(key=lambda line: (-(line.bought.value or ZERO), line.sku))
    return CustomerMargin(
        account_id=account.id,
        account_code=account.code,
        account_name=account.name,
        period=period,
        currency=used,
        lines=tuple(lines),
        total=_total([line.view for line in lines if line.view is not None]),
        unpriced=sum(1 for line in lines if line.recommended is None),
        uncounted=sum(1 for line in lines if line.units is None),
        hides_rebates=hides,
        commit=found.commit,
    )


def _comes_back(ask: Ask, period: Period) -> Mapping[int, Decimal]:
    """Return what comes back by product, as positive amounts."""
    found: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for cell in cells_of(ask, period, spread_expenses=True):
        amounts = (cell.statement[line] for line in COMES_BACK)
        found[cell.product_id or 0] -= sum((one for one in amounts if one is not None), ZERO)
    return found


def _line(
    product: int,
    months: list[dict[str, Any]],
    bought: Amount,
    rebates: Decimal | None,
    prices: Prices,
) -> CustomerLine:
    counts = [counted(row) for row in months]
    words = {row["sell_in_units_unit"] for row in months if row["sell_in_units"]}
    known = [one for one in counts if one is not None]
    units = sum(known, ZERO) if len(known) == len(counts) and len(words) <= 1 else None
    held = [held_in(prices.get(product, ()), row["month"]) for row in months]
    last = held[-1] if held else None
    view = None
    if units is not None and all(price is not None for price in held):
        resale = ZERO
        for count, price in zip(known, held, strict=True):
            if price is not None:
                resale += customer_view(
                    units=count,
                    recommended_price=price.amount,
                    bought=ZERO,
                    rebates=ZERO,
                    tax_pct=price.tax_pct,
                ).resale
        view = CustomerView(resale, bought.value or ZERO, rebates or ZERO)
    first = months[0]
    return CustomerLine(
        product_id=product,
        sku=first["product_code"] or "",
        name=first["product_name"] or "",
        units=units,
        unit=next(iter(words), "") if units is not None else "",
        bought=bought,
        rebates=rebates,
        recommended=last.net if last is not None and all(held) else None,
        view=view,
    )


def _total(views: list[CustomerView]) -> CustomerView | None:
    """Return the sum of the lines that are known."""
    if not views:
        return None
    return CustomerView(
        sum((one.resale for one in views), ZERO),
        sum((one.bought for one in views), ZERO),
        sum((one.rebates for one in views), ZERO),
    )
