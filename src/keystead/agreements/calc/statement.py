"""The statement: everything both sides need to compute each amount again."""

from __future__ import annotations

import enum
from decimal import Decimal

from keystead.agreements.calc.evaluate import is_earned
from keystead.agreements.calc.settlement import Settled, settle
from keystead.agreements.types import (
    AgreementVersion,
    Condition,
    EntitlementLine,
    EntitlementRun,
    Method,
    RateKind,
    StatementLine,
)
from keystead.kernel.money import Money

ZERO = Decimal(0)


class Formula(enum.StrEnum):
    """How a line is computed again, for a spreadsheet or by hand; rounded half-up at the end.

    ``percent``: base x rate / 100. ``per_unit``: base x rate. ``fixed``: the rate. ``sliced``:
    the tier table, slice by slice. ``linear``: base x the interpolated rate / 100. ``other``: of
    several tiers at once. Each then has ``adjustment`` (gates, cap, guarantee, stacking) added.
    """

    PERCENT = "percent"
    PER_UNIT = "per_unit"
    FIXED = "fixed"
    SLICED = "sliced"
    OTHER = "other"
    GOODS = "goods"


def formula_of(condition: Condition) -> Formula:
    """Return how the raw amount of a condition is computed again."""
    if condition.rate_kind is RateKind.FREE_GOODS:
        return Formula.GOODS
    if condition.method is Method.INCREMENTAL:
        return Formula.SLICED
    if condition.method in (Method.ADDITIVE, Method.ADDITIVE_CAPPED):
        return Formula.OTHER
    return Formula(condition.rate_kind.value)


def statement(
    run: EntitlementRun, version: AgreementVersion, settled: Settled
) -> tuple[StatementLine, ...]:
    """Return the lines of the statement in the order of the conditions, then of the periods.

    ``benefit_measure`` is already less what reduces it; ``adjustment`` is the exact difference
    between the amount and what the formula gives. Lines for what was settled and is no longer
    due stand at the end.
    """
    terms = {found.key: found for found in version.conditions if is_earned(found)}
    order = {key: place for place, key in enumerate(terms)}
    earned = {(line.condition, line.period): line for line in run.lines}
    found = []
    for line in settle(run, version, settled):
        condition = terms.get(line.condition)
        entitlement = earned.get((line.condition, line.period))
        found.append(
            StatementLine(
                condition=line.condition,
                label=condition.label if condition else "",
                period=line.period,
                tier_measure=entitlement.tier_measure if entitlement else None,
                tier_lower=entitlement.tier_lower if entitlement else None,
                rate=entitlement.rate if entitlement else None,
                benefit_measure=_base(entitlement),
                adjustment=_adjustment(entitlement, line.entitlement),
                entitlement=line.entitlement,
                settled_before=line.settled_before,
                due=line.due,
                formula=formula_of(condition).value if condition else "",
            )
        )
    return tuple(
        sorted(found, key=lambda line: (order.get(line.condition, len(order)), line.period))
    )


def _base(line: EntitlementLine | None) -> Decimal | None:
    if line is None or line.benefit_measure is None:
        return None
    return line.benefit_measure - line.reduction


def _adjustment(line: EntitlementLine | None, entitlement: Money) -> Decimal:
    return entitlement.amount if line is None else line.amount.amount - line.raw
