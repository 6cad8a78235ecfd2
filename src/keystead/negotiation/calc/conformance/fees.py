"""Kinds about sharing a fee over members."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from keystead.kernel.exact import exact
from keystead.kernel.money import Money
from keystead.negotiation.calc.fees.allocating import allocate, clamped, collar
from keystead.negotiation.calc.fees.shapley import shapley
from keystead.negotiation.calc.fees.talmud import contested_garment
from keystead.negotiation.calc.fees.units import amount, decimal, units
from keystead.negotiation.types.fees import (
    Bound,
    FeeCase,
    Limits,
    Member,
    Mix,
)

Body = Mapping[str, Any]
CURRENCY = "USD"  # the examples name none, or one with cents


def _members(given: Body) -> tuple[Member, ...]:
    return tuple(
        Member(code, {name: exact(values[name]) for name in values})
        for code, values in given["members"].items()
    )


def hybrid_allocation(given: Body) -> Body:
    mix = Mix({name: exact(given["weights"][name]) for name in given["weights"]})
    found = allocate(FeeCase(Money(given["total"], CURRENCY), _members(given), mix))
    how = "largest remainder, cents, sum equals total"
    return {"fees": found.fees, "rounding": how}


def floor_allocation(given: Body) -> Body:
    mix = Mix({name: exact(given["score_parts"][name]) for name in given["score_parts"]})
    limits = Limits(floor=exact(given["floor"]))
    found = allocate(FeeCase(Money(given["total"], CURRENCY), _members(given), mix, limits))
    held = [line.code for line in found.lines if line.bound is Bound.FLOOR]
    return {"fees": found.fees, "at_floor": held}


def collar_allocation(given: Body) -> Body:
    """Clamp each target into the collar, say what that loses, and share it by the room left."""
    total, pct = exact(given["total"]), exact(given["max_change_pct"])
    targets = {code: exact(given["target"][code]) for code in sorted(given["target"])}
    previous = {code: exact(given["previous"][code]) for code in targets}
    limits = Limits(up_pct=pct, down_pct=pct)
    bounds = [collar(previous[code], limits) for code in targets]
    lows = [Fraction(low) for low, _ in bounds]
    highs = [None if high is None else Fraction(high) for _, high in bounds]
    kept = clamped([units(target, 2) for target in targets.values()], lows, highs)
    missing = total - sum((amount(part, 2) for part in kept), Decimal(0))
    members = tuple(Member(code, {"target": targets[code]}, previous[code]) for code in targets)
    mix = Mix({"target": Decimal(1)})
    found = allocate(FeeCase(Money(total, CURRENCY), members, mix, limits))
    return {
        "fees": dict(zip(targets, (amount(part, 2) for part in kept), strict=True)),
        "unallocated": missing,
        "feasible": not missing,
        "feasible_if_total_between": [found.feasible_from, found.feasible_to],
        "after_repair": found.fees,
        "repair": "the shortfall goes to members still inside the collar, in proportion to the "
        "room they have left",
    }


def allocation_shift(given: Body) -> Body:
    before, after = given["historic_share_pct"], given["formula_share_pct"]
    return {"shift_points": {code: exact(after[code]) - exact(before[code]) for code in before}}


def contested_garment_consistent(given: Body) -> Body:
    claims = [Fraction(exact(claim)) for claim in given["claims"]]
    awards = contested_garment(Fraction(exact(given["estate"])), claims)
    return {"awards": [decimal(part) for part in awards]}


def shapley_value(given: Body) -> Body:
    return {"shapley": _values(given, "v")}


def shapley_cost(given: Body) -> Body:
    return {"shapley": _values(given, "c")}


def _values(given: Body, name: str) -> list[Decimal]:
    costs = {
        frozenset(int(place) - 1 for place in group.split(",") if place): Fraction(
            exact(given[name][group])
        )
        for group in given[name]
    }
    return [decimal(value) for value in shapley(int(given["n"]), costs)]


KINDS: Final = {
    "hybrid_allocation": hybrid_allocation,
    "floor_allocation": floor_allocation,
    "collar_allocation": collar_allocation,
    "allocation_shift": allocation_shift,
    "contested_garment_consistent": contested_garment_consistent,
    "shapley": shapley_value,
    "shapley_cost": shapley_cost,
}
