"""The stages as shipped, the checklist of a qualification, and what follows from a stage."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Final

from keystead.kernel.exact import round_half_up
from keystead.pipeline.types.opportunities import (
    ForecastCategory,
    LotState,
    Opportunity,
    Stage,
)

C = ForecastCategory
# The probabilities are a beginning: the house sets its own, and the model counts what came true.
STAGES: Final = (
    Stage(code="lead", position=10, pct=Decimal(10), category=C.OMITTED),
    Stage(code="qualified", position=20, pct=Decimal(25), category=C.PIPELINE),
    Stage(code="proposal", position=30, pct=Decimal(50), category=C.BEST_CASE),
    Stage(code="negotiation", position=40, pct=Decimal(70), category=C.BEST_CASE),
    Stage(code="agreed", position=50, pct=Decimal(90), category=C.COMMIT),
)
FIRST: Final = "lead"
# MEDDPICC, source: infoscience 5.
QUALIFICATION: Final = (
    "metrics", "economic_buyer", "decision_criteria", "decision_process", "paper_process",
    "pain", "champion", "competition",
)  # fmt: skip
QUALIFIED_FROM: Final = 6


def merged(changed: Iterable[Stage]) -> tuple[Stage, ...]:
    """Return the stages in their order: the shipped ones as the house changed them, and its own.

    >>> [one.code for one in merged(())][:2]
    ['lead', 'qualified']
    """
    found: Mapping[str, Stage] = {one.code: one for one in (*STAGES, *changed)}
    return tuple(sorted(found.values(), key=lambda one: (one.position, one.code)))


def qualified(done: Iterable[str]) -> bool:
    """Return whether enough of the checklist was shown.

    >>> qualified(["metrics"]), qualified(QUALIFICATION[:6])
    (False, True)
    """
    return len(set(done) & set(QUALIFICATION)) >= QUALIFIED_FROM


def weighted(amount: Decimal | None, pct: Decimal | None) -> Decimal:
    """Return an amount times its probability in percent, to four decimals; zero where unknown.

    >>> weighted(Decimal(1000), Decimal(25))
    Decimal('250.0000')
    """
    if amount is None or pct is None:
        return Decimal(0)
    return round_half_up(amount * pct / 100, 4)


def still_open(found: Opportunity) -> Decimal:
    """Return the amount of an open opportunity that is not decided: of its open lots, if any."""
    if not found.lots:
        return found.amount or Decimal(0)
    waiting = [one.amount for one in found.lots if one.state is LotState.OPEN]
    return sum((amount for amount in waiting if amount is not None), Decimal(0))
