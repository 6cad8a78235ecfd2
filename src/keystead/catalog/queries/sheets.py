"""Products as a workbook: what each sheet holds, and the export."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from keystead.accounts.queries import restrict
from keystead.catalog import models
from keystead.catalog.queries.groups import groups
from keystead.catalog.queries.labels import words_of
from keystead.catalog.types import PricePurpose, ProductKind, ProductScheme, ProductStatus, Supply
from keystead.kit.access import Actor
from keystead.kit.office.bulk import BulkSheet, Field, to_sheet
from keystead.kit.office.sheets import Column, Sheet, to_csv, workbook


def _choice(key: str, label: Any, kind: type[StrEnum], **more: Any) -> Field:
    return Field(key, label, "choice", choices=words_of(kind), **more)


_SKU = Field("sku", _lazy("SKU"), required=True)
_FROM = Field("valid_from", _lazy("First day"), "date")
_UNTIL = Field("valid_to", _lazy("Last day"), "last_day")
_SOURCE = Field("source", _lazy("Source"))

PRODUCTS = BulkSheet(
    "products",
    _lazy("Products"),
    (
        _SKU,
        Field("name", _lazy("Name"), required=True),
        _choice("kind", _lazy("Kind"), ProductKind, required=True),
        Field("brand", _lazy("Brand")),
        Field("category", _lazy("Category")),
        Field("pack_size", _lazy("Pack size"), "number"),
        Field("unit", _lazy("Unit")),
        Field("gtin", _lazy("GTIN")),
        Field("atc", _lazy("ATC")),
        Field("spec", _lazy("Form and strength")),
        _choice("supply", _lazy("Supply"), Supply),
        _choice("status", _lazy("Status"), ProductStatus),
        Field("successor", _lazy("Successor SKU")),
        Field("successor_from", _lazy("Successor from"), "date"),
        Field("successor_share_pct", _lazy("Share that the successor takes, %"), "number"),
        Field(
            "version",
            _lazy("Version"),
            "integer",
            note=_lazy("Leave it as exported: it finds changes made meanwhile."),
        ),
    ),
)
CODES = BulkSheet(
    "codes",
    _lazy("Product codes"),
    (
        _SKU,
        _choice("scheme", _lazy("Scheme"), ProductScheme, required=True),
        Field("value", _lazy("Code"), required=True),
        _SOURCE,
        _FROM,
        _UNTIL,
    ),
)
PARTS = BulkSheet(
    "parts",
    _lazy("Parts"),
    (
        _SKU,
        Field("part", _lazy("Part SKU"), required=True),
        Field("quantity", _lazy("Quantity"), "number"),
        _FROM,
        _UNTIL,
    ),
)
LISTINGS = BulkSheet(
    "listings",
    _lazy("Listings"),
    (
        Field("account", _lazy("Account code"), required=True),
        _SKU,
        Field("valid_from", _lazy("First day"), "date", required=True),
        _UNTIL,
        Field("agreed", _lazy("Agreed"), "boolean"),
        _SOURCE,
        Field("note", _lazy("Note")),
    ),
)
PRICES = BulkSheet(
    "prices",
    _lazy("Prices"),
    (
        _SKU,
        _choice("purpose", _lazy("Purpose"), PricePurpose, required=True),
        Field("amount", _lazy("Price of one unit"), "number", required=True),
        Field("currency", _lazy("Currency"), required=True),
        Field("tax_pct", _lazy("Tax inside, %"), "number"),
        Field("valid_from", _lazy("First day"), "date", required=True),
        _UNTIL,
        _SOURCE,
    ),
)
GROUPS = BulkSheet(
    "groups",
    _lazy("Product groups"),
    (
        Field("group", _lazy("Product group code"), required=True),
        Field("name", _lazy("Product group name")),
        Field("sku", _lazy("SKU")),
        Field("brand", _lazy("Brand")),
        Field("category", _lazy("Category")),
        Field("valid_from", _lazy("First day"), "date"),
        _UNTIL,
        Field("why", _lazy("Why"), note=_lazy("Needed where months that are over change.")),
    ),
)
SHEETS = (PRODUCTS, CODES, PARTS, LISTINGS, PRICES, GROUPS)


def products_workbook(actor: Actor) -> bytes:
    """Return the catalog and the visible accounts' listings, as a workbook that merges back.

    Needs ``export.data``. Merged products are left out; what hangs on them is written under the
    SKU of the product they live on in.
    """
    actor.require("export.data")
    rows: dict[str, Iterable[Mapping[str, Any]]] = {
        "products": _product_rows(actor),
        "codes": _code_rows(actor),
        "parts": _part_rows(actor),
        "listings": _listing_rows(actor),
        "prices": _price_rows(actor),
        "groups": _group_rows(actor),
    }
    sheets = [to_sheet(spec, rows[spec.key]) for spec in SHEETS]
    return workbook([*sheets, _notes()], title=_("Products"), author=actor.name)


def products_csv(actor: Actor) -> bytes:
    """Return the products as CSV, without what hangs on them. Needs ``export.data``."""
    actor.require("export.data")
    return to_csv(to_sheet(PRODUCTS, _product_rows(actor)))


def products_template(actor: Actor) -> bytes:
    """Return the empty workbook with its headers, drop-down lists and notes."""
    sheets = [to_sheet(spec, ()) for spec in SHEETS]
    return workbook([*sheets, _notes()], title=_("Products"), author=actor.name)


def _notes() -> Sheet:
    lines = [
        _("One row for each product, code, part, listing, price or thing in a product group."),
        _("A product is found by its SKU; a SKU that is not there yet is created."),
        _("An empty cell empties the field; leave a column out to leave its field alone."),
        _("Rows that are not in the file stay as they are: nothing is deleted."),
        _("A last day belongs to the span; leave it empty while it goes on."),
        _("If one row has a problem, no row is written; each problem names its cell."),
    ]
    return Sheet(_("How it works"), [Column(_("How it works"), width=100)], [[x] for x in lines])


def _product_rows(actor: Actor) -> Iterator[dict[str, Any]]:
    if not actor.can("accounts.view"):
        return
    names = [field.key for field in PRODUCTS.fields if field.key != "successor"]
    rows = models.Product.objects.filter(merged_into=None).select_related("successor")
    for row in rows.order_by("sku"):
        successor = row.successor.sku if row.successor else ""
        found = {**{name: getattr(row, name) for name in names}, "successor": successor}
        if not successor:
            found["successor_share_pct"] = None
        yield found


def _code_rows(actor: Actor) -> Iterator[dict[str, Any]]:
    if not actor.can("accounts.view"):
        return
    rows = models.ProductCode.objects.select_related("product__canonical")
    for row in rows.order_by("product__sku", "scheme", "id"):
        yield {
            "sku": _sku(row.product),
            **{field.key: getattr(row, field.key) for field in CODES.fields[1:]},
        }


def _part_rows(actor: Actor) -> Iterator[dict[str, Any]]:
    if not actor.can("accounts.view"):
        return
    rows = models.ProductPart.objects.select_related("whole__canonical", "part__canonical")
    for row in rows.order_by("whole__sku", "part__sku", "valid_from", "id"):
        yield {
            "sku": _sku(row.whole),
            "part": _sku(row.part),
            "quantity": row.quantity,
            "valid_from": row.valid_from,
            "valid_to": row.valid_to,
        }


def _listing_rows(actor: Actor) -> Iterator[dict[str, Any]]:
    rows = restrict(models.Listing.objects.all(), actor)
    rows = rows.select_related("product__canonical", "account__canonical")
    for row in rows.order_by("account__code", "product__sku", "valid_from", "id"):
        yield {
            "account": (row.account.canonical or row.account).code,
            "sku": _sku(row.product),
            **{field.key: getattr(row, field.key) for field in LISTINGS.fields[2:]},
        }


def _price_rows(actor: Actor) -> Iterator[dict[str, Any]]:
    if not actor.can("accounts.view"):
        return
    rows = models.Price.objects.select_related("product__canonical")
    for row in rows.order_by("product__sku", "purpose", "valid_from", "id"):
        yield {
            "sku": _sku(row.product),
            **{field.key: getattr(row, field.key) for field in PRICES.fields[1:]},
        }


def _group_rows(actor: Actor) -> Iterator[dict[str, Any]]:
    for group in groups(actor):
        named = {"group": group.code, "name": group.name}
        if not group.members:
            yield named
        for one in group.members:
            told = {"sku": one.sku, "brand": one.brand, "category": one.category}
            days = {"valid_from": one.span.valid_from, "valid_to": one.span.valid_to}
            yield {**named, **told, **days}


def _sku(product: models.Product) -> str:
    return (product.canonical or product).sku
