"""A workbook comes home: compared with the state it was sent out with, cell by cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from keystead.accounts.queries import scope_for
from keystead.forecasting import models
from keystead.forecasting.calc.merge import merge, settled
from keystead.forecasting.queries.cycles import as_cycle, cycle_row
from keystead.forecasting.queries.table import table_of
from keystead.forecasting.queries.workbook import base_hash, cells_of
from keystead.forecasting.services.loading import row_to_write
from keystead.forecasting.services.many import opened, write_cells
from keystead.forecasting.types.cycle import Key, Layer, Reason
from keystead.forecasting.types.rhythm import Rhythm
from keystead.forecasting.types.table import CycleTable
from keystead.forecasting.types.workbook import BookRead, BookStamp, Merged
from keystead.kernel.errors import Conflict, Invalid
from keystead.kit.access import Actor

Cell = tuple[Key, date]
SHOWN = 50


@dataclass(frozen=True, slots=True)
class Compared:
    """A returned workbook against now: what would be taken, what both changed."""

    cycle_id: int
    layer: Layer
    merged: Merged[Cell]
    words: Mapping[Key, tuple[str, str]]
    foreign: int

    @property
    def conflicts(self) -> int:
        return len(self.merged.conflicts)


@dataclass(frozen=True, slots=True)
class Taken:
    """What a workbook changed in the end."""

    overrides: tuple[int, ...]
    cells: int
    kept_ours: int
    same: int


def compare_book(*, actor: Actor, book: BookRead, cycle_id: int | None = None) -> Compared:
    """Return the three-way merge of a returned workbook without writing anything.

    Raises Invalid (``book_problems``, with the problems in its data) for wrong cells,
    Conflict (``other_cycle``) for the workbook of another cycle than ``cycle_id`` and
    (``other_state``) where its inner state is not one that was exported.
    """
    actor.require("forecasting.edit")
    row = cycle_row(actor, _cycle_of(book, cycle_id))
    return _compare(actor, row, book)


def merge_book(
    *,
    actor: Actor,
    book: BookRead,
    cycle_id: int | None = None,
    reason: Reason,
    note: str = "",
    choices: Mapping[Cell, Decimal | None] | None = None,
    take: str = "",
    far_too: bool = False,
) -> Taken:
    """Write what the workbook changed into the author's line; needs ``forecasting.edit``.

    ``choices`` gives each cell that both sides changed its value (None keeps ours); ``take``
    ``theirs`` or ``ours`` chooses for all the others. ``reason`` is for lines that give none
    themselves; ``far_too`` takes cells of a thousand times what stands there, or more, which
    somebody has to look at first. Nothing is written while a conflict has no choice. Writes one
    override for each changed line and one audit row with the file's name and hash. Raises as
    ``compare_book``, and Invalid (``conflicts_open``, ``book_far``).
    """
    with transaction.atomic():
        row = row_to_write(actor, _cycle_of(book, cycle_id), "forecasting.edit")
        found = _compare(actor, row, book)
        if found.merged.closed:
            first = as_cycle(row).rhythm.code(found.merged.closed[0].key[1])
            raise Conflict(
                _("%(month)s is frozen in this cycle.") % {"month": first},
                code="period_frozen", cells=len(found.merged.closed),
                hint=_("Put the sent-out number back into the months that are frozen."),
            )  # fmt: skip
        chosen = _chosen(found.merged, choices or {}, take)
        changes = settled(found.merged, chosen)
        if not far_too and any(one.far for one in changes):
            raise Invalid(
                _("Some cells hold a thousand times what stands here, or more."),
                code="book_far", cells=sum(one.far for one in changes),
                hint=_("Is it in another unit? Mend them, or say that they are meant."),
            )  # fmt: skip
        words = {
            key: (Reason(said) if said else reason, text or note)
            for key, (said, text) in found.words.items()
        }
        told = {
            "file": book.name, "sha256": book.sha256, "exported_by": _stamp(book).by,
            "exported_at": _stamp(book).at, "conflicts": found.conflicts,
            "conflicts_kept_ours": sum(value is None for value in chosen.values()),
            "same": len(found.merged.same),
        }  # fmt: skip
        made = (
            write_cells(
                actor=actor, row=row, layer=found.layer, changes=changes, words=words,
                evidence=book.name, told=told,
            )
            if changes
            else []
        )  # fmt: skip
    ours = sum(1 for one in found.merged.conflicts if chosen[one.key] in (None, one.ours))
    return Taken(tuple(made), len(changes), ours, len(found.merged.same))


def _chosen(
    merged: Merged[Cell], choices: Mapping[Cell, Decimal | None], take: str
) -> dict[Cell, Decimal | None]:
    found = dict(choices)
    for one in merged.conflicts:
        if one.key not in found and take in ("theirs", "ours"):
            gone = one.ours is None or take == "ours"
            found[one.key] = None if gone else one.theirs
    return found


def _stamp(book: BookRead) -> BookStamp:
    if book.stamp is None:
        raise Invalid(_("This is no forecast workbook of Keystead."), code="book_strange")
    return book.stamp


def _cycle_of(book: BookRead, cycle_id: int | None) -> int:
    stamp = _stamp(book)
    if cycle_id is not None and stamp.cycle_id != cycle_id:
        raise Conflict(
            _("This is the workbook of another cycle."), code="other_cycle",
            hint=_("Send it to the cycle it was made in, or export this one."),
            cycle=stamp.cycle_id,
        )  # fmt: skip
    return int(stamp.cycle_id)


def _compare(actor: Actor, row: models.CycleRow, book: BookRead) -> Compared:
    if book.problems:
        raise Invalid(
            _("Some cells need mending; nothing was taken over."),
            code="book_problems", problems=book.problems,
        )  # fmt: skip
    stamp = _stamp(book)
    layer, now = opened(actor, row, Layer(stamp.layer))
    base = _exported(actor, row, book)
    if tuple(base.periods) != book.periods:
        rhythm = base.cycle.rhythm
        apart = sorted(set(base.periods) ^ set(book.periods)) or list(book.periods)
        raise Conflict(
            _("This workbook shows other weeks than the cycle.") if rhythm is Rhythm.WEEK
            else _("This workbook shows other months than the cycle."),
            code="other_months",
            hint=_("Look at %(months)s, or export again.")
            % {"months": ", ".join(rhythm.code(one) for one in apart)},
        )  # fmt: skip
    keys = {Key(one.account_id, one.product_id) for one in book.rows}
    sent = {cell: value for cell, value in cells_of(base, layer).items() if cell[0] in keys}
    if base_hash(sent) != stamp.base_hash:
        hidden = len(keys) - len({cell[0] for cell in sent})
        raise Conflict(
            _("The lines of this workbook are not those that were sent out to you."),
            code="other_state", foreign=hidden,
            hint=_("It was changed inside, or shows accounts that are not yours. Export again."),
        )  # fmt: skip
    theirs = {
        (Key(one.account_id, one.product_id), period): amount
        for one in book.rows
        for period, amount in zip(book.periods, one.amounts, strict=True)
    }
    ours = {cell: value for cell, value in cells_of(now, layer).items() if cell[0] in keys}
    closed = [cell for cell in sent if cell[1] in now.cycle.frozen]
    merged = merge(sent, theirs, ours, closed=closed)
    words = {Key(one.account_id, one.product_id): (one.reason, one.note) for one in book.rows}
    return Compared(row.pk, layer, merged, words, 0)


def _exported(actor: Actor, row: models.CycleRow, book: BookRead) -> CycleTable:
    """The numbers as they were when the workbook was made: its run, overrides up to its stamp."""
    stamp = _stamp(book)
    run = models.RunRow.objects.filter(pk=stamp.run_id, cycle_id=row.pk).first()
    if run is None:
        raise Conflict(
            _("This workbook rests on a run that this cycle does not have."), code="other_state",
            hint=_("Export it again."),
        )  # fmt: skip
    then = models.CycleRow.objects.get(pk=row.pk)
    then.run_id = run.pk
    scope = scope_for(actor, name="forecast")
    allowed = None if scope.everything else frozenset(scope.account_ids)
    return table_of(then, allowed, stamp.stamp)
