"""Products and listings from a workbook: all rows or none, through the services of the forms."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from keystead.accounts.queries import account_by_code
from keystead.accounts.types import Span
from keystead.catalog import models
from keystead.catalog.queries import sheets
from keystead.catalog.queries.listings import listings
from keystead.catalog.queries.prices import prices_for
from keystead.catalog.queries.products import codes_for, parts_of, product_by_sku
from keystead.catalog.rules import clean_code, code_key
from keystead.catalog.services.codes import add_code, edit_code
from keystead.catalog.services.group_rows import write_group_row
from keystead.catalog.services.listings import add_listing, edit_listing
from keystead.catalog.services.parts import add_part, edit_part
from keystead.catalog.services.prices import add_price, edit_price
from keystead.catalog.services.products import create_product, edit_product, supersede_product
from keystead.catalog.types import Product, ProductScheme
from keystead.kernel.errors import Conflict, Invalid, NotFound
from keystead.kit import audit
from keystead.kit.access import Actor
from keystead.kit.office.bulk import BulkReport, BulkSheet, Outcome, Table, run
from keystead.kit.office.reading import tables_of

Values = dict[str, Any]


def import_products(
    *, actor: Actor, content: bytes | Path, name: str, dry_run: bool = False
) -> BulkReport:
    """Return what a workbook (or CSV) of products did; needs ``catalog.edit`` for its rows.

    Rows of the listings sheet need ``accounts.edit`` and the account instead, so that an account
    manager may send that sheet alone. All rows are written or none; one more audit row names the
    file. Raises SourceProblem when the file cannot be read or has none of our sheets.
    """
    _require_any(actor)
    tables = tables_of(content, name=name)
    data = content if isinstance(content, bytes) else content.read_bytes()
    sha256 = hashlib.sha256(data).hexdigest()
    return import_tables(actor=actor, tables=tables, name=name, dry_run=dry_run, sha256=sha256)


def import_tables(
    *, actor: Actor, tables: list[Table], name: str, dry_run: bool = False, sha256: str = ""
) -> BulkReport:
    """Return what tables that were read already did; see ``import_products``."""
    _require_any(actor)
    writer = _Writer(actor, name)
    with transaction.atomic():
        report = run(writer.specs(), tables, dry_run=dry_run)
        if report.written and report.created + report.changed:
            audit.record(
                actor=actor,
                action="product.import",
                subject=("file", sha256[:64] or name[:64]),
                new={
                    "file": name,
                    "sha256": sha256,
                    "created": report.created,
                    "changed": report.changed,
                    "unchanged": report.unchanged,
                },
                source="import",
            )
    return report


def _require_any(actor: Actor) -> None:
    if not actor.can("catalog.edit"):
        actor.require("accounts.edit")


class _Writer:
    """Writes one row of each sheet, and says what came of it."""

    def __init__(self, actor: Actor, name: str) -> None:
        self.actor = actor
        self.source = f"import {name}"[:40]

    def specs(self) -> list[BulkSheet]:
        writers: dict[str, Callable[[Values], Outcome]] = {
            "products": self.product,
            "codes": self.code,
            "parts": self.part,
            "listings": self.listing,
            "prices": self.price,
            "groups": self.group,
        }
        return [dataclasses.replace(spec, apply=writers[spec.key]) for spec in sheets.SHEETS]

    def product(self, row: Values) -> Outcome:
        version = row.pop("version", None)
        follows = "successor" in row
        successor, day = row.pop("successor", ""), row.pop("successor_from", None)
        share = row.pop("successor_share_pct", None)
        for key in ("supply", "status", "pack_size"):
            if key in row and row[key] is None:
                row[key] = ""
        rows = models.Product.objects.filter(sku__iexact=row["sku"], merged_into=None)
        found = rows.first()
        if found is None:
            made = create_product(actor=self.actor, source=self.source, **row)
            if successor:
                self._follow(made, successor, day, share)
            return "created"
        if version is not None and version != found.version:
            text = _("This product was changed after the export.")
            hint = _("Export again, then change it.")
            raise Conflict(text, code="stale", hint=hint, field="version")
        row["sku"] = found.sku
        after = edit_product(
            actor=self.actor, product_id=found.pk, version=version, source=self.source, **row
        )
        if follows:
            after = self._follow(after, successor, day, share)
        return "changed" if after.version != found.version else "unchanged"

    def code(self, row: Values) -> Outcome:
        product = self._product(row.pop("sku"))
        scheme = ProductScheme(row["scheme"])
        value = clean_code(scheme, row["value"])
        wanted = (scheme, code_key(scheme, value), row.get("source", ""))
        for item in codes_for(self.actor, product.id):
            if (item.scheme, code_key(scheme, item.value), item.source) != wanted:
                continue
            if row.get("valid_from", item.span.valid_from) != item.span.valid_from:
                continue
            after = edit_code(
                actor=self.actor,
                code_id=item.id,
                version=item.version,
                value=value,
                source=item.source,
                valid_from=item.span.valid_from,
                valid_to=row.get("valid_to", item.span.valid_to),
            )
            return "changed" if after.version != item.version else "unchanged"
        add_code(actor=self.actor, product_id=product.id, **row)
        return "created"

    def part(self, row: Values) -> Outcome:
        whole, part = self._product(row.pop("sku")), self._product(row.pop("part"), field="part")
        quantity = row.pop("quantity", None)
        start, end = row.get("valid_from"), row.get("valid_to")
        for item in parts_of(self.actor, whole.id):
            if item.part_id != part.id or item.span.valid_from != start:
                continue
            if quantity in (None, item.quantity) and end in (None, item.span.valid_to):
                return "unchanged"
            edit_part(
                actor=self.actor,
                part_row_id=item.id,
                version=item.version,
                quantity=quantity,
                valid_to=end,
            )
            return "changed"
        add_part(
            actor=self.actor, whole_id=whole.id, part_id=part.id, quantity=quantity or 1, **row
        )
        return "created"

    def listing(self, row: Values) -> Outcome:
        try:
            account = account_by_code(self.actor, row.pop("account"))
        except NotFound as error:
            raise Invalid(
                _("There is no account with this code, or it is not one of yours."),
                code=error.code,
                hint=error.hint,
                field="account",
            ) from error
        product = self._product(row.pop("sku"))
        for item in listings(self.actor, account_id=account.id, product_id=product.id):
            if item.span.valid_from != row["valid_from"]:
                continue
            after = edit_listing(
                actor=self.actor,
                listing_id=item.id,
                version=item.version,
                valid_from=item.span.valid_from or row["valid_from"],
                valid_to=row.get("valid_to", item.span.valid_to),
                agreed=row.get("agreed", item.agreed),
                source=row.get("source", item.source),
                note=row.get("note", item.note),
            )
            return "changed" if after.version != item.version else "unchanged"
        add_listing(actor=self.actor, account_id=account.id, product_id=product.id, **row)
        return "created"

    def price(self, row: Values) -> Outcome:
        product = self._product(row.pop("sku"))
        wanted = (row["purpose"], row["currency"].upper(), row["valid_from"])
        for item in prices_for(self.actor, product.id):
            if (item.purpose, item.currency, item.span.valid_from) != wanted:
                continue
            if item.amount != row["amount"] or row.get("tax_pct") not in (None, item.tax_pct):
                raise Invalid(
                    _("A price that was set does not change."),
                    code="price_fixed",
                    hint=_("Give it a last day, and add the new price from the day after."),
                    field="amount",
                )
            after = edit_price(
                actor=self.actor,
                price_id=item.id,
                version=item.version,
                valid_to=row.get("valid_to", item.span.valid_to),
                source=row.get("source"),
            )
            return "changed" if after.version != item.version else "unchanged"
        span = Span(row.pop("valid_from"), row.pop("valid_to", None))
        add_price(actor=self.actor, product_id=product.id, span=span, **row)
        return "created"

    def group(self, row: Values) -> Outcome:
        return write_group_row(self.actor, row, self._product)

    def _follow(self, product: Product, sku: str, day: Any, share: Any) -> Product:
        successor = self._product(sku, field="successor").id if sku else None
        return supersede_product(
            actor=self.actor, product_id=product.id, successor_id=successor, on=day, share_pct=share
        )

    def _product(self, sku: str, field: str = "sku") -> Product:
        try:
            return product_by_sku(self.actor, sku)
        except NotFound as error:
            text = _("There is no product with this SKU.")
            raise Invalid(text, code=error.code, hint=error.hint, field=field) from error
