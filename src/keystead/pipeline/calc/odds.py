"""What closed opportunities say about an open one: counted like the chance of a renewal."""

from __future__ import annotations

from collections.abc import Iterable

from keystead.pipeline.calc.chance import counted
from keystead.pipeline.types.opportunities import DealOutcome, OpportunityKind
from keystead.pipeline.types.renewals import Chance


def deal_traits(*, kind: OpportunityKind, contested: bool, qualified: bool) -> dict[str, str]:
    """Return the traits that opportunities are compared by."""
    return {
        "deal_kind": kind.value,
        "contested": "yes" if contested else "no",
        "qualified": "yes" if qualified else "no",
    }


def odds(stage: str, mine: dict[str, str], closed: Iterable[DealOutcome]) -> Chance:
    """Return the chance of an opportunity at a stage, in percent, with the rules behind it.

    Only closed opportunities that had reached the stage are counted.

    >>> odds("lead", {}, []).pct is None
    True
    """
    like = [
        (deal_traits(kind=one.kind, contested=one.contested, qualified=one.qualified), one.won)
        for one in closed
        if stage in one.reached
    ]
    return counted(mine, like)
