"""Accounts as JSON."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status

from keystead.accounts import queries, services
from keystead.accounts.types import Account, Span
from keystead.kit.access import actor_of, policy
from keystead.kit.http import page_of

router = Router(tags=["accounts"])


class AccountBody(Schema):
    id: int
    code: str
    name: str
    kind: str
    country: str
    currency: str
    segment: str
    territory: str
    channel: str
    status: str
    version: int


class AccountPage(Schema):
    items: list[AccountBody]
    next: str | None
    total: int


class SpanBody(Schema):
    """Half-open: ``valid_to`` is the first day on which it no longer holds."""

    valid_from: date | None
    valid_to: date | None


class IdentifierBody(SpanBody):
    id: int
    scheme: str
    value: str
    source: str
    version: int


class MembershipBody(SpanBody):
    id: int
    role: str
    member_id: int
    member_code: str
    group_id: int
    group_code: str
    weight: Decimal | None
    version: int


class MeasureBody(Schema):
    id: int
    kind: str
    value: Decimal
    unit: str
    currency: str
    as_of: date
    source: str
    confidence: str
    version: int


class ProfileBody(Schema):
    key: str
    label: str
    value: str
    reviewed_on: date | None
    freshness: str
    version: int


class TeamBody(SpanBody):
    id: int
    user_id: int
    name: str
    role: str
    version: int


class DetailBody(AccountBody):
    identifiers: list[IdentifierBody]
    memberships: list[MembershipBody]
    measures: list[MeasureBody]
    profile: list[ProfileBody]
    team: list[TeamBody]


class NewAccount(Schema):
    code: str
    name: str
    kind: str
    country: str = ""
    currency: str = ""
    segment: str = ""
    territory: str = ""
    channel: str = ""
    status: str = "active"


class AccountChange(Schema):
    """``version`` is the one that was read: a change in between answers 409 with both values."""

    version: int
    code: str | None = None
    name: str | None = None
    kind: str | None = None
    country: str | None = None
    currency: str | None = None
    segment: str | None = None
    territory: str | None = None
    channel: str | None = None
    status: str | None = None


class Filters(Schema):
    search: str = ""
    kind: str = ""
    status: str = ""
    country: str = ""
    segment: str = ""
    territory: str = ""
    channel: str = ""


@router.get("/accounts", response=AccountPage)
@policy("accounts.view")
def list_accounts(
    request: HttpRequest,
    filters: Query[Filters],
    limit: int = 100,
    after: str = "",
    offset: int = 0,
) -> dict[str, Any]:
    """The accounts you may see, by code. Page on with `after` (or skip rows with `offset`)."""
    given = {key: value for key, value in filters.dict().items() if value and key != "search"}
    rows = queries.all_found(actor_of(request), search=filters.search, filters=given)
    rows = tuple(sorted(rows, key=lambda row: row.code))
    page = page_of(rows[max(offset, 0) :], key=lambda row: row.code, limit=limit, after=after)
    return {**page, "total": len(rows)}


@router.post("/accounts", response={201: AccountBody})
@policy("accounts.edit")
def create_account(request: HttpRequest, body: NewAccount) -> Status[Any]:
    """Create an account; unless you see all accounts you become its owner."""
    return Status(
        201, services.create_account(actor=actor_of(request), source="api", **body.dict())
    )


@router.get("/accounts/by-code/{code}", response=DetailBody)
@policy("accounts.view")
def account_by_code(request: HttpRequest, code: str) -> dict[str, Any]:
    """One account by its code, or by the code of one that was merged into it."""
    return _detail(request, queries.account_by_code(actor_of(request), code))


@router.get("/accounts/{account_id}", response=DetailBody)
@policy("accounts.view")
def account(request: HttpRequest, account_id: int) -> dict[str, Any]:
    """One account with all that hangs on it; a merged one answers as the one it lives on in."""
    return _detail(request, queries.account_for(actor_of(request), account_id))


@router.patch("/accounts/{account_id}", response=AccountBody)
@policy("accounts.edit")
def edit_account(request: HttpRequest, account_id: int, body: AccountChange) -> Account:
    """Change the fields that are given."""
    values = body.dict(exclude_unset=True, exclude_none=True)
    version = values.pop("version")
    return services.edit_account(
        actor=actor_of(request), account_id=account_id, version=version, source="api", **values
    )


def _detail(request: HttpRequest, found: Account) -> dict[str, Any]:
    actor = actor_of(request)
    members = queries.groups_of(actor, found)
    return {
        **{name: getattr(found, name) for name in AccountBody.model_fields},
        "identifiers": [_with_span(row) for row in queries.identifiers_for(actor, found)],
        "memberships": [_with_span(row) for row in members],
        "measures": queries.measures_for(actor, found),
        "profile": queries.profile_for(actor, found),
        "team": [_with_span(row) for row in queries.team_for(actor, found)],
    }


def _with_span(row: Any) -> dict[str, Any]:
    span: Span = row.span
    values = {name: getattr(row, name) for name in row.__dataclass_fields__ if name != "span"}
    return {**values, "valid_from": span.valid_from, "valid_to": span.valid_to}
