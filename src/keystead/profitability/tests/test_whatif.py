"""What-if: closed forms, brute force, and ladders by hand."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keystead.kernel.errors import Invalid
from keystead.profitability.calc.whatif import chance, draws, ladders
from keystead.profitability.calc.whatif.draws import Schedules, price, sort_draws
from keystead.profitability.calc.whatif.ladders import Boundary, Ladder, Method

# Black-Scholes type identities for S lognormal with log mean 0 and log sd 0.3, threshold 1.1.
EXCESS, WHOLE = 0.10273614054846458, 0.5156277716457119


def _one(bound: float, rate: float, method: Method) -> Schedules:
    return Schedules(np.array([[bound]]), np.array([[rate]]), method)


def test_closed_form_of_a_lognormal_total() -> None:
    truth = chance.lognormal(0.0, 0.3, 1.1)
    assert math.isclose(truth.excess, EXCESS, rel_tol=1e-12)
    assert math.isclose(truth.whole, WHOLE, rel_tol=1e-12)


def test_draws_meet_the_closed_form() -> None:
    view = chance.Outlook(np.zeros(1), np.ones(1), np.array([0.3]))
    sorted_once = sort_draws(chance.draw(view, count=400_000, seed=7))
    step = price(sorted_once, _one(1.1, 1.0, Method.INCREMENTAL))
    whole = price(sorted_once, _one(1.1, 1.0, Method.ALL_UNITS))
    odds = price(sorted_once, _one(1.1, 1.0, Method.FIXED))
    truth = chance.lognormal(0.0, 0.3, 1.1)
    assert abs(step.expected[0] - EXCESS) < 0.001
    assert abs(whole.expected[0] - WHOLE) < 0.003
    assert abs(odds.expected[0] - truth.over) < 0.003
    assert odds.expected[0] == odds.reached[0, 0]


@pytest.mark.parametrize("method", list(Method))
@pytest.mark.parametrize("boundary", list(Boundary))
@pytest.mark.parametrize("rising", [True, False])
def test_the_short_way_agrees_with_brute_force(
    method: Method, boundary: Boundary, rising: bool
) -> None:
    source = np.random.default_rng(3)
    samples = np.round(source.lognormal(0, 0.5, (40, 501)) * 20) * 5  # ties with the bounds
    bounds = np.sort(source.integers(1, 60, (40, 4)) * 5.0, axis=1) + np.arange(4) * 5.0
    rates = source.uniform(0, 0.1, (40, 4))
    rates = np.sort(rates, axis=1) if rising else rates
    asked = Schedules(bounds, rates, method, boundary)
    found, every = price(sort_draws(samples), asked), draws.payouts(samples, asked)
    np.testing.assert_allclose(found.expected, every.mean(axis=1))
    over = samples[:, None, :] >= bounds[:, :, None]
    if boundary is Boundary.GT:
        over = samples[:, None, :] > bounds[:, :, None]
    np.testing.assert_allclose(found.reached, over.mean(axis=2))
    places = [math.ceil(q * 501) - 1 for q in draws.QUANTILES]
    np.testing.assert_allclose(found.quantiles, np.sort(every, axis=1)[:, places])


def test_each_draw_pays_what_the_ladder_says() -> None:
    ladder = Ladder((50.0, 100.0, 150.0), (0.01, 0.03, 0.02), Method.ALL_UNITS, Boundary.GT)
    volumes = np.array([[0.0, 50.0, 50.5, 100.0, 149.0, 150.0, 400.0]])
    for method in Method:
        one = replace(ladder, method=method)
        made = Schedules(np.array([one.bounds]), np.array([one.rates]), method, one.boundary)
        expected = [ladders.payout(one, volume) for volume in volumes[0]]
        np.testing.assert_allclose(draws.payouts(volumes, made)[0], expected)


def test_a_short_schedule_is_padded_with_infinity() -> None:
    samples = sort_draws(np.array([[10.0, 120.0], [10.0, 120.0]]))
    padded = Schedules(
        np.array([[100.0, np.inf], [100.0, 110.0]]), np.array([[0.1, 0.1], [0.1, 0.2]])
    )
    found = price(samples, padded)
    np.testing.assert_allclose(found.expected, [1.0, 1.5])
    np.testing.assert_allclose(found.reached, [[0.5, 0.0], [0.5, 0.5]])


def test_dependence_widens_the_portfolio_not_the_agreement() -> None:
    view = chance.Outlook(np.zeros(50), np.full(50, 100.0), np.full(50, 0.3), dependence=0.5)
    asked = Schedules(np.full((50, 1), 110.0), np.full((50, 1), 0.05), Method.ALL_UNITS)
    apart, together = chance.portfolio_spread(view, asked, count=4000, seed=1)
    assert together > 3 * apart
    alone = price(sort_draws(chance.draw(view, count=40_000, seed=1)), asked).expected.mean()
    free = replace(view, dependence=0.0)
    independent = price(sort_draws(chance.draw(free, count=40_000, seed=2)), asked).expected.mean()
    assert abs(alone - independent) < 0.1


def test_incentive_counts_the_jump() -> None:
    made = sort_draws(np.linspace(50, 150, 100_001)[None, :])
    flat = draws.marginal_incentive(made, _one(100.0, 0.04, Method.INCREMENTAL))
    jump = draws.marginal_incentive(made, _one(100.0, 0.04, Method.ALL_UNITS))
    assert abs(flat[0] - 0.02) < 1e-4
    assert abs(jump[0] - (0.02 + 0.04 * 100 / 100)) < 1e-4


def test_next_tier_cliffs_and_dead_tiers() -> None:
    ladder = Ladder((0.0, 100.0, 200.0), (0.01, 0.03, 0.05), Method.ALL_UNITS)
    ahead = ladders.next_tier(ladder, 190.0)
    assert ahead is not None
    assert (ahead.bound, ahead.gap) == (200.0, 10.0)
    assert math.isclose(ahead.gain, 10.0 - 5.7)
    assert ladders.next_tier(ladder, 200.0) is None
    assert [one.bound for one in ladders.cliffs(ladder)] == [100.0, 200.0]
    assert ladders.cliffs(replace(ladder, method=Method.INCREMENTAL)) == ()
    assert ladders.dead_tiers((0.96, 0.95, 0.05, 0.04)) == (0, 3)
    assert ladders.effective_rate(ladder, 0.0) is None


def test_an_offer_may_be_worth_it_in_two_ranges() -> None:
    ladder = Ladder((100.0,), (0.1,), Method.ALL_UNITS)
    assert ladders.worth_it(ladder, margin=0.5, today=45.0) == ((90.0, 100.0), (112.5, None))
    assert ladders.worth_it(ladder, margin=0.05, today=45.0) == ()
    stepped = Ladder((100.0,), (0.1,))
    assert ladders.worth_it(stepped, margin=0.5, today=45.0, fixed=5.0) == ((100.0, None),)


@given(
    st.lists(st.floats(0.0, 0.2), min_size=1, max_size=4),
    st.sampled_from(Method),
    st.floats(0, 0.3),
    st.floats(-10, 200),
)
def test_ranges_agree_with_a_look_at_every_volume(
    rates: list[float], method: Method, margin: float, today: float
) -> None:
    ladder = Ladder(tuple(50.0 * (at + 1) for at in range(len(rates))), tuple(rates), method)
    ranges = ladders.worth_it(ladder, margin=margin, today=today)
    for volume in (10.0, 49.0, 51.0, 99.0, 101.5, 149.0, 180.0, 260.0, 2000.0):
        better = margin * volume - ladders.payout(ladder, volume) - today
        inside = any(low <= volume and (high is None or volume <= high) for low, high in ranges)
        if abs(better) > 1e-6:
            assert inside == (better > 0)


@given(st.lists(st.floats(0, 0.3), min_size=1, max_size=5).map(sorted), st.floats(0, 1000))
def test_all_units_pays_at_least_the_increment_when_rates_rise(
    rates: list[float], volume: float
) -> None:
    bounds = tuple(100.0 * (at + 1) for at in range(len(rates)))
    whole = ladders.payout(Ladder(bounds, tuple(rates), Method.ALL_UNITS), volume)
    assert whole >= ladders.payout(Ladder(bounds, tuple(rates)), volume) - 1e-9


@pytest.mark.parametrize("bounds", [(), (100.0, 100.0), (-1.0,), (2.0, 1.0)])
def test_ladders_out_of_order_are_refused(bounds: tuple[float, ...]) -> None:
    with pytest.raises(Invalid):
        Ladder(bounds, (0.1,) * len(bounds))


def test_draws_that_are_no_numbers_are_refused() -> None:
    for wrong in (np.array([1.0]), np.zeros((1, 0)), np.array([[1.0, np.nan]])):
        with pytest.raises(Invalid):
            sort_draws(wrong)
    with pytest.raises(Invalid):
        price(
            sort_draws(np.ones((2, 3))), Schedules(np.array([[2.0, 1.0]]), np.array([[0.1, 0.2]]))
        )
    with pytest.raises(Invalid):
        chance.outlook(np.zeros(1), np.array([2.0]), np.array([1.0]), np.array([3.0]))
