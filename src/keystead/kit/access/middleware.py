"""Checks the declared policy of each page before it runs, and turns errors into pages."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ImproperlyConfigured
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render

from keystead.kernel.errors import (
    Conflict,
    DiskFull,
    Invalid,
    KeysteadError,
    NotAllowed,
    NotFound,
    SourceProblem,
    TooMuch,
)
from keystead.kit.access.actor import actor_of
from keystead.kit.access.once import reading_once
from keystead.kit.access.policy import admit, policy_of
from keystead.kit.disk import told

log = logging.getLogger("keystead.refused")
STATUS: dict[type[KeysteadError], int] = {
    NotFound: 404,
    NotAllowed: 403,
    Conflict: 409,
    TooMuch: 429,  # before the kind that it is one of
    Invalid: 422,
    SourceProblem: 422,
    DiskFull: 507,
}


class PolicyMiddleware:
    """Refuses routes without a policy; asks for sign-in; shows 403, 404 and 409 calmly."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with reading_once(request.method):
            return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        if request.path.startswith(settings.KEYSTEAD_SELF_GUARDED):
            return None
        found = policy_of(view)
        if found is None:
            raise ImproperlyConfigured(f"{view!r} declares no policy")
        if found.public:
            return None
        if not request.user.is_authenticated:
            if request.headers.get("HX-Request"):
                response = HttpResponse(status=401)
                response["HX-Redirect"] = settings.LOGIN_URL
                return response
            return redirect_to_login(request.get_full_path())
        actor = actor_of(request)
        try:
            admit(actor, found, request.method or "GET")
        except NotAllowed as error:  # process_exception only hears what a view raises
            return answer(request, error)
        return None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponseBase | None:
        known = told(error)
        return answer(request, known) if isinstance(known, KeysteadError) else None


def note_refusal(request: HttpRequest, error: KeysteadError) -> None:
    """Write a refused right, an outrun limit or a lost race to the log: who (a number), where."""
    if not isinstance(error, NotAllowed | TooMuch | Conflict):
        return
    match = request.resolver_match
    log.warning(
        "refused",
        extra={
            "code": error.code,
            "capability": error.data.get("capability", ""),
            "method": request.method,
            "route": f"/{match.route}" if match else "unknown",
            "user_id": actor_of(request).user_id,
        },
    )


def answer(request: HttpRequest, error: KeysteadError) -> HttpResponseBase:
    """Return the page (or JSON) that tells of an error; a missing object raises Http404."""
    note_refusal(request, error)
    if isinstance(error, NotFound):
        raise Http404 from error
    status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 400)
    wanted = request.headers.get("Accept", "")
    if "application/json" in wanted or request.path.startswith("/api/"):
        return JsonResponse(error.as_dict(), status=status)
    return render(request, "ui/problem.html", {"error": error, "status": status}, status=status)
