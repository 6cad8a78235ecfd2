"""Product groups as JSON."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema, Status

from keystead.catalog import queries, services
from keystead.catalog.types import GroupMember, ProductGroup
from keystead.kit.access import actor_of, policy

router = Router(tags=["products"])


class MemberBody(Schema):
    """One product, or all of a brand or category, over whole months; half-open dates."""

    id: int
    product_id: int | None
    sku: str
    product_name: str
    brand: str
    category: str
    valid_from: date | None
    valid_to: date | None
    version: int


class GroupBody(Schema):
    id: int
    code: str
    name: str
    note: str
    version: int
    members: list[MemberBody]


class NewGroup(Schema):
    code: str
    name: str
    note: str = ""


class GroupChange(Schema):
    version: int
    name: str
    note: str = ""


class NewMember(Schema):
    """Exactly one of `product_id`, `brand`, `category`; dates at the turn of months."""

    product_id: int | None = None
    brand: str = ""
    category: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    why: str = ""


class MemberChange(Schema):
    version: int
    valid_from: date | None = None
    valid_to: date | None = None
    why: str = ""


@router.get("/product-groups", response=list[GroupBody])
@policy("accounts.view")
def list_groups(request: HttpRequest) -> list[dict[str, Any]]:
    """Every product group by code, with what it holds from which month on."""
    return [_group(one) for one in queries.groups(actor_of(request))]


@router.post("/product-groups", response={201: GroupBody})
@policy("catalog.edit")
def create_group(request: HttpRequest, body: NewGroup) -> Status[Any]:
    """Name a group; its code never changes."""
    return Status(201, _group(services.create_group(actor=actor_of(request), **body.dict())))


@router.put("/product-groups/{group_id}", response=GroupBody)
@policy("catalog.edit")
def edit_group(request: HttpRequest, group_id: int, body: GroupChange) -> dict[str, Any]:
    """Change the name or the note of a group."""
    actor = actor_of(request)
    services.edit_group(actor=actor, group_id=group_id, **body.dict())
    return _group(queries.group_for(actor, group_id))


@router.post("/product-groups/{group_id}/members", response={201: MemberBody})
@policy("catalog.edit")
def add_member(request: HttpRequest, group_id: int, body: NewMember) -> Status[Any]:
    """Put a product, brand or category into a group; `why` where months that are over change."""
    made = services.add_member(actor=actor_of(request), group_id=group_id, **body.dict())
    return Status(201, _member(made))


@router.put("/product-group-members/{member_id}", response=MemberBody)
@policy("catalog.edit")
def edit_member(request: HttpRequest, member_id: int, body: MemberChange) -> dict[str, Any]:
    """Change the months of a member."""
    return _member(
        services.edit_member(actor=actor_of(request), member_id=member_id, **body.dict())
    )


def _group(group: ProductGroup) -> dict[str, Any]:
    names = ("id", "code", "name", "note", "version")
    found = {name: getattr(group, name) for name in names}
    return {**found, "members": [_member(one) for one in group.members]}


def _member(row: GroupMember) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in row.__dataclass_fields__ if name != "span"}
    return {**values, "valid_from": row.span.valid_from, "valid_to": row.span.valid_to}
