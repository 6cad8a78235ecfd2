"""Step-up: what is delicate needs a sign-in of the last minutes, not one of this morning."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import urlsplit

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _

from keystead.kernel.errors import NotAllowed

F = TypeVar("F", bound=Callable[..., Any])


def signed_in_recently(request: HttpRequest) -> bool:
    """Say whether the person proved who they are within the time set for delicate acts."""
    if not request.user.is_authenticated:
        return False
    moments = [one["at"] for one in get_authentication_records(request, request.user)]
    return bool(moments) and time.time() - max(moments) < settings.KEYSTEAD_RECENT_SECONDS


def recent(view: F) -> F:
    """Ask for the password (or code) again before the view, when the sign-in is too old.

    What was typed is not carried over: a form may hold a password, which belongs nowhere.
    """

    @wraps(view)
    def guard(request: HttpRequest, *args: Any, **values: Any) -> HttpResponse:
        if signed_in_recently(request):
            answer: HttpResponse = view(request, *args, **values)
            return answer
        methods = get_adapter().get_reauthentication_methods(request.user)
        back = request.get_full_path()
        if request.method not in ("GET", "HEAD"):
            back = _page_of(request)
            messages.info(request, _("Confirm that it is you, then repeat what you did."))
        place = _way(methods, back)
        if request.headers.get("HX-Request"):
            return HttpResponse(status=401, headers={"HX-Redirect": place})
        return redirect(place)

    return guard  # type: ignore[return-value]


def recent_if(setting: str) -> Callable[[F], F]:
    """Ask for a fresh sign-in where the administrator wants one for this kind of act."""

    def mark(view: F) -> F:
        asking = recent(view)

        @wraps(view)
        def guard(request: HttpRequest, *args: Any, **values: Any) -> HttpResponse:
            chosen = asking if getattr(settings, setting) else view
            answer: HttpResponse = chosen(request, *args, **values)
            return answer

        return guard  # type: ignore[return-value]

    return mark


def _way(methods: list[dict[str, Any]], back: str) -> str:
    """Return where the person proves themselves: here, or with the company's provider."""
    if methods:
        return f"{methods[0]['url']}?{urlencode({'next': back})}"
    if not settings.KEYSTEAD_OIDC_ISSUER:
        raise NotAllowed(_("You have no password: ask your administrator for one."))
    place = reverse("openid_connect_login", args=[settings.KEYSTEAD_OIDC_ID])
    return f"{place}?{urlencode({'next': back, 'again': '1'})}"


def _page_of(request: HttpRequest) -> str:
    """Return the page that the form was on."""
    page = request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(page, allowed_hosts={request.get_host()})
    return urlsplit(page).path if ours else "/profile/"
