"""How django-allauth behaves here: closed, in our words, with sealed secrets and a trail."""

from __future__ import annotations

import time
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.core.internal.httpkit import get_client_ip
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from keystead.doors.web.cookies import keep_language
from keystead.doors.web.sign_in import mails, services
from keystead.doors.web.sign_in.middleware import BEGAN, SEEN
from keystead.kit.access import actor_of
from keystead.kit.access.recent import signed_in_recently
from keystead.kit.secrets import seal, unseal

DEVICE_COOKIE = settings.KEYSTEAD_COOKIE_PREFIX + "keystead_device"
YEAR = 365 * 24 * 3600
PURPOSE = "second step"


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs up; a refusal says nothing about the name; who comes in is noted."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _("This name and password do not go together."),
        "too_many_login_attempts": _("Too many tries. Wait some minutes, then try again."),
        "incorrect_password": _("That is not your current password."),
        "incorrect_code": _("This code is not right, or no longer."),
        "rate_limited": _("Too many tries. Wait some minutes, then try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def add_message(self, *args: Any, **values: Any) -> None:
        """Say nothing: the pages speak for themselves."""

    def get_client_ip(self, request: HttpRequest) -> str:
        return get_client_ip(request) or "::"  # a local socket has no address

    def is_reauthentication_required(self, *, app: str, **values: Any) -> bool:
        return not signed_in_recently(self.request)

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        user = super().authenticate(request, **credentials)
        ends = getattr(user, "password_ends", None)
        if user is not None and (not user.is_active or (ends and ends < timezone.now())):
            # refused like anybody else
            self.authentication_failed(request, **credentials)
            return None
        return user

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        known = {"by": actor_of(request)} if request.user.is_authenticated else {}
        services.note_failed(
            username=str(credentials.get("username", "")),
            address=self.get_client_ip(request),
            **known,
        )

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        messages.error(request, _("This person cannot sign in here."))
        return redirect(settings.LOGIN_URL)

    def login(self, request: HttpRequest, user: Any) -> None:
        request._keystead_first_ever = user.last_login is None  # type: ignore[attr-defined]
        super().login(request, user)

    def post_login(self, request: HttpRequest, user: Any, **hook: Any) -> HttpResponse:
        response = super().post_login(request, user, **hook)
        request.session.clear_expired()  # one cheap delete, so that old sessions do not pile up
        now = int(time.time())
        request.session[BEGAN] = request.session[SEEN] = now
        agent = self.get_http_user_agent(request)
        address = self.get_client_ip(request)
        mark, told = services.note_sign_in(
            user=user,
            mark=request.COOKIES.get(DEVICE_COOKIE, ""),
            agent=agent,
            address=address,
            how=[_method(one) for one in get_authentication_records(request, user)],
            first_ever=getattr(request, "_keystead_first_ever", False),
        )
        if told:
            mails.tell_new_device(user, agent=agent, address=address)
        response.set_cookie(
            DEVICE_COOKIE, mark, max_age=YEAR, httponly=True, samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )  # fmt: skip
        if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
            keep_language(response, getattr(user, "language", "en"))
        return response

    def send_password_reset_mail(self, user: Any, email: str, context: dict[str, Any]) -> None:
        if user.has_usable_password():  # who comes by single sign-on gets no password this way
            mails.send_new_password_link(user, link=context["password_reset_url"])

    def set_password(self, user: Any, password: str) -> None:
        """Only the way back in by mail comes through here; the profile has its own service."""
        services.set_forgotten_password(user=user, password=password)
        mails.tell_changed(user.pk, "password")


def _method(record: dict[str, Any]) -> str:
    return str(record.get("type") or record.get("provider") or record["method"])


class TwoStepAdapter(DefaultMFAAdapter):
    """Secrets of the second step are stored sealed."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("This code is not right, or no longer."),
        "cannot_delete_authenticator": _("Your role needs the second step."),
        "cannot_generate_recovery_codes": _("Turn on the second step first."),
    }

    def encrypt(self, text: str) -> str:
        return seal(text, purpose=PURPOSE)

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text, purpose=PURPOSE)

    def get_totp_label(self, user: Any) -> str:
        return str(user.username)

    def can_delete_authenticator(self, authenticator: Any) -> bool:
        return not set(authenticator.user.roles) & settings.KEYSTEAD_MFA_ROLES
