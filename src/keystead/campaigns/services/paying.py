"""Post and pay: finance, with proof; what compliance stops is not posted. Correct by reversal."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from keystead.agreements.services.funds import spend_fund, unspend_fund
from keystead.campaigns.queries.expenses import expense_for, proofs_of, stored_expense
from keystead.campaigns.queries.transfers import transfer_rules
from keystead.campaigns.rules.transfers import payment_facts, transfer_facts
from keystead.campaigns.services.booking import book, reverse_all
from keystead.campaigns.services.loading import expense_to_pay, keep, step, subject_of, told
from keystead.campaigns.types import Expense, ExpenseState, PostingKind
from keystead.governance.services.compliance import refuse_if_stopped, screen
from keystead.kernel.errors import Invalid
from keystead.kernel.money import Money
from keystead.kit.access import Actor

S = ExpenseState


def post_expense(
    *,
    actor: Actor,
    expense_id: int,
    amount: Decimal,
    on: date,
    document: str,
    expected_version: int | None = None,
) -> Expense:
    """Book what was spent: at most what was committed, with its document; needs proof.

    Needs ``campaigns.post``. Rules R-09 (no proof of service), R-13 (not booked), R-15 (transfer
    of value incomplete) and R-16 (hospitality limit) stop it with their sentence. The actual
    amount stands in the ledger. Raises NotAllowed (a rule), Conflict (a closed period), Invalid.
    """
    actor.require("campaigns.post")
    found = expense_for(actor, expense_id)
    _screen(actor, found)
    if not document.strip():
        text = _("Name the invoice or document it is booked with.")
        raise Invalid(text, fields={"document": text})
    with transaction.atomic():
        row = expense_to_pay(actor, expense_id)
        step(row, S.POSTED)
        if row.committed is None or not 0 < amount <= row.committed:
            text = _("Only %(amount)s is committed.") % {
                "amount": Money(row.committed or Decimal(0), row.currency).quantised()
            }
            raise Invalid(text, code="over_commitment", fields={"amount": text})
        old = told(row)
        row.actual, row.posted_on, row.document = amount, on, document.strip()[:60]
        row.state = S.POSTED.value
        book(actor, row, PostingKind.ACTUAL, amount, on)
        if row.fund_id is not None:
            proofs = ", ".join(one.file_name or one.text for one in proofs_of(row.pk))
            spend_fund(
                actor=actor, fund_id=row.fund_id, amount=amount, on=on, subject=subject_of(row),
                proof=proofs,
            )  # fmt: skip
        keep(actor, row, "post", old, expected=expected_version)
    return stored_expense(expense_id)


def pay_expense(
    *,
    actor: Actor,
    expense_id: int,
    on: date,
    payment: str,
    expected_version: int | None = None,
) -> Expense:
    """Note that a posted expense was paid: the day and the payment's reference."""
    actor.require("campaigns.post")
    _screen(actor, expense_for(actor, expense_id))
    with transaction.atomic():
        row = expense_to_pay(actor, expense_id)
        step(row, S.PAID)
        if row.posted_on is not None and on < row.posted_on:
            text = _("It is paid after it was posted.")
            raise Invalid(text, fields={"on": text})
        old = told(row)
        row.paid_on, row.payment, row.state = on, payment.strip()[:60], S.PAID.value
        keep(actor, row, "pay", old, expected=expected_version)
    return stored_expense(expense_id)


def correct_expense(
    *, actor: Actor, expense_id: int, reason: str, expected_version: int | None = None
) -> Expense:
    """Take back what was posted, by its reversal; it can be posted anew. Needs a reason."""
    if not reason.strip():
        raise Invalid(_("Say why."), fields={"reason": _("A correction keeps its reason.")})
    with transaction.atomic():
        row = expense_to_pay(actor, expense_id)
        step(row, S.PROVED)
        old = told(row)
        reverse_all(actor, row, reason.strip(), kind=PostingKind.ACTUAL)
        if row.fund_id is not None:
            unspend_fund(
                actor=actor, fund_id=row.fund_id, on=row.posted_on or row.on,
                subject=subject_of(row), reason=reason.strip(),
            )  # fmt: skip
        row.actual, row.posted_on, row.document = None, None, ""
        row.state = S.PROVED.value
        keep(actor, row, "correct", old, expected=expected_version, why=reason.strip())
    return stored_expense(expense_id)


def _screen(actor: Actor, found: Expense) -> None:
    """Refuse what a rule stops; outside the transaction, so that the hit stays on record."""
    subject = ("expense", found.id)
    for context, facts in (
        ("expense", transfer_facts(found, transfer_rules())),
        ("payment", payment_facts(found)),
    ):
        hits = screen(
            actor=actor, context=context, subject=subject, facts=facts,
            account_id=found.account_id,
        )  # fmt: skip
        refuse_if_stopped(hits)
