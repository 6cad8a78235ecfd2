"""Ranges: each segment has its own, and a scale knows only what was known at its window."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from keystead.forecasting.calc.intervals import around
from keystead.forecasting.engine.bands import bands_of, widths_of
from keystead.forecasting.engine.prepare import Known, known_at, tree_of
from keystead.forecasting.types.panel import Backtest, Panel, RunSettings, Segment

ASKED = RunSettings(horizon=3, season=4, coherent=False)


def test_a_segment_has_the_widths_of_its_own_errors() -> None:
    scaled = np.ones((2, 240, 3))
    scaled[:, 120:] = 4.0
    kinds = np.array([Segment.SMOOTH] * 120 + [Segment.NEW] * 120)
    widths = widths_of(scaled, np.array([kinds, kinds]), kinds, 0.8)
    common = 4.0
    assert widths[0].tolist() == pytest.approx([(120 * 1.0 + 60 * common) / 180] * 3)
    assert widths[-1].tolist() == pytest.approx([4.0] * 3)


def test_it_is_the_segment_of_the_window_that_counts() -> None:
    """What was new a year ago tells how wrong one is about the new ones of today."""
    scaled = np.ones((1, 200, 2))
    scaled[:, :100] = 5.0
    before = np.array([[Segment.NEW] * 100 + [Segment.SMOOTH] * 100])
    now = np.array([Segment.SMOOTH] * 150 + [Segment.NEW] * 50)
    widths = widths_of(scaled, before, now, 0.8)
    assert widths[-1, 0] == pytest.approx(5.0)
    assert widths[0, 0] < 3.0


def test_a_segment_of_few_series_has_the_widths_of_all() -> None:
    scaled = np.ones((1, 60, 2))
    scaled[:, :5] = 50.0
    kinds = np.array([Segment.ERRATIC] * 5 + [Segment.SMOOTH] * 55)
    widths = widths_of(scaled, kinds[None], kinds, 0.8)
    assert (widths[:5] == 1.0).all()


def test_widths_may_differ_by_series() -> None:
    mean, scale = np.array([[5.0, 5.0], [5.0, 5.0]]), np.array([1.0, 2.0])
    low, high = around(mean, scale, np.array([[1.0, 1.0], [1.0, 4.0]]))
    assert low.tolist() == [[4.0, 4.0], [3.0, 0.0]]
    assert high.tolist() == [[6.0, 6.0], [7.0, 13.0]]


def _known(values: np.ndarray, cutoff: int) -> tuple[Panel, Known]:
    keys = tuple(f"k{row}" for row in range(len(values)))
    panel = Panel(keys, ((),) * len(keys), tuple((k,) for k in keys), date(2020, 1, 1), "M", values)
    return panel, known_at(panel, tree_of(panel, False), ASKED, cutoff)


def test_a_window_is_scaled_by_what_was_known_at_it() -> None:
    """Forty series that were calm until the window and wild after it: the errors are large ones."""
    calm = 100 + np.tile([1.0, -1.0], (40, 10))
    wild = 100 + np.tile([30.0, -30.0], (40, 2))
    wild[:, 1] += 60.0
    panel, now = _known(np.hstack([calm, wild]), 24)
    _panel, before = _known(panel.values, 20)
    actual = panel.values[None, :, 20:23]
    test = Backtest((20,), actual, np.full((1, 40, 3), 100.0), np.full((1, 40, 3), 100.0))
    mean = np.full((40, 3), 100.0)
    bands = bands_of(mean, now, [before], test, 40, ASKED)
    half = bands.hi80 - mean
    blind = bands_of(mean, now, [now], test, 40, ASKED)
    assert (half > 1.15 * (blind.hi80 - mean)).all()
    none = bands_of(mean, now, [], None, 40, ASKED)
    assert (none.hi95 > none.hi80).all()
