"""Pages of the second step: turn it on and off, see the recovery codes once."""

from __future__ import annotations

from typing import Any

import qrcode
from allauth.mfa.adapter import get_adapter
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView, ViewRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from keystead.doors.web.sign_in import forms, mails, services
from keystead.doors.web.sign_in.views import refused
from keystead.kit.access import policy


def qr_picture(text: str, label: str) -> SafeString:
    """Return the text as a QR picture: one path, coloured by the style sheet."""
    code = qrcode.QRCode(border=4)
    code.add_data(text)
    code.make(fit=True)
    matrix = code.get_matrix()
    path = "".join(
        f"M{x},{y}h1v1h-1z" for y, row in enumerate(matrix) for x, dark in enumerate(row) if dark
    )
    size = len(matrix)
    return format_html(
        '<svg class="qr" viewBox="0 0 {} {}" role="img" aria-label="{}"><path d="{}"/></svg>',
        size,
        size,
        label,
        path,
    )


@policy("profile.self")
class TurnOn(ActivateTOTPView):
    """Turn on the second step: scan, then show that the app gives the right code."""

    template_name = "web/sign_in/turn_on.html"
    form_class = forms.TurnOnForm

    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            response: HttpResponse = super().form_valid(form)
            services.note_second_step(user=self.request.user, action="two_steps.on")
        mails.tell_changed(self.request.user.pk, "two_steps.on")
        messages.success(self.request, _("The second step is on."))
        return response

    def form_invalid(self, form: Any) -> HttpResponse:
        return refused(super().form_invalid(form), form)

    def get_context_data(self, **values: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**values)
        secret = context["form"].secret
        address = get_adapter().build_totp_url(self.request.user, secret)
        return {
            **context,
            "picture": qr_picture(address, _("Scan this with your authenticator app")),
            "secret": " ".join(secret[place : place + 4] for place in range(0, len(secret), 4)),
            "must": bool(set(self.request.user.roles) & settings.KEYSTEAD_MFA_ROLES),
        }


@policy("profile.self")
class TurnOff(DeactivateTOTPView):
    """Turn off the second step; not where one's role needs it."""

    template_name = "web/sign_in/turn_off.html"

    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            response: HttpResponse = super().form_valid(form)
            services.note_second_step(user=self.request.user, action="two_steps.off")
        mails.tell_changed(self.request.user.pk, "two_steps.off")
        messages.success(self.request, _("The second step is off."))
        return response


@policy("profile.self")
class Codes(ViewRecoveryCodesView):
    """Recovery codes: shown once, to keep outside this computer."""

    template_name = "web/sign_in/codes.html"

    def get_context_data(self, **values: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**values)
        lines = [f"Keystead {self.request.get_host()}", *context["unused_codes"]]
        return {**context, "as_text": "%0A".join(line.replace(" ", "%20") for line in lines)}


@policy("profile.self")
class NewCodes(GenerateRecoveryCodesView):
    """Make new recovery codes; the former ones stop working."""

    template_name = "web/sign_in/new_codes.html"

    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            response: HttpResponse = super().form_valid(form)
            services.note_second_step(user=self.request.user, action="two_steps.codes")
        mails.tell_changed(self.request.user.pk, "two_steps.codes")
        return response


@policy("profile.self")
def overview(request: HttpRequest) -> HttpResponse:
    """Lead to one's own page, where the second step is."""
    return redirect("web:profile")
