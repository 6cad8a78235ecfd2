"""Where draws come from: lognormal totals out of a forecast's range, with a common factor."""

from __future__ import annotations

import dataclasses
import math

import numpy as np

from keystead.kernel.errors import Invalid
from keystead.profitability.calc.whatif.draws import Floats, Schedules, payouts

Z90 = 1.2815515655446004  # the 90 % point of the normal distribution


@dataclasses.dataclass(frozen=True)
class Outlook:
    """Per agreement what is sold already and the median and spread of what is still to come.

    ``spread`` is the standard deviation of the logarithm. ``dependence`` (0 to 1) is the share of
    the variance that all agreements have in common: a market moves them together.
    """

    sold: Floats
    median: Floats
    spread: Floats
    dependence: float = 0.0


@dataclasses.dataclass(frozen=True)
class Truth:
    """Closed forms of a lognormal volume S at one bound b."""

    over: float  # P(S > b)
    excess: float  # E[max(S - b, 0)]
    whole: float  # E[S; S > b]


def outlook(
    sold: Floats, low: Floats, middle: Floats, high: Floats, dependence: float = 0.0
) -> Outlook:
    """Return the outlook behind a forecast of the remaining volume: its P10, P50 and P90.

    >>> made = outlook(np.zeros(1), np.array([80.0]), np.array([100.0]), np.array([125.0]))
    >>> round(float(made.spread[0]), 4)
    0.1741
    """
    low, middle, high = (np.asarray(one, dtype=np.float64) for one in (low, middle, high))
    if not ((low > 0) & (low <= middle) & (middle <= high)).all():
        raise Invalid("A range needs 0 < P10 <= P50 <= P90.", code="range_order")
    if not 0 <= dependence <= 1:
        raise Invalid("Dependence lies between 0 and 1.", code="dependence")
    return Outlook(np.asarray(sold, np.float64), middle, np.log(high / low) / (2 * Z90), dependence)


def draw(view: Outlook, *, count: int, seed: int) -> Floats:
    """Return volumes of the whole term, agreements x ``count``; the same seed, the same draws.

    >>> view = outlook(np.array([5.0]), np.array([1.0]), np.array([1.0]), np.array([1.0]))
    >>> draw(view, count=2, seed=1).tolist()
    [[6.0, 6.0]]
    """
    source = np.random.default_rng(seed)
    own = source.standard_normal((view.median.size, count))
    if view.dependence:
        common = source.standard_normal(count) * math.sqrt(view.dependence)
        own *= math.sqrt(1 - view.dependence)
        own += common
    own *= view.spread[:, None]
    np.exp(own, out=own)
    own *= view.median[:, None]
    own += view.sold[:, None]
    return own


def portfolio_spread(
    view: Outlook, schedules: Schedules, *, count: int, seed: int
) -> tuple[float, float]:
    """Return the standard deviation of the payouts of all agreements together, twice.

    First as if agreements were independent, then with their dependence: the first understates
    what a bad year does.
    """
    apart = dataclasses.replace(view, dependence=0.0)
    alone, shared = (
        float(payouts(draw(one, count=count, seed=seed), schedules).sum(axis=0).std())
        for one in (apart, view)
    )
    return alone, shared


def lognormal(mean_log: float, spread: float, bound: float) -> Truth:
    """Return the closed forms at a bound above zero (a Black-Scholes type identity).

    >>> truth = lognormal(0.0, 0.3, 1.1)
    >>> round(truth.excess, 6), round(truth.whole, 6)
    (0.102736, 0.515628)
    """
    if bound <= 0 or spread <= 0:
        raise Invalid("Bound and spread must be above zero.", code="bound")
    at = (mean_log - math.log(bound)) / spread
    over = _normal(at)
    whole = math.exp(mean_log + spread**2 / 2) * _normal(at + spread)
    return Truth(over, whole - bound * over, whole)


def _normal(at: float) -> float:
    return 0.5 * math.erfc(-at / math.sqrt(2))
