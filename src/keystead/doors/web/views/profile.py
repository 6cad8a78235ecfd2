"""One's own page: language, light, password, tokens."""

from __future__ import annotations

from typing import Any

from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from keystead.doors.web.cookies import keep_language, keep_theme
from keystead.doors.web.forms import ROLE_NAMES, PasswordForm, PreferencesForm, TokenForm
from keystead.doors.web.sign_in import mails
from keystead.doors.web.sign_in import services as signing
from keystead.doors.web.views.entry import back
from keystead.doors.web.views.problems import too_many
from keystead.governance.queries.people import tokens
from keystead.governance.services.people import (
    issue_token,
    revoke_token,
    set_password,
    set_preferences,
)
from keystead.kernel.errors import Invalid
from keystead.kit.access import actor_of, policy
from keystead.kit.access.recent import recent
from keystead.kit.ui.context import THEME_COOKIE


@policy("profile.self")
def profile(request: HttpRequest) -> HttpResponse:
    """Show the page; take a change of language and light."""
    form = _preferences(request)
    if request.method == "POST" and form.is_valid():
        set_preferences(actor=actor_of(request), **form.cleaned_data)
        messages.success(request, _("Saved."))
        response = redirect("web:profile")
        keep_language(response, form.cleaned_data["language"])
        keep_theme(response, form.cleaned_data["theme"])
        return response
    return _page(request, preferences=form)


@policy("profile.self")
@require_POST
@sensitive_post_parameters("current", "new")
def password(request: HttpRequest) -> HttpResponse:
    """Set a new password and stay signed in here; other sessions end."""
    if not ratelimit.consume(request, action="change_password", user=request.user):
        return too_many(request)
    form = PasswordForm(request.POST)
    if form.is_valid():
        try:
            set_password(
                actor=actor_of(request),
                current=form.cleaned_data["current"],
                password=form.cleaned_data["new"],
            )
        except Invalid as error:
            field = "current" if error.code == "wrong_password" else "new"
            form.add_error(field, error.message)
        else:
            request.user.refresh_from_db()  # type: ignore[union-attr]
            update_session_auth_hash(request, request.user)  # type: ignore[arg-type]
            signing.keep_visit(request)
            mails.tell_changed(request.user.pk, "password")
            messages.success(request, _("Your password is changed. Other sessions are signed out."))
            return redirect("web:profile")
    return _page(request, status=422, password=form)


@policy("profile.self")
@require_POST
@recent
def make_token(request: HttpRequest) -> HttpResponse:
    """Make a token and show its secret, this once."""
    form = TokenForm(request.POST)
    if not form.is_valid():
        return _page(request, status=422, token=form)
    _token, secret = issue_token(
        actor=actor_of(request),
        label=form.cleaned_data["label"],
        days=int(form.cleaned_data["days"]),
    )
    response = _page(request, secret=secret)
    response["Cache-Control"] = "no-store"
    return response


@policy("profile.self")
@require_POST
def end_token(request: HttpRequest, token_id: int) -> HttpResponse:
    """Revoke a token."""
    token = revoke_token(actor=actor_of(request), token_id=token_id)
    messages.success(request, _("The token “%(label)s” has ended.") % {"label": token.label})
    return redirect("web:profile")


@policy("profile.self")
@require_POST
@recent
def end_session(request: HttpRequest, visit_id: int) -> HttpResponse:
    """End one of one's own sessions."""
    signing.end_visit(actor=actor_of(request), visit_id=visit_id)
    messages.success(request, _("The session has ended."))
    return redirect("web:profile")


@policy("profile.self")
@require_POST
@recent
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    """End all of one's own sessions but this one."""
    here = request.session.session_key or ""
    ended = signing.end_visits(actor=actor_of(request), but=here)
    text = ngettext("%(number)s session ended.", "%(number)s sessions ended.", ended)
    messages.success(request, text % {"number": ended})
    return redirect("web:profile")


@policy("profile.self")
@require_POST
def read_notice(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Put a notice away, and those told with it."""
    also = [int(one) for one in request.POST.getlist("also") if one.isdecimal()][:20]
    signing.read_notice(actor=actor_of(request), notice_id=notice_id, also=also)
    return back(request)


def _preferences(request: HttpRequest) -> PreferencesForm:
    user: Any = request.user
    return PreferencesForm(
        request.POST or None,
        initial={
            "language": request.LANGUAGE_CODE,
            "theme": request.COOKIES.get(THEME_COOKIE, user.theme),
        },
    )


def _page(request: HttpRequest, status: int = 200, **given: Any) -> HttpResponse:
    actor = actor_of(request)
    context = {
        "preferences": given.get("preferences")
        or PreferencesForm(
            initial={"language": request.LANGUAGE_CODE, "theme": request.user.theme}  # type: ignore[union-attr]
        ),
        "password": given.get("password") or PasswordForm(),
        "token": given.get("token") or TokenForm(),
        "secret": given.get("secret", ""),
        "tokens": tokens(actor=actor),
        "notices": signing.notices(actor.user_id),
        "visits": signing.visits(
            user_id=actor.user_id or 0, here=request.session.session_key or ""
        ),
        "second_step": signing.has_second_step(actor.user_id or 0),
        "roles": [ROLE_NAMES.get(role, role) for role in sorted(actor.roles)],
    }
    return render(request, "web/profile.html", context, status=status)
