"""A walk along the volume: the payout at each share of the forecast, its jumps, its worth."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from keystead.kernel.periods import Period
from keystead.profitability.calc.whatif.benefits import Measured
from keystead.profitability.calc.whatif.draws import QUANTILES, Floats
from keystead.profitability.calc.whatif.months import path
from keystead.profitability.calc.whatif.paying import Payer, Sales
from keystead.profitability.calc.whatif.trying import Trial
from keystead.profitability.types.offers import Curve, Step, TierOdds

FARTHEST, STEPS, CLOSE, NUDGE = 3.0, 240, 1e-9, 1e-6
Place = tuple[str, Period, int]


@dataclasses.dataclass(frozen=True)
class Walk:
    """Payouts at rising multiples of what is still to come (1: the forecast).

    ``done`` and ``ahead`` are the invoice sales that are actual and those of the forecast;
    ``bounds`` where each tier is reached.
    """

    multiples: Floats
    paid: Floats
    done: float
    ahead_sales: float
    bounds: dict[Place, float]

    @property
    def forecast(self) -> float:
        return self.done + self.ahead_sales

    def at(self, multiple: float) -> float:
        """Return the payout at a multiple."""
        return float(np.interp(multiple, self.multiples, self.paid))

    def share(self, multiple: float) -> float:
        """Return the whole term's sales at a multiple, against the forecast."""
        whole = self.done + self.ahead_sales * multiple
        return whole / self.forecast if self.forecast else multiple

    def jump(self, place: Place) -> float:
        """Return what the payout jumps by where a tier is reached."""
        at = self.bounds.get(place)
        if at is None or at > FARTHEST:
            return 0.0
        return self.at(at * (1 + CLOSE)) - self.at(at * (1 - CLOSE))

    @property
    def marginal(self) -> float:
        """What one more unit of sales pays at the forecast, jumps aside."""
        more = self.ahead_sales * NUDGE
        return (self.at(1 + NUDGE) - self.at(1.0)) / more if more > 0 else 0.0

    def ahead(self, tiers: Sequence[TierOdds]) -> Step | None:
        """Return the next bound above the forecast and what all terms together pay more there."""
        found = [
            (self.bounds[place], one)
            for one in tiers
            if (place := (one.condition, one.period, one.place)) in self.bounds
            and 1 < self.bounds[place] <= FARTHEST
        ]
        if not found:
            return None
        at, one = min(found, key=lambda pair: pair[0])
        gain = self.at(at * (1 + CLOSE)) - self.at(1.0)
        return Step(one.condition, one.period, one.place, (at - 1) * self.ahead_sales, gain)

    def at_least(self, goal: float, cost: float) -> tuple[tuple[float, float | None], ...]:
        """Return the shares of the forecast at which sales less payout and cost reach a goal.

        ``cost`` is that of the forecast and goes with the sales.
        """
        sales = self.done + self.ahead_sales * self.multiples
        part = 1 - cost / self.forecast if self.forecast else 1.0
        left = sales * part - self.paid - goal
        found: list[tuple[float, float | None]] = []
        nodes = list(zip(self.multiples.tolist(), left.tolist(), strict=True))
        for (low, before), (high, after) in pairwise(nodes):
            if before < 0 and after < 0:
                continue
            start = low if before >= 0 else low + (high - low) * -before / (after - before)
            end = high if after >= 0 else low + (high - low) * before / (before - after)
            if found and found[-1][1] is not None and abs(found[-1][1] - start) < CLOSE * 10:
                found[-1] = (found[-1][0], end)
            else:
                found.append((start, end))
        open_end = bool(found) and nodes[-1][1] >= 0 and nodes[-1][1] >= nodes[-2][1]
        shares = [(self.share(low), None if high is None else self.share(high))
                  for low, high in found]  # fmt: skip
        if open_end:
            shares[-1] = (shares[-1][0], None)
        return tuple(shares)

    def curve(self, sales: Sales, trial: Trial) -> Curve:
        """Return the payout around the likely volumes, for drawing."""
        whole = trial.together.measure(sales.sums(()).value)
        ordered = np.sort(whole) / (self.forecast or 1.0)
        low, middle, high = (
            float(ordered[max(int(np.ceil(q * ordered.size)) - 1, 0)]) for q in QUANTILES
        )
        wide = max(high - low, 0.05)
        near = [self.share(at) for at in self.bounds.values() if 0.5 < self.share(at) < 1.6]
        first = max(min([low - wide, *near]), 0.0)
        last = max([high + wide, *near])
        shares = np.array([self.share(at) for at in self.multiples.tolist()])
        inside = (shares >= first - 0.02) & (shares <= last + 0.02)
        along, paid = shares[inside] * self.forecast, self.paid[inside]
        return Curve(
            tuple(shares[inside].tolist()),
            tuple(along.tolist()),
            tuple(paid.tolist()),
            (low, middle, high),
            tuple(slopes(along, paid).tolist()),
            flat_zones(along, paid),
        )


