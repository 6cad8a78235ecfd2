"""JSON endpoints: expenses with their state, and the first steps of one."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema, Status

from keystead.campaigns import queries, services
from keystead.campaigns.types import Expense, ExpenseEntry
from keystead.kernel.money import Money
from keystead.kit.access import actor_of, policy
from keystead.kit.http import page_of

router = Router()


class ExpenseBody(Schema):
    id: int
    account_id: int
    title: str
    category: str
    campaign: str
    state: str
    waits: bool
    on: date
    currency: str
    planned: str
    committed: str | None
    actual: str | None
    document: str
    version: int


class ExpensePage(Schema):
    items: list[ExpenseBody]
    next: str | None


class NewExpense(Schema):
    account_id: int
    title: str
    category: str
    amount: Decimal
    currency: str
    on: date
    campaign_id: int | None = None
    payee: str = ""
    product_code: str = ""
    ledger_code: str = ""
    note: str = ""


class CommitBody(Schema):
    amount: Decimal
    on: date
    version: int | None = None


@router.get("/expenses", response=ExpensePage)
@policy("campaigns.view")
def expenses(
    request: HttpRequest,
    year: int | None = None,
    account_id: int | None = None,
    category: str = "",
    limit: int = 100,
    after: str = "",
) -> dict[str, Any]:
    """The expenses you may see; amounts as exact text, null until that step was taken."""
    found = queries.expenses_for(
        actor_of(request), year=year, account_id=account_id, category=category
    )
    return page_of(found, key=lambda one: one.id, limit=limit, after=after, shown=_body)


@router.get("/expenses/{expense_id}", response=ExpenseBody)
@policy("campaigns.view")
def expense(request: HttpRequest, expense_id: int) -> dict[str, Any]:
    """One expense."""
    return _body(queries.expense_for(actor_of(request), expense_id))


@router.post("/expenses", response={201: ExpenseBody})
@policy("campaigns.edit")
def plan(request: HttpRequest, body: NewExpense) -> Status[dict[str, Any]]:
    """Plan an expense; it counts once it is approved."""
    made = services.plan_expense(actor=actor_of(request), entry=ExpenseEntry(**body.dict()))
    return Status(201, _body(made))


@router.post("/expenses/{expense_id}/ask", response=ExpenseBody)
@policy("campaigns.edit")
def ask(request: HttpRequest, expense_id: int) -> dict[str, Any]:
    """Put a plan up for approval."""
    return _body(services.ask_for_approval(actor=actor_of(request), expense_id=expense_id))


@router.post("/expenses/{expense_id}/commit", response=ExpenseBody)
@policy("campaigns.edit")
def commit(request: HttpRequest, expense_id: int, body: CommitBody) -> dict[str, Any]:
    """Promise money of an approved plan: at most what was approved."""
    found = services.commit_expense(
        actor=actor_of(request), expense_id=expense_id, amount=body.amount, on=body.on,
        expected_version=body.version,
    )  # fmt: skip
    return _body(found)


def _body(found: Expense) -> dict[str, Any]:
    names = ("id", "account_id", "title", "category", "campaign", "waits", "on", "currency",
             "document", "version")  # fmt: skip
    return {
        **{name: getattr(found, name) for name in names},
        "state": found.state.value,
        "planned": _text(found.planned),
        "committed": _text(found.committed),
        "actual": _text(found.actual),
    }


def _text(amount: Money | None) -> str | None:
    return None if amount is None else f"{amount.amount:f}"
