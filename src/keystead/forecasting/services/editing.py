"""What the grid sends: several typed cells in one go, looked at, saved, taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from keystead.accounts.queries import scope_for
from keystead.forecasting import models
from keystead.forecasting.calc.spread import spread
from keystead.forecasting.queries.cycles import cycle_row
from keystead.forecasting.queries.table import cells_since, live_lines, table_of
from keystead.forecasting.rules.cycles import layer_to_write
from keystead.forecasting.services.loading import row_to_write
from keystead.forecasting.services.many import opened, write_cells
from keystead.forecasting.services.overriding import override, preview
from keystead.forecasting.services.undoing import withdraw_all
from keystead.forecasting.types.cycle import Key, Layer, OverrideEntry, OverrideKind, Preview
from keystead.forecasting.types.grid import EditKind, Leaf
from keystead.forecasting.types.table import CycleTable
from keystead.forecasting.types.workbook import CellChange
from keystead.kernel.errors import Conflict, Invalid
from keystead.kit.access import Actor

FEW = 4  # up to so many lines are written one by one, with their own guard rails
MOST = 20_000
Cell = tuple[Key, date]
Cells = tuple[tuple[Key, date, Decimal], ...]


@dataclass(frozen=True, slots=True)
class Edited:
    """What was saved: the overrides, what each cell holds now, the guard rails it touched.

    ``theirs``: cells that others changed since the author last looked, as they stand now.
    """

    overrides: tuple[int, ...]
    cells: tuple[tuple[Key, date, Decimal], ...]
    warnings: tuple[str, ...]
    seen: int
    theirs: tuple[tuple[Key, date, Decimal], ...] = ()


def look_at(
    *, actor: Actor, cycle_id: int, entries: Sequence[OverrideEntry]
) -> tuple[Preview, ...]:
    """Return what each entry would do, without writing anything."""
    return tuple(preview(actor=actor, cycle_id=cycle_id, entry=one) for one in entries)


def edit(*, actor: Actor, cycle_id: int, entries: Sequence[OverrideEntry]) -> Edited:
    """Save typed entries, all or none; needs ``forecasting.edit``.

    Entries may be of any node. A block of single series goes in one write. Raises Conflict with
    both values (``cells``) where somebody wrote the same cells since ``seen``, and whatever an
    override raises.
    """
    if not entries or len(entries) > MOST:
        raise Invalid(_("There is nothing here to edit."), code="nothing_to_edit")
    table_of(cycle_row(actor, cycle_id))  # read before the lock, so that nobody waits for it
    with transaction.atomic():
        single = all(one.node.account_id and one.node.product_id for one in entries)
        if single and len(entries) > FEW:
            made = _block(actor, cycle_id, entries)
            warned: tuple[str, ...] = ()
        else:
            done = [
                override(actor=actor, cycle_id=cycle_id, entry=_fresh(one, at))
                for at, one in enumerate(entries)
            ]
            made = [one.id for one in done]
            warned = tuple(dict.fromkeys(code for one in done for code in one.warnings))
        since = entries[0].seen if entries[0].seen is not None else min(made, default=1) - 1
        cells, theirs, seen = cells_now(actor, cycle_id, made, entries[0].layer, since)
    return Edited(tuple(made), cells, warned, seen, theirs)


def undo(
    *, actor: Actor, override_ids: Sequence[int], why: str = "", seen: int | None = None
) -> Edited:
    """Take back the overrides of one edit, the last first, all or none."""
    if not override_ids or len(override_ids) > MOST:
        raise Invalid(_("There is nothing to undo."), code="nothing_to_undo")
    with transaction.atomic():
        done = withdraw_all(actor=actor, override_ids=override_ids, why=why)
        since = min(one.id for one in done) - 1 if seen is None else seen
        cells, theirs, now = cells_now(
            actor, done[0].cycle_id, override_ids, done[0].layer, since
        )  # fmt: skip
    return Edited(tuple(one.id for one in done), cells, (), now, theirs)


def cells_now(
    actor: Actor, cycle_id: int, override_ids: Sequence[int], layer: Layer | None, since: int
) -> tuple[Cells, Cells, int]:
    """Return what the cells of these overrides hold now, those others changed, the newest one."""
    row = cycle_row(actor, cycle_id)
    scope = scope_for(actor, name="forecast")
    lines = models.OverrideLine.objects.filter(override_id__in=override_ids)
    own = set(lines.values_list("account_id", "product_id", "period"))
    shown = layer or layer_to_write(actor.roles, None, system=actor.system)
    found, newest = cells_since(
        row, shown, since, None if scope.everything else frozenset(scope.account_ids)
    )
    mine: list[tuple[Key, date, Decimal]] = []
    theirs: list[tuple[Key, date, Decimal]] = []
    for one in found:
        ours = (one[0].account_id, one[0].product_id, one[1]) in own
        (mine if ours else theirs).append(one)
    return tuple(mine), tuple(theirs), newest


def _fresh(entry: OverrideEntry, at: int) -> OverrideEntry:
    """After the first entry its own override is the newest: only the first is checked for age."""
    return entry if not at else replace(entry, seen=None)


def changes_of(
    actor: Actor, cycle_id: int, entries: Sequence[OverrideEntry]
) -> tuple[CellChange[Cell], ...]:
    """Return what a block of single series would change, without writing anything."""
    actor.require("forecasting.edit")
    layer, table = opened(actor, cycle_row(actor, cycle_id), entries[0].layer)
    return tuple(_changes(table, layer, entries).values())


def _block(actor: Actor, cycle_id: int, entries: Sequence[OverrideEntry]) -> list[int]:
    """Write a block of single series: one look at the numbers, one row in the trail."""
    row = row_to_write(actor, cycle_id, "forecasting.edit")
    layer, table = opened(actor, row, entries[0].layer)
    changes = _changes(table, layer, entries)
    _refuse_stale(row, table, layer, changes, entries[0].seen)
    if not changes:
        return []
    first = entries[0]
    return write_cells(
        actor=actor, row=row, layer=layer, changes=list(changes.values()),
        words={key: (first.reason, first.note) for key, _period in changes},
        evidence=first.evidence, expires=first.expires, told={"reason": first.reason.value},
    )  # fmt: skip


def _changes(
    table: CycleTable, layer: Layer, entries: Sequence[OverrideEntry]
) -> dict[Cell, CellChange[Cell]]:
    place = {one.key: at for at, one in enumerate(table.series)}
    column = {period: at for at, period in enumerate(table.periods)}
    changes: dict[Cell, CellChange[Cell]] = {}
    for entry in entries:
        key = Key(entry.node.account_id or 0, entry.node.product_id or 0)
        if key not in place or set(entry.periods) - set(column):
            raise Invalid(_("Nothing is forecast here."), code="node_empty")
        for step, period in enumerate(entry.periods):
            now = table.quantity(layer, place[key], column[period])
            after = _after(key, period, now, entry.kind, entry.amount_of(step))
            if after != now:
                changes[key, period] = CellChange((key, period), now, after)
    return changes


def _after(key: Key, period: date, now: Decimal, kind: OverrideKind, amount: Decimal) -> Decimal:
    places = 0 if now == now.to_integral_value() else 4
    leaf = Leaf(key, period, now)
    return spread([leaf], EditKind(kind.value), amount, places=places).shares[0].after


def _refuse_stale(
    row: models.CycleRow,
    table: CycleTable,
    layer: Layer,
    changes: dict[Cell, CellChange[Cell]],
    seen: int | None,
) -> None:
    if seen is None or seen >= table.stamp:
        return
    later = (
        live_lines(row.pk)
        .filter(override_id__gt=seen, override__layer=layer.value)
        .values_list("account_id", "product_id", "period", "after", "override__by__username")
    )
    both = [
        {"account_id": account, "product_id": product, "period": period.isoformat(),
         "mine": str(changes[Key(account, product), period].becomes), "theirs": str(after),
         "by": by or ""}
        for account, product, period, after, by in later
        if (Key(account, product), period) in changes
    ]  # fmt: skip
    if both:
        raise Conflict(
            _("Somebody changed these cells in the meantime. Compare both values."),
            code="cells_changed", hint=_("Keep theirs, or type yours again."), cells=both[:20],
            count=len(both), seen=seen, stamp=table.stamp,
        )  # fmt: skip
