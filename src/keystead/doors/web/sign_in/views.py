"""Pages of coming in: sign-in, the code, confirming, and the way back in by mail."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.views import (
    LoginView,
    PasswordResetDoneView,
    PasswordResetFromKeyDoneView,
    PasswordResetFromKeyView,
    PasswordResetView,
    ReauthenticateView,
)
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.base.views import ReauthenticateView as CodeAgainView
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase

from keystead.doors.web.sign_in import forms, services
from keystead.kit.access import policy

SLOW = {"too_many_login_attempts", "rate_limited"}


def refused(response: Any, form: Any) -> Any:
    """Return the page again with the status of its trouble: 429 too often, 422 otherwise."""
    codes = {one.code for errors in form.errors.as_data().values() for one in errors}
    response.status_code = 429 if codes & SLOW else 422
    if codes & SLOW:
        response.headers["Retry-After"] = "300"
    return response


@policy.public
class SignIn(LoginView):
    """The sign-in page; brings the person's own language along."""

    template_name = "web/sign_in/sign_in.html"
    form_class = forms.SignInForm

    def form_invalid(self, form: Any) -> HttpResponse:
        return refused(super().form_invalid(form), form)

    def get_context_data(self, **values: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**values)
        single = settings.KEYSTEAD_OIDC_ID if settings.KEYSTEAD_OIDC_ISSUER else ""
        return {
            **context,
            "by_mail": settings.KEYSTEAD_MAIL,
            "single": single,
            "single_label": settings.KEYSTEAD_OIDC_LABEL,
        }


@policy.public
class Code(AuthenticateView):
    """The second step: the code of the app, or a recovery code."""

    template_name = "web/sign_in/code.html"
    form_class = forms.CodeForm

    def form_invalid(self, form: Any) -> HttpResponse:
        services.note_refused_code(
            user=self.stage.login.user, address=get_adapter().get_client_ip(self.request)
        )
        return refused(super().form_invalid(form), form)


@policy("profile.self")
class PasswordAgain(ReauthenticateView):
    """Confirm that it is you: the password once more."""

    template_name = "web/sign_in/again.html"
    form_class = forms.PasswordAgain

    def form_invalid(self, form: Any) -> HttpResponse:
        return refused(super().form_invalid(form), form)


@policy("profile.self")
class CodeAgain(CodeAgainView):
    """Confirm that it is you: a code of the app."""

    template_name = "web/sign_in/again.html"
    form_class = forms.CodeAgainForm

    def form_invalid(self, form: Any) -> HttpResponse:
        return refused(super().form_invalid(form), form)


class _OnlyByMail:
    """Not there where no mail server is named."""

    def dispatch(self, request: HttpRequest, *args: Any, **values: Any) -> HttpResponseBase:
        if not settings.KEYSTEAD_MAIL:
            raise Http404
        response: HttpResponseBase = super().dispatch(request, *args, **values)  # type: ignore[misc]
        return response


@policy.public
class Forgotten(_OnlyByMail, PasswordResetView):
    """Ask for a link to a new password; the answer is the same for an unknown address."""

    template_name = "web/sign_in/forgotten.html"
    form_class = forms.ForgottenForm


@policy.public
class ForgottenSent(_OnlyByMail, PasswordResetDoneView):
    """Say that a link is on its way, if the address is known."""

    template_name = "web/sign_in/forgotten_sent.html"


@policy.public
class NewPassword(_OnlyByMail, PasswordResetFromKeyView):
    """Set a new password with the link from the mail; it works once, for an hour."""

    template_name = "web/sign_in/new_password.html"
    form_class = forms.NewPasswordForm

    def form_invalid(self, form: Any) -> HttpResponse:
        return refused(super().form_invalid(form), form)


@policy.public
class NewPasswordDone(_OnlyByMail, PasswordResetFromKeyDoneView):
    """Say that the new password is set."""

    template_name = "web/sign_in/new_password_done.html"
