"""Gates: what must hold for a benefit to be paid."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from keystead.agreements.types import Gate, GateEffect, GateKind, GateResult

ZERO, WHOLE = Decimal(0), Decimal(1)


def judge(gate: Gate, reading: Decimal | bool | None) -> GateResult:
    """Return how a gate answers to its reading; without one it is unknown.

    >>> judge(Gate("share", GateKind.NUMBER, Decimal(25)), Decimal("24.99")).value
    'not_met'
    """
    if reading is None:
        return GateResult.UNKNOWN
    if gate.kind is GateKind.FLAG:
        met = bool(reading)
    else:
        met = Decimal(reading) >= (gate.at_least or ZERO)
    return GateResult.MET if met else GateResult.NOT_MET


def passed(
    gates: Sequence[tuple[Gate, GateResult]], *, assume: bool = False
) -> tuple[Decimal, GateResult]:
    """Return the part of a benefit that the gates let through, and their common answer.

    One gate that stops stops all; gates that scale multiply. Unknown is not met, except where
    ``assume`` is set: an accrual expects what a settlement must have proved.
    """
    part, worst = WHOLE, GateResult.MET
    for gate, result in gates:
        if result is GateResult.MET:
            continue
        if worst is not GateResult.NOT_MET:
            worst = result
        if result is GateResult.UNKNOWN and assume:
            continue
        part *= ZERO if gate.effect is GateEffect.STOP else gate.scale_pct.scaleb(-2)
    return part, worst
