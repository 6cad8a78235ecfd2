"""Fields that several forms share."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


def day_field(label: Any, *, required: bool = False, help_text: Any = "") -> forms.DateField:
    """Return a date field; the browser shows it in the reader's way."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, widget=widget, help_text=help_text)


def number_field(label: Any, *, required: bool = True, **options: Any) -> forms.DecimalField:
    """Return a number field; the browser shows it in the reader's way."""
    widget = forms.NumberInput(attrs={"step": "any", "min": "0"})
    return forms.DecimalField(
        label=label, required=required, widget=widget, max_digits=20, decimal_places=4, **options
    )


def account_field(label: Any, **options: Any) -> forms.CharField:
    """Return a field for an account's code that offers visible accounts as one types."""
    widget = forms.TextInput(
        attrs={
            "list": "list-accounts",
            "autocomplete": "off",
            "hx-get": "/accounts/search/?as=options",
            "hx-trigger": "input changed delay:200ms",
            "hx-target": "#list-accounts",
            "hx-swap": "innerHTML",
        }
    )
    options.setdefault("help_text", _("Type a code or a name."))
    return forms.CharField(label=label, max_length=200, widget=widget, **options)


class SpanMixin(forms.Form):
    """First and last day, as people say them; ``span`` gives half-open dates."""

    def span(self) -> tuple[date | None, date | None]:
        data = self.cleaned_data
        last = data.get("last_day")
        return data.get("valid_from"), last + timedelta(days=1) if last else None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("valid_from"), data.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("The last day lies before the first."))
        return data
