"""Coherence, mixing, executors, outside models, newcomers and the plan in the forecast."""

from __future__ import annotations

import doctest
import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from keystead.forecasting.calc import smoothing
from keystead.forecasting.engine import mixing
from keystead.forecasting.engine.mixing import learned_weight
from keystead.forecasting.engine.outside import GROUP, Card, checked, lines_of, named
from keystead.forecasting.engine.outsiders import with_outside
from keystead.forecasting.engine.parquet import read_panel, write_result
from keystead.forecasting.engine.prepare import cutoffs_of, known_at, tree_of
from keystead.forecasting.engine.reconcile import gap, reconcile
from keystead.forecasting.engine.run import forecast
from keystead.forecasting.engine.smoothed import NAMES, smoothed
from keystead.forecasting.types.panel import FutureInputs, Panel, RunSettings
from keystead.kernel.errors import Invalid

pytest.importorskip("scipy", reason="the forecast extra is not installed")
pytest.importorskip("statsforecast", reason="the forecast extra is not installed")

MEMBERS = [(0, 1, 2, 3, 4, 5), (0, 1, 2), (3, 4, 5), (0, 3), (1, 4)]
BARE = RunSettings(recipe="naive", horizon=6, backtest_windows=0, coherent=False)


@settings(max_examples=30, deadline=None)
@given(
    arrays(float, (11, 2), elements=st.floats(0, 1e5, width=32)),
    arrays(float, 11, elements=st.floats(0.125, 1e4, width=32)),
)
def test_coherent_lines_add_up_without_negatives(base: np.ndarray, variance: np.ndarray) -> None:
    made = reconcile(base, MEMBERS, variance, np.zeros(6, dtype=bool))
    assert (made >= 0).all()
    assert gap(made, MEMBERS) <= 1e-9


def test_coherence_is_weighted_least_squares() -> None:
    base = np.array([[10.0], [20.0], [36.0]])
    made = reconcile(base, [(0, 1)], np.array([1.0, 1.0, 1.0]), np.zeros(2, dtype=bool))
    assert np.allclose(made.ravel(), [12, 22, 34])
    sure = reconcile(base, [(0, 1)], np.array([1.0, 1.0, 1e-6]), np.zeros(2, dtype=bool))
    assert np.allclose(sure.ravel(), [13, 23, 36], atol=1e-4)
    dead = reconcile(base * [[0], [1], [1]], [(0, 1)], np.ones(3), np.array([True, False]))
    assert np.allclose(dead.ravel(), [0, 28, 28])


def test_examples_in_docstrings() -> None:
    assert doctest.testmod(mixing).failed == 0
    assert doctest.testmod(smoothing).failed == 0


def test_smoothing_many_series_is_smoothing_each_and_finds_season_and_trend() -> None:
    months = np.arange(60.0)
    season = 1 + 0.3 * np.sin(months * 2 * np.pi / 12)
    rising = (100 + months) * season
    short = np.round(rising[-30:] + np.tile([3.0, -2.0, 1.0], 10))
    flat = 50 + np.tile([1.0, -1.0, 2.0, -2.0, 0.0], 8)
    alone = [smoothed([values], 12, 12) for values in (rising, short, flat)]
    together = smoothed([rising, short, flat], 12, 12)
    for name in NAMES:
        for row, one in enumerate(alone):
            assert np.allclose(together[name][row], one[name][0], rtol=1e-9), name
    ahead = np.arange(60.0, 72.0)
    truth = (100 + ahead) * (1 + 0.3 * np.sin(ahead * 2 * np.pi / 12))
    assert np.abs(together["temporal"][0] - truth).max() < 0.05 * truth.mean()
    assert np.abs(together["damped"][2] - 50).max() < 1
    index = smoothing.shrunk_seasons(smoothing.stacked([flat]), 12)
    assert np.abs(index - 1).max() < 0.02


def test_a_history_shorter_than_two_seasons_has_no_season() -> None:
    said = smoothed([np.arange(1.0, 9.0)], 3, 12)
    assert all(np.isfinite(line).all() for line in said.values())
    assert smoothing.shrunk_seasons(np.ones((2, 20)), 12).tolist() == np.ones((2, 12)).tolist()


def test_the_mix_learns_which_part_is_right_and_a_few_series_say_little() -> None:
    truth = np.ones((500, 6))
    weight = learned_weight(0.4, [truth + 1], [truth], [truth], 1)
    assert weight > 0.9
    few = learned_weight(0.4, [truth[:5] + 1], [truth[:5]], [truth[:5]], 1)
    assert 0.4 < few < 0.5
    assert learned_weight(0.4, [], [], [], 1) == 0.4


