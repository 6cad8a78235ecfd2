"""Coherence: bottoms and nodes moved as little as possible until everything adds up.

Weighted least squares by error variance, solved for the bottoms by conjugate gradients on sparse
sums, so memory grows with the number of series and not with its square. The nodes are then summed
from the bottoms, which makes the gap zero by construction.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from keystead.forecasting.types.panel import Floats

TOLERANCE: Final = 1e-9
MOST_STEPS: Final = 500
ROUNDS: Final = 4


def summing(members: Sequence[Sequence[int]], bottoms: int) -> Any:
    """Return the sparse matrix that sums bottoms to nodes."""
    from scipy.sparse import csr_matrix

    counts = [len(group) for group in members]
    starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    columns = np.concatenate([np.asarray(group) for group in members]) if members else np.zeros(0)
    data = np.ones(columns.size)
    return csr_matrix((data, columns.astype(np.int64), starts), shape=(len(counts), bottoms))


def reconcile(
    base: Floats, members: Sequence[Sequence[int]], variance: Floats, fixed: np.ndarray
) -> Floats:
    """Return bottoms (rows first) and nodes that add up, without negatives.

    ``base`` holds bottoms then nodes, ``variance`` the error variance of each, ``fixed`` says
    which bottoms stay as they are at zero (dead series).
    """
    bottoms = base.shape[0] - len(members)
    if not members:
        return np.maximum(base, 0.0)
    sums = summing(members, bottoms)
    weight = 1.0 / np.maximum(variance, max(float(np.median(variance)) * 1e-8, 1e-18))
    free = np.broadcast_to(~fixed[:, None], (bottoms, base.shape[1])).copy()
    found = np.maximum(base[:bottoms], 0.0) * free
    for _round in range(ROUNDS):
        found = _solve(sums, weight, base, free, found)
        below = (found < 0) & free
        if not below.any():
            break
        free &= ~below
        found = np.where(free, found, 0.0)
    found = np.maximum(found, 0.0)
    return np.vstack([found, sums @ found])


def _solve(sums: Any, weight: Floats, base: Floats, free: np.ndarray, start: Floats) -> Floats:
    bottoms = start.shape[0]
    low, high = weight[:bottoms, None], weight[bottoms:, None]

    def apply(x: Floats) -> Floats:
        moved: Floats = free * (low * x + sums.T @ (high * (sums @ x)))
        return moved

    goal = free * (low * base[:bottoms] + sums.T @ (high * base[bottoms:]))
    diagonal = low + sums.T @ high
    x = start * free
    rest = goal - apply(x)
    better = rest / diagonal
    way = better.copy()
    power = (rest * better).sum(axis=0)
    limit = TOLERANCE**2 * np.maximum((goal * goal / diagonal).sum(axis=0), 1e-300)
    for _step in range(MOST_STEPS):
        if (power <= limit).all():
            break
        moved = apply(way)
        curve = (way * moved).sum(axis=0)
        stride = np.where(curve > 0, power / np.where(curve > 0, curve, 1.0), 0.0)
        x = x + stride * way
        rest = rest - stride * moved
        better = rest / diagonal
        fresh = (rest * better).sum(axis=0)
        way = better + np.where(power > 0, fresh / np.where(power > 0, power, 1.0), 0.0) * way
        power = fresh
    return np.asarray(x, dtype=float)


def gap(values: Floats, members: Sequence[Sequence[int]]) -> float:
    """Return the largest relative difference between a node and the sum of its bottoms."""
    if not members:
        return 0.0
    bottoms = values.shape[0] - len(members)
    summed = summing(members, bottoms) @ values[:bottoms]
    return float((np.abs(summed - values[bottoms:]) / np.maximum(np.abs(summed), 1.0)).max())
