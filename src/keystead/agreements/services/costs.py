"""Do terms leave the price above cost? What rule R-11 asks, from real sales and costs."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from django.utils import timezone

from keystead.agreements.queries.sales import accounts_of, last_year
from keystead.agreements.rules.checking import Known
from keystead.agreements.rules.checking import check as findings
from keystead.agreements.types import AgreementVersion, Condition, Finding, RateKind
from keystead.kit.access import SYSTEM
from keystead.metrics.queries import evaluate

ZERO = Decimal(0)


def cost_findings(version: AgreementVersion, account_id: int) -> tuple[Finding, ...]:
    """Return the tiers at which the product with the thinnest margin would be sold below cost.

    Price and cost of a unit are those of the last twelve months at this customer; the top rates
    of all other percentages come off too. The house looks, whoever asks: only the sentence is
    told, never the cost. Without costs nothing is said.
    """
    thinnest = _thinnest(version, account_id)
    if thinnest is None:
        return ()
    price, cost = thinnest
    known = Known(
        today=timezone.localdate(),
        unit_price=price,
        unit_cost=cost,
        other_rates_pct=_others(version.conditions),
    )
    return tuple(one for one in findings(version, known) if one.code == "below_cost")


def _thinnest(version: AgreementVersion, account_id: int) -> tuple[Decimal, Decimal] | None:
    table = evaluate(
        actor=SYSTEM,
        metrics=["sell_in", "sell_in_units", "cost_of_goods"],
        by=("product",),
        period=last_year(timezone.localdate()),
        filters={"account": sorted(accounts_of(account_id))},
        currency=version.currency,
    ).table
    found: list[tuple[Decimal, Decimal]] = []
    names = ("sell_in", "sell_in_units", "cost_of_goods")
    for row in table.select(names).to_pylist():
        value, units, cost = (row[name] for name in names)
        if value and units and cost and value > 0 and units > 0:
            found.append((Decimal(value) / Decimal(units), Decimal(str(cost)) / Decimal(units)))
    return max(found, key=lambda pair: pair[1] / pair[0], default=None)


def _others(conditions: tuple[Condition, ...]) -> Mapping[str, Decimal]:
    tops = {
        one.key: max((tier.rate for tier in one.tiers), default=ZERO)
        for one in conditions
        if one.rate_kind is RateKind.PERCENT
    }
    whole = sum(tops.values(), ZERO)
    return {one.key: whole - tops.get(one.key, ZERO) for one in conditions}
