"""A settlement from its approval on: credit note, payment, dispute, write-off, reversal."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.agreements import models
from keystead.agreements.queries.agreements import stored
from keystead.agreements.queries.documents import has_proof
from keystead.agreements.queries.settlements import as_settlement
from keystead.agreements.services.accruing import catch_up, reverse_rows, settle_down
from keystead.agreements.services.booking import expense
from keystead.agreements.services.drawing import draw_on_funds
from keystead.agreements.services.settling import authors, go, record, to_write, told
from keystead.agreements.types import (
    SERVICES,
    AccrualKind,
    Agreement,
    Condition,
    Settlement,
    SettlementIssued,
    SettlementLine,
    SettlementState,
)
from keystead.governance.queries.approvals import request as approval_request
from keystead.governance.rules.approvals import content_hash
from keystead.governance.services.approvals import assert_approved, request_approval
from keystead.governance.services.compliance import refuse_if_stopped, screen
from keystead.governance.types.approvals import Ask, Facts, RequestState, SubjectKind
from keystead.kernel.errors import Conflict, Invalid
from keystead.kernel.money import Money
from keystead.kit import outbox
from keystead.kit.access import SYSTEM, Actor

S = SettlementState
PAY = "settlements.pay"
WRITE_OFF = "settlement:"  # what write-offs of settlements are called among approvals


def issue_credit_note(
    *, actor: Actor, settlement_id: int, expected_version: int, credit_note: str
) -> Settlement:
    """Issue the credit note of an approved settlement; from here on it counts as settled.

    Needs ``settlements.pay``. Exactly what was approved is issued. A service fee needs its proof
    (R-09), the payee is the contracting party (R-12), each condition has a ledger code (R-13):
    otherwise NotAllowed with the rule's sentence. The accruals are brought up to the day first,
    then settled. Writes accrual entries of kind settle, one audit row for each, SettlementIssued.
    """
    number = credit_note.strip()[:40]
    with transaction.atomic():
        row = to_write(actor, settlement_id, PAY)
        go(row, S.CREDIT_NOTE_ISSUED)
        agreement, found = _of(row), as_settlement(row)
    _screen(actor, agreement, found)
    with transaction.atomic():
        row = to_write(actor, settlement_id, PAY)
        go(row, S.CREDIT_NOTE_ISSUED)
        old, found = told(row), as_settlement(row)
        if not number:
            text = _("A credit note has a number.")
            raise Invalid(text, fields={"credit_note": text})
        if models.Settlement.objects.filter(credit_note=number).exists():
            text = _("This number is taken.")
            raise Invalid(text, code="number_taken", fields={"credit_note": text})
        subject = str(row.pk)
        assert_approved(
            kind=SubjectKind.SETTLEMENT, subject_id=subject, content_hash=row.content_hash
        )
        last = found.period.last
        catch_up(actor=SYSTEM, agreement_id=row.agreement_id, first=last, last=last)
        _book(actor, agreement, row, found, AccrualKind.SETTLE)
        _draw(actor, agreement, found, f"settlement:{row.pk}", number)
        row.state, row.credit_note, row.posted = S.CREDIT_NOTE_ISSUED.value, number, True
        row.issued_on = timezone.localdate()
        row.save_checked(actor, expected_version)
        record(actor, row, "settlement_issue", old)
        outbox.publish(
            SettlementIssued(
                settlement_id=row.pk, agreement_id=row.agreement_id,
                account_id=agreement.account_id, amount=f"{found.total.amount:f}",
                currency=row.currency,
            )
        )  # fmt: skip
    return as_settlement(row)


def pay(
    *, actor: Actor, settlement_id: int, expected_version: int, on: date, reference: str
) -> Settlement:
    """Note that a credit note was paid (or what was asked back came in): when, and by what."""
    if not reference.strip() or on > timezone.localdate():
        text = _("A payment has a day that is past and a reference.")
        raise Invalid(text, fields={"reference": text})
    with transaction.atomic():
        row = to_write(actor, settlement_id, PAY)
        go(row, S.PAID)
        old = told(row)
        row.state, row.paid_on, row.reference = S.PAID.value, on, reference.strip()[:80]
        row.save_checked(actor, expected_version)
        record(actor, row, "settlement_pay", old)
    return as_settlement(row)


def dispute(*, actor: Actor, settlement_id: int, expected_version: int, reason: str) -> Settlement:
    """Note that the customer does not agree, and why."""
    return _say(actor, settlement_id, expected_version, S.DISPUTED, reason, "settlement_dispute")


def resolve(*, actor: Actor, settlement_id: int, expected_version: int, reason: str) -> Settlement:
    """Note how a dispute ended; then it is calculated again, paid, or written off."""
    return _say(actor, settlement_id, expected_version, S.RESOLVED, reason, "settlement_resolve")


def ask_write_off(
    *, actor: Actor, settlement_id: int, expected_version: int, reason: str
) -> Settlement:
    """Ask to write a resolved settlement off: nothing of it will be paid or asked back."""
    why = _why(reason)
    with transaction.atomic():
        row = to_write(actor, settlement_id)
        go(row, S.WRITTEN_OFF)
        old, found, agreement = told(row), as_settlement(row), _of(row)
        row.reason, row.authors = why, authors(actor, row.authors)
        row.save_checked(actor, expected_version)
        record(actor, row, "settlement_ask_write_off", old, why)
        ask = Ask(
            kind=SubjectKind.WRITE_OFF,
            subject_id=f"{WRITE_OFF}{row.pk}",
            title=f"{agreement.number} {agreement.title}, {found.period}".strip(),
            content_hash=_write_off_hash(row),
            facts=Facts(amount=abs(found.total.amount), currency=row.currency),
            evidence={"agreement": agreement.number, "amount": str(found.total), "why": why},
            account_id=agreement.account_id,
        )
        request_approval(actor=actor, ask=ask)
    return as_settlement(row)


def take_write_off_decision(*, request_id: int) -> None:
    """Write a settlement off once that is approved: its accruals go, and nothing pays it later."""
    request = approval_request(request_id)
    if not request.subject_id.startswith(WRITE_OFF) or request.state is not RequestState.APPROVED:
        return
    with transaction.atomic():
        pk = int(request.subject_id.removeprefix(WRITE_OFF))
        row = to_write(SYSTEM, pk)
        if row.state != S.RESOLVED.value or _write_off_hash(row) != request.content_hash:
            return
        if {item.user_id for item in request.decisions} & set(row.authors):
            return
        old, found, agreement = told(row), as_settlement(row), _of(row)
        _book(SYSTEM, agreement, row, found, AccrualKind.WRITE_OFF)
        row.state, row.posted = S.WRITTEN_OFF.value, True
        row.save_checked(SYSTEM)
        record(SYSTEM, row, "settlement_write_off", old, row.reason)


def reverse_settlement(
    *, actor: Actor, settlement_id: int, expected_version: int, reason: str, credit_note: str
) -> Settlement:
    """Take a posted settlement back, whole, by one with the opposite lines and its own number.

    Needs ``settlements.pay`` and a reason. What was posted stays as it is; what the agreement
    owes is due again at the next settlement.
    """
    why = _why(reason)
    number = credit_note.strip()[:40]
    if not number or models.Settlement.objects.filter(credit_note=number).exists():
        text = _("A reversal has a number of its own.")
        raise Invalid(text, fields={"credit_note": text})
    with transaction.atomic():
        row = to_write(actor, settlement_id, PAY)
        if not row.posted or row.reverses_id or row.version != expected_version:
            raise Conflict(_("Only a posted settlement is reversed."), code="state")
        if models.Settlement.objects.filter(reverses=row).exists():
            raise Conflict(_("An entry is reversed once, and a reversal never."), code="reversed")
        found, agreement = as_settlement(row), _of(row)
        back = models.Settlement(
            agreement_id=row.agreement_id, starts=row.starts, ends=row.ends,
            currency=row.currency, payee=row.payee, run_hash=row.run_hash, commit=row.commit,
            state=S.CREDIT_NOTE_ISSUED.value, calculation=1, total=-row.total, posted=True,
            credit_note=number, issued_on=timezone.localdate(), reverses=row, reason=why,
            authors=authors(actor, []),
        )  # fmt: skip
        back.save_checked(actor)
        for line in found.lines:
            _opposite(actor, back, line)
        rows = models.AccrualRow.objects.filter(subject=f"settlement:{row.pk}").order_by("id")
        if rows:
            reverse_rows(actor, agreement, rows, f"settlement:{back.pk}", why)
        _draw(actor, agreement, as_settlement(back), f"settlement:{row.pk}", number)
        record(actor, back, "settlement_reverse", None, why)
    return as_settlement(back)


def _of(row: models.Settlement) -> Agreement:
    return stored(models.Agreement.objects.get(pk=row.agreement_id))


def _book(
    actor: Actor,
    agreement: Agreement,
    row: models.Settlement,
    found: Settlement,
    kind: AccrualKind,
) -> None:
    """Take the accruals down by what is due, condition by condition."""
    sums: dict[str, Money] = {}
    for line in found.lines:
        zero = Money.zero(row.currency)
        sums[line.condition] = sums.get(line.condition, zero) - line.due
    entries = [expense(kind, key, amount, agreement.id) for key, amount in sums.items() if amount]
    reason = f"{agreement.number}, {found.period}"
    settle_down(actor, agreement, entries, f"settlement:{row.pk}", reason, f"accrual_{kind}")


def _draw(actor: Actor, agreement: Agreement, found: Settlement, subject: str, number: str) -> None:
    """Take what is due out of the funds that its conditions name."""
    draw_on_funds(
        actor=actor, agreement=agreement, due=[(one.condition, one.due) for one in found.lines],
        subject=subject, on=found.period.last, proof=number,
    )  # fmt: skip


def _opposite(actor: Actor, back: models.Settlement, line: SettlementLine) -> None:
    models.SettlementRow(
        settlement=back, calculation=1, condition=line.condition, starts=line.period.start,
        ends=line.period.end, entitlement=line.entitlement.amount,
        settled_before=(line.settled_before + line.due).amount, due=-line.due.amount,
        carried=0, kept=0, by_id=actor.user_id,
    ).save(force_insert=True)  # fmt: skip


def _say(
    actor: Actor,
    settlement_id: int,
    expected_version: int,
    state: SettlementState,
    reason: str,
    action: str,
) -> Settlement:
    why = _why(reason)
    with transaction.atomic():
        row = to_write(actor, settlement_id)
        go(row, state)
        old = told(row)
        row.state, row.reason = state.value, why
        row.authors = authors(actor, row.authors)
        row.save_checked(actor, expected_version)
        record(actor, row, action, old, why)
    return as_settlement(row)


def _why(reason: str) -> str:
    if not reason.strip():
        raise Invalid(_("Say why."), fields={"reason": _("A correction keeps its reason.")})
    return reason.strip()[:400]


def _write_off_hash(row: models.Settlement) -> str:
    return content_hash({"write_off": row.content_hash, "reason": row.reason})


def _screen(actor: Actor, agreement: Agreement, found: Settlement) -> None:
    """Ask the rules of payment, line by line; outside of the write, so that hits stay."""
    terms = {c.key: c for version in agreement.versions for c in version.conditions}
    parties = {agreement.customer_entity.strip().casefold()} - {""}
    payee = found.payee.strip().casefold()
    for line in found.lines:
        condition = terms.get(line.condition)
        if condition is None or line.due.amount <= 0:
            continue
        facts = _facts(agreement.id, condition, line) | {
            "payee_is_not_party": bool(parties) and payee not in parties,
            "payee": found.payee,
        }
        subject = ("settlement", f"{found.id}:{line.condition}:{line.period}")
        hits = screen(
            actor=actor, context="payment", subject=subject, facts=facts,
            account_id=agreement.account_id,
        )  # fmt: skip
        refuse_if_stopped(hits)


def _facts(agreement_id: int, condition: Condition, line: SettlementLine) -> dict[str, object]:
    service = condition.service
    proved = has_proof(agreement_id, condition.key, line.period)
    found: dict[str, object] = {"ledger_code": condition.gl_code, "condition": condition.key}
    if condition.family in SERVICES:
        found |= {
            "is_service": True,
            "deliverable": service.deliverable if service else "",
            "dates": str(service.due) if service and service.due else "",
            "proof": "kept" if proved else "",
            "fair_value_note": service.fair_value_note if service else "",
        }
    return found
