"""The layers of a forecast: each starts from the one below and carries its own overrides."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Final

import numpy as np
import numpy.typing as npt

from keystead.forecasting.types.cycle import STACK, Layer, OverrideKind

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]
PLACES: Final = 4


@dataclasses.dataclass(frozen=True, eq=False)
class Change:
    """What one override does: to which cells (row, column), by how much each."""

    id: int
    layer: Layer
    kind: OverrideKind
    rows: Places
    columns: Places
    amounts: Floats


def stacked(statistical: Floats, changes: Iterable[Change]) -> dict[Layer, Floats]:
    """Return the values of each layer, series x periods, at four decimals and never below zero.

    A layer begins with the layer below it; its overrides follow in their order: absolute
    replaces, delta adds, percent multiplies what stands there then.

    >>> base = np.array([[100.0, 100.0]])
    >>> at = np.array([0]), np.array([1])
    >>> up = Change(1, Layer.ACCOUNT_MANAGER, OverrideKind.PERCENT, *at, np.array([10.0]))
    >>> more = Change(2, Layer.MARKETING, OverrideKind.DELTA, *at, np.array([5.0]))
    >>> stacked(base, [more, up])[Layer.AGREED].tolist()
    [[100.0, 115.0]]
    """
    held: dict[Layer, list[Change]] = {layer: [] for layer in STACK}
    for change in sorted(changes, key=lambda one: one.id):
        held[change.layer].append(change)
    now = np.asarray(np.round(np.maximum(statistical, 0.0), PLACES), dtype=np.float64)
    found: dict[Layer, Floats] = {}
    for layer in STACK:
        if held[layer]:
            now = now.copy()
            for change in held[layer]:
                _apply(now, change)
        found[layer] = now
    return found


def touched(
    changes: Iterable[Change], shape: tuple[int, int]
) -> Mapping[Layer, npt.NDArray[np.bool_]]:
    """Return, for each layer that has overrides, the cells that they name."""
    found: dict[Layer, npt.NDArray[np.bool_]] = {}
    for change in changes:
        mask = found.setdefault(change.layer, np.zeros(shape, dtype=np.bool_))
        mask[change.rows, change.columns] = True
    return found


def _apply(now: Floats, change: Change) -> None:
    place = change.rows, change.columns
    before = now[place]
    if change.kind is OverrideKind.ABSOLUTE:
        after = change.amounts
    elif change.kind is OverrideKind.DELTA:
        after = before + change.amounts
    else:
        after = before * (1 + change.amounts / 100)
    now[place] = np.round(np.maximum(after, 0.0), PLACES)
