"""Budgets, and what of them is planned, committed and spent: read from the ledger."""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from keystead.accounts.queries import account_for, family_ids, restrict
from keystead.campaigns import models
from keystead.campaigns.types import Budget
from keystead.kernel.money import Money
from keystead.kernel.periods import Period
from keystead.kit.access import Actor
from keystead.metrics.queries import evaluate
from keystead.metrics.types import Figure

METRICS = ("expense_planned", "expense_committed", "expense_actual")


@dataclasses.dataclass(frozen=True)
class BudgetLine:
    """A category: its budget (None: there is none), and the figures with their proofs."""

    category: str
    budget: Budget | None
    planned: Figure | None
    committed: Figure | None
    actual: Figure | None

    @property
    def left(self) -> Money | None:
        """What is left of the budget after the larger of committed and actual."""
        if self.budget is None:
            return None
        figures = (self.committed, self.actual)
        used = [Decimal(str(one.value)) for one in figures if one is not None and one.value]
        taken = Money(max(used, default=Decimal(0)), self.budget.amount.currency)
        return self.budget.amount - taken


def visible_budgets(actor: Actor) -> QuerySet[models.Budget]:
    """Return the stored budgets of the accounts whose campaigns the actor may read."""
    if not actor.can("campaigns.view"):
        return models.Budget.objects.none()
    return restrict(models.Budget.objects.all(), actor, name="campaign")


def budgets_of(actor: Actor, account_id: int, year: int) -> tuple[Budget, ...]:
    """Return the budgets of an account for a year, by category."""
    ids = family_ids(account_for(actor, account_id).id)
    rows = visible_budgets(actor).filter(account_id__in=ids, year=year)
    return tuple(as_budget(row) for row in rows.order_by("category", "currency"))


def budget_lines(actor: Actor, account_id: int, year: int, currency: str) -> tuple[BudgetLine, ...]:
    """Return each category of an account's year: budget, planned, committed, actual.

    From the ledger, so that imported expenses count too. Budgets of another currency are left out.
    """
    actor.require("campaigns.view")
    actor.require("metrics.view")
    account = account_for(actor, account_id)
    found = evaluate(
        actor=actor, metrics=list(METRICS), by=("expense_category",), period=Period.year(year),
        filters={"account": [account.id]}, currency=currency,
    )  # fmt: skip
    spent: dict[str, Any] = {row["expense_category"] or "": row for row in found.rows()}
    budgets = {
        one.category: one
        for one in budgets_of(actor, account.id, year)
        if one.amount.currency == currency
    }
    lines = []
    for name in sorted({*spent, *budgets}, key=str.casefold):
        row = spent.get(name)
        figures = [row[metric] if row else None for metric in METRICS]
        lines.append(BudgetLine(name, budgets.get(name), *figures))
    return tuple(lines)


def as_budget(row: models.Budget) -> Budget:
    """Return the value that crosses rooms for a stored budget."""
    amount = Money(row.amount, row.currency)
    return Budget(row.pk, row.account_id, row.category, row.year, amount, row.version)
