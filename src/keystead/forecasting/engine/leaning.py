"""How far each series leans on the seasonal naive: as far as the pooled backtest pays for.

A series whose recipe was beaten by the seasonal naive in its own backtest leans more; how much that
evidence counts is learned for a whole segment at once, so that a lucky year moves nothing alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from keystead.forecasting.calc.intervals import naive_scale
from keystead.forecasting.calc.naive import seasonal_naive
from keystead.forecasting.engine.globals import Mixed
from keystead.forecasting.engine.mixing import GRID, TRUST
from keystead.forecasting.engine.prepare import Known, truth_after
from keystead.forecasting.types.panel import Floats, Recipe, RunSettings, Segment

LEANING: Final = (Segment.SMOOTH, Segment.ERRATIC)


def leaned(mix: Mixed, moments: Sequence[Known], settings: RunSettings) -> Mixed:
    """Return the mix with the seasonal naive in it, as far as each unit leans on it.

    ``moments`` are the backtest windows and now, last; without windows nothing is mixed in.
    """
    if settings.recipe == Recipe.NAIVE or settings.season <= 1 or len(moments) < 2:
        return mix
    plain = [_plain(known, settings) for known in moments]
    shares = np.zeros((len(moments), len(moments[-1].cleans)))
    for kind in LEANING:
        rows = np.flatnonzero([clean.segment is kind for clean in moments[-1].cleans])
        if rows.size:
            shares[:, rows] = _shares(mix, moments, plain, rows, settings)
    lines = []
    for line, beside, share in zip(mix.lines, plain, shares, strict=True):
        there = share[:, None] * np.isfinite(beside)
        lines.append(line + there * (np.nan_to_num(beside) - line))
    now = shares[-1]
    lifts = {name: effect * (1 - now)[:, None] for name, effect in mix.lifts.items()}
    return replace(mix, lines=lines, lifts=lifts, naive=now)


def _shares(
    mix: Mixed,
    moments: Sequence[Known],
    plain: Sequence[Floats],
    rows: np.ndarray,
    settings: RunSettings,
) -> Floats:
    now = moments[-1]
    histories = [now.cleans[row].filled for row in rows.tolist()]
    scale = np.array([[naive_scale(values, settings.season)] for values in histories])
    return learned_shares(
        [line[rows] / scale for line in mix.lines[:-1]],
        [line[rows] / scale for line in plain[:-1]],
        [truth_after(now, known, rows, settings.horizon) / scale for known in moments[:-1]],
    )


def _plain(known: Known, settings: RunSettings) -> Floats:
    """Return what the seasonal naive says; nan where a unit has no full season."""
    made = np.full((len(known.cleans), settings.horizon), np.nan)
    for row, clean in enumerate(known.cleans):
        if clean.filled.size >= settings.season:
            made[row] = seasonal_naive(clean.filled, settings.horizon, settings.season)
    return made


def learned_shares(
    own: Sequence[Floats], other: Sequence[Floats], truth: Sequence[Floats]
) -> Floats:
    """Return per series the share of the other lines: a common factor times its own evidence.

    Rows: the windows, then now; a window has what the others would have said of it, so that ranges
    made from its errors are not too narrow. All lines are series x steps by window, scaled. The
    factor has the smallest absolute error over all windows and series, where the evidence on a
    window comes from the other windows only; it is drawn towards zero as if ``TRUST`` more series
    had asked for nothing.

    >>> own, other = np.array([[4.0], [9.0]]), np.array([[5.0], [5.0]])
    >>> truth = np.array([[4.0], [5.0]])
    >>> shares = learned_shares([own] * 2, [other] * 2, [truth] * 2)[-1]
    >>> bool(shares[0] < shares[1])
    True
    """
    windows = range(len(truth))
    costs = np.zeros(GRID.size)
    found = []
    misses = np.array([_misses(*three) for three in zip(own, other, truth, strict=True)])
    for window in windows:
        found.append(_evidence(np.delete(misses, window, axis=0)))
        evidence = found[-1][:, None]
        gap = other[window] - own[window]
        for place, factor in enumerate(GRID):
            said = own[window] + factor * evidence * gap
            costs[place] += float(np.nansum(np.abs(said - truth[window])))
    factor = float(GRID[int(np.argmin(costs))])
    count = int(np.isfinite(misses[..., 0]).any(axis=0).sum())
    return np.array([*found, _evidence(misses)]) * (factor * count / (count + TRUST))


def _misses(own: Floats, other: Floats, truth: Floats) -> Floats:
    """Return series x (own, other): mean absolute errors where all three are known."""
    both = np.isfinite(own) & np.isfinite(other) & np.isfinite(truth)
    number = both.sum(axis=1)
    sums = [np.where(both, np.abs(line - truth), 0.0).sum(axis=1) for line in (own, other)]
    found = np.stack(sums, axis=1) / np.maximum(number, 1)[:, None]
    return np.where(number[:, None] > 0, found, np.nan)


def _evidence(misses: Floats) -> Floats:
    """Return the own error over both, a half where nothing is known."""
    known = np.asarray(np.isfinite(misses).all(axis=2))
    sums = np.where(known[..., None], misses, 0.0).sum(axis=0)
    whole = sums.sum(axis=1)
    return np.where(whole > 0, sums[:, 0] / np.where(whole > 0, whole, 1.0), 0.5)
