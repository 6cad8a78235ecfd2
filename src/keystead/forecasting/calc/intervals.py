"""Ranges around a forecast from the errors it made in the backtest.

Pooled scaled conformal: the absolute errors of many series, each divided by the series' own scale,
give one quantile per step ahead; times the scale of a series that is half its range.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from keystead.forecasting.types.panel import Floats

SMOOTH_STEPS: Final = 5
DOUBT: Final = {0.8: 0.5, 0.95: 1.5}  # standard errors that the difference of windows adds
LEAST_ERRORS: Final = 30
WIDE: Final = 0.95


def naive_scale(values: Floats, season: int) -> float:
    """Return the mean absolute change over a season (over one period in a short series)."""
    lag = season if values.size >= season + 3 else 1
    moves = np.abs(values[lag:] - values[:-lag]) if values.size > lag else np.zeros(0)
    scale = float(moves.mean()) if moves.size else 0.0
    if scale > 0:
        return scale
    level = float(np.abs(values).mean()) if values.size else 0.0
    return max(0.05 * level, 1e-9)


def own_scale(base: float, errors: Floats) -> float:
    """Return the geometric mean of the series' naive scale and its own error in the backtest.

    >>> round(own_scale(4.0, np.array([1.0, -1.0, 1.0])), 6)
    2.0
    """
    known = np.abs(errors[np.isfinite(errors)])
    if known.size < 3 or known.mean() <= 0:
        return base
    return float(np.sqrt(base * max(float(known.mean()), 0.1 * base)))


def pooled_quantiles(scaled: Floats, level: float) -> Floats:
    """Return per step the quantile of |error| / scale over windows and series.

    ``scaled`` is windows x series x steps with nan where unknown. The finite-sample correction of
    split conformal prediction is applied; the line is smoothed over five steps and never falls
    where a longer step was known to be worse.
    """
    steps = scaled.shape[-1]
    flat = np.abs(scaled.reshape(-1, steps))
    result = np.full(steps, np.nan)
    for step in range(steps):
        known = flat[:, step][np.isfinite(flat[:, step])]
        if known.size:
            rank = min(np.ceil((known.size + 1) * level) / known.size, 1.0)
            result[step] = np.quantile(known, rank)
    if np.isnan(result).all():
        return default_quantiles(steps, level)
    places = np.arange(steps)
    good = np.isfinite(result)
    result = np.interp(places, places[good], result[good])
    return _smooth(result)


def windowed_quantiles(scaled: Floats, level: float) -> Floats:
    """Return the pooled quantile per step, wider by what the windows of the backtest disagree.

    All series of a window err together (the same months, the same turn of a market), so a window
    is one observation, however many series it has: the quantile is uncertain by the standard
    error between windows, and that much of it is added as ``DOUBT`` says for the level. The
    widths of 95 % never shrink further ahead. ``scaled`` as in ``pooled_quantiles``.

    >>> calm, wild = np.full((1, 40, 1), 1.0), np.full((1, 40, 1), 3.0)
    >>> windowed_quantiles(np.vstack([calm, calm]), 0.8).tolist()
    [1.0]
    >>> float(windowed_quantiles(np.vstack([calm, wild]), 0.8)[0])
    3.5
    """
    widths = pooled_quantiles(scaled, level)
    known = [part[None] for part in scaled if np.isfinite(part).any()]
    if len(known) > 1:
        each = np.array([pooled_quantiles(part, level) for part in known])
        widths = widths + DOUBT.get(level, 1.0) * each.std(axis=0, ddof=1) / np.sqrt(len(each))
    return np.maximum.accumulate(widths) if level >= WIDE else widths


def default_quantiles(steps: int, level: float) -> Floats:
    """Return cautious widths where no backtest exists: they grow with the root of the step."""
    base = {0.8: 1.6, 0.95: 3.2}.get(round(level, 4), 1.6 + 10.0 * max(level - 0.8, 0.0))
    return np.asarray(base * np.sqrt(1 + np.arange(steps) / 6), dtype=float)


def _smooth(line: Floats) -> Floats:
    half = SMOOTH_STEPS // 2
    return np.array(
        [line[max(0, at - half) : at + half + 1].mean() for at in range(line.size)], dtype=float
    )


def around(mean: Floats, scale: Floats, widths: Floats) -> tuple[Floats, Floats]:
    """Return lower and upper lines: rows are series, columns steps; never below zero.

    ``widths`` are those of all series, or one line for each.

    >>> low, high = around(np.array([[5.0]]), np.array([2.0]), np.array([3.0]))
    >>> float(low[0, 0]), float(high[0, 0])
    (0.0, 11.0)
    """
    half = scale[:, None] * widths
    return np.maximum(mean - half, 0.0), np.maximum(mean + half, 0.0)
