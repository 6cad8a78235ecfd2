"""Budgets by account, category and year."""

from __future__ import annotations

from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from keystead.accounts.queries import account_to_write
from keystead.campaigns import models
from keystead.campaigns.queries.budgets import as_budget
from keystead.campaigns.types import Budget
from keystead.kernel.errors import Invalid
from keystead.kernel.money import currency_code
from keystead.kit import audit
from keystead.kit.access import Actor


def set_budget(
    *,
    actor: Actor,
    account_id: int,
    category: str,
    year: int,
    amount: Decimal,
    currency: str,
    expected_version: int | None = None,
) -> Budget:
    """Set what may be spent for an account in a category and year; needs ``budgets.edit``.

    Account managers on their accounts, finance on all. One audit row; Conflict on a stale version.
    """
    actor.require("budgets.edit")
    account = account_to_write(actor, account_id, name="budget")
    wrong: dict[str, str] = {}
    if not category.strip():
        wrong["category"] = _("A budget has a category.")
    if amount < 0:
        wrong["amount"] = _("A budget is not below zero.")
    if not 1990 <= year <= 2100:
        wrong["year"] = _("This is no year.")
    if wrong:
        raise Invalid(next(iter(wrong.values())), code="budget", fields=wrong)
    with transaction.atomic():
        key = {"account_id": account.id, "year": year, "category": category.strip(),
               "currency": currency_code(currency)}  # fmt: skip
        row = models.Budget.objects.select_for_update().filter(**key).first()
        old = row.snapshot() if row else None
        row = row or models.Budget(**key)
        row.amount = amount
        row.save_checked(actor, expected_version)
        audit.record(
            actor=actor,
            action="budget.set",
            subject=("budget", row.pk),
            old=old,
            new=row.snapshot(),
            account_id=row.account_id,
        )
    return as_budget(row)
