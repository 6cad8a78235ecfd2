"""What a measured volume pays: tiers, shares, caps, floors and stacking, over all draws at once."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from keystead.agreements.calc.tiers import Table
from keystead.agreements.types import (
    Boundary,
    Cap,
    Condition,
    Gate,
    Method,
    RateKind,
    StackMode,
)
from keystead.kernel.periods import Period
from keystead.profitability.calc.whatif.draws import Floats


@dataclasses.dataclass(frozen=True)
class Measured:
    """What one condition measures in one period, over the draws.

    ``weights`` are those of the tier measure where it is a plain sum; then the measure is
    ``scale x (sum - base)``.
    """

    condition: Condition
    period: Period
    table: Table
    tier: Floats
    benefit: Floats
    weights: Floats | None = None
    base: float = 0.0
    scale: float = 1.0


@dataclasses.dataclass(frozen=True)
class PaidOut:
    """One condition in one period with its payouts."""

    measured: Measured
    amount: Floats
    through: Any = True  # where its gates were passed: only there a guarantee is topped up


def pay(table: Table, measured: Floats, benefit: Floats) -> Floats:
    """Return what tiers pay for each draw, as ``agreements.calc.tiers.pay`` does for one.

    >>> from decimal import Decimal
    >>> from keystead.agreements.types import Tier
    >>> steps = Table((Tier(Decimal(0), Decimal(10)), Tier(Decimal(1000), Decimal(25))),
    ...               Method.INCREMENTAL)
    >>> pay(steps, np.array([500.0, 2000.0]), np.array([500.0, 2000.0])).tolist()
    [50.0, 350.0]
    """
    if not table.tiers or table.rate_kind is RateKind.FREE_GOODS:
        return np.zeros(measured.shape)
    lower = np.array([float(one.lower) for one in table.tiers])
    rates = np.array([float(one.rate) for one in table.tiers])
    side = "right" if table.boundary is Boundary.GTE else "left"
    place = np.searchsorted(lower, measured, side=side) - 1  # type: ignore[call-overload]
    at, tier = np.maximum(place, 0), np.where(place < 0, 0.0, measured)
    if table.rate_kind is RateKind.FIXED:
        steps = rates if table.method in (Method.ALL_UNITS, Method.LINEAR) else np.cumsum(rates)
        return np.where(place < 0, 0.0, steps[at])
    paid = _by_method(table.method, lower, rates, at, tier, benefit)
    paid = np.where(place < 0, 0.0, paid)
    return np.asarray(paid / 100 if table.rate_kind is RateKind.PERCENT else paid)


def _by_method(
    method: Method, lower: Floats, rates: Floats, at: Any, tier: Floats, benefit: Floats
) -> Floats:
    if method is Method.ALL_UNITS:
        return np.asarray(rates[at] * benefit)
    if method is Method.ADDITIVE:
        return np.asarray(np.cumsum(rates)[at] * benefit)
    if method is Method.LINEAR:
        slopes = np.append(np.diff(rates) / np.maximum(np.diff(lower), 1e-300), 0.0)
        return np.asarray((rates[at] + slopes[at] * (tier - lower[at])) * benefit)
    if method is Method.INCREMENTAL:
        full = np.append(0.0, np.cumsum(rates[:-1] * np.diff(lower)))
        part = full[at] + rates[at] * (tier - lower[at])
    else:  # every tier reached, up to its upper end
        full = np.append(0.0, np.cumsum(rates[:-1] * lower[1:]))
        part = full[at] + rates[at] * tier
    known = np.where(tier == 0, 1.0, tier)
    return np.asarray(part * np.where(tier == benefit, 1.0, benefit / known))


def share_of(part: Floats, whole: Floats) -> Floats:
    known = np.where(whole > 0, whole, 1.0)
    return np.where(whole > 0, part * 100 / known, -np.inf)


def least_share(gate: Gate) -> float:
    return float(gate.at_least or 0)


def capped(cap: Cap | None, amount: Floats, base: Floats) -> Floats:
    if cap is None:
        return amount
    if cap.amount is not None:
        amount = np.minimum(amount, float(cap.amount))
    if cap.pct_of_base is not None:
        amount = np.minimum(amount, np.maximum(base, 0.0) * float(cap.pct_of_base) / 100)
    return amount


def floored(condition: Condition, own: list[PaidOut]) -> list[PaidOut]:
    """The guarantee of every period; a cumulative one counts what was earned above it before."""
    floor = condition.floor
    if floor is None or not own:
        return own
    least, found = float(floor.amount), []
    excess = np.zeros(own[0].amount.shape)
    for one in own:
        due = np.maximum(least - excess, 0.0) if floor.cumulative else np.full_like(excess, least)
        topped = np.where(one.through, np.maximum(one.amount, due), one.amount)
        found.append(PaidOut(one.measured, topped, one.through))
        excess = np.maximum(excess + one.amount - least, 0.0)
    return found


def stacked(found: list[PaidOut]) -> list[PaidOut]:
    """Only the best of a group, or the first that pays anything, period by period."""
    kept = list(found)
    for period in dict.fromkeys(one.measured.period for one in found):
        places = [n for n, one in enumerate(found) if one.measured.period == period]
        rivals = np.stack([found[n].amount for n in places])
        modes = {found[n].measured.condition.stack_mode for n in places}
        if StackMode.FIRST_MATCH in modes:
            wins = np.argmax(rivals > 0, axis=0)
        elif StackMode.BEST_OF in modes:
            wins = np.argmax(rivals, axis=0)
        else:
            continue
        for row, n in enumerate(places):
            kept[n] = PaidOut(found[n].measured, np.where(wins == row, rivals[row], 0.0))
    return kept
