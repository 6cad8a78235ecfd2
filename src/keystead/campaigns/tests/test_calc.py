"""The effect of a campaign, by hand."""

from __future__ import annotations

import doctest
from decimal import Decimal

import pytest

from keystead.campaigns.calc import effect as module
from keystead.campaigns.calc.effect import cost_per_unit, effect, uplift_pct
from keystead.kernel.errors import Invalid

D = Decimal


def test_examples_in_docstrings() -> None:
    assert doctest.testmod(module) == (0, 4)


def test_no_baseline_no_percentage() -> None:
    assert uplift_pct(D(0), D(10)) is None
    assert uplift_pct(D(-5), D(10)) is None


def test_a_campaign_can_lose_money() -> None:
    assert effect(D(100), D(2), D(400)).roi_pct == D(-50)


def test_without_spend_there_is_no_return() -> None:
    found = effect(D(100), D(2), D(0))
    assert (found.margin, found.roi_pct) == (D(200), None)


@pytest.mark.parametrize("units", [D(0), D(-1)])
def test_cost_needs_units(units: Decimal) -> None:
    with pytest.raises(Invalid) as caught:
        cost_per_unit(D(10), units)
    assert caught.value.code == "no_units"
