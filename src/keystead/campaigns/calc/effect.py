"""Uplift, incremental margin and return of a campaign."""

from __future__ import annotations

import dataclasses
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from typing import Final

from keystead.kernel.errors import Invalid

WORKING: Final = Context(prec=60, rounding=ROUND_HALF_UP)


def uplift_pct(baseline: Decimal, actual: Decimal) -> Decimal | None:
    """Return (actual - baseline) / baseline x 100; None where the baseline is not above zero.

    >>> uplift_pct(Decimal(400), Decimal(1100))
    Decimal('175')
    """
    if baseline <= 0:
        return None
    with localcontext(WORKING):
        return (actual - baseline) * 100 / baseline


def incremental_units(baseline: Decimal, actual: Decimal, pull_forward: Decimal) -> Decimal:
    """Return the units that would not have sold: actual - baseline - pull-forward.

    >>> incremental_units(Decimal(10000), Decimal(14500), Decimal(900))
    Decimal('3600')
    """
    return actual - baseline - pull_forward


@dataclasses.dataclass(frozen=True, slots=True)
class Effect:
    """What a campaign brought: units, margin less what it cannibalised, return in percent."""

    units: Decimal
    margin: Decimal
    roi_pct: Decimal | None


def effect(
    units: Decimal,
    unit_margin: Decimal,
    spend: Decimal,
    cannibalised: Decimal = Decimal(0),
    cannibalised_margin: Decimal = Decimal(0),
) -> Effect:
    """Return margin = units x unit margin - cannibalised x theirs, and (margin - spend) / spend.

    Without spend there is no return in percent. Source: field reference 2 (uplift, incremental
    units).

    >>> effect(Decimal(3600), Decimal(12), Decimal(30000), Decimal(600), Decimal(10)).roi_pct
    Decimal('24')
    """
    margin = units * unit_margin - cannibalised * cannibalised_margin
    if spend <= 0:
        return Effect(units, margin, None)
    with localcontext(WORKING):
        return Effect(units, margin, (margin - spend) * 100 / spend)


def cost_per_unit(spend: Decimal, units: Decimal) -> Decimal:
    """Return the spend per incremental unit; raises Invalid where there is none.

    >>> cost_per_unit(Decimal(50000), Decimal(20000))
    Decimal('2.5')
    """
    if units <= 0:
        raise Invalid("There are no incremental units to spread the cost on.", code="no_units")
    with localcontext(WORKING):
        return spend / units
