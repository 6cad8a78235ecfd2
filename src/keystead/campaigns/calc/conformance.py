"""Worked examples of the field about campaigns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final

from keystead.campaigns.calc.effect import cost_per_unit, effect, incremental_units, uplift_pct
from keystead.kernel.exact import exact, round_half_up


def uplift(given: Mapping[str, Any]) -> Mapping[str, Any]:
    baseline, actual = exact(given["baseline"]), exact(given["actual"])
    pct = uplift_pct(baseline, actual)
    units = incremental_units(baseline, actual, Decimal(0))
    return {"incremental": units, "uplift_pct": None if pct is None else round_half_up(pct, 2)}


def trade_roi(given: Mapping[str, Any]) -> Mapping[str, Any]:
    units = incremental_units(
        exact(given["baseline_units"]),
        exact(given["actual_units"]),
        exact(given["pull_forward_units"]),
    )
    found = effect(
        units,
        exact(given["unit_margin_own"]),
        exact(given["spend"]),
        exact(given["cannibalised_units"]),
        exact(given["unit_margin_cannibalised"]),
    )
    return {
        "incremental_units": found.units,
        "incremental_margin": round_half_up(found.margin, 2),
        "roi_pct": None if found.roi_pct is None else round_half_up(found.roi_pct, 2),
    }


def cost_per_incremental_unit(given: Mapping[str, Any]) -> Mapping[str, Any]:
    cost = cost_per_unit(exact(given["spend"]), exact(given["incremental_units"]))
    profitable = cost < exact(given["unit_margin"])
    return {"cpiu": round_half_up(cost, 2), "profitable": profitable}


CONFORMANCE: Final[dict[str, Callable[[Mapping[str, Any]], Mapping[str, Any]]]] = {
    "uplift": uplift,
    "trade_roi": trade_roi,
    "cost_per_incremental_unit": cost_per_incremental_unit,
}
