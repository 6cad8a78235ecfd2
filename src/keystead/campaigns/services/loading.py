"""What every write begins and ends with: the door, one row in the trail."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from keystead.accounts.queries import account_to_write
from keystead.accounts.types import Account
from keystead.campaigns import models
from keystead.campaigns.queries.expenses import NO_EXPENSE, visible_expenses
from keystead.campaigns.rules.life import may_follow
from keystead.campaigns.types import ExpenseState
from keystead.kernel.errors import Conflict, NotFound
from keystead.kit import audit
from keystead.kit.access import Actor


def account_to_plan(actor: Actor, account_id: int) -> Account:
    """Return the account if the actor may write campaigns on it."""
    actor.require("campaigns.edit")
    return account_to_write(actor, account_id, name="campaign")


def expense_to_write(actor: Actor, expense_id: int) -> models.Expense:
    """Return the locked expense if the actor may write campaigns on its account."""
    actor.require("campaigns.edit")
    row = _locked(actor, expense_id)
    account_to_plan(actor, row.account_id)
    return row


def expense_to_pay(actor: Actor, expense_id: int) -> models.Expense:
    """Return the locked expense if the actor books and pays; finance does."""
    actor.require("campaigns.post")
    return _locked(actor, expense_id)


def _locked(actor: Actor, expense_id: int) -> models.Expense:
    rows = visible_expenses(actor).select_for_update(of=("self",))
    row = rows.filter(pk=expense_id).first()
    if row is None:
        raise NotFound(_(NO_EXPENSE), code="expense_not_found")
    return row


def step(row: models.Expense, following: ExpenseState) -> None:
    """Raise Conflict unless the expense may go there from where it stands."""
    if row.waits:
        raise Conflict(_("The expense waits for approval."), code="expense_waits")
    if not may_follow(ExpenseState(row.state), following):
        raise Conflict(_("The expense stands elsewhere by now. Open it again."), code="state")


def subject_of(row: models.Expense) -> str:
    """Return what an expense is called in the movements of a fund."""
    return f"expense:{row.pk}"


def told(row: models.Expense) -> dict[str, Any]:
    """Return an expense as the trail keeps it."""
    shown = models.ExpenseProof.objects.filter(expense_id=row.pk)
    return {**row.snapshot(), "proofs": [one.sha256 or one.text for one in shown]}


def keep(
    actor: Actor,
    row: models.Expense,
    action: str,
    old: dict[str, Any] | None,
    *,
    expected: int | None = None,
    why: str = "",
) -> None:
    """Save an expense under its version and write the one row of the trail."""
    row.save_checked(actor, expected)
    audit.record(
        actor=actor,
        action=f"expense.{action}",
        subject=("expense", row.pk),
        old=old,
        new=told(row),
        why=why,
        account_id=row.account_id,
    )


def with_author(row: models.Expense, actor: Actor) -> None:
    """Remember who wrote an expense: they may not approve it (rule R-24)."""
    if actor.user_id is not None:
        row.authors = sorted({*row.authors, actor.user_id})
