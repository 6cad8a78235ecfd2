"""Settle what was granted of a claim against the accruals; give up what was not, with approval."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from keystead.agreements import models
from keystead.agreements.queries.agreements import stored, visible
from keystead.agreements.queries.claims import claim_for, matches_of, stored_claim
from keystead.agreements.services import accruing
from keystead.agreements.services.claim_deciding import (
    WRITE_OFF,
    answer_of,
    payable_conditions,
    payment_stops,
    require_granted,
    waiting_claim,
)
from keystead.agreements.services.claims import (
    claim_to_write,
    keep_claim,
    told_claim,
    with_claim_author,
)
from keystead.agreements.services.drawing import draw_on_funds
from keystead.agreements.types import Claim, ClaimState
from keystead.governance.queries.approvals import request as approval_request
from keystead.governance.rules.approvals import content_hash
from keystead.governance.services.approvals import request_approval
from keystead.governance.types.approvals import Ask, Change, Facts, SubjectKind
from keystead.kernel.errors import Conflict, Invalid, NotFound
from keystead.kernel.money import Money
from keystead.kit.access import SYSTEM, Actor

S = ClaimState
REST = frozenset({S.PARTLY, S.REJECTED, S.SETTLED})


def pay_claim(
    *,
    actor: Actor,
    claim_id: int,
    on: date,
    credit_note: str = "",
    expected_version: int | None = None,
) -> Claim:
    """Pay what was granted: the accruals it is set against go down by it.

    Needs ``accruals.post`` (finance). A service without proof (R-09) or a condition without a
    ledger account (R-13) is not paid. What was granted beyond the accruals is only noted: its
    credit note comes with the invoices. Writes accrual entries through ``accruing`` and one row
    of the trail for the claim. Raises NotAllowed (a rule), Conflict, Invalid.
    """
    actor.require("accruals.post")
    found = claim_for(actor, claim_id)
    for condition in payable_conditions(found):
        payment_stops(actor, found, condition, found.evidence)
    with transaction.atomic():
        row = claim_to_write(actor, claim_id)
        require_granted(row)
        if on < row.on:
            text = _("It is settled after it was made.")
            raise Invalid(text, code="settled_early", fields={"day": text})
        old = told_claim(row)
        row.state, row.settled_on = S.SETTLED.value, on
        row.credit_note = credit_note.strip()[:60]
        keep_claim(actor, row, "settle", old, expected=expected_version)
        why = f"{row.external_number} {row.credit_note}".strip()
        for part in matches_of(row.pk):
            draw_on_funds(
                actor=actor,
                agreement=stored(models.Agreement.objects.get(pk=part.agreement_id)),
                due=[(part.condition, part.amount)],
                subject=f"claim:{row.pk}",
                on=row.on,
                proof=why,
            )
            accruing.settle_claim(
                actor=actor,
                agreement_id=part.agreement_id,
                condition=part.condition,
                amount=part.amount,
                subject=f"claim:{row.pk}",
                reason=why,
            )
    return stored_claim(row)


def propose_write_off(
    *,
    actor: Actor,
    claim_id: int,
    amount: Decimal,
    reason: str,
    agreement_id: int | None = None,
    condition: str = "",
    expected_version: int | None = None,
) -> Claim:
    """Ask for approval to give up what was not granted and the customer keeps.

    At most the rest. ``agreement_id`` and ``condition`` name the accrual that bears it; without,
    it is only noted on the claim. Needs a reason; one audit row here and one for the request.
    """
    if not reason.strip():
        text = _("A write-off keeps its reason.")
        raise Invalid(text, fields={"reason": text})
    with transaction.atomic():
        row = claim_to_write(actor, claim_id)
        if ClaimState(row.state) not in REST or row.giving_up is not None:
            raise Conflict(_("Only what was decided and not granted is written off."), code="state")
        rest = row.amount - (row.granted or Decimal(0)) - (row.written_off or Decimal(0))
        if not 0 < amount <= rest:
            text = _("At most %(rest)s is left.") % {"rest": Money(rest, row.currency).quantised()}
            raise Invalid(text, code="over_rest", fields={"amount": text})
        if agreement_id is not None:
            _bears(actor, row, agreement_id, condition, amount)
        old = told_claim(row)
        row.giving_up, row.write_off_reason = amount, reason.strip()[:400]
        row.write_off_agreement_id = agreement_id
        row.write_off_condition = condition if agreement_id is not None else ""
        with_claim_author(row, actor)
        keep_claim(actor, row, "write_off", old, expected=expected_version, why=reason.strip())
        request_approval(actor=actor, ask=_ask(row))
    return stored_claim(row)


def take_claim_write_off(*, request_id: int) -> None:
    """Write the rest of a claim off as its request was answered; idempotent."""
    request = approval_request(request_id)
    if request.kind is not SubjectKind.WRITE_OFF or not request.subject_id.startswith(WRITE_OFF):
        return
    with transaction.atomic():
        row = waiting_claim(request, giving_up__isnull=False)
        if row is None or _content(row) != request.content_hash:
            return
        old, amount = told_claim(row), row.giving_up or Decimal(0)
        row.giving_up = None
        approved, why = answer_of(request, row)
        if not approved:
            keep_claim(SYSTEM, row, "return", old, why=why)
            return
        row.written_off = (row.written_off or Decimal(0)) + amount
        keep_claim(SYSTEM, row, "written_off", old, why=why)
        if row.write_off_agreement_id is not None:
            accruing.settle_claim(
                actor=SYSTEM,
                agreement_id=row.write_off_agreement_id,
                condition=row.write_off_condition,
                amount=Money(amount, row.currency),
                subject=f"claim:{row.pk}",
                reason=row.write_off_reason,
            )


def _bears(
    actor: Actor, row: models.Claim, agreement_id: int, condition: str, amount: Decimal
) -> None:
    found = visible(actor).filter(pk=agreement_id).first()
    if found is None:
        raise NotFound(_("There is no such open accrual."), code="no_accrual")
    left = accruing.open_balance(stored(found), condition)
    if left.currency != row.currency or left.amount < amount:
        text = _("Only %(open)s are open of %(condition)s.") % {
            "open": left.quantised(),
            "condition": condition,
        }
        raise Invalid(text, code="over_accrual", fields={"amount": text})


def _content(row: models.Claim) -> str:
    names = ("external_number", "account", "amount", "currency", "granted", "giving_up",
             "write_off_agreement", "write_off_condition", "write_off_reason")  # fmt: skip
    told = row.snapshot()
    return content_hash({name: told[name] for name in names})


def _ask(row: models.Claim) -> Ask:
    row.refresh_from_db()  # what is hashed must read as it is stored
    amount = Money(row.giving_up or Decimal(0), row.currency).quantised()
    evidence = {"claim": row.external_number, "reason": row.write_off_reason}
    if row.write_off_condition:
        evidence["condition"] = row.write_off_condition
    return Ask(
        kind=SubjectKind.WRITE_OFF,
        subject_id=f"{WRITE_OFF}{row.pk}",
        title=f"{row.external_number}: {amount}",
        content_hash=_content(row),
        facts=Facts(amount=row.giving_up, currency=row.currency),
        changes=(Change(row.external_number, str(amount), ""),),
        evidence=evidence,
        account_id=row.account_id,
    )
