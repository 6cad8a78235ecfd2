"""Fields that datasets share: labels, types and columns, and how a list of them is written."""

from __future__ import annotations

from typing import Any

from keystead.ledger.types.choices import (
    gettext_noop,
)
from keystead.ledger.types.fields import (
    Computation,
    Fallback,
    FieldDef,
    FieldType,
)
from keystead.ledger.types.synonyms import LOSSES, headers_for, own_headers, unclear_headers

VALUE_OF_PRICE = Computation("value", "multiply", "quantity", "unit_price")


PRICE_OF_VALUE = Computation("unit_price", "divide", "value", "quantity")


_LABELS: dict[str, tuple[str, FieldType]] = {
    "account": (gettext_noop("Account code"), FieldType.CODE),
    "account_name": (gettext_noop("Account name"), FieldType.TEXT),
    "product": (gettext_noop("Product code"), FieldType.CODE),
    "product_name": (gettext_noop("Product name"), FieldType.TEXT),
    "date": (gettext_noop("Date"), FieldType.DATE),
    "doc_no": (gettext_noop("Document number"), FieldType.CODE),
    "quantity": (gettext_noop("Quantity"), FieldType.DECIMAL),
    "unit": (gettext_noop("Unit"), FieldType.UNIT),
    "unit_price": (gettext_noop("Unit price"), FieldType.DECIMAL),
    "value": (gettext_noop("Value"), FieldType.DECIMAL),
    "low": (gettext_noop("Low end of the forecast (P10)"), FieldType.DECIMAL),
    "high": (gettext_noop("High end of the forecast (P90)"), FieldType.DECIMAL),
    "currency": (gettext_noop("Currency"), FieldType.CURRENCY),
    "is_return": (gettext_noop("Return"), FieldType.FLAG),
    "channel": (gettext_noop("Channel"), FieldType.TEXT),
    "buyer": (gettext_noop("Buyer"), FieldType.TEXT),
    "buyer_tier": (gettext_noop("Buyer tier"), FieldType.INTEGER),
    "outlet": (gettext_noop("Outlet"), FieldType.TEXT),
    "basis": (gettext_noop("Basis"), FieldType.CHOICE),
    "location": (gettext_noop("Location"), FieldType.TEXT),
    "opening": (gettext_noop("Opening stock"), FieldType.DECIMAL),
    "received": (gettext_noop("Received"), FieldType.DECIMAL),
    "returned": (gettext_noop("Returned to supplier"), FieldType.DECIMAL),
    "sold": (gettext_noop("Sold"), FieldType.DECIMAL),
    "customer_returned": (gettext_noop("Returned by customers"), FieldType.DECIMAL),
    "adjusted": (gettext_noop("Adjusted"), FieldType.DECIMAL),
    "status": (gettext_noop("Status"), FieldType.CHOICE),
    "shop": (gettext_noop("Shop"), FieldType.TEXT),
    "item": (gettext_noop("Item on the shop's page"), FieldType.CODE),
    "price": (gettext_noop("Price"), FieldType.DECIMAL),
    "regular_price": (gettext_noop("Regular price"), FieldType.DECIMAL),
    "sales_count": (gettext_noop("Sales count shown"), FieldType.INTEGER),
    "comment_count": (gettext_noop("Comment count shown"), FieldType.INTEGER),
    "in_stock": (gettext_noop("In stock"), FieldType.FLAG),
    "category": (gettext_noop("Category"), FieldType.TEXT),
    "campaign": (gettext_noop("Campaign"), FieldType.TEXT),
    "kind": (gettext_noop("Kind of cost"), FieldType.CHOICE),
    "unit_cost": (gettext_noop("Unit cost"), FieldType.DECIMAL),
    "metric": (gettext_noop("Metric"), FieldType.CHOICE),
    "company": (gettext_noop("Company"), FieldType.TEXT),
    "is_own": (gettext_noop("Our own"), FieldType.FLAG),
    "agreement": (gettext_noop("Agreement"), FieldType.CODE),
    "condition": (gettext_noop("Condition"), FieldType.CODE),
    "family": (gettext_noop("Family of the condition"), FieldType.CODE),
    "treatment": (gettext_noop("Counts as"), FieldType.CHOICE),
    "platform": (gettext_noop("Platform"), FieldType.TEXT),
    "publisher": (gettext_noop("Publisher"), FieldType.TEXT),
    "title": (gettext_noop("Title"), FieldType.TEXT),
    "doi": (gettext_noop("DOI"), FieldType.CODE),
    "package": (gettext_noop("Package of titles"), FieldType.TEXT),
    "proprietary_id": (gettext_noop("Identifier of the platform's own"), FieldType.CODE),
    "isbn": (gettext_noop("ISBN"), FieldType.CODE),
    "print_issn": (gettext_noop("Print ISSN"), FieldType.CODE),
    "online_issn": (gettext_noop("Online ISSN"), FieldType.CODE),
    "data_type": (gettext_noop("Data type"), FieldType.TEXT),
    "yop": (gettext_noop("Year of publication"), FieldType.INTEGER),
    "is_backfile": (gettext_noop("Of the backfile"), FieldType.FLAG),
    "metric_type": (gettext_noop("Metric type"), FieldType.TEXT),
    "access_type": (gettext_noop("Access type"), FieldType.TEXT),
    "access_method": (gettext_noop("Access method"), FieldType.TEXT),
    "report": (gettext_noop("Report"), FieldType.CODE),
    "release": (gettext_noop("Release"), FieldType.CODE),
}


_COLUMN = {"account": "account_id", "product": "product_id", "account_name": "", "product_name": ""}


_FALLBACK = {
    "currency": Fallback.ACCOUNT_CURRENCY,
    "unit": Fallback.PRODUCT_UNIT,
    "is_return": Fallback.SIGN,
    "basis": Fallback.FIRST_CHOICE,
    "status": Fallback.FIRST_CHOICE,
    "kind": Fallback.FIRST_CHOICE,
    "metric": Fallback.FIRST_CHOICE,
}


def _field(dataset: str, name: str, **more: Any) -> FieldDef:
    label, kind = _LABELS[name]
    required = more.pop("required", False)
    return FieldDef(
        name=name,
        label=more.pop("label", label),
        type=kind,
        required=required,
        nullable=not required,
        column=more.pop("column", _COLUMN.get(name)),
        fallback=_FALLBACK.get(name, Fallback.NONE) if required else Fallback.NONE,
        synonyms=headers_for(dataset, name),
        own_words=own_headers(dataset, name),
        losses=LOSSES.get((dataset, name), ()),
        unclear=unclear_headers(dataset, name),
        **more,
    )


def fields_of(dataset: str, names: str, **special: dict[str, Any]) -> tuple[FieldDef, ...]:
    """Return fields from "account! product date! ..."; "!" marks a required one."""
    return tuple(
        _field(
            dataset,
            word.rstrip("!"),
            required=word.endswith("!"),
            **special.get(word.rstrip("!"), {}),
        )
        for word in names.split()
    )


KEYS = "account! account_name product! product_name date! "


LOOSE_KEYS = "account! account_name product product_name date! "


SALE = "doc_no quantity! unit! unit_price value! currency! is_return! "
