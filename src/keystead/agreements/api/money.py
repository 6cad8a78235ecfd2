"""JSON endpoints: agreements, what they have earned, accrued and settled."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema

from keystead.agreements import queries
from keystead.agreements.queries import wire
from keystead.agreements.queries.accruals import balances, entries
from keystead.agreements.queries.evaluation import evaluate_agreement
from keystead.agreements.queries.settlements import settlements_of
from keystead.kit.access import actor_of, policy

router = Router()
MOST = 200


class AgreementBody(Schema):
    id: int
    number: str
    title: str
    kind: str
    state: str
    account_id: int
    first_day: str
    last_day: str
    currency: str
    versions: list[dict[str, Any]]
    version: int


class AgreementsBody(Schema):
    count: int
    agreements: list[AgreementBody]


class EntitlementBody(Schema):
    """Amounts are decimal texts; each line carries the steps it came about by."""

    agreement: str
    version: int
    as_of: str
    commit: int
    inputs_hash: str
    currency: str
    total: str
    cap_cut: str
    floor_top_up: str
    lines: list[dict[str, Any]]


class AccrualsBody(Schema):
    agreement: str
    currency: str
    balances: dict[str, str]
    entries: list[dict[str, Any]]


class SettlementBody(Schema):
    id: int
    state: str
    first_day: str
    last_day: str
    currency: str
    total: str
    payee: str
    due_on: str | None
    credit_note: str
    paid_on: str | None
    reverses: int | None
    run_hash: str
    version: int
    lines: list[dict[str, Any]]


@router.get("/agreements", response=AgreementsBody)
@policy("agreements.view")
def agreements(
    request: HttpRequest, state: str = "", q: str = "", offset: int = 0, limit: int = 50
) -> dict[str, Any]:
    """Agreements whose terms you may read, the latest first; versions only of one agreement."""
    found = queries.agreements_for(actor_of(request), state=state, search=q)
    start = max(0, offset)
    page = found[start : start + max(1, min(limit, MOST))]
    return {"count": len(found), "agreements": [wire.agreement_body(one) for one in page]}


@router.get("/agreements/{agreement_id}", response=AgreementBody)
@policy("agreements.view")
def agreement(request: HttpRequest, agreement_id: int) -> dict[str, Any]:
    """One agreement with its versions."""
    return wire.agreement_body(queries.agreement_for(actor_of(request), agreement_id))


@router.get("/agreements/{agreement_id}/entitlement", response=EntitlementBody)
@policy("agreements.view")
def entitlement(
    request: HttpRequest,
    agreement_id: int,
    as_of: date | None = None,
    version: int | None = None,
) -> dict[str, Any]:
    """What it has earned up to a day (default: today), line by line with the trace."""
    found = evaluate_agreement(
        actor_of(request), agreement_id, as_of=as_of or timezone.localdate(), version=version
    )
    return wire.entitlement_body(found)


@router.get("/agreements/{agreement_id}/accruals", response=AccrualsBody)
@policy("agreements.view")
def accruals(request: HttpRequest, agreement_id: int) -> dict[str, Any]:
    """What is open by condition, and every entry of the accrual ledger."""
    actor = actor_of(request)
    found = queries.agreement_for(actor, agreement_id)
    return wire.accruals_body(found, dict(balances(actor, found.id)), entries(actor, found.id))


@router.get("/agreements/{agreement_id}/settlements", response=list[SettlementBody])
@policy("agreements.view")
def settlements(request: HttpRequest, agreement_id: int) -> list[dict[str, Any]]:
    """Its settlements, the latest first, with their lines."""
    return [wire.settlement_body(one) for one in settlements_of(actor_of(request), agreement_id)]
