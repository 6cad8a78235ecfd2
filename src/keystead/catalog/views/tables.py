"""Tables of the catalog's pages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.accounts.queries import accounts_for
from keystead.accounts.types import Span
from keystead.catalog.queries import label_of
from keystead.catalog.types import Listing, Part, Price, Product, ProductCode, ProductStatus
from keystead.kit.access import Actor
from keystead.kit.ui.tables import Cell, Column, Row, Table
from keystead.kit.ui.tags.numbers import day, number

TONES = {ProductStatus.ACTIVE: "good", ProductStatus.PLANNED: "accent"}


def products(rows: Sequence[Product], *, sort: str, query: str) -> Table:
    """Return the list of products."""
    columns = [
        Column("name", _("Product")),
        Column("sku", _("SKU"), "code"),
        Column("brand", _("Brand"), hide="phone"),
        Column("category", _("Category"), hide="phone"),
        Column("kind", _("Kind"), hide="phone"),
        Column("pack_size", _("Pack size"), "number", hide="phone"),
        Column("unit", _("Unit"), hide="phone"),
        Column("atc", _("ATC"), hide="phone"),
        Column("status", _("Status"), "tag"),
    ]
    shown = [
        Row(
            {
                "name": Cell(
                    row.name, href=reverse("catalog:product", args=[row.id]), sub=row.spec
                ),
                "sku": row.sku,
                "brand": row.brand,
                "category": row.category,
                "kind": label_of(row.kind),
                "pack_size": row.pack_size,
                "unit": row.unit,
                "atc": row.atc,
                "status": Cell(label_of(row.status), tone=TONES.get(row.status, "")),
            },
            tone="past" if row.status is ProductStatus.DISCONTINUED else "",
        )
        for row in rows
    ]
    return Table(
        columns,
        shown,
        caption=_("Products"),
        sort=sort,
        sort_url=f"{reverse('catalog:products')}?{query}",
        sort_target="#products",
        empty=_("No product matches."),
    )


def facts(product: Product) -> list[tuple[str, str]]:
    """Return the plain fields of a product as label and word."""
    pack = f"{number(product.pack_size)} × {product.unit}" if product.unit else ""
    pairs = [
        (_("SKU"), product.sku),
        (_("Kind"), label_of(product.kind)),
        (_("Status"), label_of(product.status)),
        (_("Brand"), product.brand),
        (_("Category"), product.category),
        (_("Form and strength"), product.spec),
        (_("Pack"), pack),
        (_("GTIN"), product.gtin),
        (_("ATC"), product.atc),
        (_("Supply"), label_of(product.supply) if product.supply else ""),
    ]
    return [(label, word) for label, word in pairs if word]


def codes(rows: Iterable[ProductCode], product: Product, *, edit: bool) -> Table:
    """Return the codes with their dates."""
    columns = [
        Column("scheme", _("Scheme")),
        Column("value", _("Code"), "code"),
        Column("source", _("Source"), hide="phone"),
        Column("dates", _("Holds"), hide="phone"),
    ]
    shown = [
        _dated(
            row.span,
            scheme=Cell(
                label_of(row.scheme), href=_edit("edit_code", product.id, row.id, edit=edit)
            ),
            value=row.value,
            source=row.source,
        )
        for row in rows
    ]
    return Table(
        columns, shown, caption=_("Product codes"), sortable=False, empty=_("No other code yet.")
    )


def prices(rows: Iterable[Price]) -> Table:
    """Return the prices of a product: what for, how much, from when to when."""
    columns = [
        Column("purpose", _("Purpose")),
        Column("amount", _("Price of one unit"), "number"),
        Column("currency", _("Currency"), "code"),
        Column("tax", _("Tax inside"), "pct"),
        Column("since", _("First day"), "date"),
        Column("until", _("Last day"), "date"),
        Column("source", _("Source"), hide="phone"),
    ]
    shown = [
        Row(
            {
                "purpose": label_of(row.purpose),
                "amount": row.amount,
                "currency": row.currency,
                "tax": row.tax_pct,
                "since": row.span.valid_from,
                "until": row.span.last_day,
                "source": row.source,
            }
        )
        for row in rows
    ]
    return Table(columns, shown, caption=_("Prices"), sortable=False)


def parts(rows: Iterable[Part], product: Product, *, edit: bool) -> Table:
    """Return what is inside, with quantities and dates."""
    columns = [
        Column("part", _("Product")),
        Column("sku", _("SKU"), "code"),
        Column("quantity", _("How many"), "number"),
        Column("dates", _("Holds"), hide="phone"),
    ]
    shown = [
        _dated(
            row.span,
            part=Cell(row.part_name, href=reverse("catalog:product", args=[row.part_id])),
            sku=Cell(row.part_sku, href=_edit("edit_part", product.id, row.id, edit=edit)),
            quantity=row.quantity,
        )
        for row in rows
    ]
    return Table(columns, shown, caption=_("Parts"), sortable=False)


def wholes(rows: Iterable[Part]) -> Table:
    """Return the collections or kits a product is in."""
    columns = [
        Column("whole", _("Inside")),
        Column("sku", _("SKU"), "code"),
        Column("dates", _("Holds"), hide="phone"),
    ]
    shown = [
        _dated(
            row.span,
            whole=Cell(row.whole_name, href=reverse("catalog:product", args=[row.whole_id])),
            sku=row.whole_sku,
        )
        for row in rows
    ]
    return Table(columns, shown, caption=_("Inside"), sortable=False)


def product_listings(actor: Actor, rows: Iterable[Listing]) -> Table:
    """Return on whose ranges a product is, among the visible accounts."""
    names = {item.id: item for item in accounts_for(actor)}
    columns = [
        Column("account", _("Account")),
        Column("dates", _("Dates")),
        Column("agreed", _("Agreed"), "tag"),
    ]
    shown = [
        _dated(
            row.span,
            account=Cell(
                names[row.account_id].name,
                href=f"/accounts/{row.account_id}/",
                sub=names[row.account_id].code,
            ),
            agreed=Cell(_("agreed"), tone="good") if row.agreed else None,
        )
        for row in rows
        if row.account_id in names
    ]
    return Table(
        columns,
        shown,
        caption=_("On these ranges"),
        sortable=False,
        empty=_("On no range of your accounts yet."),
    )


def account_listings(rows: Iterable[Listing], account_id: int, *, edit: bool) -> Table:
    """Return what is on an account's range, present listings first."""
    today = timezone.localdate()
    columns = [
        Column("product", _("Product")),
        Column("brand", _("Brand"), hide="phone"),
        Column("dates", _("Dates")),
        Column("agreed", _("Agreed"), "tag"),
        Column("source", _("Source"), hide="phone"),
        Column("edit", ""),
    ]
    ordered = sorted(rows, key=lambda row: not row.span.covers(today))
    shown = [
        _dated(
            row.span,
            product=Cell(
                row.product_name,
                href=reverse("catalog:product", args=[row.product_id]),
                sub=row.sku,
            ),
            brand=row.brand,
            agreed=Cell(_("agreed"), tone="good") if row.agreed else None,
            source=Cell(row.source, sub=row.note),
            edit=Cell(_("Edit"), href=_edit("edit_listing", account_id, row.id, edit=True))
            if edit
            else None,
        )
        for row in ordered
    ]
    return Table(
        columns, shown, caption=_("Listings"), sortable=False, empty=_("Nothing is listed yet.")
    )


def dates(span: Span) -> str:
    """Return a span as people say it: since, until, from to; empty when it always holds."""
    first, last = span.valid_from, span.last_day
    if first and last:
        return _("%(first)s to %(last)s") % {"first": day(first), "last": day(last)}
    if first:
        return _("since %(first)s") % {"first": day(first)}
    return _("until %(last)s") % {"last": day(last)} if last else ""


def _dated(span: Span, **cells: Any) -> Row:
    past = span.valid_to is not None and span.valid_to <= timezone.localdate()
    return Row({**cells, "dates": dates(span)}, tone="past" if past else "")


def _edit(name: str, *ids: int, edit: bool) -> str:
    return reverse(f"catalog:{name}", args=ids) if edit else ""
