"""What each method wants of each member, before floor, cap and collar: it adds up to the total."""

from __future__ import annotations

import dataclasses
from bisect import bisect_right
from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from keystead.kernel.errors import Invalid
from keystead.negotiation.calc.fees.shapley import EXACT_UP_TO, Steps, of_steps, sampled, shapley
from keystead.negotiation.calc.fees.talmud import contested_garment, equal_awards
from keystead.negotiation.calc.fees.units import decimal, in_one_unit, units
from keystead.negotiation.types.fees import (
    EQUAL,
    Bands,
    BidRule,
    Bids,
    CoalitionCosts,
    ContestedGarment,
    DiscountSteps,
    Equal,
    FeeNote,
    FixedPlus,
    Manual,
    Member,
    Method,
    Mix,
    Proportional,
    SavingsShare,
    Shapley,
)

Weights = list[Fraction]


@dataclasses.dataclass(frozen=True)
class Wanted:
    """Targets in smallest units; ``ceilings`` where a member's own number limits it."""

    targets: tuple[Fraction, ...]
    ceilings: tuple[Fraction, ...] | None = None
    notes: tuple[FeeNote, ...] = ()


@dataclasses.dataclass(frozen=True)
class Ask:
    """A total in smallest units, the members in the order of their codes, decimals of a unit."""

    total: Fraction
    members: Sequence[Member]
    places: int


def wanted(method: Method, ask: Ask) -> Wanted:
    """Return what the method wants of each member; raises Invalid where it cannot say.

    Code ``infeasible``: no split by this method reaches the total; ``data`` has the range.
    """
    return HOW[type(method)](method, ask)


def _equal(method: Equal, ask: Ask) -> Wanted:
    return Wanted(_split(ask.total, [Fraction(1)] * len(ask.members), EQUAL))


def _proportional(method: Proportional, ask: Ask) -> Wanted:
    return Wanted(_split(ask.total, _measured(ask.members, method.measure), method.measure))


def _mix(method: Mix, ask: Ask) -> Wanted:
    if sum(method.parts.values()) != 1 or any(part < 0 for part in method.parts.values()):
        raise Invalid(
            f"The weights of the mix add up to {sum(method.parts.values())}, not to 1.",
            code="weights",
            hint="Write them as shares, such as 0.3, 0.35 and 0.35.",
        )
    targets = [Fraction(0)] * len(ask.members)
    for name, part in method.parts.items():
        inner: Method = Equal() if name == EQUAL else Proportional(name)
        smaller = dataclasses.replace(ask, total=ask.total * Fraction(part))
        found = wanted(inner, smaller).targets
        targets = [so_far + more for so_far, more in zip(targets, found, strict=True)]
    return Wanted(tuple(targets))


def _bands(method: Bands, ask: Ask) -> Wanted:
    bands = sorted(method.bands, key=lambda band: band.lower)
    bounds = [Fraction(band.lower) for band in bands]
    if len(set(bounds)) != len(bounds) or not bounds:
        raise Invalid("Each band begins at another value.", code="bands")
    points = []
    for member, value in zip(ask.members, _measured(ask.members, method.measure), strict=True):
        place = bisect_right(bounds, value) - 1
        if place < 0:
            raise Invalid(
                f"{member.code} has {method.measure} {float(value):g}, below the first band.",
                code="no_band",
                hint="Let the first band begin at 0.",
                member=member.code,
            )
        points.append(Fraction(bands[place].points))
    return Wanted(_split(ask.total, points, "points of the bands"))


def _fixed_plus(method: FixedPlus, ask: Ask) -> Wanted:
    fixed = units(method.fixed, ask.places)
    left = ask.total - fixed * len(ask.members)
    if left < 0:
        raise _infeasible(ask, fixed * len(ask.members), None, "the fixed fees alone")
    rest = wanted(method.rest, dataclasses.replace(ask, total=left))
    tops = None if rest.ceilings is None else tuple(fixed + top for top in rest.ceilings)
    return Wanted(tuple(fixed + part for part in rest.targets), tops, rest.notes)


def _savings(method: SavingsShare, ask: Ask) -> Wanted:
    alone = [part * 10**ask.places for part in _measured(ask.members, method.alone)]
    saved = sum(alone, Fraction(0)) - ask.total
    if saved < 0:
        raise _infeasible(ask, Fraction(0), sum(alone, Fraction(0)), "the prices alone")
    shares = wanted(method.by, dataclasses.replace(ask, total=saved))
    kept = fill(shares.targets, [Fraction(0)] * len(alone), alone, saved)
    targets = tuple(price - part for price, part in zip(alone, kept, strict=True))
    return Wanted(targets, tuple(alone), shares.notes)


