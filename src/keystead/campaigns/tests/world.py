"""Expenses as values, with few words."""

from __future__ import annotations

from datetime import date
from typing import Any

from keystead.campaigns.types import Deliverable, Expense, ExpenseState, Transfer
from keystead.kernel.money import Money


def expense(
    number: int, state: ExpenseState, amount: Any, *, currency: str = "CNY", **more: Any
) -> Expense:
    actual = more.pop("actual", None)
    return Expense(
        id=number, account_id=1, title=f"E{number}", category="Display", currency=currency,
        on=date(2026, 3, number), planned=Money(amount, currency), committed=None,
        actual=None if actual is None else Money(actual, currency), state=state, waits=False,
        campaign_id=None, campaign="", fund_id=None, product_id=None, product_code="", payee="",
        ledger_code="6601", note="", transfer=more.pop("transfer", Transfer()),
        service=Deliverable(), posted_on=None, document="", paid_on=None, payment="", proofs=0,
        version=1, **more,
    )  # fmt: skip
