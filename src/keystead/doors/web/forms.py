"""Forms of the web door."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from keystead.kit.access.rules import ROLES

ROLE_NAMES = {
    "viewer": _("Viewer"),
    "kam": _("Key account manager"),
    "director": _("Director"),
    "sales_ops": _("Sales operations"),
    "marketing": _("Marketing"),
    "finance": _("Finance"),
    "compliance": _("Compliance"),
    "admin": _("Administrator"),
}
LANGUAGE_NAMES = [("en", "English"), ("zh-hans", "简体中文"), ("fr", "Français")]
THEME_NAMES = [("auto", _("As the system")), ("light", _("Light")), ("dark", _("Dark"))]
TOKEN_DAYS = [("30", _("30 days")), ("90", _("90 days")), ("365", _("One year"))]


def role_choices() -> list[tuple[str, Any]]:
    """Return the roles with their names, in the order of the access rules."""
    return [(role, ROLE_NAMES.get(role, role)) for role in ROLES]


class PreferencesForm(forms.Form):
    """Language and light."""

    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGE_NAMES)
    theme = forms.ChoiceField(label=_("Light or dark"), choices=THEME_NAMES)


class PasswordForm(forms.Form):
    """One's own new password."""

    current = forms.CharField(
        label=_("Current password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new = forms.CharField(
        label=_("New password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least twelve characters; a sentence that you remember makes a good one."),
    )


class TokenForm(forms.Form):
    """A personal token for a program."""

    label = forms.CharField(
        label=_("What is it for"),
        max_length=80,
        widget=forms.TextInput(attrs={"placeholder": _("Power BI on my laptop")}),
    )
    days = forms.ChoiceField(label=_("Valid for"), choices=TOKEN_DAYS, initial="90")


class PersonForm(forms.Form):
    """Somebody who signs in, as the administrator sees them."""

    username = forms.CharField(label=_("User name"), max_length=150)
    name = forms.CharField(label=_("Name"), max_length=160, required=False)
    email = forms.EmailField(
        label=_("Mail"),
        required=False,
        help_text=_("For notices, a forgotten password, and single sign-on."),
    )
    roles = forms.MultipleChoiceField(
        label=_("Roles"), choices=role_choices, widget=forms.CheckboxSelectMultiple
    )
    manager = forms.ChoiceField(label=_("Reports to"), required=False)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least twelve characters."),
    )
    active = forms.BooleanField(label=_("May sign in"), required=False, initial=True)

    def __init__(self, *args: Any, managers: list[tuple[str, str]], new: bool, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["manager"].choices = [("", _("Nobody")), *managers]  # type: ignore[attr-defined]
        self.fields["language"].choices = LANGUAGE_NAMES  # type: ignore[attr-defined]
        if new:
            self.fields["password"].required = not settings.KEYSTEAD_OIDC_ISSUER
            del self.fields["active"]
        else:
            self.fields["username"].disabled = True
            self.fields["username"].required = False
            self.fields["password"].help_text = _("Leave empty to keep the present one.")


class SearchForm(forms.Form):
    """The search box."""

    q = forms.CharField(label=_("Search"), required=False, max_length=100)


# Where our people are; the moment of a hand-over is typed in one of these.
ZONES = {
    "UTC": "UTC",
    "Europe/Paris": _("Paris"),
    "Asia/Shanghai": _("Shanghai"),
    "Europe/London": _("London"),
    "America/New_York": _("New York"),
    "Asia/Tokyo": _("Tokyo"),
    "Asia/Singapore": _("Singapore"),
}


class HandoverForm(forms.Form):
    """Who gets an account, at which moment of which place, and why."""

    to_user = forms.ChoiceField(label=_("New owner"))
    day = forms.DateField(
        label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    time = forms.TimeField(
        label=_("Time"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    zone = forms.ChoiceField(label=_("In the time of"))
    reason = forms.CharField(
        label=_("Why"), max_length=400, widget=forms.Textarea(attrs={"rows": 2})
    )
    suggestions: dict[str, Any] = {}

    def __init__(self, *args: Any, people: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["to_user"].choices = [("", "–"), *((str(pk), name) for pk, name in people)]
        fields["zone"].choices = list(ZONES.items())