def _bids(method: Bids, ask: Ask) -> Wanted:
    bids = [part * 10**ask.places for part in _measured(ask.members, method.bid)]
    if sum(bids) < ask.total:
        raise _infeasible(ask, Fraction(0), sum(bids, Fraction(0)), "the bids")
    if method.rule is BidRule.EQUAL:
        return Wanted(equal_awards(ask.total, bids), tuple(bids))
    return Wanted(_split(ask.total, bids, method.bid), tuple(bids))


def _garment(method: ContestedGarment, ask: Ask) -> Wanted:
    claims = [part * 10**ask.places for part in _measured(ask.members, method.claim)]
    if sum(claims) < ask.total:
        raise _infeasible(ask, Fraction(0), sum(claims, Fraction(0)), "the claims")
    return Wanted(contested_garment(ask.total, claims), tuple(claims))


def _manual(method: Manual, ask: Ask) -> Wanted:
    if not method.reason.strip():
        raise Invalid("Fees by hand need a reason.", code="no_reason")
    codes = {member.code for member in ask.members}
    strange = sorted(codes - set(method.fees))
    if strange:
        raise Invalid(f"{strange[0]} has no fee by hand.", code="no_fee", member=strange[0])
    fees = [units(method.fees[member.code], ask.places) for member in ask.members]
    if any(fee < 0 for fee in fees):
        raise Invalid("A fee is never negative.", code="negative")
    if sum(fees) != ask.total:
        raise _infeasible(ask, sum(fees, Fraction(0)), sum(fees, Fraction(0)), "the fees by hand")
    return Wanted(tuple(fees), notes=(FeeNote("manual", f"Fees by hand: {method.reason}"),))


def _shapley(method: Shapley, ask: Ask) -> Wanted:
    if isinstance(method.game, CoalitionCosts):
        return _scaled(_of_groups(method.game, ask.members), ask, ())
    alone = [
        _whole(part * 10**ask.places, ask.members[place], method.game.alone)
        for place, part in enumerate(_measured(ask.members, method.game.alone))
    ]
    steps = _stepped(method.game, ask.places)
    if len(alone) <= EXACT_UP_TO:
        return _scaled(of_steps(alone, steps), ask, ())
    found = sampled(alone, steps, method.orders, method.seed)
    error = decimal(found.error / steps.fine / 10**ask.places, ask.places)
    text = (
        f"Above {EXACT_UP_TO} members the Shapley value is sampled: {found.orders} orders of "
        f"joining, seed {method.seed}; the standard error is at most {error}."
    )
    data = {"orders": str(found.orders), "seed": str(method.seed), "error": str(error)}
    return _scaled(found.values, ask, (FeeNote("sampled", text, data),))


def _of_groups(game: CoalitionCosts, members: Sequence[Member]) -> tuple[Fraction, ...]:
    places = {member.code: place for place, member in enumerate(members)}
    costs = {
        frozenset(places[code] for code in group): Fraction(cost)
        for group, cost in game.costs.items()
        if group <= places.keys()
    }
    return shapley(len(places), costs)


def _stepped(game: DiscountSteps, places: int) -> Steps:
    """Return the steps in whole units; a part of each is kept, what the discount leaves."""
    steps = sorted([(Decimal(0), Decimal(0)), *game.steps])
    if any(not 0 <= pct < 100 for _, pct in steps):
        raise Invalid("A discount lies between 0 and 100 %.", code="steps")
    kept, fine = in_one_unit([1 - Fraction(pct) / 100 for _, pct in steps])
    return Steps(tuple(int(units(bound, places)) for bound, _ in steps), tuple(kept), fine)


def _scaled(values: Sequence[Fraction], ask: Ask, notes: tuple[FeeNote, ...]) -> Wanted:
    """Return the values as shares of the total; below zero is zero, and that is said."""
    below = [m.code for m, value in zip(ask.members, values, strict=True) if value < 0]
    if below:
        text = f"A Shapley value below zero was taken as zero: {', '.join(below)}."
        notes = (*notes, FeeNote("below_zero", text, {"members": ", ".join(below)}))
    weights = [max(value, Fraction(0)) for value in values]
    return Wanted(_split(ask.total, weights, "Shapley values"), notes=notes)


