"""Shares of a focus range, and k of n targets."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal, localcontext

from keystead.agreements.calc.tiers import WORKING


def share_pct(part: Decimal, whole: Decimal) -> Decimal | None:
    """Return part / whole x 100, unrounded; None where there is no whole above zero.

    >>> share_pct(Decimal(26), Decimal(104))
    Decimal('25')
    """
    if whole <= 0:
        return None
    with localcontext(WORKING):
        return part * 100 / whole


def targets_reached(results: Iterable[tuple[Decimal | None, Decimal]]) -> int:
    """Return how many of n targets were reached; pairs of actual and target, unknown is not.

    >>> targets_reached([(Decimal(5), Decimal(5)), (Decimal(4), Decimal(5)), (None, Decimal(0))])
    1
    """
    return sum(actual is not None and actual >= target for actual, target in results)
