"""The P&L summary, from gross sales to net-net sales and on to the contribution."""

from __future__ import annotations

import dataclasses

from keystead.profitability.calc.pnl import COST
from keystead.profitability.queries import account_pnl
from keystead.profitability.types import Scenario
from keystead.reviews.queries.gathering.facts import Asked, amount_fact, told
from keystead.reviews.types.material import Needs, Record

COLUMNS = (
    ("actual", Scenario.ACTUAL),
    ("budget", Scenario.BUDGET),
    ("last_year", Scenario.LAST_YEAR),
)
# Lines that count as their metric does; a cost is negative here, so its metric is no proof of it.
AS_METRIC = frozenset({"gross_sales", "returns", "invoice_sales", "contribution"})
# What both sides of an invoice know; everything else of the P&L is ours alone.
SHARED = ("gross_sales", "returns", "on_invoice", "invoice_sales", "cash_discount", "retro",
          "free_goods", "price_protection", "net_net_sales")  # fmt: skip


def pnl_records(asked: Asked) -> tuple[Record, ...]:
    """Return the lines of the P&L of the period: actual, budget, the same days of last year."""
    found = account_pnl(
        actor=asked.actor, account_id=asked.account.id, period=asked.period,
        currency=asked.currency, commit=asked.commit,
    )  # fmt: skip
    records = []
    for row in found.rows:
        if row.detail:
            continue
        needs: Needs = "cost" if row.line.needs == COST else "terms"
        facts = {
            name: amount_fact(row.totals.get(scenario), found.currency)
            for name, scenario in COLUMNS
        }
        if row.line.id not in AS_METRIC:
            facts = {name: dataclasses.replace(one, proof="") for name, one in facts.items()}
        words = {"label": row.line.label, "sum": "1" if row.line.is_sum else ""}
        records.append(Record(row.line.id, words, told(facts), needs=needs))
    return tuple(records)
