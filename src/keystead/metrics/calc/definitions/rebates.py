"""What agreements accrue and settle, as their accrual ledger posts it."""

from __future__ import annotations

from keystead.metrics.calc.definitions.words import BY_ENTRY, GENERAL, gettext_noop
from keystead.metrics.types import Additivity, Aggregate, Direction, MetricDef, Unit

REBATES = (
    MetricDef(
        id="rebate_accrued",
        label=gettext_noop("Rebates accrued"),
        description=gettext_noop(
            "What conditions of agreements cost in the period, whether paid yet or not."
        ),
        formula=gettext_noop(
            "Sum of all entries of the accrual ledger but settlements: accrued, caught up, "
            "released, written off."
        ),
        unit=Unit.MONEY,
        grain=BY_ENTRY,
        additivity=Additivity.ADDITIVE,
        compute=Aggregate("accrual", where="kind <> 'settle'", zero_when_none=True),
        source=GENERAL,
        example=gettext_noop("Accrued 300, caught up 40, released 25: 315."),
        direction=Direction.DOWN,
        needs="metrics.cost",
        topic="spend",
    ),
    MetricDef(
        id="rebate_settled",
        label=gettext_noop("Rebates settled"),
        description=gettext_noop("What was credited to customers out of the accruals."),
        formula=gettext_noop("Sum of the settlements in the accrual ledger, as positive amounts."),
        unit=Unit.MONEY,
        grain=BY_ENTRY,
        additivity=Additivity.ADDITIVE,
        compute=Aggregate("accrual", "-value", where="kind = 'settle'", zero_when_none=True),
        source=GENERAL,
        example=gettext_noop("Settlements of 140 and 940 make 1,080."),
        direction=Direction.NEUTRAL,
        needs="metrics.cost",
        topic="spend",
    ),
)
