"""The price waterfall of an account: from the list price down, each step with base and source."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Final

from keystead.accounts.queries import account_for
from keystead.agreements.queries import condition_labels
from keystead.catalog.queries import product_by_sku
from keystead.kernel.errors import Invalid
from keystead.kernel.periods import Period
from keystead.kit.access import Actor
from keystead.metrics.queries import Reading, reading
from keystead.profitability.calc.pnl import BASE_OF, LINES, added
from keystead.profitability.queries.asks import ACCRUED, BELOW_REBATES, Ask, needs_cost
from keystead.profitability.queries.cells import cells_of
from keystead.profitability.queries.listed import Listed, at_list
from keystead.profitability.queries.pnl import through
from keystead.profitability.queries.rights import sees_cost
from keystead.profitability.queries.sides import Side, of_items, side
from keystead.profitability.rules import line_of_treatment
from keystead.profitability.types import (
    Amount,
    Cut,
    LineDef,
    PriceStep,
    PriceWaterfall,
    Source,
    Statement,
    Unknown,
)
from keystead.profitability.types.statements import FAMILY


def gettext_noop(message: str) -> str:
    """Mark a text for translation; screens translate it."""
    return message


LIST_SALES: Final = LineDef("list_sales", gettext_noop("At list price"), ("gross_sales",))
ABOVE: Final = frozenset({"gross_sales", "returns", "on_invoice"})
COSTS: Final = frozenset({"cogs", "logistics", "cost_to_serve"})
DIMENSIONS: Final = ("product", "brand", "category")
ZERO: Final = Decimal(0)
EVERYTHING: Final = Cut()


def price_waterfall(
    *, actor: Actor, account_id: int, period: Period, cut: Cut = EVERYTHING, currency: str = ""
) -> PriceWaterfall:
    """Return the way from the list price to the contribution, for all products or some.

    It is the P&L told from the list price on: its levels are those of ``account_pnl``, and the
    waterfalls of all products add up to that of the account. For some products, expenses that
    name no product are spread over the products of the month by their sales. Rights as for
    ``account_pnl``. Raises Invalid (``cut_unknown``) for a product, brand or category that is not.
    """
    account = account_for(actor, account_id)
    within = reading(actor)
    cut = _known(within, cut)
    ask = Ask(within, account.id, currency, sees_cost(actor, account.id))
    asked = ask if cut.is_whole else dataclasses.replace(ask, filters={cut.dimension: [cut.value]})
    found = side(asked, period)
    whole = added(of_items(items) for items in found.months.values())
    told = whole if cut.is_whole else _told(ask, period, cut)
    listed = at_list(asked, period)
    hides = not ask.costs and ask.accrues_by(period)
    amounts = Amounts(found, whole, told, listed, _conditions(asked, period))
    return PriceWaterfall(
        account_id=account.id,
        account_code=account.code,
        account_name=account.name,
        period=period,
        currency=found.currency,
        cut=cut,
        steps=tuple(_steps(amounts, ask, period, hides=hides)),
        listed=listed.listed,
        unlisted=listed.unlisted,
        units=listed.units,
        unit=listed.unit,
        sees_cost=ask.costs,
        hides_rebates=hides,
        commit=found.commit,
    )


@dataclasses.dataclass(frozen=True)
class Amounts:
    """What a waterfall is made of: ``named`` names the products itself, ``told`` is with what was
    spread over them."""

    found: Side
    named: Statement
    told: Statement
    listed: Listed
    conditions: Mapping[str, list[tuple[str, Amount]]]


def _steps(amounts: Amounts, ask: Ask, period: Period, *, hides: bool) -> Iterable[PriceStep]:
    listed, told = amounts.listed, amounts.told
    sales = told["invoice_sales"]
    start = listed.value if listed.listed else None
    unknown = None if listed.listed else Unknown.NO_LIST_PRICE
    levels: dict[str, Decimal | None] = {"list_sales": start, **told.amounts}
    taken = None if start is None or sales is None else sales - start
    steps = [(LIST_SALES, Amount(start), Source.LIST_PRICES, unknown)]
    on_invoice = next(line for line in LINES if line.id == "on_invoice")
    steps.append((on_invoice, Amount(taken), Source.LIST_PRICES, unknown))
    for line in LINES:
        if line.id in ABOVE or (needs_cost(line.id) and not ask.costs):
            continue
        if hides and line.id in BELOW_REBATES:
            continue
        amount = _amount(line, amounts)
        if line.id == "services" and amount.value is None:
            continue  # what agreements accrue is known: none was bought
        missing = None
        if amount.value is None:
            missing = Unknown.PART_UNKNOWN if line.is_sum else Unknown.NOTHING_POSTED
        steps.append((line, amount, _source(line, ask, period), missing))
    for line, amount, source, missing in steps:
        base = _base(line.id)
        whole = levels.get(base) if base else None
        value = amount.value
        yield PriceStep(
            line=line,
            amount=amount,
            source=source,
            base=base,
            share=value / whole if value is not None and whole else None,
            per_unit=value / listed.units if value is not None and listed.units else None,
            unknown=missing,
            spread=_spread(line, amounts),
            details=_details(line, amounts),
        )


def _amount(line: LineDef, amounts: Amounts) -> Amount:
    """Return the amount with the proofs of what names the products itself."""
    value = amounts.told[line.id]
    if line.id == "invoice_sales":
        return Amount(value, (amounts.found.proofs["sell_in"],))
    if _spread(line, amounts) and not line.is_sum:
        return Amount(value)
    return Amount(value, through(line, amounts.found.totals))


def _spread(line: LineDef, amounts: Amounts) -> Decimal:
    if line.is_sum or line.id == "on_invoice":
        return ZERO
    return (amounts.told[line.id] or ZERO) - (amounts.named[line.id] or ZERO)


def _details(line: LineDef, amounts: Amounts) -> tuple[tuple[str, Amount], ...]:
    """Return the kinds a step is made of: expense categories, and conditions of agreements."""
    found = [
        (category, amount)
        for (name, category), amount in amounts.found.totals.items()
        if name == line.id and category and not category.startswith(FAMILY)
    ]
    found += amounts.conditions.get(line.id, [])
    return tuple(sorted(found, key=lambda one: (one[1].value or ZERO, one[0])))


def _conditions(ask: Ask, period: Period) -> Mapping[str, list[tuple[str, Amount]]]:
    """Return what was accrued by line and condition, for those who may read agreements."""
    by = ("treatment", "condition_family", "agreement", "condition")
    can = ask.within.actor.can("agreements.view")
    found = ask.accruals(by[2:], period) if can else None
    if found is None:
        return {}
    metric = found.metric(ACCRUED)
    kept = [row for row in found.table.to_pylist() if row[ACCRUED]]
    labels = condition_labels(ask.within.actor, {row["agreement"] or "" for row in kept})
    rows: dict[str, list[tuple[str, Amount]]] = defaultdict(list)
    for row in kept:
        key = tuple(row[name] or "" for name in by[2:])
        proof = found.prove(metric, {name: row[name] for name in by}, period)
        told = " · ".join(filter(None, (key[0], labels.get((key[0], key[1]), key[1]))))
        rows[line_of_treatment(row["treatment"])].append((told, Amount(-row[ACCRUED], (proof,))))
    return rows


def _base(line: str) -> str:
    if line == "list_sales":
        return ""
    return "list_sales" if line in ("on_invoice", "invoice_sales") else BASE_OF[line]


def _source(line: LineDef, ask: Ask, period: Period) -> Source:
    if line.id == "invoice_sales":
        return Source.INVOICES
    if line.is_sum:
        return Source.WORKED_OUT
    if line.id == "services" or (line.id == "retro" and ask.accrues_by(period)):
        return Source.ACCRUALS
    return Source.COSTS if line.id in COSTS else Source.EXPENSES


def _told(ask: Ask, period: Period, cut: Cut) -> Statement:
    """Return the statement of some products, with what was spread over them."""
    products = ask.within.dims.product_ids(cut.dimension, [cut.value])
    cells = cells_of(ask, period, spread_expenses=True)
    return added(cell.statement for cell in cells if cell.product_id in products)


def _known(within: Reading, cut: Cut) -> Cut:
    """Return the cut with its name; raises Invalid for one that is not there."""
    if cut.is_whole:
        return cut
    known = cut.dimension in DIMENSIONS and within.dims.product_ids(cut.dimension, [cut.value])
    if not known:
        raise Invalid(
            f"There is no such {cut.dimension[:20]}.",
            code="cut_unknown",
            hint="Choose one of the products, brands or categories that were sold.",
        )
    if cut.dimension != "product":
        return dataclasses.replace(cut, label=str(cut.value))
    sku, name = within.dims.names("product")[int(cut.value)]
    return dataclasses.replace(cut, label=f"{sku} {name}".strip())


def cut_named(actor: Actor, text: str) -> Cut:
    """Return the cut that a person names: ``product:SKU``, ``brand:NAME``, ``category:NAME``."""
    if not text.strip():
        return EVERYTHING
    dimension, _sign, value = text.partition(":")
    if dimension == "product":
        return Cut(dimension, product_by_sku(actor, value.strip()).id)
    return Cut(dimension, value.strip())


def cuts(*, actor: Actor, account_id: int, period: Period) -> tuple[Cut, ...]:
    """Return what a waterfall may be of: all, and the brands, categories and products sold."""
    account = account_for(actor, account_id)
    ask = Ask(reading(actor), account.id, "", costs=False)
    found = [Cut()]
    for dimension in ("category", "brand", "product"):
        table = ask.evaluate(["sell_in_gross"], (dimension,), period).table
        rows = [row for row in table.to_pylist() if row[dimension] and row["sell_in_gross"]]
        label = "product_name" if dimension == "product" else dimension
        named = [Cut(dimension, row[dimension], str(row[label])) for row in rows]
        found += sorted(named, key=lambda cut: cut.label)
    return tuple(found)
