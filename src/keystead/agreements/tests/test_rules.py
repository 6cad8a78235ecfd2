"""Terms that contradict themselves, lack something, or are not allowed: each said, each once."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from keystead.agreements.rules import (
    Known,
    check,
    copied_terms,
    own_approval,
    payment_findings,
    refuse,
    single_method,
)
from keystead.agreements.tests.world import YEAR, D, rebate, tiers, version
from keystead.agreements.types import (
    AgreementVersion,
    Baseline,
    Boundary,
    Cap,
    Condition,
    DiscountBase,
    Every,
    Example,
    Family,
    Floor,
    FreeGoods,
    Gate,
    GateKind,
    Measure,
    Method,
    PriceRow,
    RateKind,
    Service,
    StackMode,
    Target,
    Tier,
    Timing,
)
from keystead.governance.types.compliance import Level
from keystead.kernel.errors import Invalid
from keystead.kernel.periods import Period

KNOWN = Known(
    date(2025, 12, 1),
    resale_price_metrics=frozenset({"shelf_price"}),
    customer_entity="Customer SA",
    unit_price=D(100),
    unit_cost=D(60),
)
MONTHS = tuple((month, D(100)) for month in YEAR.month_starts())
WHOLE = rebate(gl_code="4711")


def _codes(terms: AgreementVersion, known: Known = KNOWN) -> list[str]:
    return [finding.code for finding in check(terms, known)]


def _one(**changes: Any) -> AgreementVersion:
    more = {name: changes.pop(name) for name in ("baselines", "prices", "effective", "exclusive")
            if name in changes}  # fmt: skip
    return version(rebate(**{"gl_code": "4711", **changes}), **more)


def test_whole_terms_pass() -> None:
    assert check(version(WHOLE), KNOWN) == ()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"tiers": ()}, "rate_missing"),
        ({"tiers": tiers((0, 1), (100, 2), (100, 3))}, "tier_overlap"),
        ({"tiers": tiers((0, 1), (200, 2), (100, 3))}, "tier_order"),
        ({"tiers": tiers((-1, 1))}, "tier_negative"),
        ({"tiers": (Tier(D(0), D(1)), Tier(D(0), D(2), YEAR))}, "tier_overlap"),
        ({"tiers": (Tier(D(0), D(1), YEAR), Tier(D(0), D(2), Period.parse("2026-06..2027-06")))},
         "tier_overlap"),
        ({"tiers": tiers((0, -1))}, "rate_negative"),
        ({"tiers": tiers((0, 101))}, "rate_too_high"),
        ({"tiers": tiers((0, 3), (100, 2))}, "rate_falls"),
        ({"tier_measure": Measure.GROWTH_PCT}, "baseline_required"),
        ({"tier_measure": Measure.GROWTH_PCT, "baseline": "b",
          "baselines": (Baseline("b", Measure.NET_VALUE, MONTHS[1:]),)}, "baseline_required"),
        ({"tier_measure": Measure.GROWTH_PCT, "baseline": "b",
          "baselines": (Baseline("b", Measure.NET_VALUE, tuple((m, D(0)) for m, _ in MONTHS)),)},
         "baseline_required"),
        ({"tier_measure": Measure.GROWTH_PCT, "baseline": "b", "method": Method.INCREMENTAL,
          "baselines": (Baseline("b", Measure.NET_VALUE, MONTHS),)}, "growth_slices"),
        ({"benefit_measure": Measure.SHARE_PCT}, "benefit_measure"),
        ({"benefit_measure": Measure.QUANTITY}, "unit_mixed"),
        ({"rate_kind": RateKind.PER_UNIT}, "unit_mixed"),
        ({"rate_kind": RateKind.PER_UNIT, "tier_measure": Measure.QUANTITY, "tier_uom": "box",
          "benefit_measure": Measure.QUANTITY, "benefit_uom": "pack",
          "method": Method.INCREMENTAL}, "unit_mixed"),
        ({"tier_measure": Measure.SHARE_PCT}, "focus_missing"),
        ({"tier_measure": Measure.METRIC}, "metric_missing"),
        ({"tier_measure": Measure.TARGETS_REACHED}, "targets_missing"),
        ({"tier_measure": Measure.TARGETS_REACHED, "tiers": tiers((2, 1)),
          "targets": (Target("a", Measure.NET_VALUE, D(1)),)}, "tier_unreachable"),
        ({"tier_measure": Measure.NONE, "boundary": Boundary.GT}, "tier_unreachable"),
        ({"currency": "CNY"}, "currency_mixed"),
        ({"targets": (Target("a", Measure.NET_VALUE, D(1), currency="CNY"),)}, "currency_mixed"),
        ({"prices": (PriceRow(D(1), "CNY"),)}, "currency_mixed"),
        ({"baselines": (Baseline("b", Measure.NET_VALUE, MONTHS, currency="CNY"),)},
         "currency_mixed"),
        ({"gates": (Gate("n", GateKind.NUMBER),)}, "gate_limit"),
        ({"gates": (Gate("n", GateKind.SHARE, D(5)),)}, "focus_missing"),
        ({"gates": (Gate("n", scale_pct=D(101)),)}, "gate_scale"),
        ({"cap": Cap()}, "cap"),
        ({"cap": Cap(D(-1))}, "cap"),
        ({"floor": Floor(D(-1))}, "floor"),
        ({"cap": Cap(D(5)), "floor": Floor(D(6))}, "floor"),
        ({"reduce_by": ("x",)}, "reduction_unknown"),
        ({"reduce_by": ("v",)}, "reduction_cycle"),
        ({"valid": Period.parse("2030")}, "outside"),
        ({"key": " "}, "key_missing"),
        ({"family": Family.CONTRACT_PRICE}, "price_missing"),
        ({"family": Family.PRICE_PROTECTION}, "protection_missing"),
        ({"family": Family.FREE_GOODS, "rate_kind": RateKind.FREE_GOODS}, "goods_missing"),
        ({"family": Family.FREE_GOODS, "rate_kind": RateKind.FREE_GOODS,
          "free_goods": FreeGoods(D(1), D(0))}, "goods_missing"),
        ({"family": Family.EARLY_PAYMENT, "payment_terms": "soon"}, "payment_terms"),
        ({"prices": (PriceRow(D(-1), "EUR"),)}, "price_negative"),
        ({"prices": (PriceRow(D(1), "EUR", 1), PriceRow(D(2), "EUR", 1))}, "price_twice"),
        ({"examples": (Example("year", D(1000), D(31)),)}, "example_differs"),
        ({"tier_measure": Measure.GROWTH_PCT, "baseline": "b",
          "baselines": (Baseline("b", Measure.NET_VALUE, MONTHS),),
          "examples": (Example("new", D(1000), D(31)),)}, "example_fails"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(changes: dict[str, Any], code: str) -> None:
    assert _codes(_one(**changes), Known(KNOWN.today)) == [code]


@pytest.mark.parametrize(
    ("conditions", "code"),
    [
        ((WHOLE, WHOLE), "key_twice"),
        ((rebate("a", gl_code="1", reduce_by=("b",)), rebate("b", gl_code="1", reduce_by=("a",))),
         "reduction_cycle"),
        ((rebate("a", gl_code="1", reduce_by=("b",), tier_period=Every.QUARTER),
          rebate("b", gl_code="1")), "reduction_period"),
        ((rebate("a", gl_code="1", stack_group="g"),
          rebate("b", gl_code="1", stack_group="g", stack_mode=StackMode.BEST_OF)), "stack_mode"),
        (tuple(rebate(key, gl_code="1", stack_group="g", stack_mode=StackMode.CASCADE)
               for key in "ab"), "equal_rank"),
        (tuple(rebate(key, gl_code="1", stack_group="g", stack_mode=StackMode.FIRST_MATCH)
               for key in "ab"), "equal_rank"),
        (tuple(rebate(key, family=Family.INVOICE_DISCOUNT, timing=Timing.ON_INVOICE,
                      discount_base=DiscountBase.RUNNING) for key in "ab"), "equal_rank"),
        ((rebate("a", gl_code="1", stack_group="g", stack_mode=StackMode.BEST_OF),
          rebate("b", gl_code="1", stack_group="g", stack_mode=StackMode.BEST_OF,
                 reduce_by=("a",))), "reduction_group"),
        ((), "empty"),
    ],
)  # fmt: skip
def test_what_does_not_go_together_is_said(conditions: tuple[Condition, ...], code: str) -> None:
    assert _codes(version(*conditions)) == [code]


def test_a_priority_resolves_an_equal_rank() -> None:
    pair = [
        rebate(key, gl_code="1", stack_group="g", stack_mode=StackMode.CASCADE, priority=place)
        for place, key in enumerate("ab")
    ]
    assert _codes(version(*pair)) == []


@pytest.mark.parametrize(
    ("terms", "rule", "level"),
    [
        (_one(tier_measure=Measure.METRIC, tier_metric="shelf_price"), "R-01", Level.BLOCK),
        (_one(benefit_measure=Measure.METRIC, benefit_metric="shelf_price"), "R-01", Level.BLOCK),
        (_one(gates=(Gate("shelf_price", GateKind.NUMBER, D(1)),)), "R-01", Level.BLOCK),
        (_one(targets=(Target("t", Measure.METRIC, D(1), metric="shelf_price"),)), "R-01",
         Level.BLOCK),
        (_one(family=Family.LISTING_FEE), "R-09", Level.REVIEW),
        (_one(family=Family.FUND, timing=Timing.LUMP, tier_measure=Measure.NONE), "R-09",
         Level.REVIEW),
        (_one(family=Family.DATA_FEE, service=Service("Weekly stock feed")), "R-09", Level.REVIEW),
        (_one(exclusive=True), "R-10", Level.REVIEW),
        (_one(tiers=tiers((0, 5), (1000, 41))), "R-11", Level.REVIEW),
        (_one(payee="Dr. Somebody"), "R-12", Level.BLOCK),
        (_one(gl_code=""), "R-13", Level.BLOCK),
        (_one(effective=Period.parse("2025-11..2026-12")), "R-23", Level.REVIEW),
    ],
)  # fmt: skip
def test_rules_of_law_are_said(terms: AgreementVersion, rule: str, level: Level) -> None:
    found = check(terms, KNOWN)
    assert [(finding.rule, finding.level) for finding in found] == [(rule, level)]


def test_the_tier_below_cost_is_named_and_what_else_comes_off_counts() -> None:
    terms = _one(tiers=tiers((0, 5), (1000, 30)))
    assert check(terms, KNOWN) == ()
    known = Known(KNOWN.today, unit_price=D(100), unit_cost=D(60), other_rates_pct={"v": D(15)})
    assert [finding.text for finding in check(terms, known)] == ["Price below cost at tier 2."]


def test_a_dominant_product_makes_a_big_year_end_step_a_matter_for_legal() -> None:
    known = Known(KNOWN.today, dominant_product=True)
    assert _codes(_one(tiers=tiers((0, 1), (1000, 7))), known) == ["loyalty"]
    assert _codes(_one(tiers=tiers((0, 1), (1000, 6))), known) == []
    assert _codes(_one(tiers=tiers((0, 1), (1000, 7)), method=Method.INCREMENTAL), known) == []


def test_a_complete_service_passes() -> None:
    service = Service("Feed", "Files received", "Market rate, quote of May", YEAR)
    assert check(_one(family=Family.DATA_FEE, service=service), KNOWN) == ()


def test_nobody_approves_what_they_asked_for() -> None:
    assert [finding.rule for finding in own_approval(3, 3)] == ["R-24"]
    assert list(own_approval(3, 4)) == list(own_approval(None, None)) == []


def test_terms_of_another_customer_are_not_copied() -> None:
    assert [finding.rule for finding in copied_terms(frozenset({1, 2}), 9)] == ["R-08"]
    assert list(copied_terms(frozenset({1, 2}), 2)) == []


def test_no_payment_without_proof() -> None:
    fee = rebate(family=Family.LISTING_FEE, gl_code="1")
    assert [finding.rule for finding in payment_findings(fee, ())] == ["R-09"]
    assert list(payment_findings(fee, ("photo.jpg",))) == []


def test_two_methods_are_refused() -> None:
    assert single_method(["", "incremental"]) is Method.INCREMENTAL
    with pytest.raises(Invalid) as caught:
        single_method(["incremental", "all_units"])
    assert caught.value.code == "two_methods"


def test_refusing_says_every_blocking_sentence_and_lets_reviews_pass() -> None:
    refuse(check(_one(exclusive=True), KNOWN))
    with pytest.raises(Invalid) as caught:
        refuse(check(_one(tiers=(), currency="CNY"), KNOWN))
    assert caught.value.data["fields"] == {
        "v.tiers": "There is no rate.",
        "v.currency": "CNY does not fit an agreement in EUR.",
    }


def test_examples_are_run() -> None:
    """Worked by hand: 10 % growth on 1,000 pays 2 % of 1,100; a half of it is in focus."""
    growth = _one(
        tier_measure=Measure.GROWTH_PCT, baseline="b", tiers=tiers((5, 1), (10, 2)),
        baselines=(Baseline("b", Measure.NET_VALUE, MONTHS),),
        examples=(Example("ten", D(1100), D("22.00"), baseline=D(1000)),
                  Example("five", D(1050), D("10.50"), baseline=D(1000))),
    )  # fmt: skip
    assert check(growth, KNOWN) == ()
    count = _one(
        tier_measure=Measure.TARGETS_REACHED, tiers=tiers((2, 100)), rate_kind=RateKind.FIXED,
        targets=tuple(Target(key, Measure.NET_VALUE, D(1)) for key in "abc"),
        examples=(Example("two", D(0), Decimal(100), targets_reached=2),
                  Example("one", D(0), Decimal(0), targets_reached=1)),
    )  # fmt: skip
    assert check(count, KNOWN) == ()