def slopes(sales: Floats, paid: Floats) -> Floats:
    """Return at each node what one more unit pays on the way to the next, jumps aside.

    Nodes closer than a millionth are the two sides of a bound: what lies between is a jump.

    >>> slopes(np.array([0.0, 100.0, 100.00001, 200.0]), np.array([0.0, 1.0, 3.0, 6.0])).round(3)
    array([0.01, 0.03, 0.03, 0.03])
    """
    if sales.size < 2:
        return np.zeros(sales.size)
    gaps, rises = np.diff(sales), np.diff(paid)
    real = gaps > NUDGE * float(sales[-1])
    rates = np.divide(rises, gaps, out=np.zeros(gaps.size), where=real)
    places = np.where(real, np.arange(gaps.size), gaps.size)
    after = np.minimum.accumulate(places[::-1])[::-1]  # the next stretch that is no jump
    last = int(np.flatnonzero(real)[-1]) if real.any() else 0
    found: Floats = rates[np.where(after < gaps.size, after, last)]
    return np.append(found, found[-1])


def flat_zones(sales: Floats, paid: Floats) -> tuple[tuple[float, float], ...]:
    """Return the stretches in which more sales add nothing to the payout: dead zones.

    Shorter ones than a hundredth of all that is looked at are left out.

    >>> flat_zones(np.array([0.0, 50.0, 100.0, 200.0]), np.array([0.0, 0.0, 0.0, 5.0]))
    ((0.0, 100.0),)
    """
    found: list[tuple[float, float]] = []
    for place in range(sales.size - 1):
        low, high = float(sales[place]), float(sales[place + 1])
        if abs(float(paid[place + 1] - paid[place])) > CLOSE * max(high, 1.0):
            continue
        if found and found[-1][1] == low:
            found[-1] = (found[-1][0], high)
        else:
            found.append((low, high))
    whole = float(sales[-1] - sales[0]) if sales.size else 0.0
    return tuple(one for one in found if one[1] - one[0] >= whole / 100 > 0)


def walked(payer: Payer, sales: Sales, done: int) -> Walk:
    """Return the walk of a version over its sales, with a node on each side of every bound."""
    brands, months = sales.brands, len(sales.months)
    here, _total = payer.run(path(brands, months, done, np.ones(1)))
    bounds: dict[Place, float] = {}
    for one in here:
        bounds.update(_bounds(one.measured, done))
    grid = set(np.linspace(0.0, FARTHEST, STEPS + 1).tolist()) | {1.0, 1.0 + NUDGE}
    for at in bounds.values():
        if 0 < at <= FARTHEST:
            grid |= {at * (1 - CLOSE), at, at * (1 + CLOSE)}
    multiples = np.array(sorted(grid))
    _paid, total = payer.run(path(brands, months, done, multiples))
    whole = sales.sums(()).value
    return Walk(
        multiples, total, float(whole[:, :done].sum()), float(whole[:, done:].sum()), bounds
    )


def _bounds(measured: Measured, done: int) -> dict[Place, float]:
    """Return where each tier of a condition is reached, as a multiple of what is to come."""
    weights = measured.weights
    if weights is None:
        return {}
    sold, ahead = float(weights[:, :done].sum()), float(weights[:, done:].sum())
    if ahead <= 0:
        return {}
    found = {}
    for place, tier in enumerate(measured.table.tiers):
        at = (measured.base + float(tier.lower) / measured.scale - sold) / ahead
        if at > 0:
            found[measured.condition.key, measured.period, place] = at
    return found
