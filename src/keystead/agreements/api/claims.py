"""JSON endpoints: claims, from the debit note to the decision."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema, Status

from keystead.agreements import services
from keystead.agreements.queries.claim_wire import claim_body, claim_rows
from keystead.agreements.queries.claims import claim_for, claims_for
from keystead.agreements.types import ClaimKind, ClaimReason
from keystead.agreements.types.claims import ClaimEntry, MatchPart
from keystead.kernel.money import Money
from keystead.kit.access import actor_of, policy
from keystead.kit.http import page_of

router = Router()


class ClaimBody(Schema):
    """Amounts are exact texts. ``flags``: duplicate, over_accrual, no_proof."""

    id: int
    account_id: int
    number: str
    kind: str
    reason: str
    amount: str
    currency: str
    on: date
    due_on: date | None
    age_days: int | None
    age_band: str | None
    state: str
    waits_for_approval: bool
    proposed: str | None
    granted: str | None
    written_off: str | None
    decision_reason: str
    agreement: str
    invoice: str
    note: str
    flags: list[str]
    version: int


class WholeClaimBody(ClaimBody):
    """``candidates``: open accruals it may be for, the best fit first."""

    errors: list[str]
    duplicate_of: int | None
    matches: list[dict[str, Any]]
    candidates: list[dict[str, Any]]
    evidence: list[dict[str, Any]]


class ClaimPage(Schema):
    items: list[ClaimBody]
    next: str | None


class NewClaim(Schema):
    account_id: int
    number: str
    kind: ClaimKind
    reason: ClaimReason
    amount: Decimal
    currency: str
    on: date
    agreement: str = ""
    condition: str = ""
    invoice: str = ""
    product_code: str = ""
    wholesaler_code: str = ""
    first: date | None = None
    last: date | None = None
    quantity: Decimal | None = None
    unit_price: Decimal | None = None
    due_on: date | None = None
    customer_code: str = ""
    note: str = ""


class PartBody(Schema):
    agreement_id: int
    condition: str
    amount: Decimal


class Matching(Schema):
    """Parts of the claim; none says that nothing fits, null takes what is proposed."""

    parts: list[PartBody] | None = None
    version: int | None = None


class Checked(Schema):
    remark: str = ""
    version: int | None = None


class Decision(Schema):
    """Zero rejects; less than the claim needs a reason. A second person approves."""

    amount: Decimal
    reason: str = ""
    version: int | None = None


@router.get("/claims", response=ClaimPage)
@policy("agreements.view")
def claims(
    request: HttpRequest,
    state: str = "",
    kind: str = "",
    band: Literal["", "0-30", "31-60", "61-90", "91+"] = "",
    q: str = "",
    account_id: int | None = None,
    limit: int = 100,
    after: str = "",
) -> dict[str, Any]:
    """Claims on accounts whose terms you may read; state "open" for all that still wait."""
    actor, today = actor_of(request), timezone.localdate()
    found = claims_for(
        actor, today=today, state=state, kind=kind, band=band, search=q, account_id=account_id
    )
    page = page_of(found, key=lambda one: one.id, limit=limit, after=after)
    return {**page, "items": claim_rows(page["items"], today)}


@router.get("/claims/{claim_id}", response=WholeClaimBody)
@policy("agreements.view")
def claim(request: HttpRequest, claim_id: int) -> dict[str, Any]:
    """One claim with its errors, its flags, and the open accruals it may be for."""
    return claim_body(actor_of(request), claim_id, timezone.localdate())


@router.post("/claims", response={201: WholeClaimBody})
@policy("claims.edit")
def receive(request: HttpRequest, body: NewClaim) -> Status[dict[str, Any]]:
    """Enter a claim as the customer sent it; one that repeats another is kept and flagged."""
    actor, given = actor_of(request), body.dict()
    given["external_number"] = given.pop("number")
    given["agreement_number"] = given.pop("agreement")
    made = services.receive_claim(actor=actor, entry=ClaimEntry(**given))
    return Status(201, claim_body(actor, made.id, timezone.localdate()))


@router.post("/claims/{claim_id}/match", response=WholeClaimBody)
@policy("claims.edit")
def match(request: HttpRequest, claim_id: int, body: Matching) -> dict[str, Any]:
    """Set it against open accruals."""
    actor, today = actor_of(request), timezone.localdate()
    found = claim_for(actor, claim_id)
    if body.parts is None:
        services.match_as_proposed(
            actor=actor, claim_id=found.id, today=today, expected_version=body.version
        )
    else:
        parts = [
            MatchPart(one.agreement_id, one.condition, Money(one.amount, found.amount.currency))
            for one in body.parts
        ]
        services.match_claim(
            actor=actor, claim_id=found.id, parts=parts, expected_version=body.version
        )
    return claim_body(actor, found.id, today)


@router.post("/claims/{claim_id}/check", response=WholeClaimBody)
@policy("claims.edit")
def check(request: HttpRequest, claim_id: int, body: Checked) -> dict[str, Any]:
    """Say that you looked at the errors, the flags and what was shown."""
    actor, today = actor_of(request), timezone.localdate()
    services.validate_claim(
        actor=actor, claim_id=claim_id, today=today, remark=body.remark,
        expected_version=body.version,
    )  # fmt: skip
    return claim_body(actor, claim_id, today)


@router.post("/claims/{claim_id}/decide", response=WholeClaimBody)
@policy("claims.edit")
def decide(request: HttpRequest, claim_id: int, body: Decision) -> dict[str, Any]:
    """Ask a second person to grant all, a part or nothing."""
    actor, today = actor_of(request), timezone.localdate()
    services.propose_decision(
        actor=actor, claim_id=claim_id, amount=body.amount, reason=body.reason, today=today,
        expected_version=body.version,
    )  # fmt: skip
    return claim_body(actor, claim_id, today)
