"""A running agreement with something accrued, and claims against it, with few words."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from keystead.accounts.tests.factories import shared_with
from keystead.accounts.types import Account
from keystead.agreements import models, services
from keystead.agreements.queries.claims import stored_claim
from keystead.agreements.tests.factories import account, approved, draft, rebate, terms, tiers
from keystead.agreements.types import (
    AccrualBasis,
    AccrualKind,
    Agreement,
    Claim,
    ClaimKind,
    ClaimReason,
    Every,
    Family,
    Measure,
    RateKind,
    Service,
    Terms,
    Timing,
)
from keystead.agreements.types.claims import ClaimEntry, MatchPart
from keystead.governance.queries.approvals import latest
from keystead.governance.services import approvals
from keystead.governance.types.approvals import SubjectKind
from keystead.kernel.money import Money
from keystead.kernel.periods import Period
from keystead.kit.access import Actor

TODAY = timezone.localdate()
D = Decimal


@dataclasses.dataclass
class Deal:
    """An account, its agreement, and those who decide."""

    account: Account
    agreement: Agreement
    kam: Actor
    finance: Actor
    other_finance: Actor


def fee(key: str = "listing") -> Any:
    """Return a listing fee with all that R-09 asks for."""
    year = TODAY.year
    due = Period(date(year - 1, 7, 1), date(year + 1, 7, 1))
    return rebate(
        key, family=Family.LISTING_FEE, label="Listing fee", timing=Timing.LUMP, gl_code="4712",
        tier_measure=Measure.NONE, benefit_measure=Measure.NONE, rate_kind=RateKind.FIXED,
        tier_period=Every.YEAR, tiers=tiers((0, 500)),
        service=Service("12 products listed", "screenshots", "market rate", due),
    )  # fmt: skip


def deal(kam: Actor, make_actor: Callable[..., Actor], *, wanted: Terms | None = None) -> Deal:
    """Bring an agreement with a rebate and a listing fee into force."""
    people = [make_actor(f"p_{role}", role) for role in ("director", "finance", "compliance")]
    one = shared_with(account(kam), people[0])
    given = wanted or terms(conditions=(*terms().conditions, fee()))
    found = approved(kam, draft(kam, one, terms=given), *people)
    signed = services.sign(
        actor=kam, agreement_id=found.id, expected_version=found.version, signed_on=TODAY
    )
    live = services.activate(actor=kam, agreement_id=signed.id, expected_version=signed.version)
    return Deal(one, live, kam, people[1], make_actor("p_finance2", "finance"))


def accrue(found: Agreement, condition: str, amount: Any, *, month: date | None = None) -> None:
    """Book an accrual of a condition, as a month's close does."""
    models.AccrualRow.objects.create(
        agreement_id=found.id,
        condition=condition,
        month=(month or TODAY).replace(day=1),
        kind=AccrualKind.ACCRUE.value,
        basis=AccrualBasis.ACTUAL.value,
        amount=D(str(amount)),
        currency=found.currency,
        as_of=TODAY,
        lineage="test",
        at=timezone.now(),
    )


def entry(one: Account, **changes: Any) -> ClaimEntry:
    given = ClaimEntry(
        account_id=one.id,
        external_number="D-1",
        kind=ClaimKind.DEDUCTION,
        reason=ClaimReason.REBATE,
        amount=D(80),
        currency="CNY",
        on=TODAY - timedelta(days=10),
    )
    return dataclasses.replace(given, **changes)


def received(actor: Actor, one: Account, **changes: Any) -> Claim:
    return services.receive_claim(actor=actor, entry=entry(one, **changes))


def part(found: Agreement, condition: str, amount: Any) -> MatchPart:
    return MatchPart(found.id, condition, Money(D(str(amount)), found.currency))


def validated(actor: Actor, claim: Claim, *parts: MatchPart) -> Claim:
    services.match_claim(actor=actor, claim_id=claim.id, parts=parts)
    return services.validate_claim(actor=actor, claim_id=claim.id, today=TODAY, remark="Seen")


def proposed(actor: Actor, claim: Claim, amount: Any, reason: str = "") -> Claim:
    return services.propose_decision(
        actor=actor, claim_id=claim.id, amount=D(str(amount)), reason=reason, today=TODAY
    )


def answer(claim: Claim, approver: Actor, *, approve: bool = True, reason: str = "No") -> Claim:
    """Answer what was asked about a claim, and have the decision delivered."""
    asked = latest(SubjectKind.CLAIM, str(claim.id))
    assert asked is not None
    approvals.decide(actor=approver, request_id=asked.id, approve=approve, reason=reason)
    services.take_claim_decision(request_id=asked.id)
    return now_claim(claim)


def now_claim(claim: Claim) -> Claim:
    return stored_claim(models.Claim.objects.get(pk=claim.id))
