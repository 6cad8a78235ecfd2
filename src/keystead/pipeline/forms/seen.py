"""The form of what a competitor lost."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from keystead.pipeline.forms.renewals import DAY
from keystead.pipeline.types.seen import RivalLoss


class RivalLossForm(forms.Form):
    """What a competitor lost at an account."""

    account = forms.TypedChoiceField(label=_("Account"), coerce=int)
    rival = forms.CharField(label=_("Competitor"), max_length=120)
    what = forms.CharField(label=_("What they lost"), max_length=160)
    on = forms.DateField(label=_("Lost on"), widget=DAY)
    source = forms.CharField(
        label=_("Source"), max_length=200,
        help_text=_("Who said it, or where it was written."),
    )  # fmt: skip

    def __init__(self, *args: Any, accounts: list[tuple[int, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        cast(forms.ChoiceField, self.fields["account"]).choices = accounts

    def loss(self) -> RivalLoss:
        """Return the loss as it was typed."""
        data = self.cleaned_data
        return RivalLoss(data["account"], data["rival"], data["what"], data["on"], data["source"])
