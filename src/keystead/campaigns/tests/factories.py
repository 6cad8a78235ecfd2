"""Campaigns and expenses made through the services, with few words."""

from __future__ import annotations

import dataclasses
from typing import Any

from django.utils import timezone

from keystead.accounts.types import Account
from keystead.campaigns import services
from keystead.campaigns.queries.expenses import stored_expense
from keystead.campaigns.types import Expense, ExpenseEntry
from keystead.governance.queries.approvals import latest
from keystead.governance.services import approvals
from keystead.governance.types.approvals import SubjectKind
from keystead.kernel.periods import Period
from keystead.kit.access import SYSTEM, Actor
from keystead.metrics.queries import evaluate

TODAY = timezone.localdate()
METRICS = ("expense_planned", "expense_committed", "expense_actual")


def entry(one: Account, **changes: Any) -> ExpenseEntry:
    given = ExpenseEntry(
        account_id=one.id,
        title="Shelf display",
        category="Display",
        amount=1000,
        currency="CNY",
        on=TODAY,
        payee="JD Ltd",
        ledger_code="6601",
    )
    return dataclasses.replace(given, **changes)


def planned(actor: Actor, one: Account, **changes: Any) -> Expense:
    return services.plan_expense(actor=actor, entry=entry(one, **changes))


def asked(actor: Actor, expense: Expense) -> Expense:
    return services.ask_for_approval(actor=actor, expense_id=expense.id)


def answered(expense: Expense, *approvers: Actor, approve: bool = True) -> Expense:
    """Answer the request on an expense, and have the decision delivered."""
    found = latest(SubjectKind.EXPENSE, str(expense.id))
    assert found is not None
    for approver in approvers:
        approvals.decide(actor=approver, request_id=found.id, approve=approve, reason="So")
    services.take_decision(request_id=found.id)
    return stored_expense(expense.id)


def committed(actor: Actor, director: Actor, one: Account, **changes: Any) -> Expense:
    """Return an expense that was planned, approved and committed in full."""
    found = answered(asked(actor, planned(actor, one, **changes)), director)
    return services.commit_expense(
        actor=actor, expense_id=found.id, amount=found.planned.amount, on=found.on
    )


def figures(one: Account) -> list[str]:
    """Return planned, committed and actual expenses of the account this year, from the metrics."""
    found = evaluate(
        actor=SYSTEM, metrics=list(METRICS), period=Period.year(TODAY.year),
        filters={"account": [one.id]}, currency="CNY",
    )  # fmt: skip
    return [f"{found.figure(name).value or 0:.2f}" for name in METRICS]
