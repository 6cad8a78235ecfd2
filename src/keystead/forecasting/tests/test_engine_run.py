"""A whole run on a small made panel, with every kind of bad series in it."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from keystead.forecasting.engine.run import forecast
from keystead.forecasting.types.panel import Panel, RunResult, RunSettings

pytest.importorskip("statsforecast", reason="the forecast extra is not installed")

MONTHS = 48


def made_panel(count: int = 24) -> Panel:
    rng = np.random.default_rng(7)
    season = 1 + 0.3 * np.sin(np.arange(MONTHS) / 12 * 2 * np.pi)
    values = np.round(
        rng.gamma(5, 20, (count, 1)) * season * rng.uniform(0.8, 1.2, (count, MONTHS))
    )
    values[3] = 0
    values[4, :20] = 0
    values[5, 10:14] = np.nan
    values[6, 30] = -5
    values[7, :47] = np.nan
    values[8, 40] *= 1e9
    values[9, 40:] = 0
    return Panel(
        keys=tuple(f"k{row}" for row in range(count)),
        account_path=tuple((f"R{row % 2}", f"A{row % 6}") for row in range(count)),
        product_path=tuple((f"B{row // 12}", f"S{row // 6}") for row in range(count)),
        first=date(2022, 1, 1),
        freq="M",
        values=values,
    )


@pytest.fixture(scope="module")
def run() -> RunResult:
    return forecast(made_panel(), RunSettings(rounding=0, horizon=6))


def test_every_series_is_answered_and_every_oddity_said(run: RunResult) -> None:
    assert len(run.series) == 24
    said = {(problem.key, problem.code) for problem in run.problems}
    assert said >= {
        ("k3", "all_zeros"),
        ("k5", "gaps"),
        ("k6", "negative"),
        ("k7", "one_point"),
        ("k8", "jump"),
    }
    jump = next(problem for problem in run.problems if problem.code == "jump")
    assert jump.period == date(2025, 5, 1)
    for one in run.series:
        assert np.isfinite(one.mean).all()
        assert (one.lo95 <= one.lo80).all()
        assert (one.lo80 <= one.mean).all()
        assert (one.mean <= one.hi80).all()
        assert (one.hi80 <= one.hi95).all()
        assert np.allclose(one.parts.total(), one.mean)
    assert run.one("k3").mean.sum() == run.one("k9").mean.sum() == 0
    assert run.one("k8").mean.max() < 1000


def test_nodes_are_the_sums_of_whole_packs(run: RunResult) -> None:
    assert run.gap <= 1e-9
    lines = {one.key: one.mean for one in run.series}
    assert all((line == np.round(line)).all() for line in lines.values())
    for node in run.nodes:
        rows = [lines[f"k{row}"] for row in node.members]
        assert np.allclose(node.mean, np.sum(rows, axis=0), atol=1e-9)


def test_the_same_run_gives_the_same_numbers(run: RunResult) -> None:
    again = forecast(made_panel(), RunSettings(rounding=0, horizon=6))
    assert again.input_hash == run.input_hash
    for one, other in zip(run.series, again.series, strict=True):
        assert (one.mean == other.mean).all()
        assert (one.hi95 == other.hi95).all()
    other = forecast(made_panel(), RunSettings(rounding=0, horizon=6, seed=1, backtest_windows=0))
    assert other.input_hash != run.input_hash


def test_importing_the_engine_loads_no_heavy_library() -> None:
    code = (
        "import sys, keystead.forecasting.engine.run;"
        "heavy = {'statsforecast', 'lightgbm', 'scipy', 'pandas', 'mlforecast', 'dask', 'holidays'};"
        "sys.exit(len(heavy & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


M3 = Path(__file__).resolve().parents[5] / "shared" / "data" / "forecast" / "m3_monthly.parquet"


@pytest.mark.shared
@pytest.mark.skipif(not M3.exists(), reason=f"no {M3}")
def test_real_months_are_forecast_better_than_naive2() -> None:
    import pyarrow.parquet as pq

    from keystead.forecasting.calc.measures import Said, history_scales, owa, scores_of
    from keystead.forecasting.calc.naive import naive2, seasonal_naive

    table = pq.read_table(M3).to_pylist()
    names = sorted({row["unique_id"] for row in table})[::60]
    past: dict[str, list[float]] = {name: [] for name in names}
    after: dict[str, list[float]] = {name: [] for name in names}
    for row in table:
        if row["unique_id"] in past:
            (past if row["split"] == "train" else after)[row["unique_id"]].append(row["y"])
    width = max(len(values) for values in past.values())
    values = np.full((len(names), width), np.nan)
    for place, name in enumerate(names):
        values[place, width - len(past[name]) :] = past[name]
    paths = tuple((name,) for name in names)
    panel = Panel(tuple(names), paths, paths, date(2000, 1, 1), "M", values)
    run = forecast(panel, RunSettings(coherent=False, backtest_windows=1))
    actual = np.array([after[name] for name in names])
    lines = ("mean", "lo80", "hi80", "lo95", "hi95")
    said = Said(*(np.stack([getattr(one, name) for one in run.series]) for name in lines))
    known = [np.array(past[name]) for name in names]
    plain = np.stack([seasonal_naive(line, 18, 12) for line in known])
    rival = np.stack([naive2(line, 18, 12) for line in known])
    scales, squares = np.array([history_scales(line, 12) for line in known]).T
    scores = scores_of(actual, said, plain, scales, squares)
    beaten = scores_of(actual, Said(*[rival] * 5), plain, scales, squares)
    assert owa(scores, beaten) < 0.95
    assert scores.wape_pct < beaten.wape_pct
    assert 70 < scores.coverage80_pct < 92
