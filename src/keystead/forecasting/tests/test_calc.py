"""Measures of error, by hand, and where they are not defined."""

from __future__ import annotations

import doctest
from decimal import Decimal

import pytest

from keystead.forecasting.calc import accuracy
from keystead.forecasting.calc.accuracy import mape_pct, rmsse, wape_pct
from keystead.kernel.errors import Invalid


def _d(*values: int) -> list[Decimal]:
    return [Decimal(value) for value in values]


def test_examples_in_docstrings() -> None:
    assert doctest.testmod(accuracy) == (0, 4)


def test_not_defined_is_not_zero() -> None:
    assert mape_pct(_d(0, 5), _d(1, 5)) is None
    assert mape_pct([], []) is None
    assert wape_pct(_d(0, 0), _d(1, 2)) is None
    assert rmsse(_d(5), _d(1), _d(1)) is None
    assert rmsse(_d(5, 5, 5), _d(1), _d(1)) is None
    assert rmsse(_d(5, 6), [], []) is None


def test_a_perfect_forecast_has_no_error() -> None:
    assert mape_pct(_d(3, 4), _d(3, 4)) == wape_pct(_d(3, 4), _d(3, 4)) == 0
    assert rmsse(_d(1, 2), _d(3), _d(3)) == 0


def test_returns_count_by_their_size() -> None:
    assert wape_pct(_d(-10, 10), _d(0, 10)) == 50


def test_series_of_two_lengths_are_refused() -> None:
    with pytest.raises(Invalid) as caught:
        wape_pct(_d(1), _d(1, 2))
    assert caught.value.code == "series_length"
