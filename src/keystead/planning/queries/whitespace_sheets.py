"""The whitespace grid as a workbook: the grid to read, the cells to fill in and bring back."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import pgettext

from keystead.catalog.queries import products
from keystead.kit.access import Actor
from keystead.kit.office.bulk import BulkSheet, Field, to_sheet
from keystead.kit.office.sheets import Column, Sheet, workbook
from keystead.planning.queries.words import CELL_STATES
from keystead.planning.types.whitespace import Grid

CELLS: Final = BulkSheet(
    "cells",
    _lazy("Cells"),
    (
        Field("code", _lazy("Account code"), required=True),
        Field("brand", _lazy("Brand")),
        Field("sku", _lazy("SKU")),
        Field("state", _lazy("State"), "choice", required=True,
              choices=tuple(CELL_STATES.items())),
        Field("potential", _lazy("Potential of a year"), "money"),
        Field("currency", _lazy("Currency")),
        Field("competitor", _lazy("Competitor")),
        Field("note", _lazy("Note")),
    ),
)  # fmt: skip


def grid_workbook(actor: Actor, grid: Grid) -> bytes:
    """Return the grid as Excel: what is bought and open as numbers, then the cells as a list."""
    money = f"{_('Bought')} {grid.currency}"
    columns = [Column(_("Account code")), Column(pgettext("whitespace", "Site"))]
    columns += [Column(one.label, "money") for one in grid.columns]
    columns.append(Column(_("Together"), "money"))
    sheets = []
    for title, part in ((money, "current"), (f"{_('Open')} {grid.currency}", "room")):
        rows: list[list[Any]] = [
            [site.code, site.name,
             *(_part(grid.cells[site.id, one.key], part) for one in grid.columns),
             _part(grid.rows[site.id], part)]
            for site in grid.sites
        ]  # fmt: skip
        sums = [_part(grid.totals[one.key], part) for one in grid.columns]
        rows.append(["", _("Together"), *sums, _part(grid.total, part)])
        sheets.append(Sheet(title, columns, rows))
    sheets.append(to_sheet(CELLS, _cells(actor, grid)))
    return workbook(sheets, title=_("Whitespace"))


def _part(one: Any, part: str) -> Any:
    return one.current if part == "current" else one.room + one.other


def _cells(actor: Actor, grid: Grid) -> list[dict[str, Any]]:
    skus = {one.id: one.sku for one in products(actor)}
    codes = {one.id: one.code for one in grid.sites}
    found = []
    for (site, _column), one in grid.cells.items():
        said = one.said
        if said is None:
            continue
        found.append({
            "code": codes[site], "brand": said.brand, "sku": skus.get(said.product_id or 0, ""),
            "state": said.state.value, "potential": said.potential, "currency": said.currency,
            "competitor": said.competitor, "note": said.note,
        })  # fmt: skip
    return found
