"""What prices and promotions did to demand: a regression in logs, item by item, drawn together.

Each series has coefficients of its own: those of all series, plus what its item does differently,
plus what it does itself, each drawn towards nothing by how little was seen. Products of two inputs
are inputs too (a deal works otherwise when the price is deep).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from keystead.forecasting.types.panel import Floats

ALL: Final = 0.01
ITEM: Final = 0.1
OWN: Final = 3.0
MOST_PRODUCTS: Final = 6  # inputs that are multiplied with each other
MOST_CELLS: Final = 20_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Elasticity:
    """Coefficients per series and column of the design, and what the design was centred on."""

    names: tuple[str, ...]
    multiplied: int
    middles: Floats
    usual: Floats
    size: Floats
    low: Floats
    high: Floats
    coefficients: Floats


def design(
    names: tuple[str, ...], multiplied: int, inputs: Mapping[str, Floats], middles: Floats
) -> Floats:
    """Return series x periods x columns: the inputs, then the products of their deviations."""
    lines = [inputs[name] for name in names]
    apart = [line - middles[:, [place]] for place, line in enumerate(lines)][:multiplied]
    for place, one in enumerate(apart):
        lines += [one * other for other in apart[place:]]
    return np.stack(lines, axis=-1)


def learned(logs: Floats, inputs: Mapping[str, Floats], items: np.ndarray) -> Elasticity:
    """Return the elasticities of all series.

    ``logs``: series x periods, nan where unknown; ``inputs``: name to series x at least as many
    periods; ``items``: a whole number per series, equal where the same thing is sold. A series is
    compared with itself only: its own mean is taken out of everything first.

    >>> price = np.log(np.array([[1.0, 1.0, 0.5, 1.0, 0.5, 1.0] * 5] * 3))
    >>> found = learned(3.0 - 2.0 * price, {"price": price}, np.zeros(3, dtype=int))
    >>> moved = effects(found, {"price": price})
    >>> bool(abs(moved[0, 2] - moved[0, 0] - 2 * np.log(2)) < 0.05)
    True
    """
    names = tuple(inputs)
    width = logs.shape[1]
    there = np.isfinite(logs)
    count = np.maximum(there.sum(axis=1), 1)
    past = {name: matrix[:, :width] for name, matrix in inputs.items()}
    middles = np.column_stack([np.where(there, past[n], 0.0).sum(axis=1) / count for n in names])
    multiplied = min(len(names), MOST_PRODUCTS)
    if logs.size * (len(names) + multiplied**2) > MOST_CELLS:
        multiplied = 0
    made = design(names, multiplied, past, middles)
    usual = np.where(there[..., None], made, 0.0).sum(axis=1) / count[:, None]
    apart = np.where(there[..., None], made - usual[:, None], 0.0)
    size = np.sqrt((apart**2).sum(axis=(0, 1)) / max(int(there.sum()), 1))
    moving = size > 1e-9
    size = np.where(moving, size, 1.0)
    apart = np.where(moving, apart / size, 0.0)
    mean = np.where(there, logs, 0.0).sum(axis=1) / count
    target = np.where(there, logs - mean[:, None], 0.0)
    squares = np.einsum("nwk,nwl->nkl", apart, apart)
    products = np.einsum("nwk,nw->nk", apart, target)
    found = _drawn(squares, products, count, items)
    low, high = apart.min(axis=(0, 1)), apart.max(axis=(0, 1))
    return Elasticity(names, multiplied, middles, usual, size, low, high, found)


def _drawn(squares: Floats, products: Floats, count: np.ndarray, items: np.ndarray) -> Floats:
    """Return ridge coefficients: those of all, what the item adds, what the series adds."""
    unit = np.eye(products.shape[1])
    common = np.linalg.solve(squares.sum(axis=0) + ALL * count.sum() * unit, products.sum(axis=0))
    found = np.tile(common, (len(products), 1))
    for item in np.unique(items).tolist():
        rows = items == item
        square, rest = squares[rows].sum(axis=0), products[rows].sum(axis=0)
        step = square + ITEM * count[rows].sum() * unit
        found[rows] += np.linalg.solve(step, rest - square @ common)
    rest = products - np.einsum("nkl,nl->nk", squares, found)
    own = squares + OWN * count[:, None, None] * unit
    moved = np.linalg.solve(own, rest[..., None])[..., 0]
    return np.asarray(found + moved, dtype=float)


def effects(found: Elasticity, inputs: Mapping[str, Floats]) -> Floats:
    """Return series x periods: how far the inputs move the logs from their usual.

    A column beyond all that was ever seen counts as the furthest that was: a straight line in logs
    knows nothing out there.
    """
    made = design(found.names, found.multiplied, inputs, found.middles)
    held = np.clip((made - found.usual[:, None]) / found.size, found.low, found.high)
    return np.asarray(np.einsum("nwk,nk->nw", held, found.coefficients), dtype=float)


def of_others(matrix: Floats, groups: np.ndarray) -> Floats:
    """Return per series the mean of the other series of its group, nothing where it is alone.

    >>> of_others(np.array([[1.0], [3.0], [5.0]]), np.array([0, 0, 1])).ravel().tolist()
    [3.0, 1.0, 0.0]
    """
    number = np.bincount(groups)[groups][:, None]
    sums = np.zeros((int(groups.max()) + 1 if groups.size else 0, matrix.shape[1]))
    np.add.at(sums, groups, matrix)
    return np.asarray((sums[groups] - matrix) / np.maximum(number - 1, 1), dtype=float) * (
        number > 1
    )


def settled(rest: Floats, alpha: float) -> Floats:
    """Return the level each series ends at, smoothed; unknown periods are passed over.

    >>> settled(np.array([[np.nan, 1.0, 1.0, np.nan]]), 0.1).tolist()
    [1.0]
    """
    level = np.full(rest.shape[0], np.nan)
    for value in rest.T:
        moved = np.where(np.isnan(level), value, level + alpha * (value - level))
        level = np.where(np.isnan(value), level, moved)
    return level
