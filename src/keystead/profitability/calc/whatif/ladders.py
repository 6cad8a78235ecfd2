"""A schedule of tiers over a volume, and what it does at one volume: rates, gaps, cliffs."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from enum import StrEnum
from itertools import pairwise

from keystead.kernel.errors import Invalid


class Method(StrEnum):
    """How a tier pays."""

    INCREMENTAL = "incremental"  # its rate on what lies above its bound
    ALL_UNITS = "all_units"  # its rate on everything, from the first unit
    FIXED = "fixed"  # an amount once it is reached, instead of the one before


class Boundary(StrEnum):
    """Whether a volume that equals the lower bound reaches the tier."""

    GTE = "gte"
    GT = "gt"


@dataclasses.dataclass(frozen=True)
class Ladder:
    """Lower bounds, strictly rising from zero or more, and what each tier pays.

    ``rates``: shares of the volume (0.03 for 3 %), amounts per unit, or amounts (``FIXED``).
    Below the first bound nothing is paid.
    """

    bounds: tuple[float, ...]
    rates: tuple[float, ...]
    method: Method = Method.INCREMENTAL
    boundary: Boundary = Boundary.GTE

    def __post_init__(self) -> None:
        rising = all(low < high for low, high in pairwise(self.bounds))
        if not self.bounds or len(self.bounds) != len(self.rates):
            raise Invalid("Each tier needs a lower bound and a rate.", code="tiers_uneven")
        if not rising or self.bounds[0] < 0:
            raise Invalid("Lower bounds must rise, from zero or more.", code="tiers_order")

    @property
    def steps(self) -> tuple[tuple[float, float], ...]:
        """Each bound with what its tier pays more than the tier before."""
        before = (0.0, *self.rates[:-1])
        return tuple(
            (bound, rate - last)
            for bound, rate, last in zip(self.bounds, self.rates, before, strict=True)
        )


@dataclasses.dataclass(frozen=True)
class Cliff:
    """A bound at which the payout jumps; downwards where selling more would pay less."""

    bound: float
    jump: float


@dataclasses.dataclass(frozen=True)
class NextTier:
    """How far the next tier is and what reaching it adds."""

    bound: float
    gap: float
    gain: float


def reached(ladder: Ladder, volume: float) -> int:
    """Return how many tiers the volume reaches, 0 for none.

    >>> reached(Ladder((100.0, 200.0), (0.01, 0.02)), 200.0)
    2
    """
    over = [
        volume >= bound if ladder.boundary is Boundary.GTE else volume > bound
        for bound in ladder.bounds
    ]
    return sum(over)


def payout(ladder: Ladder, volume: float) -> float:
    """Return what the ladder pays at a volume.

    >>> payout(Ladder((0.0, 100.0), (0.01, 0.03)), 150.0)
    2.5
    >>> payout(Ladder((0.0, 100.0), (0.01, 0.03), Method.ALL_UNITS), 150.0)
    4.5
    """
    tier = reached(ladder, volume)
    if not tier:
        return 0.0
    if ladder.method is Method.FIXED:
        return ladder.rates[tier - 1]
    if ladder.method is Method.ALL_UNITS:
        return ladder.rates[tier - 1] * volume
    return sum(step * (volume - bound) for bound, step in ladder.steps[:tier])


def marginal_rate(ladder: Ladder, volume: float) -> float:
    """Return what one more unit pays at a volume, jumps aside.

    >>> marginal_rate(Ladder((0.0, 100.0), (0.01, 0.03)), 100.0)
    0.03
    """
    tier = reached(ladder, volume)
    return 0.0 if not tier or ladder.method is Method.FIXED else ladder.rates[tier - 1]


def effective_rate(ladder: Ladder, volume: float) -> float | None:
    """Return payout over volume; None where there is no volume.

    >>> effective_rate(Ladder((0.0, 100.0), (0.01, 0.03)), 200.0)
    0.02
    """
    return payout(ladder, volume) / volume if volume > 0 else None


def next_tier(ladder: Ladder, volume: float) -> NextTier | None:
    """Return the next bound, the volume still missing, and the payout it would add.

    >>> next_tier(Ladder((0.0, 100.0), (0.01, 0.03), Method.ALL_UNITS), 90.0)
    NextTier(bound=100.0, gap=10.0, gain=2.1)
    """
    tier = reached(ladder, volume)
    if tier == len(ladder.bounds):
        return None
    bound = ladder.bounds[tier]
    gain = _at_bound(ladder, tier) - payout(ladder, volume)
    return NextTier(bound, bound - volume, gain)


def cliffs(ladder: Ladder) -> tuple[Cliff, ...]:
    """Return the bounds at which the payout jumps, up or down.

    >>> cliffs(Ladder((0.0, 100.0), (0.01, 0.02), Method.ALL_UNITS))
    (Cliff(bound=100.0, jump=1.0),)
    """
    if ladder.method is Method.INCREMENTAL:
        return ()
    found = []
    for bound, step in ladder.steps:
        jump = step if ladder.method is Method.FIXED else step * bound
        if jump:
            found.append(Cliff(bound, jump))
    return tuple(found)


def dead_tiers(chances: Sequence[float]) -> tuple[int, ...]:
    """Return the tiers that do not work: reached in under 5 % or over 95 % of the draws.

    ``chances``: the probability that each tier is reached, in their order.

    >>> dead_tiers((1.0, 0.6, 0.01))
    (0, 2)
    """
    return tuple(at for at, chance in enumerate(chances) if chance < 0.05 or chance > 0.95)


def worth_it(
    ladder: Ladder, *, margin: float, today: float, fixed: float = 0.0
) -> tuple[tuple[float, float | None], ...]:
    """Return the ranges of volume in which the offer leaves us at least what we have today.

    ``margin``: what a unit leaves before the payout; ``today``: what is left now; ``fixed``: a
    sum the offer costs at any volume. A range without an end is ``(from, None)``. The start of
    the first range is the break-even volume; a cliff may end a range again.

    >>> worth_it(Ladder((100.0,), (0.1,), Method.ALL_UNITS), margin=0.5, today=45.0)
    ((90.0, 100.0), (112.5, None))
    """
    edges = [0.0, *(bound for bound in ladder.bounds if bound > 0)]
    found: list[tuple[float, float | None]] = []
    for at, low in enumerate(edges):
        high = edges[at + 1] if at + 1 < len(edges) else None
        tier = sum(bound <= low for bound in ladder.bounds)
        paid, slope = _line_of(ladder, tier, low)
        start = margin * low - paid - fixed - today  # what is better at the low end
        part = _better(low, high, start, margin - slope)
        if part is not None and found and found[-1][1] == part[0]:
            found[-1] = (found[-1][0], part[1])
        elif part is not None:
            found.append(part)
    return tuple(found)


def _line_of(ladder: Ladder, tier: int, low: float) -> tuple[float, float]:
    """Return payout just above ``low`` and its slope, with ``tier`` tiers reached."""
    if not tier:
        return 0.0, 0.0
    rate = ladder.rates[tier - 1]
    if ladder.method is Method.FIXED:
        return rate, 0.0
    if ladder.method is Method.ALL_UNITS:
        return rate * low, rate
    return sum(step * (low - bound) for bound, step in ladder.steps[:tier]), rate


def _better(
    low: float, high: float | None, start: float, slope: float
) -> tuple[float, float | None] | None:
    end = None if high is None else start + slope * (high - low)
    if start >= 0:
        if slope >= 0 or (end is not None and end >= 0):
            return low, high
        return low, low - start / slope
    if slope > 0 and (end is None or end > 0):
        return low - start / slope, high
    return None


def _at_bound(ladder: Ladder, tier: int) -> float:
    """Return what is paid once the tier (by its place) is reached, just at its bound."""
    bound = ladder.bounds[tier]
    if ladder.method is Method.FIXED:
        return ladder.rates[tier]
    if ladder.method is Method.ALL_UNITS:
        return ladder.rates[tier] * bound
    return sum(step * (bound - low) for low, step in ladder.steps[:tier])
