"""Overrides: looked at, written down for ever, taken back by a further row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.accounts.queries import scope_for
from keystead.forecasting import models
from keystead.forecasting.calc.spread import spread
from keystead.forecasting.queries.cycles import as_cycle, as_override, cycle_row
from keystead.forecasting.queries.mix import agreed_mix
from keystead.forecasting.queries.table import live_lines, table_of
from keystead.forecasting.rules.cycles import guard_rails, layer_to_write, require_editable
from keystead.forecasting.services.loading import (
    require_accounts,
    row_to_write,
    tell,
)
from keystead.forecasting.services.many import write_lines
from keystead.forecasting.services.submitting import require_not_submitted
from keystead.forecasting.types.cycle import (
    Layer,
    Override,
    OverrideEntry,
    OverrideKind,
    Preview,
    Split,
    Warned,
)
from keystead.forecasting.types.grid import EditKind, Leaf
from keystead.forecasting.types.table import CycleTable
from keystead.kernel.errors import Conflict, Invalid, NotFound
from keystead.kit.access import Actor

SHOWN = 20  # conflicting cells that are named
PCT_PLACES = Decimal("0.0000000001")


def preview(*, actor: Actor, cycle_id: int, entry: OverrideEntry) -> Preview:
    """Return what an override would do, cell by cell, without writing anything."""
    row = cycle_row(actor, cycle_id)
    actor.require("forecasting.edit")
    layer, table, rows = _opened(actor, row, entry)
    splits, mix = splits_of(row, table, layer, rows, entry)
    return shown_of(layer, splits, mix)


def override(*, actor: Actor, cycle_id: int, entry: OverrideEntry) -> Override:
    """Write an override into the author's own layer; needs ``forecasting.edit``.

    At any level of the trees: it is spread over the series below by the last agreed mix, and
    the split is stored with it. Guard rails warn and are kept with it, they stop nothing.
    Writes the override, its lines and one audit row. Raises Conflict (with ``mine`` and
    ``theirs`` by cell) where somebody wrote the same cells since ``entry.seen``, Conflict where
    the layer or month takes nothing any more, NotAllowed, NotFound, Invalid.
    """
    with transaction.atomic():
        row = row_to_write(actor, cycle_id, "forecasting.edit")
        layer, table, rows = _opened(actor, row, entry)
        splits, mix = splits_of(row, table, layer, rows, entry)
        _refuse_stale(row, table, layer, splits, entry)
        shown = shown_of(layer, splits, mix)
        made = write(actor, row, entry, shown)
        tell(
            actor, row, "override", None, _told(made, shown), why=entry.note,
            account_id=entry.node.account_id,
        )  # fmt: skip
    return as_override(made)


def write(
    actor: Actor,
    row: models.CycleRow,
    entry: OverrideEntry,
    shown: Preview,
    carried_from: models.OverrideRow | None = None,
) -> models.OverrideRow:
    """Store an override with its lines; call inside a transaction that locked the cycle.

    One that is carried over keeps its author.
    """
    made = models.OverrideRow(
        cycle=row, layer=shown.layer.value, account_id=entry.node.account_id,
        product_id=entry.node.product_id, brand=entry.node.brand,
        periods=[period.isoformat() for period in entry.periods], kind=entry.kind.value,
        amounts=[str(one) for one in entry.amounts or (entry.amount,)],
        reason=entry.reason.value, note=entry.note[:400], evidence=entry.evidence[:400],
        expires=entry.expires, mix=shown.mix, warnings=[one.code for one in shown.warnings],
        change=shown.after - shown.before, before=shown.before, carried_from=carried_from,
        at=timezone.now(), by_id=carried_from.by_id if carried_from else actor.user_id,
    )  # fmt: skip
    made.save(force_insert=True)
    write_lines(
        (made.pk, one.key, one.period, kind, one.before, one.after, amount)
        for one in shown.splits
        for kind, amount in [_carried(entry.kind, one)]
    )
    return made


def _opened(
    actor: Actor, row: models.CycleRow, entry: OverrideEntry
) -> tuple[Layer, CycleTable, list[int]]:
    """Check everything but the amounts; return the layer, the numbers and the rows it is about."""
    cycle = as_cycle(row)
    layer = layer_to_write(actor.roles, entry.layer, system=actor.system)
    require_editable(cycle, layer)
    rhythm = cycle.rhythm
    if not entry.periods or entry.kind is OverrideKind.WITHDRAW:
        raise Invalid(_("Say which months."), code="periods", fields={"periods": _("Which ones?")})
    if len(set(entry.periods)) != len(entry.periods) or (
        entry.amounts and len(entry.amounts) != len(entry.periods)
    ):
        raise Invalid(_("Each month takes one amount."), code="periods")
    if outside := set(entry.periods) - set(cycle.periods):
        raise Invalid(
            _("%(month)s is not forecast in this cycle.") % {"month": rhythm.code(min(outside))},
            code="period_outside",
            hint=_("It goes from %(first)s to %(last)s.")
            % {"first": rhythm.code(cycle.periods[0]), "last": rhythm.code(cycle.periods[-1])},
        )
    if frozen := set(entry.periods) & cycle.frozen:
        raise Conflict(
            _("%(month)s is frozen in this cycle.") % {"month": rhythm.code(min(frozen))},
            code="period_frozen", hint=_("Change a later month."),
        )  # fmt: skip
    if entry.expires is not None and entry.expires < timezone.localdate():
        raise Invalid(_("An override expires later than today."), code="expired")
    scope = scope_for(actor, name="forecast")
    table = table_of(row, None if scope.everything else frozenset(scope.account_ids))
    rows = table.rows_of(entry.node)
    if not rows:
        raise NotFound(_("Nothing is forecast here."), code="node_empty")
    accounts = {table.series[at].key.account_id for at in rows}
    require_accounts(actor, layer, accounts)
    require_not_submitted(row, layer, accounts)
    return layer, table, rows


def splits_of(
    row: models.CycleRow, table: CycleTable, layer: Layer, rows: Sequence[int], entry: OverrideEntry
) -> tuple[tuple[Split, ...], str]:
    """Spread each month by itself over the series below, by the last agreed mix."""
    alone = len(rows) == 1  # one series takes all of it, whatever was agreed
    mix = {} if alone else agreed_mix(row, [table.series[at].key for at in rows], entry.periods)
    columns = {period: at for at, period in enumerate(table.periods)}
    found: list[Split] = []
    used = "mix"
    for place, period in enumerate(entry.periods):
        column = columns[period]
        leaves = [
            Leaf(
                table.series[at].key, period, table.quantity(layer, at, column),
                mix.get((table.series[at].key, period)),
            )
            for at in rows
        ]  # fmt: skip
        places = 0 if all(one.now == one.now.to_integral_value() for one in leaves) else 4
        made = spread(leaves, EditKind(entry.kind.value), entry.amount_of(place), places=places)
        used = made.by.value
        found += [
            Split(one.leaf.key, period, one.leaf.now, one.after)  # type: ignore[arg-type]
            for one in made.shares
            if one.change or len(rows) == 1
        ]
    return tuple(found), used


def shown_of(layer: Layer, splits: Iterable[Split], mix: str) -> Preview:
    kept = tuple(splits)
    before = sum((one.before for one in kept), Decimal(0))
    after = sum((one.after for one in kept), Decimal(0))
    codes = guard_rails(before, after)
    words = {
        "small_change": _("A change of less than five percent seldom makes a forecast better."),
        "large_rise": _("A rise of more than twenty percent often turns out too high."),
        "scale_jump": _("A thousand times what stood there, or more: a wrong unit?"),
    }
    warned = tuple(Warned(code, words[code]) for code in codes)
    return Preview(layer, kept, before, after, warned, mix)


def _refuse_stale(
    row: models.CycleRow,
    table: CycleTable,
    layer: Layer,
    splits: Sequence[Split],
    entry: OverrideEntry,
) -> None:
    """Raise Conflict where a later override than the author saw touches one of the cells."""
    if entry.seen is None or entry.seen >= table.stamp:
        return
    cells = {(one.key.account_id, one.key.product_id, one.period): one for one in splits}
    later = (
        live_lines(row.pk)
        .filter(override_id__gt=entry.seen, override__layer=layer.value)
        .values_list("account_id", "product_id", "period", "after", "override__by__username")
    )
    both = [
        {
            "account_id": account, "product_id": product, "period": period.isoformat(),
            "mine": str(cells[account, product, period].after), "theirs": str(after),
            "by": by or "",
        }
        for account, product, period, after, by in later
        if (account, product, period) in cells
    ]  # fmt: skip
    if both:
        raise Conflict(
            _("Somebody changed these cells in the meantime. Compare both values."),
            code="cells_changed", hint=_("Keep theirs, or type yours again."),
            cells=both[:SHOWN], count=len(both), seen=entry.seen, stamp=table.stamp,
        )  # fmt: skip


def _carried(kind: OverrideKind, one: Split) -> tuple[OverrideKind, Decimal]:
    """What a line carries on: the value, the difference, or the percentage."""
    change = one.after - one.before
    if kind is OverrideKind.ABSOLUTE:
        return kind, one.after
    if kind is OverrideKind.DELTA or not one.before:
        return OverrideKind.DELTA, change
    return kind, (change * 100 / one.before).quantize(PCT_PLACES)


def _told(made: models.OverrideRow, shown: Preview) -> dict[str, object]:
    return {
        "override": made.pk,
        "layer": made.layer,
        "kind": made.kind,
        "amounts": made.amounts,
        "months": made.periods,
        "reason": made.reason,
        "evidence": made.evidence,
        "before": str(shown.before),
        "after": str(shown.after),
        "cells": len(shown.splits),
        "warnings": made.warnings,
    }


def months_between(first: date, last: date, periods: Iterable[date]) -> tuple[date, ...]:
    """Return those of the periods that lie between two months, both in."""
    return tuple(period for period in periods if first <= period <= last)
