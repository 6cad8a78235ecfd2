"""The P&L at its finest grain: account x product x month, footing to the cent."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc

from keystead.accounts.queries import account_for
from keystead.kernel.periods import Period
from keystead.kit.access import Actor
from keystead.metrics.queries import reading
from keystead.metrics.types import Evaluation
from keystead.profitability.calc.pnl import spread, statement
from keystead.profitability.queries.asks import ACCRUED, BELOW_REBATES, EXPENSE, SOURCES, Ask
from keystead.profitability.queries.rights import one_currency, sees_cost
from keystead.profitability.rules import line_of_category, line_of_treatment
from keystead.profitability.types import PnlCell, Statement

Key = tuple[int | None, date]
PLACES = 4  # what facts are stored at
ZERO = Decimal(0)


def pnl_cells(
    *,
    actor: Actor,
    account_id: int,
    period: Period,
    currency: str = "",
    spread_expenses: bool = False,
) -> tuple[PnlCell, ...]:
    """Return a statement per product and month; their sums are the statement of the account.

    What names no product stands in a cell of its own; ``spread_expenses`` spreads the expenses
    among it over the products of the month by their sales, by largest remainder. Rights as for
    ``account_pnl``.
    """
    account = account_for(actor, account_id)
    ask = Ask(reading(actor), account.id, currency, sees_cost(actor, account.id))
    return cells_of(ask, period, spread_expenses=spread_expenses)


def cells_of(ask: Ask, period: Period, *, spread_expenses: bool) -> tuple[PnlCell, ...]:
    """Return the cells of what is asked; see ``pnl_cells``."""
    names = [name for _line, name, _sign in ask.lines]
    found = ask.evaluate([*names, EXPENSE], ("product", "month"), period)
    used = one_currency(found, [*names, EXPENSE])
    items = _items(found, ask.lines)
    spent = ask.evaluate(
        [EXPENSE], ("product", "expense_category", "month"), period, found.currency
    )
    used = one_currency(spent, [EXPENSE], used)
    accrued = _accrue(items, ask, period, found.currency, used)
    columns = [spent.table.column(name).to_pylist() for name in ("expense_category", EXPENSE)]
    for key, category, value in zip(_keys(spent), *columns, strict=True):
        line = line_of_category(category or "")
        if value and not ask.pays(line, key[1]):
            items[key][line] = items[key].get(line, ZERO) - value
    if spread_expenses:
        _spread(items)
    cells = _ordered(items, {**accrued, **_names(found), **_names(spent)})
    return _without_rebates(cells) if not ask.costs and ask.accrues_by(period) else cells


def _accrue(
    items: dict[Key, dict[str, Decimal]], ask: Ask, period: Period, currency: str, used: str
) -> dict[int | None, tuple[str, str]]:
    """Add what agreements accrued to the cells; return the names of its products."""
    found = ask.accruals(("product", "month"), period, currency)
    if found is None:
        return {}
    one_currency(found, [ACCRUED], used)
    columns = [found.table.column(name).to_pylist() for name in ("treatment", ACCRUED)]
    for key, treatment, value in zip(_keys(found), *columns, strict=True):
        if value:
            here, line = items[key], line_of_treatment(treatment)
            here[line] = here.get(line, ZERO) - value
    return _names(found)


def _without_rebates(cells: tuple[PnlCell, ...]) -> tuple[PnlCell, ...]:
    """Return the cells for those who may not see what is accrued, nor what it leaves."""
    hidden = dict.fromkeys(BELOW_REBATES)
    return tuple(
        dataclasses.replace(cell, statement=Statement({**cell.statement.amounts, **hidden}))
        for cell in cells
    )


def _items(found: Evaluation, wanted: list[tuple[str, str, int]]) -> dict[Key, dict[str, Decimal]]:
    """Return what is known of each product and month, by line.

    Most amounts of most lines are zero: they are told apart before they become decimals.
    """
    rows: list[dict[str, Decimal]] = [{} for _row in range(found.table.num_rows)]
    for line, name, sign in wanted:
        column = found.table.column(name).combine_chunks()
        places = pc.indices_nonzero(pc.fill_null(pc.not_equal(column, ZERO), False))
        values = column.take(places).to_pylist()
        for place, value in zip(places.to_pylist(), values, strict=True):
            rows[place][line] = value if sign > 0 else -value
    items: dict[Key, dict[str, Decimal]] = defaultdict(dict)
    items.update((key, row) for key, row in zip(_keys(found), rows, strict=True) if row)
    return items


def _ordered(
    items: Mapping[Key, Mapping[str, Decimal]], names: Mapping[int | None, tuple[str, str]]
) -> tuple[PnlCell, ...]:
    """Return the cells by code and name of their product, then by month."""
    place = {
        product: at
        for at, product in enumerate(sorted(names, key=lambda one: (names[one], one or 0)))
    }
    ordered = sorted(((place[product], month, product) for product, month in items))
    return tuple(
        PnlCell(product, *names[product], month, statement(items[product, month], checked=True))
        for _place, month, product in ordered
        if items[product, month]
    )


def _keys(side: Evaluation) -> list[Key]:
    """Return product and month of each row; what names no product is None."""
    products, months = (side.table.column(name).to_pylist() for name in ("product", "month"))
    return [(product or None, month) for product, month in zip(products, months, strict=True)]


def _names(side: Evaluation) -> dict[int | None, tuple[str, str]]:
    """Return code and name of each product, read once and not for every month."""
    table = side.table.select(["product", "product_code", "product_name"])
    plain = pa.table({name: pc.cast(table[name], pa.string()) for name in table.column_names[1:]})
    plain = plain.append_column("product", table["product"])
    rows = plain.group_by(plain.column_names).aggregate([]).to_pylist()
    return {
        row["product"] or None: (row["product_code"] or "", row["product_name"] or "")
        for row in rows
    }


def _spread(items: dict[Key, dict[str, Decimal]]) -> None:
    """Spread the expenses that name no product over the products of their month."""
    for product, month in [key for key in items if key[0] is None]:
        sales = {
            str(other): found.get("gross_sales", ZERO)
            for (other, at), found in items.items()
            if other is not None and at == month
        }
        if not sales:
            continue
        here = items[product, month]
        for line in [name for name in here if name not in SOURCES]:
            for other, part in spread(here.pop(line), sales, places=PLACES).items():
                there = items[int(other), month]
                there[line] = there.get(line, ZERO) + part
