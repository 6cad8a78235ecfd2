"""Smoothing whose season moves: known answers, honest paths, series that do not touch each other."""

from __future__ import annotations

import numpy as np

from keystead.forecasting.calc import seasonal
from keystead.forecasting.engine import boosting

YEAR = np.sin(2 * np.pi * np.arange(12) / 12) * 0.4
NONE = np.zeros((1, 12))


def _line(months: int) -> np.ndarray:
    return 0.01 * np.arange(months) + YEAR[np.arange(months) % 12]


def test_a_season_nobody_told_is_learned() -> None:
    logs = _line(84)[None]
    said = seasonal.winters(logs, NONE, seasonal.WINTERS, 12)[0]
    truth = _line(96)[84:]
    assert np.abs(said - truth).max() < 0.1
    flat = seasonal.winters(logs, NONE, seasonal.DAMPED, 12)[0]
    assert np.abs(flat - truth).max() > 0.2, "a season that may not move is not learned"


def test_one_odd_month_bends_little() -> None:
    draw = np.random.default_rng(3)
    plain = draw.normal(0, 0.02, (1, 48))
    odd = plain.copy()
    odd[0, -1] = 5.0
    said = seasonal.winters(odd, NONE, seasonal.LEVEL, 6) - seasonal.winters(
        plain, NONE, seasonal.LEVEL, 6
    )
    assert np.abs(said).max() < 0.2


def test_series_do_not_touch_each_other() -> None:
    draw = np.random.default_rng(4)
    many = draw.normal(0, 1, (seasonal.BLOCK + 3, 30)).cumsum(axis=1)
    many[::3, :17] = np.nan
    many[5] = np.nan
    start = draw.normal(0, 0.1, (len(many), 12))
    together = seasonal.winters(many, start, seasonal.WINTERS, 5)
    assert np.isfinite(together).all()
    for row in (0, 1, 5, len(many) - 1):
        alone = seasonal.winters(many[[row]], start[[row]], seasonal.WINTERS, 5)
        np.testing.assert_allclose(alone[0], together[row], rtol=1e-12, atol=1e-12)


def test_what_would_have_been_said_knows_no_future() -> None:
    draw = np.random.default_rng(5)
    logs = draw.normal(0, 1, (4, 40)).cumsum(axis=1)
    logs[2, :9] = np.nan
    path = seasonal.paths(logs, 12, seasonal.LEVEL, 6)
    assert path.shape == (4, 40, 6)
    assert np.isnan(path[0]).sum() == 0
    last = seasonal.winters(logs, np.zeros((4, 12)), seasonal.LEVEL, 6)
    np.testing.assert_allclose(path[:, -1], last, rtol=1e-5)
    later = logs.copy()
    later[:, 25:] *= 1 + 1e-9
    np.testing.assert_allclose(
        seasonal.paths(later, 12, seasonal.LEVEL, 6)[:, :25], path[:, :25], rtol=1e-5
    )


def test_nothing_known_says_nothing_loud() -> None:
    empty = np.full((2, 7), np.nan)
    assert (seasonal.winters(empty, np.zeros((2, 4)), seasonal.DAMPED, 3) == 0).all()
    assert np.isnan(seasonal.paths(empty, 4, seasonal.LEVEL, 3)).all()
    assert seasonal.winters(np.zeros((0, 7)), np.zeros((0, 4)), seasonal.DAMPED, 3).shape == (0, 3)


def test_a_model_looks_ahead_as_it_learned() -> None:
    """What smoothing says is worked out for the last month alone when only looking ahead."""
    draw = np.random.default_rng(6)
    histories = [np.exp(draw.normal(3, 0.2, 60) + YEAR[np.arange(60) % 12]) for _ in range(30)]
    given = boosting.Global(histories, 6, 12)
    learning, looking = (boosting.prepared(given, learning=yes) for yes in (True, False))
    where = (np.arange(30), np.full(30, 59), np.full(30, 4))
    rich, poor = (boosting.features(given, one, where) for one in (learning, looking))
    for name in ("path_damped", "path_winters", "path_moving"):
        assert np.isfinite(rich[name]).all()
        np.testing.assert_allclose(rich[name], poor[name], rtol=1e-4, atol=1e-5)