def made_panel(months: int = 36, **more: object) -> Panel:
    values = 100 + 10 * np.tile(np.arange(12.0), months // 12)[None, :] * np.ones((4, 1))
    values[3, :-2] = 0
    values[3, -2:] = 30
    panel = Panel(
        keys=("old", "b", "c", "young"),
        account_path=(("A",),) * 4,
        product_path=(("B", "s1"), ("B", "s2"), ("B", "s3"), ("B", "s4")),
        first=date(2023, 1, 1),
        freq="M",
        values=values,
    )
    return replace(panel, **more)  # type: ignore[arg-type]


def test_a_young_series_takes_the_season_of_its_brand() -> None:
    run = forecast(made_panel(), BARE)
    young = run.one("young")
    assert young.recipe == "new"
    assert young.mean[5] > young.mean[0]


def test_a_successor_follows_its_predecessor_by_its_share() -> None:
    static = {"predecessor": ("", "", "", "old"), "share": ("", "", "", "0.5")}
    run = forecast(made_panel(static=static), BARE)
    plain = forecast(made_panel(), BARE)
    old = run.one("old").mean
    assert run.one("young").mean[-1] > plain.one("young").mean[-1]
    assert run.one("young").mean[-1] < old[-1]
    wrong = {"predecessor": ("", "", "", "gone"), "share": ("", "", "", "2")}
    assert forecast(made_panel(static=wrong), BARE).problems[-1].code == "no_predecessor"
    wrong["predecessor"] = ("", "", "", "old")
    assert forecast(made_panel(static=wrong), BARE).problems[-1].code == "bad_share"


class Perfect:
    """Knows the season of the made panel, as a good outside model would."""

    card = Card("perfect", "Apache-2.0", "cpu", 24)
    seen = 0

    def forecast(
        self, histories: Sequence[np.ndarray], horizon: int, season: int, seed: int
    ) -> list[np.ndarray]:
        self.seen = max(len(values) for values in histories)
        return [np.resize(values[-season:], horizon) for values in histories]


class Wrong(Perfect):
    card = Card("wrong", "Apache-2.0", "cpu", 24)

    def forecast(
        self, histories: Sequence[np.ndarray], horizon: int, season: int, seed: int
    ) -> list[np.ndarray]:
        return [np.full(horizon, 9e9) for _values in histories]


def test_an_outside_model_joins_only_after_the_same_backtest() -> None:
    panel, asked = made_panel(48), RunSettings(horizon=6, coherent=False)
    moments = [known_at(panel, tree_of(panel, False), asked, cutoff) for cutoff in (36, 48)]
    lines = [np.full((4, 6), 120.0) for _moment in moments]
    model = Perfect()
    found, weights, refused = with_outside(moments, lines, asked, [model, Wrong()])
    assert model.seen == 24
    assert [one.parts.keys() for one in weights] == [{"recipe", "perfect"}]
    assert [one.key for one in refused] == ["wrong"]
    assert found[1][0, 5] != 120
    assert found[1][3, 5] == 120


def test_an_outside_model_must_say_what_it_is() -> None:
    with pytest.raises(Invalid) as caught:
        named("nobody")
    assert caught.value.code == "forecaster_missing"
    with pytest.raises(Invalid):
        checked(object())
    nameless = Perfect()
    nameless.card = Card("x", "", "cpu", 5)
    with pytest.raises(Invalid):
        checked(nameless)
    short = lines_of(checked(Perfect()), [np.ones(3)], 4, 2, 0)
    assert short.tolist() == [[1, 1, 1, 1]]


TINY = """
from keystead.forecasting.engine.outside import Card

class Tiny:
    card = Card("tiny", "Apache-2.0", "cpu", 60)

    def forecast(self, histories, horizon, season, seed):
        return [[values[-season + step % season] for step in range(horizon)] for values in histories]
"""


def test_an_installed_package_offers_a_forecaster(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "tiny_forecaster.py").write_text(TINY)
    about = tmp_path / "tiny_forecaster-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: tiny-forecaster\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(f"[{GROUP}]\ntiny = tiny_forecaster:Tiny\n")
    monkeypatch.syspath_prepend(tmp_path)
    months = np.arange(48)
    values = 100 + 30 * np.sin(months * 2 * np.pi / 12) + months[None, :] * np.zeros((6, 1))
    keys = tuple(f"k{row}" for row in range(6))
    panel = Panel(keys, (("A",),) * 6, tuple((key,) for key in keys), date(2022, 1, 1), "M", values)
    asked = RunSettings(horizon=6, recipe="naive", forecasters=("tiny",))
    run = forecast(panel, asked)
    shares = [one.parts for one in run.weights if "tiny" in one.parts]
    assert shares or [one.key for one in run.problems] == ["tiny"]
    assert np.allclose(run.series[0].mean, values[0, :6], rtol=1e-6)


def test_parquet_in_and_out(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    months = [date(2024 + place // 12, place % 12 + 1, 1) for place in range(24)]
    table = pa.table({"unique_id": ["x"] * 24, "ds": months, "y": [float(n) for n in range(24)]})
    pq.write_table(table, tmp_path / "in.parquet")
    panel, problems = read_panel(tmp_path / "in.parquet")
    assert problems == ()
    result = forecast(panel, BARE)
    write_result(result, tmp_path / "out.parquet")
    back = pq.read_table(tmp_path / "out.parquet")
    assert back.num_rows == 6
    assert back["ds"][0].as_py() == date(2026, 1, 1)
    assert back.schema.metadata[b"input_hash"].decode() == result.input_hash


@pytest.mark.slow
@pytest.mark.skipif("KEYSTEAD_LONG" not in os.environ, reason="starts processes: KEYSTEAD_LONG=1")
def test_two_processes_and_dask_say_the_same_as_one() -> None:
    from keystead.forecasting.engine.executors import DaskExecutor, Inline, LocalPool

    rng = np.random.default_rng(3)
    values = rng.gamma(5, 20, (230, 60))
    keys = tuple(f"k{row}" for row in range(230))
    panel = Panel(keys, ((),) * 230, tuple((key,) for key in keys), date(2020, 1, 1), "M", values)
    asked = RunSettings(horizon=6, recipe="standard", coherent=False)
    one = forecast(panel, replace(asked, processes=1), executor=Inline())
    two = forecast(panel, replace(asked, processes=2), executor=LocalPool(2))
    assert one.input_hash == two.input_hash
    for left, right in zip(one.series, two.series, strict=True):
        assert (left.mean == right.mean).all()
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as home,
        distributed.Client(home) as client,
    ):
        far = forecast(panel, asked, executor=DaskExecutor(client))
    for left, right in zip(one.series, far.series, strict=True):
        assert np.allclose(left.mean, right.mean, rtol=1e-6)


def test_a_planned_promotion_lifts_the_forecast_and_is_shown_apart() -> None:
    pytest.importorskip("lightgbm", reason="the forecast extra is not installed")
    rng = np.random.default_rng(5)
    promoted = (rng.random((40, 66)) < 0.2).astype(float)
    promoted[:, 60:] = 0
    promoted[:20, 60] = 1
    values = 100 * (1 + promoted[:, :60]) * rng.uniform(0.9, 1.1, (40, 60))
    keys = tuple(f"k{row}" for row in range(40))
    panel = Panel(
        keys,
        (("A",),) * 40,
        tuple((f"s{row}",) for row in range(40)),
        date(2020, 1, 1),
        "M",
        values,
        FutureInputs({"promotion": promoted}),
    )
    run = forecast(panel, RunSettings(horizon=6, recipe="standard", backtest_windows=0))
    lifts = np.stack([one.parts.inputs["promotion"] for one in run.series])
    assert lifts[:20, 0].mean() > 30
    assert abs(lifts[20:, 0]).mean() < 10
    for one in run.series:
        assert np.allclose(one.parts.total(), one.mean)


def test_the_fast_recipe_learns_the_next_month_from_several_months() -> None:
    rng = np.random.default_rng(3)
    values = 100 + rng.normal(0, 10, (6, 36))
    keys = tuple(f"s{at}" for at in range(6))
    none = tuple(() for _one in keys)
    panel = Panel(keys, none, none, date(2023, 1, 1), "M", values)
    fast = RunSettings(recipe="fast", horizon=12, coherent=False)
    assert cutoffs_of(panel, fast) == (18, 24, 27, 30, 33)
    assert cutoffs_of(panel, replace(fast, recipe="standard")) == (18, 24)
    assert cutoffs_of(panel, replace(fast, backtest_windows=0)) == ()
    tried = forecast(panel, fast).backtest
    assert tried is not None
    known = np.isfinite(tried.errors_by_lag()).all(axis=1).sum(axis=1)
    assert known.tolist() == [12, 12, 9, 6, 3]
