"""What the overrides of an open cycle come to, kept in memory and carried on as people type.

Overrides only ever grow, and each is written under a lock of its cycle: what was read once stays
true, and only what came later is read again. What a transaction has not committed yet is read for
it alone and never kept.
"""

from __future__ import annotations

import dataclasses
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db import connection
from django.db.models import FloatField
from django.db.models.functions import Cast

from keystead.forecasting import models
from keystead.forecasting.calc.layers import Change, stacked, touched
from keystead.forecasting.types.cycle import HUMAN, STACK, Layer, OverrideKind
from keystead.forecasting.types.table import Bools, Floats

KEPT = 12  # cycles
KINDS = tuple(OverrideKind)
Places = npt.NDArray[np.intp]
_kept: OrderedDict[tuple[object, ...], Standing] = OrderedDict()
_lock = Lock()


@dataclasses.dataclass(frozen=True, eq=False)
class Base:
    """What overrides stand on: the numbers of a run, and where its series and months are."""

    key: tuple[object, ...]  # of the run
    statistical: Floats
    place: Mapping[tuple[int, int], int]
    column: Mapping[date, int]


@dataclasses.dataclass(frozen=True, eq=False)
class Standing:
    """The layers of a cycle with all overrides up to ``newest``, written at ``at``.

    ``lines``: one row per line of an override, in their order: override, place of the layer,
    place of the kind, row, column; ``amounts`` and ``live`` beside them.
    """

    newest: int
    at: datetime | None
    lines: Places
    amounts: Floats
    live: Bools
    layers: Mapping[Layer, Floats]
    named: Mapping[Layer, Bools]


def standing_of(row: models.CycleRow, base: Base) -> Standing:
    """Return what a cycle's overrides come to by now. No rights are checked."""
    key = (str(connection.settings_dict["NAME"]), row.pk, row.created_at, *base.key)
    with _lock:
        before = _kept.get(key)
    found = carried_on(row.pk, base, before)
    if found is not before and not connection.in_atomic_block:
        with _lock:
            held = _kept.get(key)
            if held is None or held is before or held.newest < found.newest:
                _kept[key] = found
            _kept.move_to_end(key)
            while len(_kept) > KEPT:
                _kept.popitem(last=False)
    return found


def carried_on(cycle_id: int, base: Base, before: Standing | None = None) -> Standing:
    """Return the standing after the overrides that came since ``before``; None begins anew."""
    since = before.newest if before is not None else 0
    heads = list(
        models.OverrideRow.objects.filter(cycle_id=cycle_id, pk__gte=since)
        .order_by("pk")
        .values_list("pk", "at", "supersedes_id")
    )
    if before is not None and before.newest:
        if not heads or heads[0][:2] != (before.newest, before.at):
            return carried_on(cycle_id, base)  # another database lies there now
        heads = heads[1:]
    if before is None:
        before = _empty(base)
    if not heads:
        return before
    lines, amounts = _lines(cycle_id, base, since, heads[-1][0])
    void = np.array([gone for _pk, _at, gone in heads if gone is not None], dtype=np.intp)
    held = np.concatenate([before.lines, lines])
    live = np.concatenate([before.live, np.ones(len(lines), dtype=np.bool_)])
    gone = np.isin(held[:, 0], void) & live
    live &= ~gone
    rows = np.unique(np.concatenate([lines[:, 3], held[gone, 3]]))
    made = Standing(
        heads[-1][0], heads[-1][1], held, np.concatenate([before.amounts, amounts]), live,
        before.layers, before.named,
    )  # fmt: skip
    return _again(made, base, rows) if len(rows) else made


def _empty(base: Base) -> Standing:
    layers = stacked(base.statistical, ())
    for held in layers.values():
        held.setflags(write=False)
    none = np.zeros((0, 5), dtype=np.intp)
    return Standing(
        0, None, none, np.zeros(0), np.zeros(0, dtype=np.bool_), layers, {}
    )  # fmt: skip


def _lines(cycle_id: int, base: Base, since: int, newest: int) -> tuple[Places, Floats]:
    """The lines of overrides after one up to another, at series and months of the run."""
    layer = {one.value: at for at, one in enumerate(STACK)}
    kind = {one.value: at for at, one in enumerate(KINDS)}
    found = (
        models.OverrideLine.objects.filter(
            override__cycle_id=cycle_id, override_id__gt=since, override_id__lte=newest
        )
        .annotate(amount_f=Number("amount"))
        .order_by("override_id", "pk")
        .values_list(
            "override_id", "override__layer", "kind", "account_id", "product_id", "period",
            "amount_f",
        )
    )  # fmt: skip
    lines: list[tuple[int, int, int, int, int]] = []
    amounts: list[float] = []
    for pk, of, how, account, product, period, amount in found:
        at, column = base.place.get((account, product)), base.column.get(period)
        if at is not None and column is not None:
            lines.append((pk, layer[of], kind[how], at, column))
            amounts.append(amount)
    return (
        np.array(lines, dtype=np.intp).reshape(-1, 5), np.array(amounts, dtype=np.float64)
    )  # fmt: skip


def _again(standing: Standing, base: Base, rows: Places) -> Standing:
    """Work some series out again; all others stay as they are."""
    where = np.full(len(base.statistical), -1, dtype=np.intp)
    where[rows] = np.arange(len(rows))
    there = np.flatnonzero(standing.live & (where[standing.lines[:, 3]] >= 0))
    changes = _changes(standing.lines[there], standing.amounts[there], where)
    part = stacked(base.statistical[rows], changes)
    masks = touched(changes, (len(rows), base.statistical.shape[1]))
    layers, named = dict(standing.layers), dict(standing.named)
    own = {change.layer for change in changes} | set(named)
    below = layers[Layer.STATISTICAL]
    for layer in HUMAN:
        if layer not in own:
            layers[layer] = below  # says nothing of its own
            continue
        now = layers[layer].copy()
        now[rows] = part[layer]
        now.setflags(write=False)
        below = layers[layer] = now
        mask = named.get(layer, np.zeros(base.statistical.shape, dtype=np.bool_)).copy()
        mask[rows] = masks.get(layer, False)
        named[layer] = mask
    return dataclasses.replace(
        standing, layers=layers,
        named={layer: named[layer] for layer in HUMAN if layer in named and named[layer].any()},
    )  # fmt: skip


def _changes(lines: Places, amounts: Floats, where: Places) -> Sequence[Change]:
    """Lines as the calculation takes them: those of an override and kind together."""
    group = lines[:, 0] * len(KINDS) + lines[:, 2]
    order = np.argsort(group, kind="stable")
    ends = np.flatnonzero(np.diff(group[order])) + 1
    return [
        Change(
            int(lines[part[0], 0]), STACK[lines[part[0], 1]], KINDS[lines[part[0], 2]],
            where[lines[part, 3]], lines[part, 4], amounts[part],
        )
        for part in np.split(order, ends)
        if len(part)
    ]  # fmt: skip


class Number(Cast):
    """A decimal column as the database's own float, taken as it comes: hundreds of thousands."""

    def __init__(self, name: str) -> None:
        super().__init__(name, FloatField())

    def get_db_converters(self, connection: Any) -> list[Any]:
        return []
