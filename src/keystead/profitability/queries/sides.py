"""One side of a statement: its items by month with their proofs, out of the metrics."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from keystead.kernel.periods import Period
from keystead.metrics.calc.definitions import metric_def
from keystead.metrics.types import Evaluation
from keystead.profitability.calc.pnl import added, statement
from keystead.profitability.queries.accrued import items_by_month, items_of_period
from keystead.profitability.queries.asks import ACCRUED, EXPENSE, SOURCES, SUMS, Ask, needs_cost
from keystead.profitability.queries.rights import one_currency
from keystead.profitability.rules import line_of_category
from keystead.profitability.types import Amount, Keys, Statement

ZERO = Decimal(0)
NONE = Amount(None)


@dataclasses.dataclass(frozen=True)
class Side:
    """One scenario: its items by month, the proofs over the period and by month.

    ``paid``: rebates among the expenses that pay what was accrued; they are in no line.
    ``spent_in``: the months in which anything was spent.
    """

    months: Mapping[date, Mapping[Keys, Amount]]
    totals: Mapping[Keys, Amount]
    proofs: Mapping[str, str]
    month_proofs: Mapping[tuple[str, date], str]
    currency: str
    target: Amount
    paid: Amount
    spent_in: frozenset[date]
    commit: int


@dataclasses.dataclass(frozen=True)
class Cells:
    """The figures of a scenario; a proof is named only for what is shown."""

    found: Evaluation
    spent: Evaluation
    accrued: Evaluation | None
    proved: bool
    days: Mapping[date, Period]

    def proof(self, side: Evaluation, name: str, row: Mapping[str, Any]) -> str:
        if not self.proved:
            return ""
        cell = {dim: row[dim] for dim in side.by if dim in row}
        days = self.days[row["month"]] if "month" in row else side.period
        return side.prove(metric_def(name), cell, days)


def side(
    ask: Ask, period: Period, *, target: bool = False, known: str = "", proved: bool = True
) -> Side:
    """Return one scenario, cut by month."""
    names = [name for _line, name, _sign in ask.lines]
    names += ["sell_in", EXPENSE] + (["target"] if target else [])
    found = ask.evaluate(names, ("month",), period)
    spent = ask.evaluate([EXPENSE], ("expense_category", "month"), period, found.currency)
    shared = one_currency(found, names, known)
    shared = one_currency(spent, [EXPENSE], shared)
    accrued = ask.accruals(("month",), period, found.currency)
    shared = one_currency(accrued, [ACCRUED], shared) if accrued else shared
    days = {bucket.labels["month"]: bucket.period for bucket in found.buckets}
    cells = Cells(found, spent, accrued, proved, days)
    months, paid = _months(cells, ask)
    sums = [name for line, name in SUMS.items() if ask.costs or not needs_cost(line)]
    whole = {name: cells.proof(found, name, {}) for name in [*names, *sums]}
    rows = found.table.to_pylist()
    return Side(
        months=months,
        totals=_totals(months, cells, whole),
        proofs=whole,
        month_proofs={
            (name, row["month"]): cells.proof(found, name, row) for row in rows for name in sums
        },
        currency=shared,
        target=_target(found, whole) if target else NONE,
        paid=paid,
        spent_in=frozenset(row["month"] for row in rows if row[EXPENSE]),
        commit=found.commit,
    )


def _months(cells: Cells, ask: Ask) -> tuple[dict[date, dict[Keys, Amount]], Amount]:
    """Return the items by month, and apart the rebates that pay what was accrued."""
    months: dict[date, dict[Keys, Amount]] = defaultdict(dict)
    for row in cells.found.table.to_pylist():
        for line, name, sign in ask.lines:
            if row[name] or (row[name] is not None and line == "gross_sales"):
                proof = cells.proof(cells.found, name, row)
                months[row["month"]][line, ""] = Amount(row[name] * sign, (proof,))
    accrued = items_by_month(cells.accrued, cells.days, proved=cells.proved)
    for month, items in accrued.items():
        months[month].update(items)
    paid = ZERO
    proofs: list[str] = []
    for row in cells.spent.table.to_pylist():
        if not row[EXPENSE]:
            continue
        category = row["expense_category"] or ""
        line, proof = line_of_category(category), cells.proof(cells.spent, EXPENSE, row)
        if ask.pays(line, row["month"]):
            paid, proofs = paid - row[EXPENSE], [*proofs, proof]
            continue
        months[row["month"]][line, category] = Amount(-row[EXPENSE], (proof,))
    kept = {month: items for month, items in sorted(months.items()) if items}
    return kept, Amount(paid, tuple(proofs)) if proofs else NONE


def _totals(
    months: Mapping[date, Mapping[Keys, Amount]], cells: Cells, whole: Mapping[str, str]
) -> dict[Keys, Amount]:
    """Return the sums over the months; a sum over all of them has a proof of its own."""
    sums: dict[Keys, list[Amount]] = defaultdict(list)
    for items in months.values():
        for key, amount in items.items():
            sums[key].append(amount)
    found = {}
    accrued = items_of_period(cells.accrued, proved=cells.proved)
    for (line, category), amounts in sums.items():
        shared: tuple[str, ...] = ()
        if line in SOURCES:
            proofs: tuple[str, ...] = (whole[SOURCES[line][0]],)
        elif (line, category) in accrued:
            held = accrued[line, category]
            proofs, shared = held.proofs, held.shared
        elif len(amounts) == _in_months(cells, category):
            proofs = (cells.proof(cells.spent, EXPENSE, {"expense_category": category}),)
        else:  # some months of it pay what was accrued: what is left is those months
            proofs = tuple(proof for amount in amounts for proof in amount.proofs)
        value = sum((amount.value or ZERO for amount in amounts), ZERO)
        found[line, category] = Amount(value, proofs, shared)
    return found


def _in_months(cells: Cells, category: str) -> int:
    rows = cells.spent.table.to_pylist()
    return sum(1 for row in rows if (row["expense_category"] or "") == category and row[EXPENSE])


def _target(found: Evaluation, whole: Mapping[str, str]) -> Amount:
    values = [value for value in found.table.column("target").to_pylist() if value is not None]
    return Amount(sum(values, ZERO), (whole["target"],)) if values else NONE


def of_items(items: Mapping[Keys, Amount]) -> Statement:
    """Return the statement of items by line and category."""
    amounts: dict[str, Decimal | None] = {}
    for (line, _category), amount in items.items():
        amounts[line] = (amounts.get(line) or ZERO) + (amount.value or ZERO)
    return statement(amounts)


def statement_of(ask: Ask, period: Period) -> Statement:
    """Return the statement of a period without proofs, for those who work on with it."""
    return added(of_items(items) for items in side(ask, period, proved=False).months.values())