def fill(
    weights: Sequence[Fraction],
    lows: Sequence[Fraction],
    highs: Sequence[Fraction | None],
    total: Fraction,
) -> tuple[Fraction, ...]:
    """Return parts in proportion to the weights, each between its bounds; they add up to total.

    A part at a bound is fixed and the rest shared again by weight among the others, so that one
    rate holds for all that are not at a bound. Where only members without weight have room left,
    they take what remains by that room. The bounds must allow the total.
    """
    turns: list[tuple[Fraction, Fraction]] = []  # rate at which a part begins or stops to move
    for weight, low, high in zip(weights, lows, highs, strict=True):
        if weight > 0:
            turns.append((low / weight, weight))
            if high is not None:
                turns.append((high / weight, -weight))
    reached, slope, rate = sum(lows, Fraction(0)), Fraction(0), Fraction(0)
    for turn, weight in sorted(turns):
        if slope and reached + slope * (turn - rate) >= total:
            break
        reached += slope * (turn - rate)
        slope, rate = slope + weight, turn
    if slope:
        rate += (total - reached) / slope
    parts = [
        max(low, weight * rate) if high is None else min(max(low, weight * rate), high)
        for weight, low, high in zip(weights, lows, highs, strict=True)
    ]
    return spread(parts, lows, highs, total)


def spread(
    parts: Sequence[Fraction],
    lows: Sequence[Fraction],
    highs: Sequence[Fraction | None],
    total: Fraction,
) -> tuple[Fraction, ...]:
    """Return the parts moved to the total, each in proportion to the room it has that way.

    A part without an upper bound takes by its size, where all that have one are not enough.
    """
    gap = total - sum(parts, Fraction(0))
    if not gap:
        return tuple(parts)
    if gap > 0 and any(high is None for high in highs):
        rooms = [Fraction(1) if high is None else Fraction(0) for high in highs]
    elif gap > 0:
        rooms = [(high or Fraction(0)) - part for part, high in zip(parts, highs, strict=True)]
    else:
        rooms = [part - low for part, low in zip(parts, lows, strict=True)]
    whole = sum(rooms, Fraction(0))
    return tuple(part + gap * room / whole for part, room in zip(parts, rooms, strict=True))


def _split(total: Fraction, weights: Sequence[Fraction], what: str) -> tuple[Fraction, ...]:
    sizes, _ = in_one_unit(weights)
    whole = sum(sizes) * total.denominator
    if not whole:
        raise Invalid(
            f"No member has any {what}: there is nothing to share by.",
            code="no_weights",
            hint="Give at least one member a value above zero.",
        )
    return tuple(Fraction(total.numerator * size, whole) for size in sizes)


def _measured(members: Sequence[Member], measure: str) -> Weights:
    found = []
    for member in members:
        if measure not in member.measures:
            known = ", ".join(sorted({name for one in members for name in one.measures}))
            raise Invalid(
                f"{member.code} has no {measure}.",
                code="no_measure",
                hint=f"Measures of these members: {known or 'none'}.",
                member=member.code,
                measure=measure,
            )
        if member.measures[measure] < 0:
            raise Invalid(
                f"{member.code} has {measure} below zero.", code="negative", member=member.code
            )
        found.append(Fraction(member.measures[measure]))
    return found


def _whole(number: Fraction, member: Member, measure: str) -> int:
    if number.denominator != 1:
        raise Invalid(
            f"{measure} of {member.code} is finer than the smallest unit of the currency.",
            code="not_quantised",
        )
    return int(number)


def _infeasible(ask: Ask, low: Fraction, high: Fraction | None, what: str) -> Invalid:
    return infeasible(ask.total, low, high, ask.places, f"{what} do not allow it")


def infeasible(
    total: Fraction, low: Fraction, high: Fraction | None, places: int, why: str
) -> Invalid:
    """Return the refusal that says between which totals the split is possible."""
    shown = f"{decimal(total / 10**places, places):f}"
    least = f"{decimal(low / 10**places, places):f}"
    most = None if high is None else f"{decimal(high / 10**places, places):f}"
    limits = f"between {least} and {most}" if most else f"of {least} or more"
    return Invalid(
        f"A total of {shown} cannot be shared: {why}.",
        code="infeasible",
        hint=f"It works for a total {limits}.",
        total=shown,
        feasible_from=least,
        feasible_to=most,
    )


HOW: Final[dict[type, Callable[[Any, Ask], Wanted]]] = {
    Equal: _equal,
    Proportional: _proportional,
    Mix: _mix,
    Bands: _bands,
    FixedPlus: _fixed_plus,
    SavingsShare: _savings,
    Bids: _bids,
    ContestedGarment: _garment,
    Shapley: _shapley,
    Manual: _manual,
}
