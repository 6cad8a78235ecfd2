"""Pure parts of the forecast: cleaning, segments, ranges, rounding, calendars, champion, stock."""

from __future__ import annotations

import doctest
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from keystead.forecasting.calc import (
    calendars,
    cleaning,
    festivals,
    history,
    intervals,
    measures,
    naive,
    rounding,
    segments,
    sellin,
    similar,
    spans,
)
from keystead.forecasting.calc.champion import decide, evidence_of, in_force
from keystead.forecasting.calc.cleaning import clean_series
from keystead.forecasting.calc.history import Demand, panel_of
from keystead.forecasting.calc.rounding import round_nested
from keystead.forecasting.calc.segments import segment_of
from keystead.forecasting.calc.sellin import sell_in
from keystead.forecasting.calc.spans import starts
from keystead.forecasting.types.champion import CycleEvidence
from keystead.forecasting.types.panel import Segment

MODULES = [cleaning, festivals, intervals, measures, naive, rounding, segments, sellin, spans]
PERIODS = starts(date(2015, 1, 1), "M", 200)
quantities = st.floats(0, 1e6, allow_nan=False, width=32)


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__.split(".")[-1])
def test_examples_in_docstrings(module: object) -> None:
    result = doctest.testmod(module)  # type: ignore[arg-type]
    assert result.attempted
    assert not result.failed


def test_the_examples_that_need_the_library_of_holidays() -> None:
    pytest.importorskip("holidays")
    assert doctest.testmod(calendars).failed == 0


@pytest.mark.parametrize(
    ("values", "segment"),
    [
        ([0.0] * 24, Segment.DEAD),
        ([5.0] * 24 + [0.0] * 6, Segment.DEAD),
        ([5.0] * 24 + [0.0] * 6 + [4.0], Segment.SMOOTH),
        ([5.0] * 7, Segment.NEW),
        ([0.0, 0.0, 3.0, 0.0] * 10, Segment.INTERMITTENT),
        ([1.0, 40.0, 2.0, 90.0] * 10, Segment.ERRATIC),
    ],
)
def test_each_way_of_selling_has_its_segment(values: list[float], segment: Segment) -> None:
    assert segment_of(np.array(values)) is segment


def test_cleaning_reports_every_oddity_and_keeps_ten_years() -> None:
    values = np.full(180, 10.0)
    values[100:103] = np.nan
    values[120] = -4
    values[130] = np.inf
    values[140] = 1e10
    clean = clean_series("k", values, PERIODS)
    assert clean.filled.size == 120
    assert np.isfinite(clean.filled).all()
    assert (clean.filled >= 0).all()
    said = {problem.code: problem.period for problem in clean.problems}
    assert said["negative"] == PERIODS[120]
    assert said["not_a_quantity"] == PERIODS[130]
    assert said["jump"] == PERIODS[140]
    assert "gaps" in said


def test_a_masked_month_is_filled_by_the_season_and_not_by_zero() -> None:
    season = np.tile([10.0] * 11 + [50.0], 5)
    masked = season.copy()
    masked[35] = np.nan
    clean = clean_series("k", masked, PERIODS)
    assert 30 < clean.filled[35] < 60
    assert not clean.known[35]


def test_rows_become_a_panel_and_nothing_is_dropped_in_silence() -> None:
    def row(day: date, quantity: float) -> Demand:
        return Demand("k", ("A",), ("S",), day, quantity)

    rows = [row(date(2025, 1, 3), 1), row(date(2025, 1, 9), 2), row(date(2025, 3, 1), 4)]
    rows.append(row(date(2025, 9, 1), 99))
    panel, problems = panel_of(rows, until=date(2025, 5, 1), masked=[("k", date(2025, 2, 1))])
    assert panel.values[0, [0, 2, 3]].tolist() == [3, 4, 0]
    assert np.isnan(panel.values[0, 1])
    assert {(problem.code, problem.period) for problem in problems} == {
        ("duplicate", date(2025, 1, 1)),
        ("future", date(2025, 9, 1)),
    }
    assert history.panel_of([])[0].keys == ()


@settings(max_examples=40, deadline=None)
@given(arrays(float, (9, 3), elements=quantities), st.integers(0, 2))
def test_rounding_keeps_the_totals_of_every_level(values: np.ndarray, decimals: int) -> None:
    top = np.array([0, 0, 0, 0, 1, 1, 1, 2, 2])
    lower = np.array([0, 0, 1, 1, 2, 2, 3, 4, 4])
    made = round_nested(values, [top, lower], decimals)
    unit = 10.0**-decimals
    assert (made >= 0).all()
    assert (np.abs(made - values) < unit * (1 + 1e-6)).all()
    assert (np.abs(made.sum(axis=0) - values.sum(axis=0)) <= unit / 2 + 1e-4).all()
    for level in (top, lower):
        for name in np.unique(level):
            gap = made[level == name].sum(axis=0) - values[level == name].sum(axis=0)
            assert (np.abs(gap) < unit * (1 + 1e-6)).all()


