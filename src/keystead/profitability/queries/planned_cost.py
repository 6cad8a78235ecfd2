"""The unit costs and target units behind a budget of cost of goods."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Final

from keystead.accounts.queries import descendants
from keystead.kernel.periods import Period, add_months, month_start
from keystead.metrics.queries import lines as ledger_lines
from keystead.metrics.types import Note
from keystead.profitability.calc.planned_cost import Costs, TargetCell, planned_cost
from keystead.profitability.queries.asks import Ask
from keystead.profitability.types import PlannedCost

TARGET: Final = "target"
UNITS: Final = "target_units"
BACK: Final = 36  # months that a unit cost holds at most before it is too old


def cost_at_target(ask: Ask, period: Period, currency: str) -> tuple[PlannedCost, str] | None:
    """Return what the goods of the target cost, and the proof of its units.

    None for those who may not see costs, with a filter, and where there is no target. Unit costs
    are those of the dataset ``cost`` (kind cost of goods) of the account and those below it.
    """
    if not ask.costs or ask.filters:
        return None
    found = ask.evaluate([TARGET, UNITS], ("product", "month"), period, currency)
    cells = [
        TargetCell(
            row["product"] or None,
            row["month"],
            row[TARGET],
            row[UNITS],
            row[f"{UNITS}_note"] == Note.MIXED_UNITS,
        )
        for row in found.table.to_pylist()
    ]
    made = planned_cost(cells, _unit_costs(ask, period, currency))
    if made is None:
        return None
    return made, found.prove(found.metric(UNITS), {}, period)


def _unit_costs(ask: Ask, period: Period, currency: str) -> Costs:
    """The unit costs by product in the order of their days; of a day the account's own come last.

    A row that states no unit cost but a value and a quantity says it all the same. Costs in
    another currency are not known here.
    """
    last = add_months(month_start(period.last), 1)
    days = Period(add_months(month_start(period.start), -BACK), last)
    table = ledger_lines(
        actor=ask.within.actor, dataset="cost", period=days,
        accounts=frozenset({ask.account_id, *descendants(ask.account_id)}),
        commit=ask.within.store.commit,
    )  # fmt: skip
    found: dict[int, list[tuple[date, bool, Decimal]]] = defaultdict(list)
    for row in table.to_pylist():
        cost = row["unit_cost"]
        if cost is None and row["value"] is not None and row["quantity"]:
            cost = row["value"] / row["quantity"]
        fits = row["kind"] == "cogs" and row["currency"] in (currency, None, "")
        if cost is not None and fits and row["product_id"] is not None:
            own = row["account_id"] == ask.account_id
            found[row["product_id"]].append((row["date"], own, cost))
    return {
        product: [(day, cost) for day, _own, cost in sorted(rows)]
        for product, rows in found.items()
    }
