"""Is a condition whole: its measures, units, baseline, targets, gates, limits?"""

from __future__ import annotations

from collections.abc import Iterator

from keystead.agreements.calc.payment import parse_terms
from keystead.agreements.rules.marking import gettext_noop as _
from keystead.agreements.types import (
    AgreementVersion,
    Condition,
    Family,
    Finding,
    GateKind,
    Measure,
    Method,
    RateKind,
)
from keystead.kernel.errors import Invalid

GROWTH = (Measure.GROWTH_PCT, Measure.GROWTH_VALUE)
VALUES = (Measure.NET_VALUE, Measure.GROSS_VALUE, Measure.GROWTH_VALUE)
NOT_PAID_ON = (Measure.SHARE_PCT, Measure.GROWTH_PCT, Measure.TARGETS_REACHED)
PRICES = (Family.CONTRACT_PRICE, Family.TENDER_PRICE)
PAYMENT = (Family.EARLY_PAYMENT, Family.EXTENDED_TERMS)


def condition_findings(version: AgreementVersion, condition: Condition) -> Iterator[Finding]:
    """Yield what is missing or contradicts itself in one condition."""
    yield from _family(version, condition)
    yield from _measures(condition)
    yield from _growth(version, condition)
    yield from _targets(condition)
    yield from _gates(condition)
    yield from _limits(condition)
    if condition.valid is not None and not condition.valid.overlaps(version.effective):
        yield _of(condition, "valid", "outside", _("It holds outside the days of the agreement."))


def _protection(version: AgreementVersion, condition: Condition) -> Iterator[Finding]:
    """Stock is told by customer and product and nothing finer; days are at least one."""
    terms = condition.price_protection
    if condition.family is not Family.PRICE_PROTECTION or terms is None:
        return
    scopes = (version.scope, condition.scope)
    if any(part.channels for scope in scopes for part in (scope.include, scope.exclude)):
        yield _of(
            condition,
            "scope",
            "stock_channels",
            _("Stock reports do not tell channels: name products, brands or customers."),
        )
    days = (terms.report_days, terms.off_take_days, terms.sell_in_days or 1)
    if min(days) < 1 or max(days) > 3660:
        yield _of(condition, "price_protection", "protection_days", _("Days are from 1 to 3660."))


def _family(version: AgreementVersion, condition: Condition) -> Iterator[Finding]:
    if condition.family in PRICES and not version.prices:
        yield _of(condition, "family", "price_missing", _("There is no price."))
    if condition.family is Family.PRICE_PROTECTION and condition.price_protection is None:
        yield _of(
            condition,
            "price_protection",
            "protection_missing",
            _("Say which stock is protected, and for how long."),
        )
    yield from _protection(version, condition)
    goods = condition.free_goods
    wants_goods = (
        condition.family is Family.FREE_GOODS or condition.rate_kind is RateKind.FREE_GOODS
    )
    if wants_goods and (goods is None or goods.per <= 0 or goods.free <= 0):
        yield _of(
            condition,
            "free_goods",
            "goods_missing",
            _("Say how many units are free for how many bought."),
        )
    if condition.family in PAYMENT:
        try:
            parse_terms(condition.payment_terms)
        except Invalid:
            yield _of(
                condition,
                "payment_terms",
                "payment_terms",
                _("Write the terms of payment as net 60, or 2/10 net 60."),
            )


