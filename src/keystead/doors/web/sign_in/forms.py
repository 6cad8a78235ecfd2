"""Forms of coming in: allauth's checks under our labels."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import LoginForm, ResetPasswordForm, ResetPasswordKeyForm
from allauth.account.forms import ReauthenticateForm as PasswordAgainForm
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

PASSWORD_HELP = _("At least twelve characters; a sentence that you remember makes a good one.")


def password_field(label: Any, autocomplete: str, help_text: Any = "") -> forms.CharField:
    """Return a password field; blanks at the ends belong to the password."""
    return forms.CharField(
        label=label,
        strip=False,
        max_length=1000,
        help_text=help_text,
        widget=forms.PasswordInput(attrs={"autocomplete": autocomplete}),
    )


def code_field(label: Any, help_text: Any = "") -> forms.CharField:
    """Return a field for a code of six digits, or a recovery code of ten."""
    return forms.CharField(
        label=label,
        max_length=20,
        help_text=help_text,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}
        ),
    )


class SignInForm(LoginForm):
    """Name and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields = {
            "username": forms.CharField(
                label=_("User name"),
                max_length=150,
                widget=forms.TextInput(
                    attrs={"autocomplete": "username", "autofocus": True, "autocapitalize": "none"}
                ),
            ),
            "password": password_field(_("Password"), "current-password"),
        }

    def clean(self) -> dict[str, Any]:
        self.cleaned_data["login"] = self.cleaned_data.get("username", "")
        cleaned: dict[str, Any] = super().clean()
        return cleaned


class CodeForm(AuthenticateForm):
    """The code of the second step."""

    code = code_field(
        pgettext_lazy("sign-in", "Code"),
        _("Six digits from your app, or one of your recovery codes."),
    )


class CodeAgainForm(ReauthenticateForm):
    """The code once more, before something delicate."""

    code = code_field(
        pgettext_lazy("sign-in", "Code"),
        _("Six digits from your app, or one of your recovery codes."),
    )


class PasswordAgain(PasswordAgainForm):
    """The password once more, before something delicate."""

    password = password_field(_("Password"), "current-password")


class TurnOnForm(ActivateTOTPForm):
    """The first code from the app, which shows that it works."""

    code = code_field(_("Code from the app"), _("Six digits; a new one every half minute."))


class ForgottenForm(ResetPasswordForm):
    """Where the link to a new password goes."""

    email = forms.EmailField(
        label=_("Your mail address"),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "autofocus": True}),
    )


class NewPasswordForm(ResetPasswordKeyForm):
    """The new password, once: the field can be shown."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["password2"]
        own = self.fields["password1"]
        own.label, own.help_text = _("New password"), PASSWORD_HELP
        own.widget.attrs.pop("placeholder", None)
