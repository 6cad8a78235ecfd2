"""Forms of accruals and settlements."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class OpenForm(forms.Form):
    """Up to which day is settled."""

    last = forms.DateField(label=_("Up to and including"), widget=DAY)


class PartnerForm(forms.Form):
    """Who agreed for the customer, and when."""

    partner = forms.CharField(label=_("Who agreed for the customer"), max_length=160)
    on = forms.DateField(label=_("Day"), widget=DAY)


class NoteForm(forms.Form):
    """The number of a credit note."""

    credit_note = forms.CharField(label=_("Number of the credit note"), max_length=40)


class PayForm(forms.Form):
    """When it was paid, and by what."""

    on = forms.DateField(label=_("Day of the payment"), widget=DAY)
    reference = forms.CharField(label=_("Reference of the payment"), max_length=80)


class WhyForm(forms.Form):
    """Why."""

    reason = forms.CharField(
        label=_("Reason"), max_length=400, widget=forms.Textarea(attrs={"rows": 2})
    )


class ReverseForm(WhyForm):
    """Why it is taken back, and the number of the note that does."""

    credit_note = forms.CharField(label=_("Number of the debit note"), max_length=40)
    field_order = ("credit_note", "reason")


class PayeeForm(forms.Form):
    """Who is paid, and when it is due."""

    payee = forms.CharField(label=_("Payee"), max_length=160)
    due_on = forms.DateField(label=_("Due on"), widget=DAY, required=False)
