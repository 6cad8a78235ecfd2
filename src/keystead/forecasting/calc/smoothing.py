"""Exponential smoothing of many series at once: rows are series, columns periods, all ending now.

A grid of parameters is run for all series together and the answers are averaged by how well each
fitted: nothing is picked, and a thousand series cost about a second.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from keystead.forecasting.types.panel import Floats

TRENDS: Final = tuple(
    (beta, keep) for beta in (0.05, 0.1, 0.2, 0.4) for keep in (0.8, 0.9, 0.95, 0.98)
)
DAMPED: Final = tuple(
    (alpha, alpha * beta, keep)
    for alpha in (0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9)
    for beta, keep in ((0.0, 1.0), *TRENDS)
)
LEAST_INDEX: Final = 0.05
LEAST_POINTS: Final = 4
DOUBT: Final = 2.0


def stacked(histories: Sequence[Floats]) -> Floats:
    """Return the histories as one matrix, right-aligned, nan before each start."""
    width = max((values.size for values in histories), default=0)
    made = np.full((len(histories), width), np.nan)
    for row, values in enumerate(histories):
        made[row, width - values.size :] = values
    return made


def row_means(matrix: Floats) -> Floats:
    """Return the mean of what is known in each row; zero where nothing is.

    >>> row_means(np.array([[np.nan, 1.0, 3.0], [np.nan, np.nan, np.nan]])).tolist()
    [2.0, 0.0]
    """
    known = np.isfinite(matrix)
    made = np.where(known, matrix, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    return np.asarray(made, dtype=float)


def shrunk_seasons(matrix: Floats, season: int) -> Floats:
    """Return multiplicative indices, series x season, by column modulo the season.

    Classical decomposition; each line is drawn towards one by how little the season explains (its
    F ratio), so that a season that is mostly noise is hardly used. Ones below two full seasons.

    >>> shrunk_seasons(np.array([[1.0, 3.0] * 6]), 2).round(2).tolist()
    [[0.5, 1.5]]
    """
    count, width = matrix.shape
    made = np.ones((count, max(season, 1)))
    half = season // 2
    if season <= 1 or width < 2 * season:
        return made
    kernel = np.ones(season + 1 - season % 2)
    if season % 2 == 0:
        kernel[[0, -1]] = 0.5
    windows = np.lib.stride_tricks.sliding_window_view(matrix, kernel.size, axis=1)
    middle = windows @ (kernel / kernel.sum())
    ratio = np.full_like(matrix, np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        inside = matrix[:, half : half + middle.shape[1]]
        ratio[:, half : half + middle.shape[1]] = np.where(middle > 0, inside / middle, np.nan)
    known = np.isfinite(ratio)
    plain = np.where(known, ratio, 0.0)
    whole = plain.sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    between, within = np.zeros(count), np.zeros(count)
    for place in range(season):
        held, there = plain[:, place::season], known[:, place::season]
        number = there.sum(axis=1)
        mean = held.sum(axis=1) / np.maximum(number, 1)
        made[:, place] = np.where(number > 0, mean, 1.0)
        between += number * (mean - whole) ** 2
        within += (np.where(there, held - mean[:, None], 0.0) ** 2).sum(axis=1)
    free = known.sum(axis=1) - season
    explained = between / (season - 1)
    noise = within / np.maximum(free, 1)
    seen = np.clip(1 - DOUBT * noise / np.maximum(explained, 1e-300), 0.0, 1.0)
    trust = np.where(free >= LEAST_POINTS, seen, 0.0)
    made = 1 + trust[:, None] * (made - 1)
    made = np.maximum(made / made.mean(axis=1, keepdims=True), LEAST_INDEX)
    return np.asarray(made, dtype=float)


def averaged(matrix: Floats, grid: Sequence[tuple[float, float, float]], horizon: int) -> Floats:
    """Return the averaged forecast of Holt's method over a grid.

    The grid holds (alpha, beta, part of the trend kept each period); beta 0 has no trend. The
    weight of a row of the grid is its likelihood, were its errors normal.
    """
    count, width = matrix.shape
    alpha, beta, keep = np.array(grid).T
    known = np.isfinite(matrix)
    start = np.where(known.any(axis=1), known.argmax(axis=1), width)
    length = np.maximum(width - start, 1)
    first, slope = _beginnings(matrix, start)
    level = np.repeat((first - slope)[:, None], alpha.size, axis=1)
    trend = np.where(beta > 0, slope[:, None], 0.0)
    squares = np.zeros_like(level)
    for column in range(int(start.min()) if count else width, width):
        on = known[:, column, None]
        said = level + keep * trend
        error = np.where(on, matrix[:, column, None] - said, 0.0)
        level = np.where(on, said + alpha * error, level)
        trend = np.where(on & (beta > 0), keep * trend + beta * error, trend)
        squares += error * error
    squares = np.maximum(squares, 1e-300)
    fit = -(length[:, None] / 2) * np.log(squares / squares.min(axis=1, keepdims=True))
    weight = np.exp(fit)
    weight /= weight.sum(axis=1, keepdims=True)
    made = np.empty((count, horizon))
    reach = np.zeros(alpha.size)
    for step in range(horizon):
        reach = reach + keep ** (step + 1)
        made[:, step] = (weight * (level + trend * reach)).sum(axis=1)
    return made


def _beginnings(matrix: Floats, start: np.ndarray) -> tuple[Floats, Floats]:
    """Return the mean of the first year of each row, and the slope of its first two."""
    count, width = matrix.shape
    places = np.minimum(start[:, None] + np.arange(24), width - 1)
    held = matrix[np.arange(count)[:, None], places]
    number = np.minimum(width - start, 24)[:, None]
    place = np.arange(24)

    def mean(low: np.ndarray, high: np.ndarray) -> Floats:
        inside = (place >= low) & (place < high)
        total = np.where(inside, held, 0.0).sum(axis=1)
        return np.asarray(total / np.maximum(inside.sum(axis=1), 1), dtype=float)

    zero, half = np.zeros_like(number), number // 2
    rise = (mean(half, number) - mean(zero, half)) * 2 / np.maximum(number[:, 0], 1)
    return mean(zero, np.minimum(number, 12)), np.where(number[:, 0] >= 8, rise, 0.0)


def temporal(matrix: Floats, horizon: int, season: int) -> Floats:
    """Return the mean of damped trends over months, pairs of months, quarters ... to years.

    Longer buckets see the trend, short ones the latest level (multiple aggregation, Kourentzes).
    """
    count, width = matrix.shape
    total, number = np.zeros((count, horizon)), np.zeros((count, 1))
    for bucket in (size for size in range(1, max(season, 1) + 1) if not max(season, 1) % size):
        kept = width // bucket
        blocks = matrix[:, width - kept * bucket :].reshape(count, kept, bucket).mean(axis=2)
        rows = np.flatnonzero(np.isfinite(blocks).sum(axis=1) >= LEAST_POINTS)
        if not rows.size:
            continue
        steps = -(-horizon // bucket)
        said = averaged(blocks[rows], DAMPED, steps)
        middle = (np.arange(steps) + 0.5) * bucket - 0.5
        bend = np.stack([np.interp(np.arange(horizon), middle, row) for row in np.eye(steps)])
        total[rows] += said @ bend
        number[rows] += 1
    return np.where(number > 0, total / np.maximum(number, 1), np.nan)
