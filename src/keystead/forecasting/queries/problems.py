"""What the history of a run says that somebody should look at, and the rows it comes from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from keystead.forecasting.queries.cycles import as_cycle, cycle_row, run_for
from keystead.forecasting.queries.names import account_names, product_names
from keystead.forecasting.queries.words import problem_words
from keystead.forecasting.types.cycle import DemandKind
from keystead.forecasting.types.rhythm import Rhythm
from keystead.kernel.periods import Period
from keystead.kit.access import Actor
from keystead.metrics.calc.definitions import metric_def
from keystead.metrics.calc.proof_ids import ProofKey, encode

METRICS: Final = {DemandKind.SELL_IN: "sell_in_units", DemandKind.OFF_TAKE: "off_take_units"}
OF_ROWS: Final = frozenset({
    "negative", "one_point", "all_zeros", "jump", "not_a_quantity", "future_dated", "too_old",
    "no_product", "same_twice", "two_senders", "unit_unknown", "two_currencies", "month_only",
    "month_only_before", "running_week", "week_cut_short",
})  # fmt: skip
# Told by month in every rhythm; the others by the period of the cycle.
BY_MONTH: Final = frozenset({
    "future_dated", "too_old", "same_twice", "two_senders", "month_only", "month_only_before",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Problem:
    """One remark on the history; without a key it is about lines that belong to no series.

    ``month`` is the first day of a period of ``rhythm``. ``there`` is what stands in it; ``proof``
    opens the rows it was made from: file, sheet, row.
    """

    code: str
    account_id: int | None
    product_id: int | None
    month: date | None
    count: int
    detail: str
    there: str = ""
    proof: str = ""
    rhythm: Rhythm = Rhythm.MONTH


def problems_of(actor: Actor, cycle_id: int) -> tuple[Problem, ...]:
    """Return the remarks of the run that counts, on accounts the actor may read."""
    row = cycle_row(actor, cycle_id)
    if not row.run_id:
        return ()
    cycle, run = as_cycle(row), run_for(actor, row.run_id)
    last = Rhythm.MONTH.start(cycle.cut_off)
    first = Rhythm.MONTH.step(last, 1 - Rhythm.MONTH.most_history)
    whole = Period(first, Rhythm.MONTH.step(last, 1))
    proves = actor.can("metrics.view") and run.commit is not None
    found = []
    for one in run.problems:
        code, account, product = str(one["code"]), one.get("account_id"), one.get("product_id")
        month = date.fromisoformat(one["month"]) if one.get("month") else None
        rhythm = Rhythm.MONTH if code in BY_MONTH else cycle.rhythm
        proof = ""
        if proves and account and code in OF_ROWS:
            several = code in ("same_twice", "two_senders", "all_zeros")
            span = whole
            if month is not None and not several:
                span = Period(month, rhythm.step(month, 1))
            proof = _proof(cycle.head.kind, run.commit or 0, account, product, span)
        found.append(
            Problem(
                code, account, product or None, month, int(one.get("count", 1)),
                str(one.get("detail") or ""), str(one.get("there") or ""), proof, rhythm,
            )
        )  # fmt: skip
    return tuple(found)


def problem_bodies(found: Sequence[Problem]) -> list[dict[str, Any]]:
    """Return remarks as plain values with codes and words, for programs and the console."""
    accounts, products = account_names(), product_names()
    return [
        {
            "code": one.code,
            "text": str(problem_words(one.code, one.rhythm)),
            "account_id": one.account_id,
            "account": accounts[one.account_id].code if one.account_id in accounts else "",
            "product_id": one.product_id,
            "sku": products[one.product_id].sku if one.product_id in products else "",
            "month": one.month.isoformat() if one.month else None,
            "period": one.rhythm.code(one.month) if one.month else None,
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
