"""What a cell of the whitespace grid needs to be kept."""

from __future__ import annotations

from keystead.planning.rules.lines import MOST, MOST_DAYS, Wrong, gettext_noop
from keystead.planning.types.whitespace import CellEntry, CellState

_ = gettext_noop


def wrong_cell(entry: CellEntry) -> Wrong:
    """Return what is wrong with what is said of a cell, by field.

    >>> wrong_cell(CellEntry(account_id=1, brand="Acu", state=CellState.COMPETITOR))
    {'competitor': 'Say who has it.'}
    """
    wrong: Wrong = {}
    if bool(entry.brand.strip()) == (entry.product_id is not None):
        wrong["column"] = _("Choose a brand or a product.")
    if entry.potential is not None and not 0 <= entry.potential <= MOST:
        wrong["potential"] = _("An amount is zero or more.")
    if entry.state is CellState.COMPETITOR and not entry.competitor.strip():
        wrong["competitor"] = _("Say who has it.")
    if not 1 <= entry.stale_days <= MOST_DAYS:
        wrong["stale_days"] = _("Give 1 to 1500 days.")
    return wrong
