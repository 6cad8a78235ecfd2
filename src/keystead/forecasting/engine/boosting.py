"""One gradient-boosted model for all series: logs, differenced, scaled, with what is known ahead.

Direct: a row is a series at an origin with one step ahead, so no error is fed back. LightGBM only;
features are slices of one padded matrix. Deterministic for a seed, whatever the thread count.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np

from keystead.forecasting.calc import seasonal
from keystead.forecasting.calc.smoothing import row_means, shrunk_seasons, stacked
from keystead.forecasting.types.panel import Floats

MOST_ROWS: Final = 400_000
MOST_STEPS: Final = 4
LEAST_HISTORY: Final = 8
SHIFT: Final = 0.1
ALPHAS: Final = (0.1, 0.3, 0.6)
KEEP: Final = 0.9
PATHS: Final = {
    "damped": seasonal.grid_of((*seasonal.NO_TREND, *seasonal.FEW_TRENDS)),
    "winters": seasonal.WINTERS,
    "moving": seasonal.LEVEL,
}
PARAMS: Final[dict[str, Any]] = {
    "objective": "l1",
    "learning_rate": 0.05,
    "num_leaves": 63,
    "min_data_in_leaf": 40,
    "feature_fraction": 0.4,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "lambda_l2": 1.0,
    "max_bin": 127,
    "deterministic": True,
    "force_col_wise": True,
    "verbosity": -1,
}
MEAN: Final[dict[str, Any]] = {"objective": "tweedie", "tweedie_variance_power": 1.5}
LEAST_LEVEL: Final = 0.02
MOST_TIMES: Final = 60.0
PLANNED_NEAR: Final = 13
PLANNED_STEPS: Final = 2


@dataclass(frozen=True, slots=True, eq=False)
class Global:
    """The series of one global model, all ending now.

    ``inputs`` are matrices of series x (longest history + horizon), right-aligned like the
    histories; ``codes`` are whole numbers per series (a brand, an account).
    """

    histories: Sequence[Floats]
    horizon: int
    season: int
    seed: int = 0
    threads: int = 1
    rounds: int = 300
    inputs: Mapping[str, Floats] = field(default_factory=dict)
    codes: Mapping[str, np.ndarray] = field(default_factory=dict)
    planned: bool = False
    seasonal: bool = False
    mean: bool = False
    """Aim at the mean (a Tweedie loss on what is sold over the level), not at the middle."""
    effect: Floats | None = None
    """What a regression knows the inputs to do, in logs: taken out first, put back at the end.
    Series x (longest history + horizon)."""

    @property
    def params(self) -> dict[str, Any]:
        """Return what LightGBM is told."""
        aim = MEAN if self.mean else {}
        return PARAMS | aim | {"seed": self.seed, "num_threads": self.threads}


@dataclass(frozen=True, slots=True, eq=False)
class Ready:
    """What the rows of a model are made from: logs without season, and what smoothing made of them.

    All matrices are series x columns, right-aligned; ``seasons`` go by column modulo the season.
    """

    logs: Floats
    seasons: Floats
    size: Floats
    spread: Floats
    levels: Mapping[str, Floats]
    trend: Floats
    paths: Mapping[str, Floats]
    """What smoothing alone would have said: series x columns (or the last one alone) x steps."""


@dataclass(frozen=True, slots=True, eq=False)
class Trained:
    """A model and what it needs to look ahead."""

    given: Global
    booster: Any
    ready: Ready


def train(given: Global) -> Trained | None:
    """Return the model, or None where there is nothing to learn from."""
    ready = prepared(given)
    where = _training_places(ready.logs, given)
    if where[0].size < 200:
        return None
    wanted = _wanted(given, ready, where)
    facts = features(given, ready, where)
    import lightgbm

    names = list(facts)
    data = lightgbm.Dataset(
        _table(facts),
        wanted,
        feature_name=names,
        categorical_feature=[name for name in names if name.startswith("code_")],
        free_raw_data=True,
        params=given.params,
    )
    booster = lightgbm.train(given.params, data, num_boost_round=given.rounds)
    return Trained(given, booster, ready)


def _wanted(
    given: Global, ready: Ready, where: tuple[np.ndarray, np.ndarray, np.ndarray]
) -> Floats:
    """Return what a model learns: the move from the anchor in logs, or a multiple of it."""
    rows, columns, steps = where
    base, value = _anchor(ready.logs, where, given), ready.logs[rows, columns + steps]
    if given.mean:
        moved = _moved(given, rows, columns + steps)
        base, value = base + moved, value + moved
        sold = np.maximum(np.exp(value) - SHIFT, 0.0)
        return np.asarray(np.minimum(sold / np.maximum(np.exp(base), LEAST_LEVEL), MOST_TIMES))
    moved = (value - base) / _unit(given, ready, rows)
    return np.asarray(np.clip(moved, -8, 8), dtype=float)


def _moved(given: Global, rows: np.ndarray, columns: np.ndarray) -> Floats:
    """Return what the inputs do at these places, in logs."""
    return np.zeros(rows.size) if given.effect is None else given.effect[rows, columns]


def _unit(given: Global, ready: Ready, rows: np.ndarray) -> Floats:
    """Return what moves are divided by: the usual move, but one where promotions make the moves."""
    return np.ones(rows.size) if given.planned else ready.spread[rows]


def look(trained: Trained, given: Global) -> Trained:
    """Return the same model ready to look ahead from other histories."""
    if given is trained.given:
        return trained
    return Trained(given, trained.booster, prepared(given, learning=False))


def predict(trained: Trained, inputs: Mapping[str, Floats] | None = None) -> Floats:
    """Return series x steps; with other ``inputs`` than those trained on: what if."""
    given, ready = trained.given, trained.ready
    if inputs is not None:
        given = replace(given, inputs=inputs)
    count, width = ready.logs.shape
    rows = np.repeat(np.arange(count), given.horizon)
    steps = np.tile(np.arange(1, given.horizon + 1), count)
    where = (rows, np.full(rows.size, width - 1), steps)
    said = trained.booster.predict(_table(features(given, ready, where)), num_threads=given.threads)
    base = _anchor(ready.logs, where, given) + _moved(given, rows, width - 1 + steps)
    if given.mean:
        over = np.maximum(said, 0.0) * np.maximum(np.exp(base), LEAST_LEVEL)
    else:
        value = said * _unit(given, ready, rows) + base
        value += ready.seasons[rows, (width - 1 + steps) % given.season]
        over = np.exp(np.minimum(value, 30.0)) - SHIFT
    plain = over * ready.size[rows]
    made: Floats = np.maximum(plain, 0.0).reshape(count, given.horizon)
    return made


def _table(facts: Mapping[str, Floats]) -> Any:
    return np.column_stack([line.astype(np.float32) for line in facts.values()])


def prepared(given: Global, *, learning: bool = True) -> Ready:
    """Return logs without season, the season, sizes, spreads, and what smoothing makes of them."""
    matrix = stacked(given.histories)
    count, width = matrix.shape
    season = max(given.season, 1)
    near = 3 * max(season, 4)
    size = np.maximum(row_means(matrix[:, -near:]), 1e-9)
    seasons = np.zeros((count, season))
    if not (given.planned or given.seasonal):
        seasons = np.log(shrunk_seasons(matrix, season))
    logs = np.log(matrix / size[:, None] + SHIFT) - seasons[:, np.arange(width) % season]
    if given.effect is not None:
        logs = logs - given.effect[:, :width]
    moves = row_means(np.abs(np.diff(logs[:, -4 * max(season, 4) :], axis=1)))
    levels, trend = _levels(logs)
    paths = {} if given.planned else _paths(logs, season, given.horizon, learning)
    return Ready(logs, seasons, size, np.maximum(moves, 0.02), levels, trend, paths)


def _paths(logs: Floats, season: int, horizon: int, learning: bool) -> dict[str, Floats]:
    if learning:
        return {name: seasonal.paths(logs, season, grid, horizon) for name, grid in PATHS.items()}
    start = np.zeros((logs.shape[0], season))
    return {
        name: seasonal.winters(logs, start, grid, horizon)[:, None, :]
        for name, grid in PATHS.items()
    }


def _levels(logs: Floats) -> tuple[dict[str, Floats], Floats]:
    """Return exponentially smoothed levels as known at each column, and a damped trend."""
    made = {f"level_{alpha}": np.full_like(logs, np.nan) for alpha in ALPHAS}
    trends = np.zeros_like(logs)
    state = {name: np.full(logs.shape[0], np.nan) for name in made}
    level, trend = np.full(logs.shape[0], np.nan), np.zeros(logs.shape[0])
    for column in range(logs.shape[1]):
        value = logs[:, column]
        for name, alpha in zip(made, ALPHAS, strict=True):
            held = state[name]
            state[name] = np.where(np.isnan(held), value, held + alpha * (value - held))
            made[name][:, column] = state[name]
        said = level + KEEP * trend
        error = np.where(np.isnan(said) | np.isnan(value), 0.0, value - said)
        level = np.where(np.isnan(level), value, said + 0.3 * error)
        trend = KEEP * trend + 0.06 * error
        trends[:, column] = trend
    return made, trends


def _training_places(logs: Floats, given: Global) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return rows, origins and steps to learn from: each with some history and a known target."""
    count, width = logs.shape
    draw = np.random.default_rng(given.seed)
    found_rows, found_columns, found_steps = [], [], []
    known = ~np.isnan(logs)
    age = known.cumsum(axis=1)
    origins = np.arange(LEAST_HISTORY, width - 1)
    most = PLANNED_STEPS if given.planned else MOST_STEPS
    each = max(1, min(most, MOST_ROWS // max(count * origins.size, 1)))
    for origin in origins[::-1].tolist():
        rows = np.flatnonzero(age[:, origin] >= LEAST_HISTORY)
        reach = min(given.horizon, width - 1 - origin)
        for _copy in range(min(each, reach)):
            found_rows.append(rows)
            found_columns.append(np.full(rows.size, origin))
            found_steps.append(draw.integers(1, reach + 1, rows.size))
    if not found_rows:
        nothing = np.zeros(0, dtype=int)
        return nothing, nothing, nothing
    rows, columns = np.concatenate(found_rows), np.concatenate(found_columns)
    steps = np.concatenate(found_steps)
    if rows.size > MOST_ROWS:
        some = np.sort(draw.choice(rows.size, MOST_ROWS, replace=False))
        rows, columns, steps = rows[some], columns[some], steps[some]
    return rows, columns, steps


def _anchor(
    logs: Floats, where: tuple[np.ndarray, np.ndarray, np.ndarray], given: Global
) -> Floats:
    """Return the level a forecast starts from: the last few logs, or the same season before."""
    rows, columns, steps = where
    recent = _mean_back(logs, rows, columns, PLANNED_NEAR if given.planned else 3)
    if not given.seasonal:
        return recent
    at = columns + steps + (-(-steps // given.season)) * -given.season
    before = np.where(at >= 0, logs[rows, np.maximum(at, 0)], np.nan)
    return np.asarray(np.where(np.isnan(before), recent, before), dtype=float)


def _mean_back(logs: Floats, rows: np.ndarray, columns: np.ndarray, width: int) -> Floats:
    filled = np.nan_to_num(logs)
    sums = np.concatenate([np.zeros((logs.shape[0], 1)), filled.cumsum(axis=1)], axis=1)
    counts = np.concatenate(
        [np.zeros((logs.shape[0], 1)), (~np.isnan(logs)).cumsum(axis=1)], axis=1
    )
    low = np.maximum(columns + 1 - width, 0)
    total = sums[rows, columns + 1] - sums[rows, low]
    number = counts[rows, columns + 1] - counts[rows, low]
    return np.where(number > 0, total / np.maximum(number, 1), np.nan)


def features(
    given: Global, ready: Ready, where: tuple[np.ndarray, np.ndarray, np.ndarray]
) -> dict[str, Floats]:
    """Return one column per fact; everything about the series is relative to its level."""
    rows, columns, steps = where
    logs, spread = ready.logs, ready.spread
    base = _anchor(logs, where, given)
    over = spread[rows]

    def back(at: np.ndarray) -> Floats:
        inside = at >= 0
        return np.asarray(np.where(inside, logs[rows, np.maximum(at, 0)], np.nan))

    made: dict[str, Floats] = {"step": steps.astype(float)}
    for lag in range(min(given.season, 13)):
        made[f"lag_{lag}"] = (back(columns - lag) - base) / over
    for width in (6, given.season, 2 * given.season, 4 * given.season):
        made[f"mean_{width}"] = (_mean_back(logs, rows, columns, width) - base) / over
    seasons_back = -(-steps // given.season) * given.season
    last = back(columns + steps - seasons_back)
    before = back(columns + steps - seasons_back - given.season)
    made["season_last"] = (last - base) / over
    made["season_before"] = (before - base) / over
    made["season_mean"] = (np.where(np.isnan(before), last, (last + before) / 2) - base) / over
    year = _mean_back(logs, rows, columns, given.season)
    earlier = _mean_back(logs, rows, np.maximum(columns - given.season, 0), given.season)
    made["growth"] = np.where(columns >= given.season, (year - earlier) / over, np.nan)
    made["spread"] = over
    made["age"] = np.minimum((~np.isnan(logs)).cumsum(axis=1)[rows, columns], 120).astype(float)
    made["seasonal"] = np.abs(ready.seasons).max(axis=1)[rows] / over
    if not given.planned:  # a plan moves the level: smoothing would take a promotion for a trend
        for name, level in ready.levels.items():
            made[name] = (level[rows, columns] - base) / over
        reach = KEEP * (1 - KEEP**steps) / (1 - KEEP)
        made["trend"] = ready.trend[rows, columns] * reach / over
    for name, path in ready.paths.items():
        column = columns - (logs.shape[1] - path.shape[1])
        made[f"path_{name}"] = (path[rows, column, steps - 1] - base) / over
    target = columns + steps
    for name, matrix in given.inputs.items():
        value = matrix[rows, target]
        made[f"in_{name}"] = value
        usual = _mean_back(matrix, rows, columns, max(given.season // 4, 8))
        made[f"in_{name}_change"] = value - usual
    for name, code in given.codes.items():
        made[f"code_{name}"] = code[rows].astype(float)
    return made
