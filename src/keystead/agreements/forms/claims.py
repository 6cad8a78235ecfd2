"""Forms of claims: what the customer sent, what was shown, what is decided."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from keystead.agreements.forms.parts import DAY, number
from keystead.agreements.queries.claim_words import CLAIM_KINDS, CLAIM_REASONS
from keystead.agreements.types import ClaimKind, ClaimReason
from keystead.agreements.types.claims import ClaimEntry


class ClaimForm(forms.Form):
    """A claim as the customer sent it."""

    account = forms.TypedChoiceField(label=_("Customer"), coerce=int)
    external_number = forms.CharField(label=_("Their number"), max_length=60)
    kind = forms.ChoiceField(label=_("Kind"), choices=list(CLAIM_KINDS.items()))
    reason = forms.ChoiceField(label=_("Reason"), choices=list(CLAIM_REASONS.items()))
    amount = number(_("Amount"), required=True, min_value=Decimal("0.0001"))
    currency = forms.CharField(label=_("Currency"), min_length=3, max_length=3)
    on = forms.DateField(label=_("Claim date"), widget=DAY)
    due_on = forms.DateField(label=_("Due"), widget=DAY, required=False)
    agreement_number = forms.CharField(label=_("Agreement"), max_length=40, required=False)
    first = forms.DateField(label=_("First day claimed for"), widget=DAY, required=False)
    last = forms.DateField(label=_("Last day claimed for"), widget=DAY, required=False)
    invoice = forms.CharField(label=_("Invoice"), max_length=60, required=False)
    product_code = forms.CharField(label=_("SKU"), max_length=60, required=False)
    quantity = number(_("Quantity"), min_value=0)
    unit_price = number(_("Claimed per unit"), min_value=0)
    wholesaler_code = forms.CharField(
        label=_("Wholesaler code"), max_length=60, required=False,
        help_text=_("For a chargeback: who sold it on."),
    )  # fmt: skip
    customer_code = forms.CharField(label=_("Their reason code"), max_length=40, required=False)
    note = forms.CharField(
        label=_("Note"), max_length=400, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, accounts: list[tuple[int, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        cast(forms.ChoiceField, self.fields["account"]).choices = accounts

    def entry(self, condition: str = "") -> ClaimEntry:
        """Return the claim as it was typed; the named condition stays as it was."""
        data = dict(self.cleaned_data)
        return ClaimEntry(
            account_id=data.pop("account"),
            kind=ClaimKind(data.pop("kind")),
            reason=ClaimReason(data.pop("reason")),
            condition=condition,
            **data,
        )


class EvidenceForm(forms.Form):
    """Words or a file that show what a claim is for."""

    text = forms.CharField(label=_("What was shown"), max_length=400, required=False)
    file = forms.FileField(label=_("File"), required=False)


class RemarkForm(forms.Form):
    """What somebody makes of what is wrong."""

    remark = forms.CharField(
        label=_("Remark"), max_length=400, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Needed where something is wrong."),
    )  # fmt: skip


class DecisionForm(forms.Form):
    """How much is granted, and why not all of it."""

    amount = number(_("Granted"), required=True, min_value=0)
    reason = forms.CharField(
        label=_("Reason"), max_length=400, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Needed where less than all is granted."),
    )  # fmt: skip


class SettleForm(forms.Form):
    """The day and the credit note with which a claim is settled."""

    day = forms.DateField(label=_("Day"), widget=DAY)
    credit_note = forms.CharField(label=_("Credit note"), max_length=60, required=False)


class WriteOffForm(forms.Form):
    """How much is given up, why, and on which condition it is booked."""

    amount = number(_("Given up"), required=True, min_value=Decimal("0.0001"))
    place = forms.ChoiceField(label=_("Booked on"))
    reason = forms.CharField(
        label=_("Reason"), max_length=400, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, places: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        cast(forms.ChoiceField, self.fields["place"]).choices = places
