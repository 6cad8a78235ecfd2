"""Forms of the rates page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


def _code(label: Any, **options: Any) -> forms.CharField:
    widget = forms.TextInput(attrs={"maxlength": 3, "autocomplete": "off", "size": 4})
    return forms.CharField(label=label, max_length=3, widget=widget, **options)


class RateForm(forms.Form):
    """One rate, typed in."""

    on = forms.DateField(
        label=_("Date"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    base = _code(pgettext_lazy("rate", "From"))
    quote = _code(pgettext_lazy("rate", "To"))
    value = forms.CharField(
        label=_("Rate"),
        max_length=32,
        help_text=_("How many of the second currency one of the first buys, as 7.8512"),
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    source = forms.CharField(label=_("Source"), max_length=120)


class RateFileForm(forms.Form):
    """A file of rates."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("Date, from, to, rate, source; or a date and a column per currency"),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx,.xls,.ods"}),
    )
    base = _code(pgettext_lazy("rate", "From"), required=False, help_text=_("If no column says it"))
    source = forms.CharField(
        label=_("Source"), max_length=120, required=False, help_text=_("If no column says it")
    )
