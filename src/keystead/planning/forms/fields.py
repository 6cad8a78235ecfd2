"""Fields that several forms of the room share."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
ROWS = forms.Textarea(attrs={"rows": 3})
People = Sequence[tuple[int, str]]


def number_field(label: Any, **options: Any) -> forms.DecimalField:
    widget = forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"})
    wanted = {"max_digits": 18, "decimal_places": 4, "required": False, **options}
    return forms.DecimalField(label=label, widget=widget, **wanted)


def money_field(label: Any, **options: Any) -> forms.DecimalField:
    return number_field(label, **{"decimal_places": 2, "min_value": 0, **options})


def day_field(label: Any, **options: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=DAY, **{"required": False, **options})


def owner_field(label: Any = None, **options: Any) -> forms.TypedChoiceField:
    wanted = {"required": False, "empty_value": None, **options}
    return forms.TypedChoiceField(label=label or _("Owner"), coerce=int, **wanted)


def choose(form: forms.Form, name: str, choices: Any) -> None:
    """Give a choice field of a form its choices."""
    cast(forms.ChoiceField, form.fields[name]).choices = list(choices)


def plain(value: Decimal | None) -> str:
    """Return a stored number as a form shows it: no trailing zeros."""
    return "" if value is None else format(value.normalize(), "f")
