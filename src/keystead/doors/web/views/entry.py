"""Coming in and going out; language and light; the two health pages."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import logout
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from keystead.doors.web.cookies import keep_language, keep_theme
from keystead.governance.rules.people import LANGUAGES
from keystead.governance.services.people import THEMES, set_preferences
from keystead.kit.access import actor_of, policy
from keystead.kit.ui.context import THEME_COOKIE


@policy.public
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session and forget whose language and light this was."""
    logout(request)
    response = redirect(settings.LOGIN_URL)
    response.delete_cookie(settings.LANGUAGE_COOKIE_NAME)
    response.delete_cookie(THEME_COOKIE)
    response.headers["Clear-Site-Data"] = '"cache"'  # what was shown is not kept by the browser
    return response


@policy.public
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Change the language, for this browser and for the person."""
    response = back(request)
    wanted = request.POST.get("language", "")
    if wanted in LANGUAGES:
        keep_language(response, wanted)
        if request.user.is_authenticated:
            set_preferences(actor=actor_of(request), language=wanted)
    return response


@policy.public
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Change between light, dark and the system's choice."""
    response = HttpResponse(status=204) if request.headers.get("HX-Request") else back(request)
    wanted = request.POST.get("theme", "")
    if wanted in THEMES:
        keep_theme(response, wanted)
        if request.user.is_authenticated:
            set_preferences(actor=actor_of(request), theme=wanted)
    return response


@policy.public
@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """Say that the process answers."""
    return JsonResponse({"status": "ok"})


@policy.public
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """Say that the database answers too; 503 when it does not."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return JsonResponse({"status": "no database"}, status=503)
    return JsonResponse({"status": "ok"})


def back(request: HttpRequest) -> HttpResponse:
    """Return to the page the form came from, if it is one of ours."""
    target = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        target = "/"
    return redirect(target)
