"""Adds up renewals and new sales, each by forecast category, by manager and by model."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from keystead.pipeline.calc.stages import weighted
from keystead.pipeline.types.opportunities import ForecastCategory
from keystead.pipeline.types.renewals import RenewalState
from keystead.pipeline.types.rollup import Piece, Sums

S, C = RenewalState, ForecastCategory
# A renewal has no category of its own: its state says how much may be counted on it.
OF_RENEWAL: Final = {
    S.NOT_STARTED: C.PIPELINE,
    S.PREPARING: C.PIPELINE,
    S.STRATEGY_APPROVED: C.PIPELINE,
    S.OFFERED: C.BEST_CASE,
    S.NEGOTIATING: C.BEST_CASE,
    S.AGREED: C.COMMIT,
    S.POSTPONED: C.OMITTED,
    S.SIGNED: C.CLOSED,
    S.AUTO_RENEWED: C.CLOSED,
    S.LOST: C.OMITTED,
}


def sums(pieces: Iterable[Piece]) -> Sums:
    """Return what pieces of one currency add up to.

    Every open piece stands in its category with its whole amount; omitted ones are in no
    weighted sum. Closed pieces stand with what they brought; a loss is in no sum.

    >>> one = Piece(1, None, False, ForecastCategory.COMMIT, Decimal(100), Decimal(90), None, True)
    >>> sums([one]).weighted
    Decimal('90.0000')
    """
    by_category: dict[ForecastCategory, Decimal] = defaultdict(Decimal)
    manager = model = alike = Decimal(0)
    count = unsaid = unmodelled = 0
    for one in pieces:
        if not one.open and one.category is not C.CLOSED:
            continue
        by_category[one.category] += one.amount
        if not one.open:
            continue
        count += 1
        if one.category is C.OMITTED:
            continue
        unsaid += one.manager_pct is None
        manager += weighted(one.amount, one.manager_pct)
        if one.model_pct is None:
            unmodelled += 1
        elif one.manager_pct is not None:
            model += weighted(one.amount, one.model_pct)
            alike += weighted(one.amount, one.manager_pct)
    return Sums(dict(by_category), manager, model, alike, count, unsaid, unmodelled)
