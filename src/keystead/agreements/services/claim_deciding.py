"""What becomes of a claim: a decision that a second person approves, settlement, write-off."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from keystead.agreements import models
from keystead.agreements.queries.agreements import in_force, stored
from keystead.agreements.queries.claim_checks import condition_named, look
from keystead.agreements.queries.claims import matches_of, stored_claim
from keystead.agreements.rules.claims import GRANTED, outcome
from keystead.agreements.services.claims import (
    claim_to_write,
    keep_claim,
    require_undecided,
    told_claim,
    with_claim_author,
)
from keystead.agreements.types import (
    SERVICES,
    Claim,
    ClaimDecided,
    ClaimFlag,
    ClaimState,
    Condition,
)
from keystead.governance.queries.approvals import latest
from keystead.governance.queries.approvals import request as approval_request
from keystead.governance.rules.approvals import content_hash
from keystead.governance.services.approvals import request_approval, withdraw
from keystead.governance.services.compliance import refuse_if_stopped, screen
from keystead.governance.types.approvals import (
    ApprovalRequest,
    Ask,
    Change,
    Facts,
    RequestState,
    SubjectKind,
)
from keystead.kernel.errors import Conflict, Invalid
from keystead.kernel.money import Money
from keystead.kit import outbox
from keystead.kit.access import SYSTEM, Actor

S = ClaimState
WRITE_OFF = "claim:"  # what write-offs of claims are called among approvals


def propose_decision(
    *,
    actor: Actor,
    claim_id: int,
    amount: Decimal,
    reason: str,
    today: date,
    expected_version: int | None = None,
) -> Claim:
    """Ask for approval to grant all, a part (with its reason) or nothing of a claim.

    What repeats another claim or goes beyond its accrual stops until compliance allows it (rule
    R-25). Writes one audit row here and one for the request. Raises Invalid, NotAllowed, Conflict.
    """
    with transaction.atomic():
        row = claim_to_write(actor, claim_id)
        claim = stored_claim(row)
        _may_propose(row, amount, reason)
    if amount:
        _screen_repeat(actor, claim, amount, today)
    with transaction.atomic():
        row = claim_to_write(actor, claim_id)
        _may_propose(row, amount, reason)
        old = told_claim(row)
        row.proposed, row.decision_reason = amount, reason.strip()[:400]
        with_claim_author(row, actor)
        keep_claim(actor, row, "propose", old, expected=expected_version, why=reason.strip())
        request_approval(actor=actor, ask=_ask(actor, row, today))
    return stored_claim(row)


def withdraw_proposal(*, actor: Actor, claim_id: int, expected_version: int | None = None) -> Claim:
    """Take back what waits for approval; only who asked for it."""
    with transaction.atomic():
        row = claim_to_write(actor, claim_id)
        asked = latest(SubjectKind.CLAIM, str(row.pk))
        if row.proposed is None or asked is None:
            raise Conflict(_("Nothing of this claim waits for approval."), code="state")
        withdraw(actor=actor, request_id=asked.id)
        old = told_claim(row)
        row.proposed = None
        keep_claim(actor, row, "withdraw", old, expected=expected_version)
    return stored_claim(row)


def take_claim_decision(*, request_id: int) -> None:
    """Move a claim on as its request was answered; idempotent, and only for what was asked.

    Who had a hand in it cannot have approved it (rule R-24). Event ClaimDecided.
    """
    request = approval_request(request_id)
    if request.kind is not SubjectKind.CLAIM or not request.subject_id.isdecimal():
        return
    with transaction.atomic():
        row = waiting_claim(request, proposed__isnull=False)
        if row is None or claim_content(row) != request.content_hash:
            return
        old, granted = told_claim(row), row.proposed or Decimal(0)
        row.proposed = None
        approved, why = answer_of(request, row)
        if not approved:
            keep_claim(SYSTEM, row, "return", old, why=why)
            return
        row.granted = granted
        state = outcome(Money(row.amount, row.currency), Money(granted, row.currency))
        row.state = state.value
        if state is S.PARTLY:
            _trim(row, granted)
        keep_claim(SYSTEM, row, "decide", old, why=why)
        outbox.publish(ClaimDecided(claim_id=row.pk, account_id=row.account_id, state=state.value))


def claim_content(row: models.Claim) -> str:
    """Return the hash of all that is approved: the claim, its parts, what is to be granted."""
    told = told_claim(row)
    left_out = ("authors", "state", "written_off", "giving_up", "evidence")
    return content_hash({name: value for name, value in told.items() if name not in left_out})


def payment_stops(
    actor: Actor, claim: Claim, condition: Condition | None, evidence: tuple[str, ...]
) -> None:
    """Refuse a payment that a rule stops: no proof (R-09), not booked (R-13)."""
    if condition is None:
        return
    service = condition.service
    facts: dict[str, Any] = {
        "is_service": condition.family in SERVICES,
        "deliverable": service.deliverable if service else "",
        "dates": str(service.due) if service and service.due else "",
        "fair_value_note": service.fair_value_note if service else "",
        "proof": list(evidence),
        "ledger_code": condition.gl_code,
    }
    subject = ("claim", claim.id)
    hits = screen(
        actor=actor, context="payment", subject=subject, facts=facts, account_id=claim.account_id
    )
    refuse_if_stopped(hits)


def payable_conditions(claim: Claim) -> tuple[Condition | None, ...]:
    """Return the conditions a claim is set against, as they held on its day."""
    found = []
    for part in matches_of(claim.id):
        agreement = in_force(stored(models.Agreement.objects.get(pk=part.agreement_id)))
        found.append(condition_named(agreement, part.condition, claim.on))
    return tuple(found)


def require_granted(row: models.Claim) -> None:
    """Raise Conflict unless a claim was granted and is not settled yet."""
    if ClaimState(row.state) not in GRANTED:
        raise Conflict(_("Only what was granted is settled, and once."), code="state")


def _may_propose(row: models.Claim, amount: Decimal, reason: str) -> None:
    require_undecided(row)
    if ClaimState(row.state) is not S.VALIDATED:
        raise Conflict(_("Check the claim first."), code="state")
    if not 0 <= amount <= row.amount:
        text = _("Grant between nothing and the claim.")
        raise Invalid(text, code="claim_amount", fields={"amount": text})
    if amount < row.amount and not reason.strip():
        text = _("What is not granted in full has a reason.")
        raise Invalid(text, code="claim_reason", fields={"reason": text})


def _screen_repeat(actor: Actor, claim: Claim, amount: Decimal, today: date) -> None:
    found = look(actor, claim, today).found
    held = sum((part.amount.amount for part in matches_of(claim.id)), Decimal(0))
    facts = {
        "duplicate": ClaimFlag.DUPLICATE in found.flags,
        "over_accrual": amount > held,
        "amount": amount,
        "accrued": held,
        "repeats": found.duplicate_of,
    }
    hits = screen(
        actor=actor,
        context="claim",
        subject=("claim", claim.id),
        facts=facts,
        account_id=claim.account_id,
    )
    refuse_if_stopped(hits)


def _ask(actor: Actor, row: models.Claim, today: date) -> Ask:
    row.refresh_from_db()  # what is hashed must read as it is stored
    claim = stored_claim(row)
    found = look(actor, claim, today).found
    granted = Money(row.proposed or Decimal(0), row.currency)
    evidence: dict[str, Any] = {"claim": row.external_number, "age": found.age_days}
    for part in matches_of(row.pk):
        evidence[f"{part.agreement_number} {part.condition}"] = str(part.amount)
    if found.errors or found.flags:
        evidence["look at"] = ", ".join([*found.errors, *found.flags])
    if row.decision_reason:
        evidence["reason"] = row.decision_reason
    return Ask(
        kind=SubjectKind.CLAIM,
        subject_id=str(row.pk),
        title=f"{row.external_number}: {granted} / {claim.amount}",
        content_hash=claim_content(row),
        facts=Facts(amount=row.amount, currency=row.currency),
        changes=(Change(row.external_number, str(claim.amount), str(granted)),),
        evidence=evidence,
        account_id=row.account_id,
    )


def waiting_claim(request: ApprovalRequest, **held: Any) -> models.Claim | None:
    """Return the locked claim a request was about, if it still waits for that answer."""
    if request.state not in (RequestState.APPROVED, RequestState.RETURNED):
        return None
    pk = request.subject_id.removeprefix(WRITE_OFF)
    return models.Claim.objects.select_for_update().filter(pk=pk, **held).first()


def answer_of(request: ApprovalRequest, row: models.Claim) -> tuple[bool, str]:
    """Return whether it counts as approved, and why not or why."""
    why = request.decisions[-1].reason if request.decisions else ""
    if request.state is not RequestState.APPROVED:
        return False, why
    if {item.user_id for item in request.decisions} & set(row.authors):
        return False, "Approved by somebody who had a hand in it: a second person is needed."
    return True, why


def _trim(row: models.Claim, granted: Decimal) -> None:
    """Free what is held beyond what was granted, the last part first."""
    over = sum((one.amount.amount for one in matches_of(row.pk)), Decimal(0)) - granted
    for part in models.ClaimMatch.objects.filter(claim=row).order_by("-id"):
        if over <= 0:
            return
        cut = min(over, part.amount)
        over -= cut
        if cut == part.amount:
            part.delete()
        else:
            part.amount -= cut
            part.save(update_fields=["amount"])
