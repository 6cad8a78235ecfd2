"""Forms of the catalog room."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from keystead.catalog.queries import labels_of
from keystead.catalog.types import ProductKind, ProductScheme, ProductStatus, Supply
from keystead.reference.queries import units


def _day(label: Any, *, required: bool = False, help_text: Any = "") -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, widget=widget, help_text=help_text)


def _number(label: Any, *, required: bool = False, **options: Any) -> forms.DecimalField:
    widget = forms.NumberInput(attrs={"step": "any", "min": "0"})
    return forms.DecimalField(
        label=label, required=required, widget=widget, max_digits=12, decimal_places=4, **options
    )


def _product(label: Any) -> forms.CharField:
    widget = forms.TextInput(
        attrs={
            "list": "list-products",
            "autocomplete": "off",
            "hx-get": "/products/search/?as=options",
            "hx-trigger": "input changed delay:200ms",
            "hx-target": "#list-products",
            "hx-swap": "innerHTML",
        }
    )
    return forms.CharField(
        label=label, max_length=200, widget=widget, help_text=_("Type a SKU or a name.")
    )


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


class ProductForm(forms.Form):
    """Create or edit a product."""

    name = forms.CharField(label=_("Name"), max_length=200)
    sku = forms.CharField(
        label=_("SKU"),
        max_length=60,
        help_text=_("Ours, and unlike any other product's. A changed SKU goes on leading here."),
    )
    kind = forms.ChoiceField(label=_("Kind"))
    brand = forms.CharField(label=_("Brand"), max_length=80, required=False)
    category = forms.CharField(label=_("Category"), max_length=80, required=False)
    spec = forms.CharField(label=_("Form and strength"), max_length=120, required=False)
    pack_size = _number(
        _("Pack size"), help_text=_("How many of the unit are in a pack, box or bundle")
    )
    unit = forms.CharField(label=_("Unit"), max_length=20, required=False)
    gtin = forms.CharField(label=_("GTIN"), max_length=18, required=False)
    atc = forms.CharField(label=_("ATC"), max_length=10, required=False)
    supply = forms.ChoiceField(label=_("Supply"), required=False)
    status = forms.ChoiceField(label=_("Status"), required=False)

    def __init__(
        self, *args: Any, suggestions: dict[str, Sequence[str]] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.suggestions = {"unit": [item.code for item in units()], **(suggestions or {})}
        fields: dict[str, Any] = self.fields
        for name in self.suggestions:
            fields[name].widget.attrs["list"] = f"list-{name}"
        fields["kind"].choices = labels_of(ProductKind)
        fields["supply"].choices = labels_of(Supply)
        fields["status"].choices = labels_of(ProductStatus)

    def clean_pack_size(self) -> Any:
        return self.cleaned_data["pack_size"] or 1


class CodeForm(SpanMixin):
    """Add or correct a code; the scheme stays once it is stored."""

    scheme = forms.ChoiceField(label=_("Scheme"))
    value = forms.CharField(label=_("Code"), max_length=200)
    source = forms.CharField(
        label=_("Source"),
        max_length=80,
        required=False,
        help_text=_("Whose code it is: the system, customer or platform."),
    )
    valid_from = _day(_("First day"), help_text=_("Empty: since ever"))
    last_day = _day(_("Last day"), help_text=_("Empty: it goes on"))

    def __init__(self, *args: Any, stored: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["scheme"].choices = labels_of(ProductScheme)
        if stored:
            del fields["scheme"]


class PartForm(SpanMixin):
    """Put a product into a collection or kit."""

    suggestions: dict[str, Sequence[str]] = {"products": ()}
    part = _product(_("Which product"))
    quantity = _number(_("How many"), required=True, initial=1)
    valid_from = _day(_("First day"), help_text=_("Empty: since ever"))
    last_day = _day(_("Last day"), help_text=_("Empty: it goes on"))


class PartChangeForm(forms.Form):
    """Another quantity, or a last day."""

    quantity = _number(_("How many"), required=True)
    last_day = _day(_("Last day"), help_text=_("Empty: it goes on"))


class SuccessorForm(forms.Form):
    """Which product comes after this one, and from which day; empty takes it back."""

    suggestions: dict[str, Sequence[str]] = {"products": ()}
    successor = _product(_("Successor"))
    on = _day(_("First day"))
    successor_share_pct = _number(
        _("Share that it takes, %"),
        help_text=_("How much of the demand goes over; the rest stays or is lost. Empty: 100"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["successor"].required = False


class MergeForm(forms.Form):
    """Which product this one is to be merged into, and why."""

    suggestions: dict[str, Sequence[str]] = {"products": ()}
    target = _product(_("Merge into"))
    why = forms.CharField(
        label=_("Why"), max_length=400, widget=forms.Textarea(attrs={"rows": 2}), required=False
    )


class ListingForm(SpanMixin):
    """Put a product on an account's range, or change it; the product stays once it is stored."""

    suggestions: dict[str, Sequence[str]] = {"products": ()}
    product = _product(_("Product"))
    valid_from = _day(_("First day"), required=True)
    last_day = _day(_("Last day"), help_text=_("Empty: it goes on"))
    agreed = forms.BooleanField(
        label=_("Agreed: a contract or a published list has it"), required=False
    )
    source = forms.CharField(label=_("Source"), max_length=120, required=False)
    note = forms.CharField(label=_("Note"), max_length=200, required=False)

    def __init__(self, *args: Any, stored: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if stored:
            del self.fields["product"]


class GroupForm(forms.Form):
    """Name a product group; its code stays once it is stored."""

    code = forms.CharField(
        label=_("Code"), max_length=40, help_text=_("Short and without blanks, as in CARDIO-NEW.")
    )
    name = forms.CharField(label=_("Name"), max_length=120)
    note = forms.CharField(label=_("Note"), max_length=400, required=False)

    def __init__(self, *args: Any, stored: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if stored:
            del self.fields["code"]


class MemberForm(SpanMixin):
    """What is in a group, from which month to which."""

    suggestions: dict[str, Sequence[str]]
    product = _product(_("Product"))
    brand = forms.CharField(label=_("Brand"), max_length=80, required=False)
    category = forms.CharField(label=_("Category"), max_length=80, required=False)
    valid_from = _day(_("First day"), help_text=_("The first of a month; empty: since ever"))
    last_day = _day(_("Last day"), help_text=_("The last of a month; empty: it goes on"))
    why = forms.CharField(
        label=_("Why"),
        max_length=400,
        required=False,
        help_text=_("Needed where months that are over change."),
    )

    def __init__(
        self,
        *args: Any,
        stored: bool = False,
        suggestions: dict[str, Sequence[str]] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.suggestions = {"products": (), **(suggestions or {})}
        self.fields["product"].required = False
        if stored:
            for name in ("product", "brand", "category"):
                del self.fields[name]
            self.suggestions = {}
        for name in ("brand", "category") if not stored else ():
            self.fields[name].widget.attrs["list"] = f"list-{name}"
