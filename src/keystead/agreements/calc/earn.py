"""One condition, one period: from its measures to the amount, step by step."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from keystead.agreements.calc.gates import passed
from keystead.agreements.calc.goods import free_units
from keystead.agreements.calc.limits import cap_cut
from keystead.agreements.calc.tiers import Table, TierPay, live_tiers, pay
from keystead.agreements.calc.trace import step
from keystead.agreements.types import (
    Condition,
    Family,
    Gate,
    GateResult,
    RateKind,
    Tier,
    TraceKind,
    TraceStep,
)

ZERO = Decimal(0)


@dataclasses.dataclass(frozen=True)
class Earned:
    """What a condition earned in a period, unrounded, before floor and stacking."""

    amount: Decimal
    raw: Decimal
    pay: TierPay
    tier_lower: Decimal | None
    gate: GateResult
    cap_cut: Decimal
    free_units: Decimal | None
    steps: tuple[TraceStep, ...]


@dataclasses.dataclass(frozen=True)
class Measures:
    """The numbers an amount is worked out from. ``benefit`` is less what reduces it."""

    tier: Decimal | None
    benefit: Decimal
    quantity: Decimal = ZERO


def earn(
    condition: Condition,
    measures: Measures,
    on: date,
    gates: Sequence[tuple[Gate, GateResult]] = (),
    *,
    assume_gates: bool = False,
) -> Earned:
    """Return what the condition pays: tier, rate, raw amount, gate, cap. ``on`` picks ramp rows.

    A measure that is not known reaches no tier. Free goods earn units, not money.

    >>> from keystead.agreements.types import Family, Tier
    >>> rebate = Condition("v", Family.VOLUME_REBATE, tiers=(Tier(Decimal(100), Decimal(2)),))
    >>> earn(rebate, Measures(Decimal(150), Decimal(150)), date(2026, 12, 31)).amount
    Decimal('3.00')
    """
    table = tiers_table(condition, on)
    tiers = table.tiers
    paid = _paid(condition, table, measures)
    lower = None if paid.tier is None else tiers[paid.tier].lower
    part, answer = passed(gates, assume=assume_gates)
    held = paid.amount * part
    cut = cap_cut(condition.cap, held, measures.benefit)
    units = None
    if condition.rate_kind is RateKind.FREE_GOODS and condition.free_goods is not None:
        units = free_units(condition.free_goods, measures.quantity) if part else ZERO
    if condition.family is Family.PRICE_PROTECTION:
        head = []
    else:
        head = _steps_of_tiers(condition, tiers, paid, lower, measures)
    steps = [
        *head,
        step(TraceKind.RAW, amount=paid.amount),
        *(step(TraceKind.GATE, name=gate.name, result=result.value,
               assumed=(assume_gates and result is GateResult.UNKNOWN) or None)
          for gate, result in gates),
    ]  # fmt: skip
    if cut:
        steps.append(step(TraceKind.CAP, cut=cut))
    return Earned(held - cut, paid.amount, paid, lower, answer, cut, units, tuple(steps))


def _steps_of_tiers(
    condition: Condition, tiers: Sequence[Tier], paid: TierPay, lower: Decimal | None,
    measures: Measures,
) -> list[TraceStep]:  # fmt: skip
    return [
        step(TraceKind.TIER, place=paid.tier, lower=lower, rate=paid.rate,
             method=condition.method.value, boundary=condition.boundary.value),
        step(TraceKind.BENEFIT_MEASURE, measure=condition.benefit_measure.value,
             value=measures.benefit),
        *(step(TraceKind.TIER, place=place, on=on_part, rate=tiers[place].rate)
          for place, on_part in paid.parts if len(paid.parts) > 1),
    ]  # fmt: skip


def tiers_table(condition: Condition, on: date) -> Table:
    """Return the tiers of a condition that hold on a day, ready to be paid."""
    tiers = live_tiers(condition.tiers, on)
    return Table(tiers, condition.method, condition.rate_kind, condition.boundary)


def _paid(condition: Condition, table: Table, measures: Measures) -> TierPay:
    if condition.family is Family.PRICE_PROTECTION:
        return TierPay(measures.benefit, None, None)  # the credit of its price cuts
    if measures.tier is None or condition.rate_kind is RateKind.FREE_GOODS:
        return TierPay(ZERO, None, None)
    return pay(table, measures.tier, measures.benefit)
