"""Small parts that the forms share: a choice from words, an exact number, a day."""

from __future__ import annotations

from typing import Any

from django import forms

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def choice(label: Any, named: dict[str, Any], **options: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=list(named.items()), **options)


def number(label: Any, **options: Any) -> forms.DecimalField:
    widget = forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"})
    wanted = {"max_digits": 18, "decimal_places": 4, "required": False, **options}
    return forms.DecimalField(label=label, widget=widget, **wanted)
