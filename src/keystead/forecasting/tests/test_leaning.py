"""How far a series leans on the seasonal naive, bias that costs nothing to take out, and the mean."""

from __future__ import annotations

import doctest
from dataclasses import replace

import numpy as np
import pytest

from keystead.forecasting.engine import boosting, leaning
from keystead.forecasting.engine.globals import Mixed
from keystead.forecasting.engine.leaning import leaned, learned_shares
from keystead.forecasting.engine.mixing import without_cost
from keystead.forecasting.engine.prepare import known_at, tree_of
from keystead.forecasting.tests.test_engine_run import made_panel
from keystead.forecasting.types.panel import RunSettings

pytest.importorskip("statsforecast", reason="the forecast extra is not installed")

PLAIN = RunSettings(recipe="fast", horizon=6, backtest_windows=0, coherent=False)


def test_examples_in_docstrings() -> None:
    assert doctest.testmod(leaning).failed == 0


def lines(count, *, miss, seed):
    draw = np.random.default_rng(seed)
    return [np.ones((count, 6)) + draw.normal(0, miss, (count, 6)) for _window in range(2)]


def test_nothing_leans_on_a_naive_that_is_worse_and_all_where_it_is_better() -> None:
    truth = [np.ones((300, 6))] * 2
    good, bad = lines(300, miss=0.01, seed=1), lines(300, miss=1.0, seed=2)
    assert learned_shares(good, bad, truth).max() < 0.02
    assert learned_shares(bad, good, truth).min() > 0.5


def test_a_lucky_year_of_one_series_moves_nothing() -> None:
    """Its recipe missed by far, but the other series say that such evidence does not repeat."""
    truth = [np.ones((200, 6))] * 2
    own, other = lines(200, miss=0.1, seed=3), lines(200, miss=1.0, seed=4)
    own[0][0] += 5
    window, _other, now = learned_shares(own, other, truth)
    assert now[0] < 0.1
    assert window[0] < now[0]  # the window of that year does not know of it


def test_what_is_unknown_does_not_count() -> None:
    truth = [np.full((3, 6), np.nan)] * 2
    ones = [np.ones((3, 6))] * 2
    assert learned_shares(ones, ones, truth).tolist() == [[0, 0, 0]] * 3


def test_without_windows_lines_stay_and_with_them_naive_is_mixed_in_by_its_share() -> None:
    panel = made_panel()
    moments = [known_at(panel, tree_of(panel, False), PLAIN, at) for at in (36, 42, 48)]
    units = len(moments[-1].cleans)
    said = [np.full((units, 6), 1e6) for _one in moments]
    mix = Mixed(said, np.zeros(units), {"price": np.ones((units, 6))}, np.zeros(units))
    assert leaned(replace(mix, lines=said[-1:]), moments[-1:], PLAIN).lines[0] is said[-1]
    found = leaned(mix, moments, PLAIN)
    naive = [row.filled[-12:-6] for row in moments[-1].cleans]
    moved = found.naive > 0
    assert moved.any()
    for row in np.flatnonzero(moved).tolist():
        share = found.naive[row]
        assert np.allclose(found.lines[-1][row], (1 - share) * 1e6 + share * naive[row])
        assert np.allclose(found.lifts["price"][row], 1 - share)


def test_bias_stays_where_taking_it_out_makes_most_periods_worse() -> None:
    said = [np.full((50, 6), 10.0)]
    skewed = np.full((50, 6), 10.0)
    skewed[:, 0] = 60.0
    assert without_cost(1.2, said, [skewed]) == 1.0
    assert without_cost(1.2, said, [np.full((50, 6), 13.0)]) == pytest.approx(1.2)
    assert without_cost(1.2, said, [np.full((50, 6), np.nan)]) == 1.0


def test_with_a_plan_one_model_aims_at_the_mean_and_one_at_the_middle() -> None:
    """Every sixth week a promotion that sometimes does five times the usual: skewed demand."""
    draw = np.random.default_rng(5)
    deal = (np.arange(70) % 6 == 0).astype(float)
    lucky = np.where(draw.random((60, 70)) < 0.3, 6.0, 1.0)
    sold = 100 * draw.gamma(40, 1 / 40, (60, 70)) * np.where(deal > 0, lucky, 1.0)
    given = boosting.Global(
        list(sold[:, :64]), 6, 12, rounds=60, planned=True,
        inputs={"deal": np.tile(deal, (60, 1))},
    )  # fmt: skip
    middle, mean = (
        boosting.predict(boosting.train(replace(given, mean=aim))) for aim in (False, True)
    )
    at = int(np.flatnonzero(deal[64:])[0])
    assert mean[:, at].mean() > 1.3 * middle[:, at].mean()
    assert abs(mean[:, at + 1].mean() - 100) < 25