def _measures(condition: Condition) -> Iterator[Finding]:
    kind, benefit = condition.rate_kind, condition.benefit_measure
    if kind in (RateKind.PERCENT, RateKind.PER_UNIT) and benefit in NOT_PAID_ON:
        yield _of(
            condition,
            "benefit_measure",
            "benefit_measure",
            _("A rate is paid on money or units, not on a percentage or a count."),
        )
    if kind is RateKind.PERCENT and benefit is Measure.QUANTITY:
        yield _of(
            condition, "rate_kind", "unit_mixed", _("A percentage is paid on money, not on units.")
        )
    if kind is RateKind.PER_UNIT and benefit in VALUES:
        yield _of(condition, "rate_kind", "unit_mixed", _("A rate per unit is paid on units."))
    both = condition.tier_measure is benefit is Measure.QUANTITY
    sliced = both and condition.method is not Method.ALL_UNITS
    if sliced and condition.tier_uom != condition.benefit_uom:
        yield _of(
            condition,
            "benefit_uom",
            "unit_mixed",
            _("Tiers in {tier} cannot be paid slice by slice in {benefit}."),
            tier=condition.tier_uom or "-",
            benefit=condition.benefit_uom or "-",
        )
    needs = {"tier_metric": condition.tier_measure, "benefit_metric": benefit}
    for field, measure in needs.items():
        if measure is Measure.METRIC and not getattr(condition, field):
            yield _of(condition, field, "metric_missing", _("Name the metric."))
    if (condition.tier_measure is Measure.SHARE_PCT or condition.benefit_on_focus) and (
        condition.focus is None
    ):
        yield _of(condition, "focus", "focus_missing", _("Name the focus range."))


def _growth(version: AgreementVersion, condition: Condition) -> Iterator[Finding]:
    if condition.tier_measure not in GROWTH and condition.benefit_measure not in GROWTH:
        return
    base = version.baseline(condition.baseline)
    span = version.effective
    if condition.valid is not None:
        span = span.intersection(condition.valid) or span
    held = dict(base.months) if base else {}
    if base is None or sum(held.values()) <= 0:
        yield _of(
            condition,
            "baseline",
            "baseline_required",
            _("Growth needs a baseline above zero that is frozen at signing."),
        )
    elif missing := [month for month in span.month_starts() if month not in held]:
        yield _of(
            condition,
            "baseline",
            "baseline_required",
            _("The baseline says nothing about {month}."),
            month=missing[0].strftime("%Y-%m"),
        )
    sliced = condition.method is Method.INCREMENTAL
    if sliced and condition.benefit_measure is not Measure.GROWTH_VALUE:
        yield _of(
            condition,
            "benefit_measure",
            "growth_slices",
            _("Growth paid slice by slice is paid on the growth, not on everything."),
        )


def _targets(condition: Condition) -> Iterator[Finding]:
    if condition.tier_measure is not Measure.TARGETS_REACHED:
        return
    count = len(condition.targets)
    if not count:
        yield _of(condition, "targets", "targets_missing", _("Name the targets."))
    elif condition.tiers and max(tier.lower for tier in condition.tiers) > count:
        yield _of(
            condition,
            "tiers",
            "tier_unreachable",
            _("A tier asks for more targets than the {count} there are."),
            count=count,
        )
    for target in condition.targets:
        if target.measure is Measure.METRIC and not target.metric:
            yield _of(condition, "targets", "metric_missing", _("Name the metric."))


def _gates(condition: Condition) -> Iterator[Finding]:
    for gate in condition.gates:
        if gate.kind is not GateKind.FLAG and gate.at_least is None:
            yield _of(
                condition,
                "gates",
                "gate_limit",
                _("Say from which value on {gate} is met."),
                gate=gate.name,
            )
        if gate.kind is GateKind.SHARE and gate.focus is None:
            yield _of(condition, "gates", "focus_missing", _("Name the focus range."))
        if not 0 <= gate.scale_pct <= 100:
            yield _of(
                condition,
                "gates",
                "gate_scale",
                _("A gate lets 0 to 100 % of the benefit through."),
            )


def _limits(condition: Condition) -> Iterator[Finding]:
    cap, floor = condition.cap, condition.floor
    if cap is not None:
        given = [part for part in (cap.amount, cap.pct_of_base) if part is not None]
        if not given or min(given) < 0:
            yield _of(condition, "cap", "cap", _("A cap is an amount or a percentage, from zero."))
    if floor is not None and floor.amount < 0:
        yield _of(condition, "floor", "floor", _("A guarantee is not below zero."))
    least = floor.amount if floor is not None else None
    most = cap.amount if cap is not None else None
    if least is not None and most is not None and least > most:
        yield _of(condition, "floor", "floor", _("The guarantee is above the cap."))


def _of(condition: Condition, field: str, code: str, sentence: str, **values: object) -> Finding:
    return Finding(code, sentence, condition=condition.key, field=field, values=values)
