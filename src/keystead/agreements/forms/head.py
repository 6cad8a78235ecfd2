"""Forms: the head of an agreement; a day with its reason."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from keystead.accounts.types import Account
from keystead.agreements.forms.parts import DAY, choice
from keystead.agreements.queries import words
from keystead.agreements.types import AgreementKind, Head
from keystead.reference.queries import currencies


class HeadForm(forms.Form):
    """Who, what for, how long."""

    account = forms.TypedChoiceField(label=_("Customer"), coerce=int)
    title = forms.CharField(label=_("Title"), max_length=160, required=False)
    number = forms.CharField(
        label=_("Number"), max_length=40, required=False, help_text=_("Made when left empty.")
    )
    kind = choice(_("Kind"), words.KINDS)
    starts = forms.DateField(label=_("First day"), widget=DAY)
    last = forms.DateField(label=_("Last day"), widget=DAY)
    currency = forms.ChoiceField(
        label=_("Currency"), required=False, help_text=_("The customer's when left empty.")
    )
    maker_entity = forms.CharField(label=_("Our company"), max_length=160, required=False)
    customer_entity = forms.CharField(label=_("Their company"), max_length=160, required=False)
    template = forms.TypedChoiceField(
        label=_("Begin from"), coerce=int, required=False, empty_value=None
    )
    law = forms.CharField(label=_("Governing law"), max_length=80, required=False)
    notice_days = forms.IntegerField(
        label=_("Notice, days before the end"), min_value=0, max_value=1000, required=False
    )

    def __init__(
        self,
        *args: Any,
        accounts: list[Account],
        templates: list[tuple[int, str]] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        if templates:
            field = cast(forms.ChoiceField, self.fields["template"])
            field.choices = [("", gettext("Nothing")), *templates]
        else:
            del self.fields["template"]
        fields = cast(dict[str, forms.ChoiceField], self.fields)
        fields["account"].choices = [(one.id, f"{one.name} ({one.code})") for one in accounts]
        fields["currency"].choices = [
            ("", gettext("As the customer's")),
            *((item.code, f"{item.code} – {item.name}") for item in currencies()),
        ]
        self._own = {one.id: one.currency for one in accounts}

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if not data.get("currency") and "account" in data:
            data["currency"] = self._own.get(data["account"], "")
            if not data["currency"]:
                self.add_error("currency", _("This customer has no currency yet: choose one."))
        return data

    def head(self, owner_id: int | None) -> Head:
        """Return the head as it was typed."""
        data = dict(self.cleaned_data)
        account_id = data.pop("account")
        data.pop("template", None)
        data["kind"] = AgreementKind(data["kind"])
        return Head(account_id=account_id, owner_id=owner_id, **data)


class TemplateForm(forms.Form):
    """A name for terms that others begin from."""

    name = forms.CharField(label=_("Name"), max_length=80)
    figures = forms.BooleanField(
        label=_("Keep the figures: only for this customer and its group"), required=False
    )


class AmendForm(forms.Form):
    """From when the new terms hold, until when if that changes, and why."""

    day = forms.DateField(label=_("The new terms hold from"), widget=DAY)
    last = forms.DateField(
        label=_("New last day"), widget=DAY, required=False, help_text=_("Only when it moves.")
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=400, widget=forms.Textarea(attrs={"rows": 2})
    )


class DayForm(forms.Form):
    """A day, and where it is asked for, a reason."""

    day = forms.DateField(label=_("Day"), widget=DAY)
    reason = forms.CharField(
        label=_("Reason"), max_length=400, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, reason: bool = True, **options: Any) -> None:
        super().__init__(*args, **options)
        if not reason:
            del self.fields["reason"]
