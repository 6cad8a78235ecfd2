"""Kinds about settlements, guarantees, accruals, calendars, allocation."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from keystead.agreements.calc.accrual import accrue_to, straight_line
from keystead.agreements.calc.allocation import split
from keystead.agreements.calc.conformance.reading import cents, number, table
from keystead.agreements.calc.limits import (
    cap_cut,
    excess_over_guarantee,
    guarantees,
    top_ups,
)
from keystead.agreements.calc.periods import payout_days
from keystead.agreements.calc.settlement import due, payments
from keystead.agreements.calc.tiers import pay
from keystead.agreements.types import Cap, Floor, NegativePolicy
from keystead.kernel.periods import Period


def cumulative_settlement(given: Mapping[str, Any]) -> Mapping[str, Any]:
    schedule, volume, earned = table(given), Decimal(0), []
    for period in given["periods"]:
        _ = period.get("period")  # a name, nothing is computed from it
        volume += number(period["volume"])
        earned.append(cents(pay(schedule, volume).amount))
    paid = payments(earned, NegativePolicy(given.get("negative_policy", "recover")))
    return {"payments": list(paid), "entitlements": earned}


def restatement(given: Mapping[str, Any]) -> Mapping[str, Any]:
    settled = Decimal(0)
    for line in given["settled"]:
        _ = line.get("period")
        settled += number(line["paid"])
    earned = cents(pay(table(given), number(given["restated_cumulative"])).amount)
    policy = NegativePolicy(given.get("negative_policy", "recover"))
    return {"entitlement": earned, "delta": due(earned, settled, policy).payment}


def minimum_guarantee(given: Mapping[str, Any]) -> Mapping[str, Any]:
    floor = Floor(number(given["guarantee_per_period"]), given.get("cumulative", False))
    earned = [number(amount) for amount in given["earned"]]
    left = guarantees(floor, earned)
    return {
        "top_up": [cents(part) for part in top_ups(floor, earned)],
        **{f"remaining_guarantee_q{place}": cents(part) for place, part in enumerate(left, 1)},
    }


def guarantee_timing(given: Mapping[str, Any]) -> Mapping[str, Any]:
    guarantee, mode = number(given["guarantee"]), given["mode"]
    total = sum((number(amount) for amount in given.get("earned", ())), Decimal(0))
    if "earned_total" in given:
        total += number(given["earned_total"])
    if mode == "beginning":
        extra = excess_over_guarantee(guarantee, total)
        return {"guarantee_paid_month_1": cents(guarantee), "extra_paid": cents(extra)}
    if mode != "end":
        raise ValueError(f"mode {mode!r}")
    return {"guarantee_top_up": cents(top_ups(Floor(guarantee), [total])[0])}


def capped_rebate(given: Mapping[str, Any]) -> Mapping[str, Any]:
    amount = number(given["uncapped"])
    pct = _first(given, "cap_pct_of_net_sales", "cap_pct_of_base", "cap_pct")
    base = _first(given, "net_sales", "base", "benefit_measure")
    cap = Cap(_first(given, "cap_amount"), pct)
    if pct is not None and base is None:
        raise KeyError("net_sales")
    cut = cap_cut(cap, amount, base or Decimal(0))
    return {"rebate": cents(amount - cut), "cut": cents(cut)}


def floored_rebate(given: Mapping[str, Any]) -> Mapping[str, Any]:
    earned = number(given["earned"])
    top_up = top_ups(Floor(number(given["floor_amount"])), [earned])[0]
    return {"rebate": cents(earned + top_up), "top_up": cents(top_up)}


def payout_calendar(given: Mapping[str, Any]) -> Mapping[str, Any]:
    period = Period.between(
        date.fromisoformat(given["period_start"]), date.fromisoformat(given["period_end"])
    )
    days = payout_days(period, given.get("grace_days", 0), given.get("calculation_days", 0))
    return {"transaction_cutoff": days.cutoff, "payout_calculation_date": days.calculated}


def straight_line_accrual(given: Mapping[str, Any]) -> Mapping[str, Any]:
    total, days = number(given["total"]), int(given["days"])
    return {
        "accrued_to_date": cents(straight_line(total, days, int(given["day"]))),
        "per_day": cents(straight_line(total, days, 1)),
    }


def forecast_accrual(given: Mapping[str, Any]) -> Mapping[str, Any]:
    year = number(given["forecast_full_year"])
    expected = pay(table(given), year).amount
    had = number(given["already_accrued"])
    found = accrue_to(expected, year, number(given["ytd_volume"]), had)
    return {
        "forecast_rebate": cents(expected),
        "effective_rate_pct": cents(found.effective_rate_pct),
        "accrued_target": cents(found.target),
        "this_period": cents(found.movement),
    }


def allocate(given: Mapping[str, Any]) -> Mapping[str, Any]:
    weights = [number(weight) for weight in given["weights"]]
    return {"parts": list(split(number(given["amount"]), weights))}


def _first(given: Mapping[str, Any], *names: str) -> Decimal | None:
    return next((number(given[name]) for name in names if name in given), None)


KINDS: Final = {
    "cumulative_settlement": cumulative_settlement,
    "restatement": restatement,
    "minimum_guarantee": minimum_guarantee,
    "guarantee_timing": guarantee_timing,
    "capped_rebate": capped_rebate,
    "floored_rebate": floored_rebate,
    "payout_calendar": payout_calendar,
    "straight_line_accrual": straight_line_accrual,
    "forecast_accrual": forecast_accrual,
    "allocate": allocate,
}
