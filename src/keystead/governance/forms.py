"""Forms of governance, and the words for what the rules only name."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

KIND_NAMES = {
    "agreement": _("Agreement"),
    "offer": _("Offer"),
    "forecast_lock": _("Forecast lock"),
    "budget": _("Budget"),
    "settlement": _("Settlement"),
    "campaign": _("Campaign"),
    "expense": _("Expense"),
    "deck": _("Presentation that leaves the company"),
    "claim": _("Claim"),
    "write_off": _("Write-off"),
    "period_reopening": _("Reopening of a period"),
    "account_plan": _("Account plan"),
}
STATE_NAMES = {
    "open": _("open"),
    "approved": _("approved"),
    "returned": _("returned"),
    "withdrawn": _("withdrawn"),
    "superseded": _("replaced by a newer one"),
    "noted": _("noted"),
    "allowed": _("allowed"),
    "refused": _("refused"),
}
STATE_TONES = {
    "approved": "good",
    "allowed": "good",
    "open": "warn",
    "returned": "bad",
    "refused": "bad",
}
LEVEL_NAMES = {
    "block": _("blocks"),
    "review": _("asks for a review"),
    "warn": _("warns"),
    "log": _("notes"),
}
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


class DecisionForm(forms.Form):
    """Approve or return, with a reason."""

    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Needed to return it; kept for ever."),
    )
    content_hash = forms.CharField(widget=forms.HiddenInput)


class HitDecisionForm(forms.Form):
    """Allow or refuse what a rule stopped."""

    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 2}))


class DelegationForm(forms.Form):
    """A deputy with an end date."""

    to_user = forms.TypedChoiceField(label=_("Deputy"), coerce=int)
    starts = forms.DateField(
        label=_("First day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    ends = forms.DateField(
        label=_("Ends on"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("The first day it no longer holds."),
    )
    reason = forms.CharField(label=_("Reason"), max_length=200)

    def __init__(self, *args: Any, people: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["to_user"]
        field.choices = people


class CloseForm(forms.Form):
    """Which ledger and month to close."""

    ledger = forms.ChoiceField(label=_("Ledger"))
    month = forms.ChoiceField(label=_("Period"))

    def __init__(
        self,
        *args: Any,
        ledgers: list[tuple[str, str]],
        months: list[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("ledger", ledgers), ("month", months)):
            field: Any = self.fields[name]
            field.choices = choices


class WhyForm(forms.Form):
    """A reason, nothing else."""

    why = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 2}))


LANGUAGES = {"en": "en", "zh-hans": "zh", "fr": "fr"}  # code of the language > part of a field name


def _title(language: Any) -> forms.CharField:
    return forms.CharField(label=language, max_length=200)


def _body(language: Any) -> forms.CharField:
    return forms.CharField(label=language, widget=forms.Textarea(attrs={"rows": 12}))


def _quiz(language: Any) -> forms.CharField:
    return forms.CharField(
        label=language,
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("A question, then its answers a line each: - wrong, + right. May be empty."),
    )


class StatementForm(forms.Form):
    """The text of a statement in three languages, for how long it holds, and why it changes."""

    title_en, body_en = _title(_("Title, English")), _body(_("Text, English"))
    title_zh, body_zh = _title(_("Title, Chinese")), _body(_("Text, Chinese"))
    title_fr, body_fr = _title(_("Title, French")), _body(_("Text, French"))
    quiz_en, quiz_zh = _quiz(_("Questions, English")), _quiz(_("Questions, Chinese"))
    quiz_fr = _quiz(_("Questions, French"))
    due_days = forms.IntegerField(label=_("Days to read it"), min_value=1, max_value=365)
    validity_months = forms.IntegerField(
        label=_("Months for which a confirmation holds"), min_value=1, max_value=120
    )
    why = forms.CharField(label=_("Reason"), max_length=200)
