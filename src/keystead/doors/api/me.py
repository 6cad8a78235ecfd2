"""Endpoints of the door itself: is it open, who am I, my tokens."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from keystead import __version__
from keystead.governance.queries import people as queries
from keystead.governance.services import people as services
from keystead.governance.types.people import Token
from keystead.kernel.errors import NotAllowed
from keystead.kit.access import actor_of, policy
from keystead.kit.access.recent import signed_in_recently
from keystead.kit.access.rules import CAPABILITIES

router = Router(tags=["sign-in"])


class HealthBody(Schema):
    status: str
    version: str


class MeBody(Schema):
    username: str
    name: str
    roles: list[str]
    capabilities: list[str]
    language: str


class TokenBody(Schema):
    id: int
    label: str
    hint: str
    capabilities: list[str]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None


class NewToken(Schema):
    label: str
    capabilities: list[str] = []
    days: int | None = 365


class IssuedBody(TokenBody):
    secret: str


@router.get("/health", auth=None, response=HealthBody)
@policy.public
def health(request: HttpRequest) -> dict[str, str]:
    """Say that the server answers, and which version it is."""
    return {"status": "ok", "version": __version__}


@router.get("/me", response=MeBody)
@policy("profile.self")
def me(request: HttpRequest) -> dict[str, Any]:
    """Who the token or session speaks for, and what it may do."""
    actor = actor_of(request)
    return {
        "username": actor.username,
        "name": actor.name,
        "roles": sorted(actor.roles),
        "capabilities": [name for name in sorted(CAPABILITIES) if actor.can(name)],
        "language": actor.language,
    }


@router.get("/me/tokens", response=list[TokenBody])
@policy("profile.self")
def tokens(request: HttpRequest) -> list[Token]:
    """My tokens, newest first; secrets are never shown again."""
    return list(queries.tokens(actor=actor_of(request)))  # ninja reads a pair as (status, body)


@router.post("/me/tokens", response={201: IssuedBody})
@policy("profile.self")
def issue_token(request: HttpRequest, body: NewToken) -> tuple[int, dict[str, Any]]:
    """Make a personal token; the answer shows its secret once. Needs a sign-in of just now."""
    if actor_of(request).token_scope is None and not signed_in_recently(request):
        raise NotAllowed(
            "A token needs a fresh sign-in.",
            code="sign_in_again",
            hint="Sign in again, or make the token on your profile page.",
        )
    made, secret = services.issue_token(
        actor=actor_of(request), label=body.label, capabilities=body.capabilities, days=body.days
    )
    return 201, {**TokenBody.from_orm(made).dict(), "secret": secret}


@router.delete("/me/tokens/{token_id}", response=TokenBody)
@policy("profile.self")
def revoke_token(request: HttpRequest, token_id: int) -> Token:
    """End one of my tokens at once."""
    return services.revoke_token(actor=actor_of(request), token_id=token_id)
