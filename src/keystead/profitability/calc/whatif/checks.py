"""What an offer must be looked at for, beside what ``agreements.rules`` say of its terms."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from keystead.agreements.calc.earn import tiers_table
from keystead.agreements.calc.evaluate import counts_sales
from keystead.agreements.calc.tiers import cliffs
from keystead.agreements.rules.marking import gettext_noop as _
from keystead.agreements.types import (
    AgreementVersion,
    Finding,
    Measure,
    Method,
    RateKind,
    Scope,
)
from keystead.governance.types.compliance import Level
from keystead.kernel.errors import Invalid
from keystead.profitability.calc.whatif.pricing import PricedRow, within
from keystead.profitability.types.offers import Answer

ZERO, HUNDRED = Decimal(0), Decimal(100)
FEWEST: Final = 2
MOST: Final = 5
DIFFERENCE_PCT: Final = Decimal(10)


def room_for(count: int) -> None:
    """Raise Invalid where a case has as many offers as fit side by side."""
    if count >= MOST:
        raise Invalid(_("Five offers stand side by side at most."), code="offers_most")


def may_drop(count: int) -> None:
    """Raise Invalid where only two offers are left."""
    if count <= FEWEST:
        raise Invalid(_("Two offers at least stand side by side."), code="offers_fewest")


def below_cost(
    version: AgreementVersion, rows: Sequence[PricedRow], found: Answer
) -> tuple[Finding, ...]:
    """Return, per condition, the first tier at which a product falls below its cost (R-11).

    The price is that on the invoice, less the tier's rate and what all other terms pay at the
    forecast. Rows without units or without a known cost are left out.
    """
    whole = found.invoice
    if whole <= 0:
        return ()
    findings = []
    for condition in version.conditions:
        if not counts_sales(condition) or condition.rate_kind is not RateKind.PERCENT:
            continue
        own = next((one.at_forecast for one in found.paid if one.condition == condition.key), ZERO)
        others = (found.total - own) / whole
        for place, tier in enumerate(tiers_table(condition, version.effective.last).tiers, 1):
            sku = _lost(rows, condition.scope, others + tier.rate / HUNDRED)
            if sku:
                findings.append(
                    Finding(
                        "below_cost", "Price below cost at tier {tier}.", Level.REVIEW,
                        condition.key, "tiers", "R-11", {"tier": place, "sku": sku},
                    )
                )  # fmt: skip
                break
    return tuple(findings)


def _lost(rows: Sequence[PricedRow], scope: Scope, off: Decimal) -> str:
    for row in rows:
        units = sum(row.quantity, ZERO)
        if row.cost is None or row.price is None or units <= 0 or not within(scope, row.sold):
            continue
        if row.price * (1 - off) * units < row.cost:
            return row.sold.sku or str(row.sold.product_id)
    return ""


def largest_jump_pct(version: AgreementVersion) -> Decimal:
    """Return the largest jump of an all-units step against its threshold, in percent (R-10)."""
    found = ZERO
    for condition in version.conditions:
        plain = condition.tier_measure in (Measure.NET_VALUE, Measure.GROSS_VALUE)
        if not plain or condition.method is not Method.ALL_UNITS:
            continue
        for threshold, jump in cliffs(tiers_table(condition, version.effective.last)):
            if threshold > 0:
                found = max(found, jump * HUNDRED / threshold)
    return found


def retroactive(version: AgreementVersion) -> tuple[str, ...]:
    """Return the conditions whose tiers reach back to the first unit (decision science 7)."""
    return tuple(
        one.key
        for one in version.conditions
        if counts_sales(one)
        and one.method is Method.ALL_UNITS
        and one.rate_kind is not RateKind.FIXED
        and sum(tier.lower > 0 for tier in one.tiers)
    )


def difference_pct(ours: Decimal, theirs: Decimal) -> Decimal:
    """Return how far two net-net price levels are apart, in percent of theirs (R-22).

    >>> difference_pct(Decimal("0.90"), Decimal("1.00"))
    Decimal('10.00')
    """
    return abs(ours - theirs) * HUNDRED / theirs if theirs > 0 else ZERO
