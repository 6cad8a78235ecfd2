"""What draws say: how likely each tier is, what is paid at P10, P50 and P90."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from keystead.agreements.types import Boundary as TermBoundary
from keystead.agreements.types import Measure
from keystead.agreements.types import Method as TermMethod
from keystead.profitability.calc.whatif.benefits import Measured, PaidOut
from keystead.profitability.calc.whatif.draws import (
    QUANTILES,
    Floats,
    Schedules,
    near_below,
    price,
)
from keystead.profitability.calc.whatif.ladders import Boundary, Method, dead_tiers
from keystead.profitability.calc.whatif.paying import Payer
from keystead.profitability.calc.whatif.trying import Trial
from keystead.profitability.calc.whatif.walk import Walk
from keystead.profitability.types.offers import Odds, TierOdds

METHODS = {TermMethod.ALL_UNITS: Method.ALL_UNITS, TermMethod.INCREMENTAL: Method.INCREMENTAL}


def odds_of(total: Floats, apart: Floats) -> Odds:
    """Return mean, quantiles and spread of the payout; ``apart``: draws that move independently.

    Quantiles are order statistics, as in ``draws.price``.

    >>> odds_of(np.array([1.0, 3.0]), np.array([2.0, 2.0])).spread
    1.0
    """
    ordered = np.sort(total)
    low, middle, high = (
        float(ordered[max(int(np.ceil(q * total.size)) - 1, 0)]) for q in QUANTILES
    )
    return Odds(
        float(total.mean()), low, middle, high, float(total.std()), float(apart.std()), total.size
    )


def tier_odds(
    trial: Trial, payer: Payer, paid: Sequence[PaidOut], walk: Walk
) -> tuple[TierOdds, ...]:
    """Return each tier of each period: its odds, and the jump of all terms together at its bound.

    A plain sum is read from its sorted draws, which a changed tier leaves as they are; a share or
    a count is counted draw by draw.
    """
    found: list[TierOdds] = []
    for one in paid:
        measured = one.measured
        if measured.condition.tier_measure is Measure.NONE or not measured.table.tiers:
            continue
        reached, near = _reached(trial, measured)
        dead = dead_tiers(reached)
        for place, tier in enumerate(measured.table.tiers):
            key = (measured.condition.key, measured.period, place)
            at = walk.bounds.get(key)
            found.append(
                TierOdds(
                    condition=measured.condition.key,
                    period=measured.period,
                    place=place,
                    lower=tier.lower,
                    rate=tier.rate,
                    odds=reached[place],
                    near=near[place],
                    share=None if at is None else walk.share(at),
                    jump=walk.jump(key),
                    dead=place in dead and (tier.lower > 0 or reached[place] < 0.5),
                )
            )
    return tuple(found)


def _reached(trial: Trial, measured: Measured) -> tuple[list[float], list[float]]:
    lower = np.array([float(tier.lower) for tier in measured.table.tiers])
    if measured.weights is not None:
        ordered = trial.together.ordered(measured.weights)
        bounds = measured.base + lower / measured.scale
        made = Schedules(
            bounds[None, :],
            np.array([[float(tier.rate) for tier in measured.table.tiers]]),
            METHODS.get(measured.table.method, Method.FIXED),
            Boundary(measured.table.boundary.value),
        )
        return price(ordered, made).reached[0].tolist(), near_below(ordered, bounds[None, :])[
            0
        ].tolist()
    tier = measured.tier[:, None]
    over = tier >= lower if measured.table.boundary is TermBoundary.GTE else tier > lower
    near = (tier < lower) & (tier >= lower * 0.95)
    return over.mean(axis=0).tolist(), near.mean(axis=0).tolist()
