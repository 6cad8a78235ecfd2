"""Growth against a baseline that was frozen at signing."""

from __future__ import annotations

from decimal import Decimal, localcontext

from keystead.agreements.calc.tiers import WORKING
from keystead.kernel.errors import Invalid


def growth_pct(baseline: Decimal, actual: Decimal) -> Decimal:
    """Return (actual - baseline) / baseline x 100, unrounded.

    A baseline of zero or less is none: raises Invalid (code ``baseline_required``), so that a new
    customer never jumps to the top tier.

    >>> growth_pct(Decimal(200), Decimal(230))
    Decimal('15')
    """
    require_baseline(baseline)
    with localcontext(WORKING):
        return (actual - baseline) * 100 / baseline


def require_baseline(baseline: Decimal) -> None:
    """Raise Invalid where there is nothing that growth could be counted from."""
    if baseline <= 0:
        raise Invalid(
            "Growth needs a baseline above zero.",
            code="baseline_required",
            hint="Agree one and freeze it, or use a volume tier for a new account.",
        )
