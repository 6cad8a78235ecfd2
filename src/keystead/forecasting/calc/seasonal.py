"""Smoothing whose season moves too (Holt and Winters, in logs), for many series at once.

Rows are series, columns periods, all ending now. A grid of parameters runs for all series together
and is averaged by how well each fitted, as in ``smoothing``; a surprise beyond four times the usual
move counts as four, so that one odd month bends nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeAlias

import numpy as np

from keystead.forecasting.types.panel import Floats

Grid: TypeAlias = Sequence[tuple[float, float, float, float]]
"""Rows of (alpha, beta, part of the trend kept each period, gamma)."""

ALPHAS: Final = (0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 0.9)
TRENDS: Final = tuple(
    (beta, keep) for beta in (0.05, 0.1, 0.2, 0.4) for keep in (0.8, 0.9, 0.95, 0.98)
)
FEW_TRENDS: Final = ((0.1, 0.9), (0.1, 0.97), (0.3, 0.9))
NO_TREND: Final = ((0.0, 1.0),)
MOVING: Final = (0.0, 0.1, 0.3, 0.6)
ODD: Final = 4.0
LEAST_MOVE: Final = 0.005
MEMORY: Final = 0.985
TINY: Final = 1e-300
BLOCK: Final = 250


def grid_of(trends: Sequence[tuple[float, float]], gammas: Sequence[float] = (0.0,)) -> Grid:
    """Return a grid: every alpha with every trend and every gamma.

    As usual a trend moves by a part of alpha, a season by a part of what the level leaves.
    """
    return tuple(
        (alpha, alpha * beta, keep, gamma * (1 - alpha))
        for alpha in ALPHAS
        for beta, keep in trends
        for gamma in gammas
    )


WINTERS: Final = grid_of((*NO_TREND, *FEW_TRENDS), MOVING)
DAMPED: Final = grid_of((*NO_TREND, *TRENDS))
LEVEL: Final = grid_of(NO_TREND, MOVING)


def winters(logs: Floats, seasons: Floats, grid: Grid, horizon: int) -> Floats:
    """Return series x steps in logs.

    ``logs``: series x periods, nan where unknown. ``seasons``: series x season, what each place of
    the year adds at the start, by column modulo the season.

    >>> logs = np.log(np.array([[1.0, 3.0] * 8]))
    >>> said = winters(logs, np.log(np.array([[0.5, 1.5]])), LEVEL, 2)
    >>> np.exp(said).round(1).tolist()
    [[1.0, 3.0]]
    """
    made = np.zeros((logs.shape[0], horizon))
    for rows in _blocks(logs):
        now = _Now(logs[rows], seasons[rows], grid)
        for column in now.columns():
            now.see(column)
        made[rows] = now.ahead(horizon)
    return made


def paths(logs: Floats, season: int, grid: Grid, horizon: int) -> Floats:
    """Return series x periods x steps in logs: what would have been said after each period.

    Nothing of what came later is in it: seasons begin at nothing.
    """
    made = np.full((*logs.shape, horizon), np.nan, dtype=np.float32)
    start = np.zeros((logs.shape[0], max(season, 1)))
    for rows in _blocks(logs):
        now = _Now(logs[rows], start[rows], grid)
        for column in now.columns():
            now.see(column)
            made[rows, column] = now.ahead(horizon)
    return made


def _blocks(logs: Floats) -> list[slice]:
    return [slice(start, start + BLOCK) for start in range(0, logs.shape[0], BLOCK)]


class _Now:
    """What is known after one column: levels, trends and seasons under each row of the grid."""

    def __init__(self, logs: Floats, seasons: Floats, grid: Grid) -> None:
        self.logs = logs
        self.known = np.isfinite(logs)
        self.alpha, self.beta, self.keep, self.gamma = np.array(grid).T
        self.moving = bool(self.gamma.any())
        shape = (logs.shape[0], len(grid))
        steady = logs - seasons[:, np.arange(logs.shape[1]) % seasons.shape[1]]
        self.most = ODD * (_usual_moves(steady) + LEAST_MOVE)[:, None]
        self.level = np.repeat(_first(steady)[:, None], len(grid), axis=1)
        self.trend = np.zeros(shape)
        width = len(grid) if self.moving else 1
        self.seasons = np.repeat(seasons.T[:, :, None], width, axis=2)
        self.squares = np.full(shape, TINY)
        self.seen = np.zeros((logs.shape[0], 1))
        self.column = logs.shape[1] - 1

    def columns(self) -> range:
        """Return the columns from the first in which anything is known."""
        known = self.known.any(axis=0)
        return range(int(known.argmax()) if known.any() else known.size, known.size)

    def see(self, column: int) -> None:
        """Take the next column in."""
        on = self.known[:, column, None]
        place = column % len(self.seasons)
        said = self.level + self.keep * self.trend
        value = np.where(on, self.logs[:, column, None], 0.0)
        error = np.clip(value - said - self.seasons[place], -self.most, self.most) * on
        self.level = np.where(on, said + self.alpha * error, self.level)
        self.trend = np.where(on, self.keep * self.trend + self.beta * error, self.trend)
        if self.moving:
            self.seasons[place] += self.gamma * error
        self.squares *= np.where(on, MEMORY, 1.0)
        self.squares += error * error
        self.seen += on
        self.column = column

    def ahead(self, horizon: int) -> Floats:
        """Return what is said of the next periods, averaged over the grid by likelihood."""
        squares = np.maximum(self.squares, TINY)
        length = np.minimum(self.seen, 1 / (1 - MEMORY))
        weight = np.exp(-length / 2 * np.log(squares / squares.min(axis=1, keepdims=True)))
        weight /= weight.sum(axis=1, keepdims=True)
        reach = np.cumsum(self.keep[None, :] ** np.arange(1, horizon + 1)[:, None], axis=0)
        made = (weight * self.level).sum(axis=1)[:, None] + (weight * self.trend) @ reach.T
        share = weight if self.moving else np.ones((weight.shape[0], 1))
        year = (self.seasons * share).sum(axis=2).T
        places = (self.column + 1 + np.arange(horizon)) % len(self.seasons)
        return np.asarray(made + year[:, places], dtype=float)


def _first(steady: Floats) -> Floats:
    """Return the mean of the first half year known of each row, zero where nothing is."""
    known = np.isfinite(steady)
    early = known & (known.cumsum(axis=1) <= 6)
    total = np.where(early, steady, 0.0).sum(axis=1)
    return np.asarray(total / np.maximum(early.sum(axis=1), 1), dtype=float)


def _usual_moves(steady: Floats) -> Floats:
    """Return the middle of the moves of each row, zero where there is none."""
    moves = np.abs(np.diff(steady, axis=1))
    number = np.isfinite(moves).sum(axis=1)
    if not moves.shape[1]:
        return np.zeros(steady.shape[0])
    ranked = np.sort(moves, axis=1)  # unknown ones last
    rows = np.arange(steady.shape[0])
    low, high = np.maximum(number - 1, 0) // 2, np.maximum(number, 1) // 2
    high = np.minimum(high, np.maximum(number - 1, 0))
    middle = (ranked[rows, low] + ranked[rows, high]) / 2
    return np.where(number > 0, middle, 0.0)
