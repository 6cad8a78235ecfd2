"""What a plan does to demand: elasticities, neighbours, and the models that learn from both."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from keystead.forecasting.calc.elasticity import effects, learned, of_others, settled
from keystead.forecasting.calc.segments import expected_gaps
from keystead.forecasting.engine import boosting, planned, sparse
from keystead.forecasting.types.panel import FutureInputs, Panel


def _prices(rows: int, width: int, seed: int) -> np.ndarray:
    draw = np.random.default_rng(seed)
    return np.log(np.where(draw.random((rows, width)) < 0.25, 0.7, 1.0))


def test_two_items_have_two_elasticities() -> None:
    price = _prices(20, 80, 1)
    items = np.arange(20) % 2
    own = np.where(items == 0, -1.0, -3.0)[:, None]
    noise = np.random.default_rng(2).normal(0, 0.05, price.shape)
    found = learned(2.0 + own * price + noise, {"price": price}, items)
    moved = effects(found, {"price": price})
    cheap, usual = price < -0.1, price > -0.1
    for item, true in ((0, -1.0), (1, -3.0)):
        rows = items == item
        lift = moved[rows][cheap[rows]].mean() - moved[rows][usual[rows]].mean()
        assert lift == pytest.approx(true * np.log(0.7), rel=0.15)


def test_a_deal_works_otherwise_when_the_price_is_deep() -> None:
    price = _prices(12, 90, 3)
    deal = (np.random.default_rng(4).random(price.shape) < 0.4).astype(float)
    true = -1.0 * price + 0.2 * deal - 2.0 * price * deal
    found = learned(true, {"price": price, "deal": deal}, np.zeros(12, dtype=int))
    moved = effects(found, {"price": price, "deal": deal})
    both, none = (price < -0.1) & (deal > 0), (price > -0.1) & (deal == 0)
    lift = moved[both].mean() - moved[none].mean()
    assert lift == pytest.approx(true[both].mean() - true[none].mean(), rel=0.1)


def test_unknown_periods_teach_nothing_and_a_still_input_moves_nothing() -> None:
    price = _prices(8, 60, 5)
    logs = -2.0 * price
    logs[:, :20] = np.nan
    wrong = np.where(np.isnan(logs), 50.0, logs)
    still = {"price": price, "listed": np.ones_like(price)}
    found = learned(logs, still, np.zeros(8, dtype=int))
    assert np.isfinite(found.coefficients).all()
    moved = effects(found, still)
    assert np.corrcoef(moved[:, 20:].ravel(), logs[:, 20:].ravel())[0, 1] > 0.98
    spoilt = effects(learned(wrong, still, np.zeros(8, dtype=int)), still)
    assert not np.allclose(moved, spoilt)


def test_a_price_never_seen_counts_as_the_deepest_that_was() -> None:
    price = _prices(6, 60, 6)
    found = learned(-2.0 * price, {"price": price}, np.zeros(6, dtype=int))
    seen = effects(found, {"price": np.full((6, 1), np.log(0.7))})
    beyond = effects(found, {"price": np.full((6, 1), np.log(0.05))})
    assert beyond.max() < seen.max() + 1.0


def test_the_others_of_an_account_leave_the_series_itself_out() -> None:
    matrix = np.array([[1.0, 0.0], [2.0, 0.0], [6.0, 3.0], [9.0, 9.0]])
    others = of_others(matrix, np.array([0, 0, 0, 1]))
    assert others.tolist() == [[4.0, 1.5], [3.5, 1.5], [1.5, 0.0], [0.0, 0.0]]
    assert settled(np.array([[0.0, 1.0]]), 0.5).tolist() == [0.5]


def _panel(rows: int = 24, width: int = 70, ahead: int = 6) -> tuple[Panel, np.ndarray]:
    draw = np.random.default_rng(7)
    price = _prices(rows, width + ahead, 8)
    items = np.arange(rows) % 4
    mean = 100 * np.exp(-(1.0 + items)[:, None] * price)
    sold = mean * draw.gamma(60, 1 / 60, price.shape)
    keys = tuple(f"s{row}" for row in range(rows))
    panel = Panel(
        keys,
        tuple((f"a{row // 4}",) for row in range(rows)),
        tuple((f"p{item}",) for item in items),
        date(2024, 1, 1),
        "M",
        sold[:, :width],
        FutureInputs({"price": price}),
    )
    return panel, mean[:, width:]


def _plan(panel: Panel, ahead: int = 6) -> planned.Plan:
    assert panel.future is not None
    given = boosting.Global(
        list(panel.values), ahead, 12, rounds=40, planned=True, inputs=panel.future.matrices
    )
    rows = np.arange(len(panel.keys))
    return planned.Plan(given, rows % 4, rows // 4)


def test_the_models_of_a_plan_follow_it_and_answer_what_if() -> None:
    panel, true = _panel()
    models = planned.train(_plan(panel))
    assert models is not None
    said = planned.predict(models)
    assert np.abs(said - true).sum() / true.sum() < 0.12
    flat = {"price": np.zeros_like(models.plan.given.inputs["price"])}
    flat["price"][:, :70] = models.plan.given.inputs["price"][:, :70]
    without = planned.predict(models, flat)
    cheap = models.plan.given.inputs["price"][:, 70:] < -0.1
    assert (said[cheap] > 1.2 * without[cheap]).mean() > 0.9
    lifts = planned.lifts(models)["price"]
    assert lifts[cheap].mean() > 20
    assert abs(lifts[~cheap]).mean() < 10


def test_later_histories_are_looked_at_without_learning_again() -> None:
    panel, _true = _panel()
    plan = _plan(panel)
    models = planned.train(plan)
    assert models is not None
    assert planned.look(models, plan) is models
    twice = replace(plan, given=replace(plan.given, histories=[2 * row for row in panel.values]))
    again = planned.look(models, twice)
    for name, one in again.trained.items():
        assert one.booster is models.trained[name].booster
    assert np.allclose(planned.predict(again), 2 * planned.predict(models), rtol=1e-6)
    nothing = planned.Plan(replace(plan.given, histories=[]), np.zeros(0, int), np.zeros(0, int))
    assert planned.train(nothing) is None


def test_a_young_series_is_rare_where_most_are() -> None:
    rare = [np.array([1.0, 0, 0, 0, 0, 1.0, 0, 0])] * 5
    steady = [np.full(8, 3.0)] * 5
    young = [np.array([2.0]), np.full(11, 2.0), np.array([2.0, 0.0, 0.0])]
    assert (expected_gaps(young, rare) > 1.32).tolist() == [True, False, True]
    assert (expected_gaps(young, steady) > 1.32).tolist() == [False, False, True]
    assert expected_gaps(young, []).tolist()[0] == 1.0


def test_who_learns_from_survivors_alone_says_too_much() -> None:
    """Half of the parts stop for good; the others go on at one in three months."""
    draw = np.random.default_rng(9)
    sold = draw.poisson(0.4, (400, 40)).astype(float)
    sold[:200, 20:] = 0.0
    alive = list(sold[200:])
    quiet = [np.concatenate([draw.poisson(0.4, 34).astype(float), np.zeros(6)]) for _ in range(50)]
    both, few = sparse.train(list(sold), 6, 0, 1), sparse.train(alive, 6, 0, 1)
    assert sparse.predict(both, quiet, 6, 1).mean() < 0.7 * sparse.predict(few, quiet, 6, 1).mean()
