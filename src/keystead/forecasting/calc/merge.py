"""The three-way merge of a workbook: state at export, the workbook, the state now."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping
from decimal import Decimal
from typing import TypeVar

from keystead.forecasting.types.workbook import CellChange, CellConflict, Merged
from keystead.kernel.errors import Invalid

K = TypeVar("K", bound=Hashable)


def merge(
    base: Mapping[K, Decimal],
    theirs: Mapping[K, Decimal],
    ours: Mapping[K, Decimal],
    *,
    closed: Collection[K] = (),
) -> Merged[K]:
    """Return what the workbook changed, cell by cell, against what changed here meanwhile.

    ``base`` is the state at export, ``theirs`` the returned workbook (a cell it lacks counts
    as not touched; whether rows are missing is checked when it is read), ``ours`` the state
    now (a cell it lacks is gone: a change of it is a conflict), ``closed`` the cells nobody may
    edit now. Raises Invalid (``unknown_cells``) for a cell that was not in the export.

    >>> found = merge({"a": Decimal(1), "b": Decimal(1)}, {"a": Decimal(2), "b": Decimal(1)},
    ...               {"a": Decimal(1), "b": Decimal(5)})
    >>> [(one.key, int(one.becomes)) for one in found.changes], found.kept
    ([('a', 2)], ('b',))
    """
    strange = [key for key in theirs if key not in base]
    if strange:
        raise Invalid(
            "The workbook holds cells that were not in the export.",
            code="unknown_cells", count=len(strange),
        )  # fmt: skip
    shut = frozenset(closed)
    changes: list[CellChange[K]] = []
    conflicts: list[CellConflict[K]] = []
    closed_now: list[CellConflict[K]] = []
    same: list[K] = []
    kept: list[K] = []
    untouched: list[K] = []
    for key, was in base.items():
        typed, now = theirs.get(key, was), ours.get(key)
        if typed == was:
            (untouched if now == was else kept).append(key)
        elif typed == now:
            same.append(key)
        elif key in shut:
            closed_now.append(CellConflict(key, was, typed, now))
        elif now is None or now != was:
            conflicts.append(CellConflict(key, was, typed, now))
        else:
            changes.append(CellChange(key, now, typed))
    return Merged(
        tuple(changes), tuple(conflicts), tuple(same), tuple(kept), tuple(untouched),
        tuple(closed_now),
    )  # fmt: skip


def settled(merged: Merged[K], choices: Mapping[K, Decimal | None]) -> tuple[CellChange[K], ...]:
    """Return all cells to write once each conflict has a choice; None leaves the cell as it is.

    A value equal to ours writes nothing. Raises Invalid (``conflicts_open``) while a conflict has
    no choice, and (``cell_gone``) where a cell that is gone was given a value.
    """
    waiting = [one.key for one in merged.conflicts if one.key not in choices]
    if waiting:
        raise Invalid(
            "Choose a value for each cell that both sides changed.",
            code="conflicts_open", count=len(waiting),
        )  # fmt: skip
    chosen = []
    for one in merged.conflicts:
        value = choices[one.key]
        if value is None or value == one.ours:
            continue
        if one.ours is None:
            raise Invalid("This cell is no longer part of the forecast.", code="cell_gone")
        chosen.append(CellChange(one.key, one.ours, value))
    return (*merged.changes, *chosen)
