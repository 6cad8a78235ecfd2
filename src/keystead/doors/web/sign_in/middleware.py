"""Looks at each request of somebody signed in: is the session too old, is a second step missing."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.db import DatabaseError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from keystead.doors.web.sign_in.services import has_second_step, keep_visit

BEGAN, SEEN = "keystead_began", "keystead_seen"
EVERY = 300  # seconds between two notes of being here: a note is a write
# Open to somebody who still owes their second step: to set it up, or to leave.
OPEN = ("/sign-in/", "/sign-out/", "/profile/code/", "/profile/recovery-codes/", "/language/",
        "/theme/", "/static/", "/health/")  # fmt: skip


class VisitMiddleware:
    """Ends sessions that idled or lasted too long; leads to the second step where it is a must."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if settings.KEYSTEAD_READ_ONLY:  # one reader, who never signs in
            return self.get_response(request)
        if request.path.startswith("/static/") or not request.user.is_authenticated:
            return self.get_response(request)
        now = int(time.time())
        if _is_over(request, now):
            logout(request)
            messages.info(request, _("Your session has ended. Sign in again."))
            return self.get_response(request)
        _note(request, now)
        return _owed_password(request) or _owed(request) or self.get_response(request)


def _is_over(request: HttpRequest, now: int) -> bool:
    began, seen = request.session.get(BEGAN, now), request.session.get(SEEN, now)
    idle = now - seen > settings.KEYSTEAD_SESSION_IDLE_SECONDS
    return idle or now - began > settings.SESSION_COOKIE_AGE


def _note(request: HttpRequest, now: int) -> None:
    request.session.setdefault(BEGAN, now)
    if now - request.session.get(SEEN, 0) < EVERY:
        return
    request.session[SEEN] = now
    with contextlib.suppress(DatabaseError), transaction.atomic():  # a full disk: reads go on
        keep_visit(request)


def _owed_password(request: HttpRequest) -> HttpResponseBase | None:
    """Lead whoever came with a password that somebody else chose to setting an own one."""
    own = request.path in ("/profile/", "/profile/password/")
    if getattr(request.user, "password_ends", None) is None or own or request.path.startswith(OPEN):
        return None
    text = _("Set a password of your own first: somebody else chose this one.")
    if request.path.startswith("/api/"):
        return JsonResponse({"code": "password_owed", "message": text}, status=403)
    messages.info(request, text)
    return _led(request, "/profile/")


def _owed(request: HttpRequest) -> HttpResponseBase | None:
    roles = set(getattr(request.user, "roles", ()))
    if not roles & settings.KEYSTEAD_MFA_ROLES or request.path.startswith(OPEN):
        return None
    if has_second_step(request.user.pk or 0):
        return None
    if request.path.startswith("/api/"):
        return JsonResponse(
            {"code": "second_step_owed", "message": _("Your role needs a second step.")}, status=403
        )
    return _led(request, reverse("mfa_activate_totp"))


def _led(request: HttpRequest, place: str) -> HttpResponseBase:
    if request.headers.get("HX-Request"):
        return HttpResponse(status=401, headers={"HX-Redirect": place})
    return redirect(place)
