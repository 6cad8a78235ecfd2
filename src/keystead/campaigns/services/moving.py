"""From plan to commitment: ask, take the answer, commit, cancel."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from keystead.agreements.services.funds import commit_fund, release_fund
from keystead.campaigns import models
from keystead.campaigns.queries.expenses import stored_expense
from keystead.campaigns.services.booking import DATASET, book, reverse_all
from keystead.campaigns.services.loading import (
    expense_to_write,
    keep,
    step,
    subject_of,
    told,
    with_author,
)
from keystead.campaigns.types import Expense, ExpenseState, PostingKind
from keystead.governance.queries.approvals import request as approval_request
from keystead.governance.queries.periods import closed_within
from keystead.governance.rules.approvals import content_hash
from keystead.governance.services.approvals import request_approval
from keystead.governance.services.periods import assert_open
from keystead.governance.types.approvals import (
    Ask,
    Change,
    Facts,
    RequestState,
    SubjectKind,
)
from keystead.kernel.errors import Invalid
from keystead.kernel.money import Money
from keystead.kit.access import SYSTEM, Actor

S = ExpenseState
LATER = frozenset({
    "committed", "actual", "state", "waits", "authors", "posted_on", "document", "paid_on",
    "payment", "proofs",
})  # fmt: skip


def ask_for_approval(
    *, actor: Actor, expense_id: int, expected_version: int | None = None
) -> Expense:
    """Put a planned expense up for approval; who wrote it cannot approve it (R-24).

    One audit row here, one for the request. Raises Conflict where its month is closed.
    """
    with transaction.atomic():
        row = expense_to_write(actor, expense_id)
        step(row, S.APPROVED)
        assert_open(ledger=DATASET, first=row.on, last=row.on)
        old = told(row)
        row.waits = True
        with_author(row, actor)
        keep(actor, row, "ask", old, expected=expected_version)
        request_approval(actor=actor, ask=_ask(row))
    return stored_expense(expense_id)


def take_decision(*, request_id: int) -> None:
    """Move an expense on as its request was answered; idempotent, only for what was asked.

    Approved, its plan stands in the ledger.
    """
    request = approval_request(request_id)
    if request.kind is not SubjectKind.EXPENSE or request.state not in (
        RequestState.APPROVED,
        RequestState.RETURNED,
    ):
        return
    with transaction.atomic():
        rows = models.Expense.objects.select_for_update().filter(pk=request.subject_id)
        row = rows.filter(state=S.PLANNED.value, waits=True).first()
        if row is None or expense_content(row) != request.content_hash:
            return
        old, row.waits = told(row), False
        why = request.decisions[-1].reason if request.decisions else ""
        approved = request.state is RequestState.APPROVED
        if approved and {item.user_id for item in request.decisions} & set(row.authors):
            approved, why = False, "Approved by somebody who wrote it: a second person is needed."
        if approved and (closed := closed_within(DATASET, row.on, row.on)) is not None:
            approved, why = False, f"{closed.label} was closed meanwhile: plan it for another day."
        if approved:
            row.state = S.APPROVED.value
            book(SYSTEM, row, PostingKind.PLANNED, row.planned, row.on)
        keep(SYSTEM, row, "approve" if approved else "return", old, why=why)


def commit_expense(
    *,
    actor: Actor,
    expense_id: int,
    amount: Decimal,
    on: date,
    expected_version: int | None = None,
) -> Expense:
    """Promise money of an approved plan: at most what was approved. Stands in the ledger."""
    with transaction.atomic():
        row = expense_to_write(actor, expense_id)
        step(row, S.COMMITTED)
        if not 0 < amount <= row.planned:
            text = _("Only %(amount)s was approved.") % {
                "amount": Money(row.planned, row.currency).quantised()
            }
            raise Invalid(text, code="over_plan", fields={"amount": text})
        old = told(row)
        row.committed, row.state = amount, S.COMMITTED.value
        book(actor, row, PostingKind.COMMITTED, amount, on)
        if row.fund_id is not None:
            commit_fund(
                actor=actor, fund_id=row.fund_id, amount=amount, on=on, subject=subject_of(row)
            )
        if models.ExpenseProof.objects.filter(expense=row).exists():
            row.state = S.PROVED.value
        keep(actor, row, "commit", old, expected=expected_version)
    return stored_expense(expense_id)


def cancel_expense(
    *, actor: Actor, expense_id: int, reason: str, expected_version: int | None = None
) -> Expense:
    """Give up what is not posted; what stands in the ledger is reversed. Needs a reason."""
    if not reason.strip():
        raise Invalid(_("Say why."), fields={"reason": _("A cancellation keeps its reason.")})
    with transaction.atomic():
        row = expense_to_write(actor, expense_id)
        step(row, S.CANCELLED)
        old = told(row)
        reverse_all(actor, row, reason.strip())
        if row.fund_id is not None:
            release_fund(
                actor=actor, fund_id=row.fund_id, on=row.on, subject=subject_of(row),
                reason=reason.strip(),
            )  # fmt: skip
        row.state = S.CANCELLED.value
        keep(actor, row, "cancel", old, expected=expected_version, why=reason.strip())
    return stored_expense(expense_id)


def expense_content(row: models.Expense) -> str:
    """Return the hash of all that is approved; what comes later is left out."""
    return content_hash({key: value for key, value in told(row).items() if key not in LATER})


def _ask(row: models.Expense) -> Ask:
    row.refresh_from_db()  # what is hashed must read as it is stored
    amount = str(Money(row.planned, row.currency).quantised())
    evidence = {"expense": row.title, "category": row.category, "on": row.on.isoformat()}
    if row.campaign is not None:
        evidence["campaign"] = row.campaign.name
    if row.payee:
        evidence["payee"] = row.payee
    flags = frozenset({"transfer_of_value"} if row.recipient != "none" else ())
    return Ask(
        kind=SubjectKind.EXPENSE,
        subject_id=str(row.pk),
        title=f"{row.title}: {amount}",
        content_hash=expense_content(row),
        facts=Facts(amount=row.planned, currency=row.currency, flags=flags),
        changes=(Change(row.category, "", amount),),
        evidence=evidence,
        account_id=row.account_id,
    )
