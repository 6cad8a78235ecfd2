"""JSON endpoints: funds with what is promised, spent and left, and every movement of one."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema

from keystead.agreements.queries.funds import fund_for, funds_for, moves_of
from keystead.agreements.types.funds import Fund, FundMove
from keystead.kit.access import actor_of, policy
from keystead.kit.http import page_of

router = Router()


class FundBody(Schema):
    """Amounts are exact text. ``available``: what can still be promised until ``expires``."""

    id: int
    account_id: int
    name: str
    kind: str
    currency: str
    starts: date
    expires: date
    expired: bool
    rate_pct: str | None
    budget: str
    committed: str
    spent: str
    available: str
    agreement_id: int | None
    agreement: str
    note: str
    version: int


class FundPage(Schema):
    items: list[FundBody]
    next: str | None


class MoveBody(Schema):
    """``subject`` is what it belongs to: expense:12, settlement:3, claim:7."""

    id: int
    kind: str
    amount: str
    on: date
    subject: str
    proof: str
    reason: str
    by: str
    at: str


class FundWhole(FundBody):
    moves: list[MoveBody]


@router.get("/funds", response=FundPage)
@policy("campaigns.view")
def funds(
    request: HttpRequest,
    account_id: int | None = None,
    agreement_id: int | None = None,
    expired: bool | None = None,
    limit: int = 100,
    after: str = "",
) -> dict[str, Any]:
    """The funds you may see, with budget, committed, spent and what is left."""
    today = timezone.localdate()
    found = [
        one
        for one in funds_for(actor_of(request), account_id=account_id)
        if (agreement_id is None or one.head.agreement_id == agreement_id)
        and (expired is None or expired is (one.head.expires < today))
    ]
    return page_of(found, key=lambda one: one.id, limit=limit, after=after, shown=_body)


@router.get("/funds/{fund_id}", response=FundWhole)
@policy("campaigns.view")
def fund(request: HttpRequest, fund_id: int) -> dict[str, Any]:
    """One fund, with every movement in its order."""
    found = fund_for(actor_of(request), fund_id)
    return {**_body(found), "moves": [_move(one) for one in moves_of(found.id)]}


def _body(found: Fund) -> dict[str, Any]:
    head, balance = found.head, found.balance
    return {
        "id": found.id,
        **{name: getattr(head, name) for name in (
            "account_id", "name", "currency", "starts", "expires", "agreement_id", "note",
        )},
        "kind": head.kind.value,
        "expired": head.expires < timezone.localdate(),
        "rate_pct": None if head.rate_pct is None else f"{head.rate_pct:f}",
        "budget": f"{balance.budget.amount:f}",
        "committed": f"{balance.committed.amount:f}",
        "spent": f"{balance.spent.amount:f}",
        "available": f"{balance.available.amount:f}",
        "agreement": found.agreement_number,
        "version": found.version,
    }  # fmt: skip


def _move(one: FundMove) -> dict[str, Any]:
    return {
        "id": one.id, "kind": one.kind.value, "amount": f"{one.amount.amount:f}", "on": one.on,
        "subject": one.subject, "proof": one.proof, "reason": one.reason, "by": one.by_name,
        "at": one.at.isoformat(),
    }  # fmt: skip
