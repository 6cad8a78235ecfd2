"""Forms of what hangs on an account: identifiers, measures, answers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from keystead.accounts.forms.parts import SpanMixin, day_field, number_field
from keystead.accounts.queries import labels_of
from keystead.accounts.types import AccountKind, Confidence, MeasureKind, Scheme
from keystead.reference.queries import currencies


class IdentifierForm(SpanMixin):
    """Add or correct an identifier; the scheme stays once it is stored."""

    scheme = forms.ChoiceField(label=_("Scheme"))
    value = forms.CharField(label=_("Identifier"), max_length=200)
    source = forms.CharField(
        label=_("Source"),
        max_length=80,
        required=False,
        help_text=_("Whose code it is: the system, customer or platform."),
    )
    valid_from = day_field(_("First day"), help_text=_("Empty: since ever"))
    last_day = day_field(_("Last day"), help_text=_("Empty: it goes on"))

    def __init__(self, *args: Any, stored: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["scheme"].choices = labels_of(Scheme)
        if stored:
            del fields["scheme"]


class MeasureForm(forms.Form):
    """Set a measure; kind, day and source say which one it is, and stay once it is stored."""

    kind = forms.ChoiceField(label=_("Measure"))
    value = number_field(_("Size"))
    unit = forms.CharField(label=_("Unit"), max_length=20, required=False)
    currency = forms.ChoiceField(
        label=_("Currency"), required=False, help_text=_("For budget and revenue")
    )
    as_of = day_field(_("As of"), required=True)
    source = forms.CharField(label=_("Source"), max_length=120, required=False)
    confidence = forms.ChoiceField(label=_("Confidence"))
    note = forms.CharField(label=_("Note"), max_length=200, required=False)

    def __init__(self, *args: Any, stored: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["kind"].choices = labels_of(MeasureKind)
        fields["confidence"].choices = labels_of(Confidence)
        fields["currency"].choices = [
            ("", "–"),
            *((item.code, f"{item.code} – {item.name}") for item in currencies()),
        ]
        if stored:
            for name in ("kind", "as_of", "source"):
                del fields[name]


class AnswerForm(forms.Form):
    """One answer of the profile."""

    value = forms.CharField(
        label=_("Answer"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    source = forms.CharField(label=_("Source"), max_length=120, required=False)
    reviewed_on = day_field(_("Reviewed on"), required=True)


class ProfileFieldForm(forms.Form):
    """A question of the profile."""

    label = forms.CharField(label=_("Question"), max_length=80)
    help = forms.CharField(label=_("What to write"), max_length=200, required=False)
    freshness_days = forms.IntegerField(
        label=_("Out of date after days"),
        min_value=0,
        max_value=3650,
        help_text=_("0: never"),
    )
    kinds = forms.MultipleChoiceField(
        label=_("For which kinds"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked: for all"),
    )
    group = forms.ChoiceField(
        label=_("Who may see it"),
        required=False,
        choices=[
            ("", _("Who sees the account")),
            ("terms", _("Who may see contract terms")),
            ("private_notes", _("The team and its director only")),
        ],
    )
    position = forms.IntegerField(label=_("Place in the list"), min_value=0, max_value=9999)
    active = forms.BooleanField(label=_("In use"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["kinds"].choices = labels_of(AccountKind)
