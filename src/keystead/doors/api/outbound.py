"""Endpoints of what leaves for a customer: what was stopped and why, releases, their files."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema, Status

from keystead.governance.queries.outbound import release_for, releases_for
from keystead.governance.queries.outbound_words import release_body
from keystead.governance.services.leaving import released_file
from keystead.governance.services.outbound import let_waiting_out
from keystead.kit.access import actor_of, policy
from keystead.kit.ui.sheets import download

router = Router(tags=["outbound"])
Body = dict[str, Any]


class ReasonIn(Schema):
    """Why it may leave as it is."""

    reason: str


@router.get("/outbound")
@policy("accounts.view")
def releases(request: HttpRequest, account_id: int | None = None) -> Body:
    """What was let out or stopped lately, newest first."""
    found = releases_for(actor_of(request), account_id=account_id)
    return {"items": [release_body(one) for one in found], "total": len(found)}


@router.get("/outbound/{release_id}")
@policy("accounts.view")
def release(request: HttpRequest, release_id: int) -> Body:
    """One document with what was found in it: place, reason, words."""
    return release_body(release_for(actor_of(request), release_id))


@router.post("/outbound/{release_id}/release", response={201: dict[str, Any]})
@policy("accounts.view")
def let_out(request: HttpRequest, release_id: int, body: ReasonIn) -> Status[Body]:
    """Let a document out with a reason; blocked ones compliance alone, nobody their own."""
    made = let_waiting_out(actor=actor_of(request), release_id=release_id, reason=body.reason)
    return Status(201, release_body(made))


@router.get("/outbound/{release_id}/file")
@policy("export.data")
def file(request: HttpRequest, release_id: int) -> HttpResponse:
    """The document, once it is released; 409 with what was found before."""
    found, content = released_file(actor=actor_of(request), release_id=release_id)
    return download(content, found.name, "application/octet-stream")
