"""Draws of many agreements, sorted and cumulated once; then any schedule is priced exactly.

With S sorted, k draws below a bound b, and C the running sums, over N draws:

    E[max(S - b, 0)] = (C_N - C_k - (N - k) b) / N        incremental
    E[S; S >= b]     = (C_N - C_k) / N                     all units
    P(S >= b)        = (N - k) / N                         fixed sums, tier odds

so a changed schedule costs one binary search per bound and no new draws.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
from numpy.typing import NDArray

from keystead.kernel.errors import Invalid
from keystead.profitability.calc.whatif.ladders import Boundary, Method

Floats = NDArray[np.float64]
QUANTILES = (0.1, 0.5, 0.9)


@dataclasses.dataclass(frozen=True)
class Draws:
    """Per agreement (row) its volumes in rising order, and their running sums from zero."""

    ordered: Floats
    summed: Floats

    @property
    def agreements(self) -> int:
        return int(self.ordered.shape[0])

    @property
    def count(self) -> int:
        return int(self.ordered.shape[1])


@dataclasses.dataclass(frozen=True)
class Schedules:
    """One schedule per agreement, all with as many tiers: arrays of agreements x tiers.

    ``bounds`` rise along a row; pad a short schedule with infinite bounds and its last rate.
    """

    bounds: Floats
    rates: Floats
    method: Method = Method.INCREMENTAL
    boundary: Boundary = Boundary.GTE


@dataclasses.dataclass(frozen=True)
class Priced:
    """Per agreement: the expected payout, the odds that each tier is reached, P10, P50, P90.

    ``quantiles`` (agreements x 3) are order statistics: the smallest payout that at least that
    share of the draws does not exceed.
    """

    expected: Floats
    reached: Floats
    quantiles: Floats


def sort_draws(samples: Floats) -> Draws:
    """Return the draws sorted and summed up; ``samples`` is agreements x draws.

    Raises Invalid for samples that are no table, are empty, or hold no number.

    >>> sort_draws(np.array([[3.0, 1.0, 2.0]])).summed.tolist()
    [[0.0, 1.0, 3.0, 6.0]]
    """
    table = np.asarray(samples, dtype=np.float64)
    if table.ndim != 2 or not table.size:
        raise Invalid("Draws are a table of agreements by draws.", code="draws_shape")
    ordered = np.sort(table, axis=1)
    if not np.isfinite(ordered[:, [0, -1]]).all():
        raise Invalid("A draw is not a number.", code="draws_value")
    summed = np.zeros((ordered.shape[0], ordered.shape[1] + 1))
    np.cumsum(ordered, axis=1, out=summed[:, 1:])
    return Draws(ordered, summed)


def price(draws: Draws, schedules: Schedules) -> Priced:
    """Return what the schedules pay over the draws: mean, odds and quantiles, without drawing.

    >>> found = price(sort_draws(np.array([[50.0, 150.0]])),
    ...               Schedules(np.array([[100.0]]), np.array([[0.1]]), Method.ALL_UNITS))
    >>> found.expected.tolist(), found.reached.tolist()
    ([7.5], [[0.5]])
    """
    bounds, rates = _fitting(draws, schedules)
    under = _under(draws, bounds, schedules.boundary)
    steps = np.diff(rates, axis=1, prepend=0.0)
    over = draws.count - under
    if schedules.method is Method.FIXED:
        parts = over * 1.0
    else:
        last = draws.summed[:, -1:]
        parts = last - np.take_along_axis(draws.summed, under, axis=1)
        if schedules.method is Method.INCREMENTAL:
            finite = np.where(np.isfinite(bounds), bounds, 0.0)
            parts = parts - over * finite
    expected = (steps * parts).sum(axis=1) / draws.count
    return Priced(expected, over / draws.count, _quantiles(draws, schedules, bounds, rates))


def payouts(samples: Floats, schedules: Schedules) -> Floats:
    """Return the payout of every single draw, in the order of the draws (agreements x draws).

    The long way round: for sums over agreements, whose draws belong together, and to check the
    short way.

    >>> payouts(np.array([[150.0]]), Schedules(np.array([[100.0]]), np.array([[0.1]]))).tolist()
    [[5.0]]
    """
    rates = np.diff(schedules.rates, axis=1, prepend=0.0)
    found = np.zeros(samples.shape)
    for tier in range(schedules.bounds.shape[1]):
        bound, step = schedules.bounds[:, tier : tier + 1], rates[:, tier : tier + 1]
        over = samples >= bound if schedules.boundary is Boundary.GTE else samples > bound
        if schedules.method is Method.INCREMENTAL:
            finite = np.where(np.isfinite(bound), bound, 0.0)
            found += step * np.where(over, samples - finite, 0.0)
        elif schedules.method is Method.ALL_UNITS:
            found += step * np.where(over, samples, 0.0)
        else:
            found += step * over
    return found


def near_below(draws: Draws, bounds: Floats, share: float = 0.05) -> Floats:
    """Return the odds of ending within ``share`` below each bound: where a push pays.

    >>> near_below(sort_draws(np.array([[90.0, 96.0, 100.0, 120.0]])), np.array([[100.0]])).tolist()
    [[0.25]]
    """
    table = np.broadcast_to(
        np.asarray(bounds, dtype=np.float64), (draws.agreements, bounds.shape[-1])
    )
    top = _under(draws, table, Boundary.GTE)
    low = _under(draws, table * (1 - share), Boundary.GTE)
    return np.asarray((top - low) / draws.count)


def marginal_incentive(draws: Draws, schedules: Schedules, width: float = 0.05) -> Floats:
    """Return what the customer gains, expected, per unit of volume added to every draw.

    The tier's rate, and for jumps their size times the density at the bound, taken from the
    draws within ``width`` of it.

    >>> flat = Schedules(np.array([[0.0]]), np.array([[0.02]]))
    >>> marginal_incentive(sort_draws(np.array([[10.0, 20.0]])), flat).tolist()
    [0.02]
    """
    bounds, rates = _fitting(draws, schedules)
    steps = np.diff(rates, axis=1, prepend=0.0)
    over = 1 - _under(draws, bounds, schedules.boundary) / draws.count
    finite = np.where(np.isfinite(bounds), bounds, 0.0)
    half = finite * width
    around = _under(draws, finite + half, Boundary.GT) - _under(draws, finite - half, Boundary.GTE)
    wide = np.where(half > 0, 2 * half, 1.0)
    density = np.where(half > 0, around / draws.count / wide, 0.0)
    if schedules.method is Method.INCREMENTAL:
        return np.asarray((steps * over).sum(axis=1))
    if schedules.method is Method.ALL_UNITS:
        return np.asarray((steps * (over + finite * density)).sum(axis=1))
    return np.asarray((steps * density).sum(axis=1))


def _fitting(draws: Draws, schedules: Schedules) -> tuple[Floats, Floats]:
    bounds = np.atleast_2d(np.asarray(schedules.bounds, dtype=np.float64))
    rates = np.atleast_2d(np.asarray(schedules.rates, dtype=np.float64))
    shape = (draws.agreements, bounds.shape[1])
    if rates.shape[1] != bounds.shape[1] or bounds.shape[0] not in (1, shape[0]):
        raise Invalid("Schedules and draws do not fit together.", code="tiers_uneven")
    with np.errstate(invalid="ignore"):  # infinite bounds that pad a short schedule
        if (np.diff(bounds, axis=1) < 0).any():
            raise Invalid("Lower bounds must rise.", code="tiers_order")
    return np.broadcast_to(bounds, shape), np.broadcast_to(rates, shape)


def _under(draws: Draws, bounds: Floats, boundary: Boundary) -> NDArray[np.int64]:
    """Return how many draws of each row lie below each of its bounds: one search for all rows."""
    low = np.zeros(bounds.shape, dtype=np.int64)
    high = np.full(bounds.shape, draws.count, dtype=np.int64)
    flat = draws.ordered.reshape(-1)
    start = (np.arange(draws.agreements, dtype=np.int64) * draws.count)[:, None]
    for _ in range(draws.count.bit_length()):
        middle = (low + high) // 2
        seen = flat[np.minimum(start + middle, flat.size - 1)]
        below = (seen < bounds if boundary is Boundary.GTE else seen <= bounds) & (low < high)
        low = np.where(below, middle + 1, low)
        high = np.where(below, high, np.minimum(high, middle))
    return low


def _quantiles(draws: Draws, schedules: Schedules, bounds: Floats, rates: Floats) -> Floats:
    """Return P10, P50 and P90 of the payouts.

    A payout that never falls with volume keeps the order of the draws, so its quantile is the
    payout of the volume's quantile. The others, few, are paid out draw by draw.
    """
    places = [max(int(np.ceil(q * draws.count)) - 1, 0) for q in QUANTILES]
    made = Schedules(bounds, rates, schedules.method, schedules.boundary)
    found = payouts(draws.ordered[:, places], made)
    falls = (np.diff(rates, axis=1, prepend=0.0) < 0).any(axis=1)
    if schedules.method is Method.INCREMENTAL:
        falls = (rates < 0).any(axis=1)
    if (draws.ordered[:, 0] < 0).any():
        falls = falls | (draws.ordered[:, 0] < 0)
    if falls.any():
        some: Any = Schedules(bounds[falls], rates[falls], schedules.method, schedules.boundary)
        single = np.sort(payouts(draws.ordered[falls], some), axis=1)
        found[falls] = single[:, places]
    return found
