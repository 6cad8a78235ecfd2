"""Who a bearer token speaks for, known before the call runs.

The command id of a program (``Idempotency-Key``) belongs to its person, so the person must be known
before the middleware of commands looks at it; a session is known that early by itself.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, JsonResponse

from keystead.governance.queries.people import actor_of_token
from keystead.kit.access import Actor

PLAIN = {
    "code": "tls_needed",
    "message": "The API is spoken over HTTPS only.",
    "hint": "Call https://, and make a new token: this one went over the line in clear.",
    "data": {},
}
_PLACE = "_keystead_token_actor"


class TokenMiddleware:
    """Reads ``Authorization: Bearer ks_…`` of API calls, once; a wrong one is nobody."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if (
            settings.SECURE_SSL_REDIRECT
            and request.path.startswith("/api/")
            and not request.is_secure()
        ):
            return JsonResponse(PLAIN, status=403)
        kind, _space, secret = request.headers.get("Authorization", "").partition(" ")
        if request.path.startswith("/api/") and kind.lower() == "bearer":
            actor = actor_of_token(secret.strip())
            setattr(request, _PLACE, (secret.strip(), actor))
            request._keystead_actor = actor or Actor(None, "anonymous", "Anonymous")  # type: ignore[attr-defined]
        return self.get_response(request)


def actor_behind(request: HttpRequest, secret: str) -> Actor | None:
    """Return who the token of a request speaks for; asked again only if nobody looked before."""
    known: tuple[str, Actor | None] | None = getattr(request, _PLACE, None)
    return known[1] if known and known[0] == secret else actor_of_token(secret)
