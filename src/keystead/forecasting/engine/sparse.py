"""One boosted model for all intermittent series: the mean, from how often and how much lately."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from keystead.forecasting.types.panel import Floats

MOST_ROWS: Final = 250_000
LEAST_SERIES: Final = 30
LEAST_HISTORY: Final = 3
EVERY: Final = 3
PARAMS: Final[dict[str, Any]] = {
    "objective": "tweedie",
    "tweedie_variance_power": 1.5,
    "learning_rate": 0.05,
    "num_leaves": 31,
    "min_data_in_leaf": 200,
    "feature_fraction": 0.5,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "deterministic": True,
    "force_col_wise": True,
    "verbosity": -1,
}


def train(histories: Sequence[Floats], horizon: int, seed: int, threads: int) -> Any:
    """Return a booster over all the series, or None where there are too few.

    The dead ones must be among them: who learns from survivors alone takes a long silence for a
    pause, and says too much of everything that has gone quiet.
    """
    counts, known = padded(histories)
    if len(histories) < LEAST_SERIES or counts.shape[1] < LEAST_HISTORY + 2:
        return None
    facts, wanted, weights = _rows(counts, known, horizon)
    draw = np.random.default_rng(seed)
    if wanted.size > MOST_ROWS:
        some = np.sort(draw.choice(wanted.size, MOST_ROWS, replace=False))
        facts, wanted, weights = facts[some], wanted[some], weights[some]
    import lightgbm

    params = PARAMS | {"seed": seed, "num_threads": threads}
    data = lightgbm.Dataset(facts.astype(np.float32), wanted, weight=weights, params=params)
    return lightgbm.train(params, data, num_boost_round=150)


def predict(booster: Any, histories: Sequence[Floats], horizon: int, threads: int) -> Floats:
    """Return series x steps."""
    counts, known = padded(histories)
    size = sizes(counts, known, counts.shape[1])
    facts = describe(counts / size[:, None], known, counts.shape[1])
    lines = []
    for step in range(1, horizon + 1):
        column = np.full((len(facts), 1), float(step))
        rows = np.hstack([facts, column]).astype(np.float32)
        lines.append(np.asarray(booster.predict(rows, num_threads=threads)) * size)
    return np.maximum(np.column_stack(lines), 0.0)


def padded(histories: Sequence[Floats]) -> tuple[Floats, np.ndarray]:
    """Return the histories right-aligned, zeros before each start, and what is known."""
    width = max((values.size for values in histories), default=0)
    counts = np.zeros((len(histories), width))
    known = np.zeros(counts.shape, dtype=bool)
    for row, values in enumerate(histories):
        counts[row, width - values.size :] = values
        known[row, width - values.size :] = True
    return counts, known


def sizes(counts: Floats, known: np.ndarray, end: int) -> Floats:
    """Return the usual size of a move of each series, its scale."""
    both = known[:, 1:end] & known[:, : end - 1]
    moves = np.where(both, np.diff(counts[:, :end], axis=1) ** 2, 0.0).sum(axis=1)
    mean = moves / np.maximum(both.sum(axis=1), 1)
    level = counts[:, :end].mean(axis=1)
    return np.asarray(np.sqrt(np.maximum(mean, np.maximum(0.05 * level**2, 1e-4))))


def describe(counts: Floats, known: np.ndarray, end: int) -> Floats:
    """Return the facts of each series as known after ``end`` periods."""
    seen, there = counts[:, :end], known[:, :end]
    age = np.maximum(there.sum(axis=1), 1)
    columns = []
    for width in (1, 2, 3, 6, 9, 12, 18, 24, end):
        number = np.maximum(there[:, -width:].sum(axis=1), 1)
        columns.append(seen[:, -width:].sum(axis=1) / number)
    sold = seen > 0
    last = np.where(sold.any(axis=1), np.argmax(sold[:, ::-1], axis=1), end)
    often = [sold[:, -width:].sum(axis=1) / np.minimum(age, width) for width in (6, 12, end)]
    size = seen.sum(axis=1) / np.maximum(sold.sum(axis=1), 1)
    spread = [seen.std(axis=1), seen[:, -12:].std(axis=1)]
    return np.column_stack([*columns, last, age, *often, size, seen.max(axis=1), *spread])


def _rows(counts: Floats, known: np.ndarray, horizon: int) -> tuple[Floats, Floats, Floats]:
    width = counts.shape[1]
    facts, wanted, weights = [], [], []
    for end in range(max(LEAST_HISTORY, width - 60), width):
        rows = known[:, :end].sum(axis=1) >= LEAST_HISTORY
        if not rows.any():
            continue
        size = sizes(counts[rows], known[rows], end)
        told = describe(counts[rows] / size[:, None], known[rows], end)
        for step in range(1, min(horizon, width - end) + 1):
            if (end + step) % EVERY:
                continue
            facts.append(np.hstack([told, np.full((len(told), 1), float(step))]))
            wanted.append(counts[rows, end + step - 1] / size)
            weights.append(np.ones(len(told)))
    if not facts:
        return np.zeros((0, 1)), np.zeros(0), np.zeros(0)
    return np.vstack(facts), np.concatenate(wanted), np.concatenate(weights)
