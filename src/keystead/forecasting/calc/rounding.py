"""Whole packs whose totals still hold."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from keystead.forecasting.types.panel import Floats


def round_keeping_total(values: Floats, decimals: int = 0) -> Floats:
    """Return the values rounded so that their sum is the rounded sum (largest remainders).

    Each result is one of the two neighbours of its value, so nothing turns negative.

    >>> round_keeping_total(np.array([0.4, 0.4, 0.4])).tolist()
    [1.0, 0.0, 0.0]
    """
    everything = np.zeros(values.size, dtype=int)
    return round_nested(values[:, None], [everything], decimals)[:, 0]


def round_nested(values: Floats, levels: Sequence[np.ndarray], decimals: int = 0) -> Floats:
    """Return a matrix (series x steps) rounded so that the totals of each level hold.

    ``levels`` gives each series' group from the top down, each level inside the one above. The
    grand total is rounded first; then each group gets one of the two neighbours of its own total,
    so that groups add up to what is above them, down to the series.

    >>> round_nested(np.array([[0.5], [0.5], [1.2]]), [np.array([0, 0, 1])]).ravel().tolist()
    [1.0, 0.0, 1.0]
    """
    unit = 10.0**decimals
    scaled = values * unit
    parent = np.zeros(values.shape[0], dtype=int)
    parent_total = np.floor(scaled.sum(axis=0, keepdims=True) + 0.5 - 1e-9)
    for level in [*levels, np.arange(values.shape[0])]:
        names, member = np.unique(np.stack([parent, level]), axis=1, return_inverse=True)
        member = member.ravel()
        sums = np.zeros((names.shape[1], values.shape[1]))
        np.add.at(sums, member, scaled)
        parent_total = _share_out(sums, names[0], parent_total)
        parent = member
    return np.asarray(parent_total[parent] / unit, dtype=float)


def _share_out(sums: Floats, parents: np.ndarray, totals: Floats) -> Floats:
    """Return the sums rounded up or down so that each parent's children add up to its total."""
    floor = np.floor(sums + 1e-9)
    have = np.zeros_like(totals)
    np.add.at(have, parents, floor)
    missing = np.rint(totals - have).astype(int)
    rest = np.round(sums - floor, 9)
    first = np.searchsorted(parents, np.arange(totals.shape[0]))
    for step in range(sums.shape[1]):
        order = np.lexsort((np.arange(parents.size), -rest[:, step], parents))
        rank = np.arange(parents.size) - first[parents[order]]
        floor[order, step] += rank < missing[parents[order], step]
    return floor
