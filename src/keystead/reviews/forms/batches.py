"""The form of many decks."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from keystead.kernel.errors import Invalid
from keystead.kernel.periods import Period
from keystead.reviews.queries.words import KINDS

LANGUAGES = (("en", "English"), ("zh-hans", "简体中文"), ("fr", "Français"))


class BatchForm(forms.Form):
    """Which decks: of whose accounts, about what, in which language and template."""

    manager = forms.TypedChoiceField(
        label=_("Accounts of"), coerce=int, required=False, empty_value=None
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=list(KINDS.items()))
    period = forms.CharField(label=_("Period"), max_length=40)
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES)
    master = forms.TypedChoiceField(
        label=_("Template"), coerce=int, required=False, empty_value=None
    )

    def clean_period(self) -> Period:
        try:
            return Period.parse(self.cleaned_data["period"].strip())
        except Invalid as error:
            raise ValidationError(gettext(error.message)) from error
