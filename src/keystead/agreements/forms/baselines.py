"""The amounts that growth is counted from, month by month, as pasted from a sheet."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django import forms
from django.forms import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

Months = tuple[tuple[date, Decimal], ...]
_LINE: Final = re.compile(
    r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})(?:[-/.]\d{1,2})?[\s;:]+(?P<sum>.+)"
)


class BaselineField(forms.CharField):
    """Lines such as ``2027-01  120000``: a month of the agreement and what it is compared with."""

    def __init__(self) -> None:
        super().__init__(
            label=_("Baseline by month"),
            required=False,
            widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
            help_text=_("A month of this agreement and its amount on each line: 2027-01 120000."),
        )

    def clean(self, value: Any) -> Months:
        found: dict[date, Decimal] = {}
        for line in (super().clean(value) or "").splitlines():
            if not line.strip():
                continue
            match = _LINE.fullmatch(line.strip())
            month = amount = None
            if match is not None:
                try:
                    month = date(int(match["year"]), int(match["month"]), 1)
                    amount = amount_of(match["sum"])
                except (ValueError, InvalidOperation):
                    month = None
            if month is None or amount is None:
                raise ValidationError(
                    gettext("“%(line)s” is no month with its amount: write 2027-01 120000.")
                    % {"line": line.strip()[:40]}
                )
            if month in found:
                raise ValidationError(
                    gettext("%(month)s is there twice.") % {"month": f"{month:%Y-%m}"}
                )
            found[month] = amount
        return tuple(sorted(found.items()))

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, tuple | list):
            return "\n".join(f"{month:%Y-%m} {amount:f}" for month, amount in value)
        return value


def amount_of(text: str) -> Decimal:
    """Return an amount as sheets write it: 1,234.5 or 1 234,5; InvalidOperation for no number.

    A single comma followed by three digits groups thousands.

    >>> [str(amount_of(one)) for one in ("1,234.5", "1 234,5", "1,234", "0,5")]
    ['1234.5', '1234.5', '1234', '0.5']
    """
    plain = re.sub(r"[\s\u00a0\u202f'’¥€$£]", "", text)
    comma, dot = plain.rfind(","), plain.rfind(".")
    if comma > dot and not re.fullmatch(r"-?\d{1,3}(,\d{3})+", plain):
        plain = plain.replace(".", "").replace(",", ".")
    amount = Decimal(plain.replace(",", ""))
    if not amount.is_finite():
        raise InvalidOperation
    return amount
