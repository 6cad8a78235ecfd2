"""Forms of an account as a whole: its plain fields, a merge, a file of accounts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from keystead.accounts.forms.parts import account_field
from keystead.accounts.queries import labels_of
from keystead.accounts.types import AccountKind, AccountStatus
from keystead.reference.queries import countries, currencies


class AccountForm(forms.Form):
    """Create or edit; ``owners`` are (id, name) pairs, and left out when editing."""

    name = forms.CharField(label=_("Name"), max_length=200)
    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        help_text=_("Ours, and unlike any other account's. A changed code goes on leading here."),
    )
    kind = forms.ChoiceField(label=_("Kind"))
    owner = forms.ChoiceField(label=_("Owner"), required=False)
    segment = forms.CharField(label=_("Segment"), max_length=60, required=False)
    territory = forms.CharField(label=_("Territory"), max_length=60, required=False)
    channel = forms.CharField(label=_("Channel"), max_length=60, required=False)
    country = forms.ChoiceField(label=_("Country"), required=False)
    currency = forms.ChoiceField(label=_("Currency"), required=False)
    status = forms.ChoiceField(label=_("Status"), required=False)

    def __init__(
        self,
        *args: Any,
        owners: Sequence[tuple[int, str]] = (),
        suggestions: dict[str, Sequence[str]] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.suggestions = suggestions or {}
        fields: dict[str, Any] = self.fields
        for name in self.suggestions:
            fields[name].widget.attrs["list"] = f"list-{name}"
        fields["kind"].choices = labels_of(AccountKind)
        fields["status"].choices = labels_of(AccountStatus)
        fields["country"].choices = [("", "–"), *((item.code, item.name) for item in countries())]
        fields["currency"].choices = [
            ("", "–"),
            *((item.code, f"{item.code} – {item.name}") for item in currencies()),
        ]
        if owners:
            fields["owner"].choices = [("", "–"), *((str(pk), name) for pk, name in owners)]
        else:
            del fields["owner"]


class MergeForm(forms.Form):
    """Which account this one is to be merged into, and why."""

    suggestions: dict[str, Sequence[str]] = {"accounts": ()}
    target = account_field(_("Merge into"))
    why = forms.CharField(
        label=_("Why"), max_length=400, widget=forms.Textarea(attrs={"rows": 2}), required=False
    )


class FileForm(forms.Form):
    """A workbook or CSV to import; at first it is only checked."""

    file = forms.FileField(label=_("File"))
