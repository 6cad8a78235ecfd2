"""What is stored of the cells of the whitespace grid, as values. No rights are checked here."""

from __future__ import annotations

from keystead.planning import models
from keystead.planning.types.whitespace import CellState, Said


def as_said(row: models.CellRow) -> Said:
    """Return a stored cell as a value."""
    same = ("account_id", "brand", "product_id", "potential", "currency", "competitor", "owner_id",
            "note", "stated_on", "stale_days", "version")  # fmt: skip
    given = {name: getattr(row, name) for name in same}
    return Said(id=row.pk, state=CellState(row.state),
                owner_name=str(row.owner) if row.owner else "", **given)  # fmt: skip