@settings(max_examples=30, deadline=None)
@given(arrays(float, (2, 20, 4), elements=st.floats(-100, 100, width=32)))
def test_a_wider_level_gives_wider_ranges(errors: np.ndarray) -> None:
    narrow = intervals.pooled_quantiles(errors, 0.8)
    wide = intervals.pooled_quantiles(errors, 0.95)
    assert (wide >= narrow).all()
    low, high = intervals.around(np.ones((1, 4)), np.ones(1), wide)
    assert (low >= 0).all()
    assert (high >= 1).all()


def test_ranges_cover_what_they_say_on_errors_of_the_same_kind() -> None:
    rng = np.random.default_rng(1)
    widths = intervals.pooled_quantiles(rng.normal(size=(2, 400, 6)), 0.8)
    fresh = np.abs(rng.normal(size=(400, 6)))
    assert 0.77 < (fresh <= widths).mean() < 0.83


def test_the_calendar_moves_the_new_year_and_knows_august() -> None:
    pytest.importorskip("holidays")
    periods = starts(date(2025, 1, 1), "M", 24)
    china = calendars.calendar_inputs(periods, "M", "CN")
    assert china["calendar_new_year"][[0, 1, 13]].tolist() == [3, 4, 7]
    assert china["calendar_festival"][[5, 10]].tolist() == [18, 11]
    assert china["calendar_presale"][9] > 0
    france = calendars.calendar_inputs(periods, "M", "FR")
    assert france["calendar_august"].sum() == 2
    assert france["calendar_working_days"][4] == 19
    assert calendars.calendar_inputs(periods, "M", None) == {}
    assert calendars.calendar_inputs(periods, "M", "ZZ")["calendar_holidays"].sum() == 0


def _evidence(gains: list[float], bias: float = 0.0) -> list[CycleEvidence]:
    return [
        CycleEvidence(f"2026-{place + 1:02}", 50, 100, 100 - gain, 1000, 10, 10 + bias)
        for place, gain in enumerate(gains)
    ]


@pytest.mark.parametrize(
    ("evidence", "reason"),
    [
        (_evidence([5, 5, 5]), "better"),
        (_evidence([5, 5]), "too_few_cycles"),
        (_evidence([1, 2, 1]), "gain_too_small"),
        (_evidence([20, -1, -1]), "not_in_most_cycles"),
        (_evidence([5, 5, 5], bias=40), "bias_worse"),
    ],
)
def test_a_champion_goes_only_on_pooled_evidence(
    evidence: list[CycleEvidence], reason: str
) -> None:
    record = decide(
        "smooth", ("fast", "standard"), evidence, decided_by="lin", decided_on=date(2026, 4, 1)
    )
    assert record.reason == reason
    assert record.recipe == ("standard" if reason == "better" else "fast")
    assert record.evidence == tuple(evidence)


@settings(max_examples=40, deadline=None)
@given(
    arrays(float, 6, elements=st.floats(0, 1000, width=32)),
    st.floats(0, 5000),
    st.floats(0, 3),
)
def test_stock_flow_is_whole(off_take: np.ndarray, opening: float, cover: float) -> None:
    made = sell_in(off_take, opening, np.full(6, cover), np.full(3, 10.0))
    assert (made.sell_in >= 0).all()
    assert np.isclose(opening + made.sell_in.sum() - off_take.sum(), made.closing[-1], atol=1e-6)
    assert np.allclose(made.off_take + made.stock_change, made.sell_in)


def test_similar_months_are_of_the_same_season() -> None:
    periods = starts(date(2022, 1, 1), "M", 48)
    found = similar.similar_periods(periods, np.arange(48.0), date(2026, 11, 1))
    assert [one.period.month for one in found] == [11, 11, 11]
    assert found[0].period.year == 2025


def test_the_evidence_of_a_cycle_is_pooled_by_segment_and_changes_the_champion() -> None:
    kinds = [Segment.SMOOTH, Segment.ERRATIC, Segment.SMOOTH]
    actual = np.full((2, 3, 4), 100.0)
    actual[1, 2] = np.nan
    worse, better = np.full(actual.shape, 110.0), np.full(actual.shape, 101.0)
    better[:, 1] = 130.0
    found = evidence_of("2026-01", kinds, actual, worse, better)
    smooth = found["smooth"]
    assert (smooth.series, smooth.actual) == (2, 1200.0)
    assert (smooth.champion_error, smooth.challenger_bias) == (120.0, 12.0)
    assert found["erratic"].challenger_error == 240.0
    who = {"decided_by": "lin", "decided_on": date(2026, 4, 1)}
    records = []
    for kind in ("erratic", "smooth"):
        cycles = [
            evidence_of(f"2026-0{month}", kinds, actual, worse, better)[kind] for month in (1, 2, 3)
        ]
        records.append(decide(kind, ("fast", "standard"), cycles, **who))
    assert in_force(records) == {"erratic": "fast", "smooth": "standard"}
    assert not evidence_of("2026-01", kinds, actual * np.nan, worse, better)
