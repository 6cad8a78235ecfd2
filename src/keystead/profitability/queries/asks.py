"""What a statement asks the metrics for: which figure stands behind which line."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Any, Final

from keystead.kernel.periods import Period
from keystead.metrics.queries import Reading, accruing_since, evaluate
from keystead.metrics.types import Evaluation
from keystead.profitability.calc.pnl import BY_ID, COST

# Line -> the metric behind it and the sign it counts with.
SOURCES: Final = {
    "gross_sales": ("sell_in_gross", 1),
    "returns": ("returns", 1),
    "cogs": ("cost_of_goods", -1),
    "logistics": ("cost_logistics", -1),
    "cost_to_serve": ("cost_to_serve", -1),
}
EXPENSE: Final = "expense_actual"
ACCRUED: Final = "rebate_accrued"
PLANNED: Final = "expense_planned"
AGREED: Final = "sell_in_forecast"
# Subtotals that are a metric of their own: their proof is that metric's.
BELOW_REBATES: Final = frozenset({"retro", "services", "net_net_sales"})  # hidden with accruals
SUMS: Final = {"invoice_sales": "sell_in", "contribution": "contribution"}


@dataclasses.dataclass(frozen=True)
class Ask:
    """Whose account is asked about, and how: all evaluations of a statement share it."""

    within: Reading
    account_id: int
    currency: str
    costs: bool
    filters: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    def evaluate(
        self, names: Sequence[str], by: tuple[str, ...], period: Period, currency: str = ""
    ) -> Evaluation:
        return evaluate(
            actor=self.within.actor, metrics=names, by=by, period=period,
            filters={"account": [self.account_id], **self.filters}, as_of=self.within,
            currency=currency or self.currency or None,
        )  # fmt: skip

    @property
    def lines(self) -> list[tuple[str, str, int]]:
        """Return line, metric and sign of all that the reader may see."""
        return [
            (line, name, sign)
            for line, (name, sign) in SOURCES.items()
            if self.costs or not needs_cost(line)
        ]

    def accruals(
        self, by: tuple[str, ...], period: Period, currency: str = ""
    ) -> Evaluation | None:
        """Return what agreements accrued, told apart by treatment and family of the condition;
        None where there is nothing the reader may see."""
        if not (self.costs and self.accrues_by(period)):
            return None
        return self.evaluate([ACCRUED], ("treatment", "condition_family", *by), period, currency)

    def pays(self, line: str, month: date) -> bool:
        """Say whether an expense only pays what the accrual ledger bore before.

        From the month of the account's first accrual on, a rebate costs when it is accrued; an
        expense that is a rebate is then its payment and would count twice.
        """
        since = self.accrues_since
        return line == "retro" and since is not None and month >= since

    def accrues_by(self, period: Period) -> bool:
        """Say whether rebates of the account are accrued by the end of a period."""
        return self.accrues_since is not None and self.accrues_since < period.end

    @cached_property
    def accrues_since(self) -> date | None:
        """Return the month of the account's first accrual."""
        return accruing_since(self.within.store, self.within.dims).get(self.account_id)


def needs_cost(line: str) -> bool:
    """Say whether a line is only for those who may see costs."""
    return BY_ID[line].needs == COST
