"""What all offers of a case share: range, dependence, strong position, recommended prices."""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from keystead.profitability.types.offers import Book, OfferCase, Range, Setting

MOST_PRICES = 40
SHARES = [(text, text) for text in ("0", "0.25", "0.5", "0.75", "0.9", "1")]


def _amount(label: Any, **options: Any) -> forms.DecimalField:
    widget = forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"})
    wanted = {"max_digits": 18, "decimal_places": 4, "required": False, "min_value": 0, **options}
    return forms.DecimalField(label=label, widget=widget, **wanted)


class SettingForm(forms.Form):
    """Name, range, dependence, recommended resale prices."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    low = _amount(gettext_lazy("Sales of the term: P10"))
    middle = _amount(gettext_lazy("P50, the forecast"))
    high = _amount(gettext_lazy("P90"))
    within_year = _amount(
        gettext_lazy("How far the months of a year move together"), required=True, max_value=1,
        help_text=gettext_lazy("0: each month by itself; 1: a good year is good in every month."),
    )  # fmt: skip
    common = _amount(
        gettext_lazy("How far the brands move together"), required=True, max_value=1,
        help_text=gettext_lazy("0: each brand by itself; 1: all alike."),
    )  # fmt: skip
    dominant = forms.BooleanField(
        label=gettext_lazy("We have a strong position with these products"), required=False
    )
    tax_pct = _amount(
        gettext_lazy("Sales tax inside the recommended prices, percent"), max_value=99
    )

    def __init__(self, data: Any, *, case: OfferCase, book: Book) -> None:
        given = case.setting
        resale = dict(given.resale)
        initial: dict[str, Any] = {
            "name": case.name, "within_year": given.within_year, "common": given.common,
            "dominant": given.dominant, "tax_pct": given.tax_pct or None,
        }  # fmt: skip
        if given.forecast is not None:
            initial |= {name: getattr(given.forecast, name) for name in ("low", "middle", "high")}
        self.given = given
        self.products: dict[str, int] = {}
        initial |= {f"resale_{number}": price for number, price in resale.items()}
        super().__init__(data, initial=initial)
        rows = sorted(book.rows, key=lambda row: -row.worth)
        seen = {row.product_id: row for row in reversed(rows) if row.product_id}
        for number, row in sorted(seen.items(), key=lambda pair: -pair[1].worth)[:MOST_PRICES]:
            field = f"resale_{number}"
            self.products[field] = number
            self.fields[field] = _amount(
                _("Recommended price: %(sku)s %(name)s") % {"sku": row.sku, "name": row.name}
            )

    def clean(self) -> dict[str, Any]:
        """A range has all three values, and they rise."""
        data = super().clean() or {}
        values = [data.get(name) for name in ("low", "middle", "high")]
        known = [value for value in values if value is not None]
        if known and len(known) < len(values):
            self.add_error("middle", _("A range needs all three values, or none."))
        elif known and not 0 < known[0] <= known[1] <= known[2]:
            self.add_error("low", _("A range rises from the low to the high value."))
        return data

    def setting(self) -> Setting:
        """Return the setting as it was typed; the seed stays."""
        data = self.cleaned_data
        asked = None
        if data.get("middle") is not None:
            asked = Range(data["low"], data["middle"], data["high"])
        shown = set(self.products.values())
        prices = {number: price for number, price in self.given.resale if number not in shown}
        prices |= {number: data[field] for field, number in self.products.items() if data[field]}
        resale = tuple(sorted(prices.items()))
        return dataclasses.replace(
            self.given,
            within_year=data["within_year"],
            common=data["common"],
            forecast=asked,
            dominant=data["dominant"],
            resale=resale,
            tax_pct=data.get("tax_pct") or Decimal(0),
        )
