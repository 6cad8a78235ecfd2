"""Kinds about tiers: what they pay, what the next one would pay, returns from the top."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any, Final

from keystead.agreements.calc.conformance.reading import cents, number, table, tiers
from keystead.agreements.calc.tiers import Table, next_tiers, pay
from keystead.agreements.types import Boundary, Method, RateKind, Tier


def tiered_rebate(given: Mapping[str, Any]) -> Mapping[str, Any]:
    benefit = number(given["benefit_measure"]) if "benefit_measure" in given else None
    return {"rebate": cents(pay(table(given), number(given["tier_measure"]), benefit).amount)}


def next_tier_projection(given: Mapping[str, Any]) -> Mapping[str, Any]:
    measure = number(given["tier_measure"])
    return {
        "current_rebate": cents(pay(table(given), measure).amount),
        "levels": [
            {
                "threshold": cents(level.threshold),
                "gap": cents(level.gap),
                "rebate": cents(level.amount),
                "additional": cents(level.additional),
            }
            for level in next_tiers(table(given), measure)
        ],
    }


def marginal_rate_per_unit(given: Mapping[str, Any]) -> Mapping[str, Any]:
    bounds, rates = tiers(given["tiers_by_value"]), tiers(given["tiers_unit_rate"])
    merged = tuple(Tier(b.lower, r.rate) for b, r in zip(bounds, rates, strict=True))
    schedule = Table(merged, Method.INCREMENTAL, RateKind.PER_UNIT, Boundary.GT)
    found = pay(schedule, number(given["line_value"]), number(given["line_qty"]))
    return {"rebate": cents(found.amount)}


def incremental_sequence(given: Mapping[str, Any]) -> Mapping[str, Any]:
    schedule, sold = table(given, method="incremental"), [number(0)]
    for quantity in given["quantities"]:
        sold.append(sold[-1] + number(quantity))
    steps = [pay(schedule, b).amount - pay(schedule, a).amount for a, b in pairwise(sold)]
    return {"rebates": [cents(step) for step in steps], "total": cents(sum(steps, number(0)))}


def incremental_return(given: Mapping[str, Any]) -> Mapping[str, Any]:
    schedule, sold = table(given, method="incremental"), number(given["sold_qty"])
    left = sold - number(given["returned_qty"])
    return {"clawback": cents(pay(schedule, sold).amount - pay(schedule, left).amount)}


KINDS: Final = {
    "tiered_rebate": tiered_rebate,
    "next_tier_projection": next_tier_projection,
    "marginal_rate_per_unit": marginal_rate_per_unit,
    "incremental_sequence": incremental_sequence,
    "incremental_return": incremental_return,
}
