"""A command sent twice has one effect.

A form or program names its command with an id of its own making (field ``_command`` or header
``Idempotency-Key``). The id is stored in the transaction of the command's effect: a retry finds
it and gets the first answer, as long as the one who asks may still have it. Without an id nothing
changes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone

from keystead.kernel.errors import Conflict, KeysteadError, NotFound
from keystead.kit.access import Actor, actor_of
from keystead.kit.access.account_door import may_see_account
from keystead.kit.access.middleware import answer
from keystead.kit.disk import told
from keystead.kit.models import Command

_UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}
_RETRY = {"40P01", "40001"}  # PostgreSQL: deadlock detected, serialization failure
_MAX_BODY = 200_000
REPLAY = "keystead_answer"  # where the API finds the answer that was given before


class CommandMiddleware:
    """Runs a view that carries a command id inside one transaction together with the id."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        key = "" if request.path.startswith(settings.KEYSTEAD_UNREPEATED) else _key(request)
        if not key or actor_of(request).user_id is None:
            return None
        try:
            return self._twice_if_locked(request, view, args, kwargs, key)
        except Exception as error:  # the middleware runs the view, so it tells of its errors
            known = told(error)
            if not isinstance(known, KeysteadError):
                raise
            return answer(request, known)

    def _twice_if_locked(self, *call: Any) -> HttpResponseBase:
        try:
            return self._once(*call)
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", None) not in _RETRY:
                raise
            return self._once(*call)

    def _once(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any, key: str
    ) -> HttpResponseBase:
        with transaction.atomic():
            actor = actor_of(request)
            row, fresh = Command.objects.get_or_create(
                user_id=actor.user_id or 0,
                key=_bound(actor, key),
                defaults={"path": request.path[:300], "at": timezone.now()},
            )
            if not fresh:
                return _checked_again(request, view, args, kwargs, row)
            response: HttpResponseBase = view(request, *args, **kwargs)
            if response.status_code >= 400:
                transaction.set_rollback(True)  # a refused command may be corrected and sent again
            else:
                _keep(row, response)
            return response


def _key(request: HttpRequest) -> str:
    if request.method not in _UNSAFE:
        return ""
    header = request.headers.get("Idempotency-Key", "")
    if header:
        return header[:64]
    if request.content_type == "application/x-www-form-urlencoded":
        return str(request.POST.get("_command", ""))[:64]
    return ""


def _bound(actor: Actor, key: str) -> str:
    """Return the id as it is stored: one that came with a token belongs to that token alone."""
    if actor.token_id is None:
        return key
    return hashlib.sha256(f"{actor.token_id}:{key}".encode()).hexdigest()


def _checked_again(
    request: HttpRequest, view: Any, args: Any, kwargs: Any, row: Command
) -> HttpResponseBase:
    """Return the first answer to one who may still have it.

    The policy of a page was checked on the way here. What guards itself (the API) is called once
    more and finds the answer behind its own door, before it does anything. The accounts that the
    address or the answer names must still be the actor's.
    """
    again = _answer_again(request, row)
    actor = actor_of(request)
    for account_id in _accounts_named(request.path, kwargs, row):
        if not may_see_account(actor, account_id):
            raise NotFound("There is no such account, or it is not one of yours.")
    if not request.path.startswith(settings.KEYSTEAD_SELF_GUARDED):
        return again
    setattr(request, REPLAY, again)
    response: HttpResponseBase = view(request, *args, **kwargs)
    if response.status_code < 400 and not response.headers.get("Idempotent-Replay"):
        raise ImproperlyConfigured(f"{request.path} does not look for an answer given before")
    return response


def _accounts_named(path: str, kwargs: dict[str, Any], row: Command) -> set[int]:
    found = {kwargs.get("account_id")}
    if row.content_type.startswith("application/json"):
        body = json.loads(row.body) if row.body else None
        if isinstance(body, dict):
            found.add(body.get("account_id"))
            if path.rstrip("/").endswith("/accounts"):
                found.add(body.get("id"))
    return {int(text) for text in map(str, found) if text.isdecimal()}


def _keep(row: Command, response: HttpResponseBase) -> None:
    row.status = response.status_code
    row.location = response.headers.get("Location", "")[:500]
    if isinstance(response, HttpResponse) and len(response.content) <= _MAX_BODY:
        row.body = response.content.decode("utf-8", "replace")
        row.content_type = response.headers.get("Content-Type", "")[:100]
    row.save()


def _answer_again(request: HttpRequest, row: Command) -> HttpResponse:
    if row.path != request.path:
        raise Conflict(
            "This command id was used for something else.", hint="Reload the page and try again."
        )
    response = HttpResponse(row.body, status=row.status, content_type=row.content_type or None)
    if row.location:
        response.headers["Location"] = row.location
    response.headers["Idempotent-Replay"] = "true"
    return response
