"""Cells of the whitespace grid from a workbook: all rows or none."""

from __future__ import annotations

import dataclasses
import hashlib
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from keystead.accounts.queries import account_by_code, account_for, descendants, family_ids
from keystead.catalog.queries import product_by_sku
from keystead.kernel.errors import Invalid
from keystead.kit import audit
from keystead.kit.access import Actor
from keystead.kit.office.bulk import BulkReport, Outcome, run
from keystead.kit.office.reading import tables_of
from keystead.planning import models
from keystead.planning.queries.whitespace_sheets import CELLS
from keystead.planning.services.whitespace import set_cell
from keystead.planning.types.whitespace import CellEntry, CellState

SAME = ("state", "potential", "competitor", "note")


def import_cells(
    *, actor: Actor, account_id: int, content: bytes, name: str, dry_run: bool = False
) -> BulkReport:
    """Return what a workbook of cells did: of the account and all below it, nobody else's.

    Each row goes through ``set_cell``, with its audit row; one more names the file. What a row
    says as it was changes nothing. Raises SourceProblem when the file cannot be read.
    """
    actor.require("planning.edit")
    account = account_for(actor, account_id)
    inside = {account.id, *descendants(account.id, actor=actor)}
    tables = tables_of(content, name=name)

    def apply(row: dict[str, Any]) -> Outcome:
        return _apply(actor, inside, row)

    with transaction.atomic():
        report = run([dataclasses.replace(CELLS, apply=apply)], tables, dry_run=dry_run)
        if report.written and report.created + report.changed:
            audit.record(
                actor=actor, action="plan.cell.import",
                subject=("file", hashlib.sha256(content).hexdigest()), source="import",
                new={"file": name, "created": report.created, "changed": report.changed,
                     "unchanged": report.unchanged}, account_id=account.id,
            )  # fmt: skip
    return report


def _apply(actor: Actor, inside: set[int], row: dict[str, Any]) -> Outcome:
    site = account_by_code(actor, row["code"])
    if site.id not in inside:
        raise Invalid(_("This account is not below the one of the grid."), code="outside",
                      field="code")  # fmt: skip
    brand, sku = row.get("brand") or "", row.get("sku") or ""
    product = product_by_sku(actor, sku) if sku else None
    rows = models.CellRow.objects.filter(account_id__in=family_ids(site.id))
    held = rows.filter(**({"product_id": product.id} if product else {"brand": brand})).first()
    told = {
        "state": row["state"], "potential": row.get("potential"),
        "competitor": row.get("competitor") or "", "note": row.get("note") or "",
    }  # fmt: skip
    currency = row.get("currency") or site.currency
    if held is not None and _same(held, told, currency):
        return "unchanged"
    entry = CellEntry(
        account_id=site.id, brand="" if product else brand,
        product_id=product.id if product else None, state=CellState(told["state"]),
        potential=told["potential"], competitor=told["competitor"], note=told["note"],
        owner_id=held.owner_id if held else None,
        stale_days=held.stale_days if held else 180,
    )  # fmt: skip
    set_cell(actor=actor, entry=entry, currency=currency,
             expected_version=held.version if held else None)  # fmt: skip
    return "changed" if held is not None else "created"


def _same(held: models.CellRow, told: dict[str, Any], currency: str) -> bool:
    alike = all((getattr(held, name) or None) == (told[name] or None) for name in SAME)
    return alike and (held.potential is None or held.currency == currency.upper())
