"""What the history of a run says that somebody should look at, and the rows it comes from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from keystead.forecasting.queries.cycles import as_cycle, cycle_row, run_for
from keystead.forecasting.queries.demand import MOST_MONTHS
from keystead.forecasting.queries.names import account_names, product_names
from keystead.forecasting.queries.words import PROBLEMS
from keystead.forecasting.types.cycle import DemandKind
from keystead.kernel.periods import Period, add_months, month_start
from keystead.kit.access import Actor
from keystead.metrics.calc.definitions import metric_def
from keystead.metrics.calc.proof_ids import ProofKey, encode

METRICS: Final = {DemandKind.SELL_IN: "sell_in_units", DemandKind.OFF_TAKE: "off_take_units"}
OF_ROWS: Final = frozenset({
    "negative", "one_point", "all_zeros", "jump", "not_a_quantity", "future_dated", "too_old",
    "no_product", "same_twice", "two_senders", "unit_unknown", "two_currencies",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Problem:
    """One remark on the history; without a key it is about lines that belong to no series.

    ``there`` is what stands in the month; ``proof`` opens the rows it was made from: file, sheet,
    row.
    """

    code: str
    account_id: int | None
    product_id: int | None
    month: date | None
    count: int
    detail: str
    there: str = ""
    proof: str = ""


def problems_of(actor: Actor, cycle_id: int) -> tuple[Problem, ...]:
    """Return the remarks of the run that counts, on accounts the actor may read."""
    row = cycle_row(actor, cycle_id)
    if not row.run_id:
        return ()
    cycle, run = as_cycle(row), run_for(actor, row.run_id)
    first = add_months(month_start(cycle.cut_off), 1 - MOST_MONTHS)
    whole = Period(first, add_months(month_start(cycle.cut_off), 1))
    proves = actor.can("metrics.view") and run.commit is not None
    found = []
    for one in run.problems:
        code, account, product = str(one["code"]), one.get("account_id"), one.get("product_id")
        month = date.fromisoformat(one["month"]) if one.get("month") else None
        proof = ""
        if proves and account and code in OF_ROWS:
            several = code in ("same_twice", "two_senders", "all_zeros")
            span = whole if month is None or several else Period(month, add_months(month, 1))
            proof = _proof(cycle.head.kind, run.commit or 0, account, product, span)
        found.append(
            Problem(
                code, account, product or None, month, int(one.get("count", 1)),
                str(one.get("detail") or ""), str(one.get("there") or ""), proof,
            )
        )  # fmt: skip
    return tuple(found)


def problem_bodies(found: Sequence[Problem]) -> list[dict[str, Any]]:
    """Return remarks as plain values with codes and words, for programs and the console."""
    accounts, products = account_names(), product_names()
    return [
        {
            "code": one.code,
            "text": str(PROBLEMS.get(one.code, one.code)),
            "account_id": one.account_id,
            "account": accounts[one.account_id].code if one.account_id in accounts else "",
            "product_id": one.product_id,
            "sku": products[one.product_id].sku if one.product_id in products else "",
            "month": one.month.isoformat() if one.month else None,
            "there": one.there,
            "count": one.count,
            "proof": one.proof,
        }
        for one in found
    ]


def _proof(kind: DemandKind, commit: int, account: int, product: int | None, span: Period) -> str:
    """The proof of what a remark is about: the rows of an account, product and span."""
    metric = metric_def(METRICS[kind])
    shown = [("account", (str(account),))]
    products = None
    if product:
        products = frozenset({product})
        shown.append(("product", (str(product),)))
    key = ProofKey(
        metric.id, metric.version, commit, span, frozenset({account}), products=products,
        product_dimensions=("product",) if product else (), shown=tuple(shown),
    )  # fmt: skip
    return encode(key)
