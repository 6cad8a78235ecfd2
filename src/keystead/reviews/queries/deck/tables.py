"""Tables of a deck: which columns of which list of the material, in which words."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from datetime import date
from typing import Final

from django.utils.translation import gettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from keystead.agreements.queries import claim_words
from keystead.agreements.queries import words as agreement_words
from keystead.health.queries.words import BANDS
from keystead.kit.office.slides import Part as Piece
from keystead.kit.office.slides import Shown, Table, TableColumn
from keystead.kit.ui import formats
from keystead.pipeline.queries.deal_words import STAGE_NAMES
from keystead.planning.queries.words import STANDINGS
from keystead.reviews.queries.fact_words import shown
from keystead.reviews.queries.words import BRIDGE, ITEM_STATES, SIDES, language
from keystead.reviews.types.material import Record

Cell = Callable[[Record], Piece]


@dataclasses.dataclass(frozen=True)
class Column:
    """A column: its label, what stands in it, whether it is a number, how wide."""

    label: object
    cell: Cell
    numeric: bool = False
    share: float = 1.0


def word(name: str) -> Cell:
    """Return the cell of a word of the record."""
    return lambda one: one.words.get(name, "")


def coded(name: str, words: object) -> Cell:
    """Return the cell of a code, in words."""
    table: dict[str, object] = dict(words)  # type: ignore[call-overload]
    return lambda one: str(table.get(one.words.get(name, ""), one.words.get(name, "")))


def day(name: str) -> Cell:
    """Return the cell of a day."""
    return lambda one: day_words(one.days.get(name))


def figure(name: str, *, signed: bool = False) -> Cell:
    """Return the cell of a figure, in full."""
    return lambda one: shown(one.fact(name), signed=signed, full=True)


def day_words(value: date | None) -> str:
    """Return a day as the reader writes it, nothing for none."""
    return "" if value is None else formats.day(value, locale=language())


def listed(one: Record) -> str:
    """Return whether a product is on the list, in words."""
    return (
        pgettext("listing", "on the list")
        if one.words["listed"]
        else pgettext("listing", "off the list")
    )


def line_label(one: Record) -> str:
    return gettext(one.words["label"])


def stage(one: Record) -> str:
    return one.words["name"] or str(STAGE_NAMES.get(one.words["stage"], one.words["stage"]))


def owner(one: Record) -> str:
    name = one.words["owner"]
    return f"{name} ({SIDES['theirs']})" if one.words["side"] == "theirs" else name


def product(one: Record) -> str:
    """Return a product's name; of what belongs to none, that."""
    return one.words["name"] or gettext("Titles without a product")


COLUMNS: Final[dict[str, tuple[Column, ...]]] = {
    "carried": (
        Column(pgettext_lazy("review", "Action"), word("text"), share=3),
        Column(_("Owner"), owner, share=1.5),
        Column(_("Due"), day("due"), share=1.4),
        Column(_("State"), coded("state", ITEM_STATES)),
        Column(_("What came of it"), word("outcome"), share=2),
    ),
    "movers": (
        Column(_("Product"), word("name"), share=2.4),
        Column(_("Last year"), figure("base"), numeric=True),
        Column(_("This year"), figure("actual"), numeric=True),
        Column(_("Change"), figure("change", signed=True), numeric=True),
        Column(_("Main reason"), coded("reason", BRIDGE), share=1.2),
    ),
    "pnl": (
        Column(_("Line"), line_label, share=2.2),
        Column(_("Actual"), figure("actual"), numeric=True),
        Column(_("Budget"), figure("budget"), numeric=True),
        Column(_("Last year"), figure("last_year"), numeric=True),
    ),
    "range": (
        Column(_("Product"), word("name"), share=2.4), Column(_("State"), listed),
        Column(_("Without a gap"), figure("continuity"), numeric=True),
        Column(_("Sell-in"), figure("sell_in"), numeric=True),
        Column(_("On last year"), figure("growth", signed=True), numeric=True),
    ),
    "stock": (
        Column(_("Product"), word("name"), share=2.4),
        Column(_("Stock"), figure("stock_units"), numeric=True),
        Column(_("Lasts for"), figure("stock_days"), numeric=True),
        Column(_("Off-take"), figure("off_take_units"), numeric=True),
        Column(_("Sold of what was there"), figure("sell_through_rate"), numeric=True),
    ),
    "value": (
        Column(_("Product"), product, share=2.4),
        Column(_("Uses"), figure("unique_requests"), numeric=True),
        Column(_("Turned away"), figure("turnaways"), numeric=True),
        Column(_("Cost of a use"), figure("cost_per_use"), numeric=True),
    ),
    "campaigns": (
        Column(_("Campaign"), word("name"), share=2.4), Column(_("Category"), word("category")),
        Column(_("From"), day("starts")), Column(_("Until"), day("last")),
    ),
    "spend": (
        Column(_("Campaign"), word("name"), share=2.4), Column(_("From"), day("starts")),
        Column(_("Spent"), figure("spent"), numeric=True),
    ),
    "agreements": (
        Column(pgettext_lazy("agreement", "Number"), word("number"), share=1.2),
        Column(_("Agreement"), word("title"), share=2.4),
        Column(_("Kind"), coded("kind", agreement_words.KINDS), share=1.4),
        Column(_("State"), coded("state", agreement_words.STATES)),
        Column(_("Last day"), day("last")),
    ),
    "claims": (
        Column(_("Claim"), word("number"), share=1.4),
        Column(_("Reason"), coded("reason", claim_words.CLAIM_REASONS), share=1.4),
        Column(_("Of"), day("on")),
        Column(_("State"), coded("state", claim_words.CLAIM_STATES)),
        Column(_("Amount"), figure("amount"), numeric=True),
    ),
    "deals": (
        Column(_("Opportunity"), word("title"), share=2.4), Column(_("Stage"), stage),
        Column(_("Expected to close on"), day("close")),
        Column(_("Probability"), figure("chance"), numeric=True),
        Column(_("Amount"), figure("amount"), numeric=True),
    ),
    "objectives": (
        Column(_("Objective"), word("name"), share=2.6), Column(_("Until"), day("due")),
        Column(_("Target"), figure("target"), numeric=True),
        Column(_("Current"), figure("current"), numeric=True),
        Column(_("Standing"), coded("state", STANDINGS)),
    ),
    "health": (
        Column(_("State"), coded("band", BANDS), share=2),
        Column(_("Score"), figure("score"), numeric=True),
        Column(_("Known"), figure("known"), numeric=True),
    ),
}  # fmt: skip
EMPTY: Final = _("Nothing to show here.")


def table(name: str, records: Iterable[Record], *, columns: str = "", title: str = "",
          total: bool = False) -> Table:  # fmt: skip
    """Return a list of the material as a table; a column that nothing fills is left out."""
    rows = list(records)
    wanted = COLUMNS[columns or name]
    cells = [[column.cell(one) for column in wanted] for one in rows]
    kept = [at for at in range(len(wanted)) if at == 0 or any(_says(line[at]) for line in cells)]
    return Table(
        tuple(
            TableColumn(str(wanted[at].label), wanted[at].numeric, wanted[at].share)
            for at in kept
        ),
        tuple(tuple(line[at] for at in kept) for line in cells),
        title, total, str(EMPTY),
    )  # fmt: skip


def _says(cell: Piece) -> bool:
    return cell.value is not None if isinstance(cell, Shown) else bool(cell)
