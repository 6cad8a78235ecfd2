"""Whole versions over lines: each way a condition can measure, gate, limit, stack. By hand."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from keystead.agreements.calc.evaluate import evaluate, evaluate_agreement
from keystead.agreements.calc.naming import Named
from keystead.agreements.calc.volumes import Volumes
from keystead.agreements.tests.world import (
    END,
    YEAR,
    D,
    amounts,
    inputs,
    line,
    rebate,
    tiers,
    version,
    volumes,
)
from keystead.agreements.types import (
    Agreement,
    AgreementKind,
    Baseline,
    Cap,
    Condition,
    Every,
    Family,
    Floor,
    FreeGoods,
    Gate,
    GateEffect,
    GateKind,
    GateResult,
    Measure,
    Method,
    PartnerVolume,
    RateKind,
    Scope,
    Selection,
    StackMode,
    Target,
    Tier,
    Timing,
    TraceKind,
    TransactionPoint,
)
from keystead.catalog.types import GroupSpan
from keystead.kernel.errors import Invalid, NotFound
from keystead.kernel.periods import Period

QUARTERS = [line(1, 600), line(4, 500), line(7, -200), line(10, 300)]
FOCUS = Scope(Selection(products=(2,)))


def _paid(
    *conditions: Condition, lines: Any = QUARTERS, as_of: date = END, **more: Any
) -> list[str]:
    terms = {name: more.pop(name) for name in ("gates", "baselines", "cap", "floor", "scope")
             if name in more}  # fmt: skip
    flags = {name: more.pop(name) for name in ("assume_gates",) if name in more}
    run = evaluate(version(*conditions, **terms), inputs(lines, **more), as_of, **flags)
    return amounts(run.lines)


def test_a_year_counts_together_and_a_quarter_for_itself() -> None:
    assert _paid(rebate()) == ["36.00"]
    assert _paid(rebate(tier_period=Every.QUARTER)) == ["6.00", "5.00", "0.00", "3.00"]


def test_without_reset_it_counts_from_the_start() -> None:
    rule = rebate(tier_period=Every.QUARTER, reset=False)
    assert _paid(rule, as_of=date(2026, 6, 30)) == ["33.00"]
    assert _paid(rule) == ["36.00"]


def test_only_what_has_begun_counts() -> None:
    assert _paid(rebate(), as_of=date(2026, 3, 31)) == ["6.00"]
    assert _paid(rebate(), as_of=date(2025, 12, 31)) == []


def test_returns_may_be_left_out() -> None:
    assert _paid(rebate(returns_count=False)) == ["42.00"]


def test_lines_of_other_accounts_never_count() -> None:
    lines = [line(1, 500), line(1, 9000, account_id=2)]
    assert _paid(rebate(), lines=lines) == ["5.00"]
    assert _paid(rebate(), lines=lines, accounts=frozenset({1, 2})) == ["285.00"]
    wide = rebate(scope=Scope(Selection(accounts=(2,))))
    assert _paid(wide, lines=lines) == ["0.00"]


@pytest.mark.parametrize(
    ("scope", "paid"),
    [
        (Scope(Selection(products=(2,))), "2.00"),
        (Scope(exclude=Selection(products=(2,))), "1.00"),
        (Scope(Selection(channels=("online",))), "1.00"),
        (Scope(Selection(channels=("unheard of",))), "0.00"),
        (Scope(exclude=Selection(channels=("shop",), products=(1,))), "3.00"),
        (Scope(exclude=Selection(channels=("shop",), products=(2,))), "1.00"),
        (Scope(exclude=Selection(accounts=(1,))), "0.00"),
    ],
)
def test_scope(scope: Scope, paid: str) -> None:
    lines = [line(1, 100), line(1, 200, product_id=2, channel="shop")]
    assert _paid(rebate(scope=scope), lines=lines) == [paid]
    assert _paid(rebate(), lines=lines, scope=scope) == [paid]


def test_a_product_group_is_named_and_must_be_known() -> None:
    lines = [line(1, 100), line(1, 200, product_id=2)]
    rule = rebate(scope=Scope(Selection(groups=("new",))))
    from keystead.agreements.calc.measures import Inputs

    named = Named({"new": (GroupSpan(frozenset({2})),)})
    known = Inputs(volumes(lines, named=named), frozenset({1}))
    assert amounts(evaluate(version(rule), known, END).lines) == ["2.00"]
    with pytest.raises(Invalid) as caught:
        _paid(rule, lines=lines)
    assert caught.value.code == "group_unknown"


@pytest.mark.parametrize(
    "rule",
    [
        rebate(transaction_point=TransactionPoint.PAID),
        rebate(paid_only=True),
        rebate(scope=Scope(Selection(brands=("x",)))),
    ],
)
def test_what_the_lines_do_not_say_is_an_error_and_never_a_guess(rule: Condition) -> None:
    with pytest.raises(Invalid) as caught:
        _paid(rule)
    assert caught.value.code == "column_missing"


def test_tier_on_units_benefit_on_value() -> None:
    rule = rebate(tier_measure=Measure.QUANTITY, tiers=tiers((0, 1), (120, 3)))
    assert _paid(rule) == ["36.00"]


def test_growth_against_a_frozen_baseline() -> None:
    """1,200 against 12 x 80 = 960: 25 % growth; the increment is 240."""
    base = Baseline("b", Measure.NET_VALUE, tuple((m, D(80)) for m in YEAR.month_starts()))
    rule = {"tier_measure": Measure.GROWTH_PCT, "baseline": "b", "tiers": tiers((5, 1), (20, 2))}
    assert _paid(rebate(**rule), baselines=(base,)) == ["24.00"]
    increment = rebate(**rule, benefit_measure=Measure.GROWTH_VALUE)
    assert _paid(increment, baselines=(base,)) == ["4.80"]
    sliced = rebate(**rule, benefit_measure=Measure.GROWTH_VALUE, method=Method.INCREMENTAL)
    assert _paid(sliced, baselines=(base,)) == ["2.40"]  # 240 x (15 at 1 % + 5 at 2 %) / 25


def test_no_baseline_no_growth_rebate_and_the_trace_says_so() -> None:
    rule = rebate(tier_measure=Measure.GROWTH_PCT, baseline="b", tiers=tiers((5, 1)))
    run = evaluate(version(rule), inputs(QUARTERS), END)
    assert amounts(run.lines) == ["0.00"]
    told = [found for found in run.lines[0].trace if found.kind is TraceKind.BASELINE]
    assert told[0].get("missing") == "yes"


def test_share_of_a_focus_range() -> None:
    lines = [line(1, 740), line(1, 260, product_id=2)]
    rule = rebate(tier_measure=Measure.SHARE_PCT, focus=FOCUS, tiers=tiers((25, "0.5")))
    assert _paid(rule, lines=lines) == ["5.00"]
    narrow = rebate(tier_measure=Measure.SHARE_PCT, focus=FOCUS, tiers=tiers((25, "0.5")),
                    benefit_on_focus=True)  # fmt: skip
    assert _paid(narrow, lines=lines) == ["1.30"]
    assert _paid(rule, lines=[*lines, line(2, 500)]) == ["0.00"]
    assert _paid(rule, lines=[]) == ["0.00"]


def test_k_of_n_targets() -> None:
    targets = (
        Target("sales", Measure.NET_VALUE, D(1000)),
        Target("focus", Measure.NET_VALUE, D(1), scope=FOCUS),
        Target("listing", Measure.METRIC, D(80), metric="listing_coverage"),
    )
    rule = rebate(tier_measure=Measure.TARGETS_REACHED, targets=targets, rate_kind=RateKind.FIXED,
                  tiers=tiers((1, 10), (2, 50), (3, 90)))  # fmt: skip
    assert _paid(rule) == ["10.00"]
    assert _paid(rule, readings={"listing": D(80)}) == ["50.00"]
    assert _paid(rule, readings={"listing@2026": D(79), "listing": D(90)}) == ["10.00"]


def test_gates() -> None:
    flag = rebate(gates=(Gate("data"),))
    assert _paid(flag, readings={"data": True}) == ["36.00"]
    assert _paid(flag, readings={"data": False}) == ["0.00"]
    assert _paid(flag) == ["0.00"]
    assert _paid(flag, assume_gates=True) == ["36.00"]
    assert _paid(flag, assume_gates=True, readings={"data": False}) == ["0.00"]
    scale = rebate(gates=(Gate("kpi", GateKind.NUMBER, D(95), GateEffect.SCALE, D(50)),))
    assert _paid(scale, readings={"kpi": D("94.9")}) == ["18.00"]
    assert _paid(rebate(), gates=(Gate("debt"),), readings={"debt": False}) == ["0.00"]
    share = rebate(gates=(Gate("mix", GateKind.SHARE, D(25), focus=FOCUS),))
    lines = [line(1, 740), line(1, 260, product_id=2)]
    assert _paid(share, lines=lines) == ["30.00"]
    assert _paid(share, lines=[*lines, line(1, 100)]) == ["0.00"]


def test_an_unknown_gate_is_said() -> None:
    run = evaluate(version(rebate(gates=(Gate("data"),))), inputs(QUARTERS), END)
    assert run.lines[0].gate is GateResult.UNKNOWN
    assert run.lines[0].raw == D(36)


def test_caps() -> None:
    assert _paid(rebate(cap=Cap(D(20)))) == ["20.00"]
    assert _paid(rebate(cap=Cap(pct_of_base=D(2)))) == ["24.00"]
    run = evaluate(version(rebate(), cap=Cap(D(30))), inputs(QUARTERS), END)
    assert (amounts(run.lines), str(run.total)) == (["36.00"], "30.00 EUR")
    run = evaluate(version(rebate(), cap=Cap(pct_of_base=D(1))), inputs(QUARTERS), END)
    assert str(run.total) == "12.00 EUR"


def test_guarantees_come_when_the_period_is_over() -> None:
    rule = rebate(tier_period=Every.QUARTER, floor=Floor(D(4), cumulative=True))
    # 6, 5, 0, 3: the 2 and 1 of excess leave 1 of the third guarantee, then all of the fourth
    assert _paid(rule) == ["6.00", "5.00", "1.00", "4.00"]
    plain = rebate(tier_period=Every.QUARTER, floor=Floor(D(4)))
    assert _paid(plain) == ["6.00", "5.00", "4.00", "4.00"]
    assert _paid(plain, as_of=date(2026, 8, 15)) == ["6.00", "5.00", "0.00"]
    shut = rebate(floor=Floor(D(99)), gates=(Gate("data"),))
    assert _paid(shut) == ["0.00"]
    run = evaluate(version(rebate(), floor=Floor(D(50))), inputs(QUARTERS), END)
    assert str(run.total) == "50.00 EUR"
    early = evaluate(version(rebate(), floor=Floor(D(50))), inputs(QUARTERS), date(2026, 11, 30))
    assert str(early.total) == "36.00 EUR"


def _pair(mode: StackMode, **second: Any) -> list[str]:
    group = {"stack_group": "g", "stack_mode": mode}
    one = rebate("a", tiers=tiers((0, 10)), sequence=1, **group)
    two = rebate("b", tiers=tiers((0, 5)), sequence=2, **group, **second)
    return _paid(two, one, lines=[line(1, 100)])


@pytest.mark.parametrize(
    ("mode", "paid"),
    [
        (StackMode.ADDITIVE, ["10.00", "5.00"]),
        (StackMode.CASCADE, ["10.00", "4.50"]),
        (StackMode.BEST_OF, ["10.00", "0.00"]),
        (StackMode.FIRST_MATCH, ["10.00", "0.00"]),
    ],
)
def test_stacking(mode: StackMode, paid: list[str]) -> None:
    assert _pair(mode) == paid


def test_net_of_a_named_one_whatever_the_order_of_the_list() -> None:
    one = rebate("late", tiers=tiers((0, 5)), reduce_by=("early",))
    two = rebate("early", tiers=tiers((0, 10)), tier_period=Every.QUARTER)
    assert _paid(one, two, lines=[line(1, 100), line(4, 100)]) == [
        "10.00", "10.00", "0.00", "0.00", "9.00",
    ]  # fmt: skip


def test_a_ramp_changes_the_tiers_by_period() -> None:
    rows = (
        Tier(D(0), D(1), Period.parse("2026-Q1")),
        Tier(D(0), D(2), Period.parse("2026-Q2..2026-Q4")),
    )
    rule = rebate(tiers=rows, tier_period=Every.QUARTER)
    assert _paid(rule) == ["6.00", "10.00", "0.00", "6.00"]


def test_a_lump_sum_is_due_once() -> None:
    rule = rebate(timing=Timing.LUMP, tier_measure=Measure.NONE, benefit_measure=Measure.NONE,
                  rate_kind=RateKind.FIXED, tiers=tiers((0, 500)), tier_period=Every.CONTRACT)  # fmt: skip
    assert _paid(rule, lines=[]) == ["500.00"]


def test_free_goods_earn_units_and_no_money() -> None:
    rule = rebate(family=Family.FREE_GOODS, rate_kind=RateKind.FREE_GOODS,
                  free_goods=FreeGoods(D(2), D(50)), tiers=())  # fmt: skip
    found = evaluate(version(rule), inputs(QUARTERS), END).lines[0]
    assert (found.free_units, str(found.amount)) == (D(4), "0.00 EUR")


def test_what_is_paid_elsewhere_earns_nothing_here() -> None:
    elsewhere = [
        rebate("a", timing=Timing.ON_INVOICE),
        rebate("b", family=Family.PRICE_PROTECTION),
        rebate("c", family=Family.EARLY_PAYMENT),
    ]
    assert _paid(*elsewhere) == []


def test_volumes_both_sides_agreed_on_take_the_place_of_ours() -> None:
    agreed = (PartnerVolume("v", date(2026, 1, 1), value=D(1000)),)
    assert _paid(rebate(), partner=agreed) == ["48.00"]
    assert _paid(rebate("w"), partner=agreed) == ["36.00"]


def test_money_without_cents_is_rounded_to_the_unit() -> None:
    run = evaluate(version(rebate(), currency="JPY"), inputs([line(1, 1250)]), END)
    assert str(run.total) == "38 JPY"  # 37.5


def test_a_contract_that_begins_in_the_middle_of_a_month_counts_that_month_once() -> None:
    span = Period.parse("2026-01-15..2026-12-31")
    rule = rebate(tier_period=Every.MONTH)
    run = evaluate(version(rule, effective=span), inputs([line(1, 100), line(2, 100)]), END)
    assert amounts(run.lines)[:3] == ["1.00", "1.00", "0.00"]


def test_an_amendment_rules_the_whole_period_that_it_ends() -> None:
    old = version(rebate(tier_period=Every.HALF), effective=YEAR)
    new = version(rebate(tier_period=Every.HALF, tiers=tiers((0, 2))), number=2,
                  effective=Period.parse("2026-10..2026-12"))  # fmt: skip
    deal = Agreement(1, "A", 1, AgreementKind.ANNUAL, YEAR, "EUR", versions=(old, new))
    run = evaluate_agreement(deal, inputs(QUARTERS), END)
    assert [(found.period.start.month, str(found.amount.amount)) for found in run.lines] == [
        (1, "33.00"),
        (7, "2.00"),
    ]
    with pytest.raises(NotFound):
        evaluate_agreement(Agreement(1, "A", 1, AgreementKind.ANNUAL, YEAR, "EUR"),
                           inputs([]), END)  # fmt: skip


def test_the_trace_leads_from_the_lines_to_the_cent() -> None:
    rule = rebate(cap=Cap(D("35.554")), gates=(Gate("data"),))
    run = evaluate(version(rule), inputs(QUARTERS, readings={"data": True}), END)
    found = run.lines[0]
    assert [told.kind.value for told in found.trace] == [
        "lines", "tier_measure", "tier", "benefit_measure", "raw", "gate", "cap", "rounding",
    ]  # fmt: skip
    steps = {told.kind: told for told in found.trace}
    assert steps[TraceKind.LINES].get("lines") == "4"
    assert steps[TraceKind.TIER].get("rate") == "3"
    assert D(steps[TraceKind.CAP].get("cut")) == D("0.446")
    assert steps[TraceKind.ROUNDING].get("amount") == "35.55"


def test_facts_must_be_exact() -> None:
    import pyarrow as pa

    table = pa.table(
        {"account_id": [1], "month": [date(2026, 1, 1)], "quantity": [1], "value": [0.1]}
    )
    with pytest.raises(Invalid) as caught:
        Volumes.from_arrow(table)
    assert caught.value.code == "not_exact"


def test_sums_beyond_64_bits_stay_exact() -> None:
    big = "90000000000000.0001"
    run = evaluate(
        version(rebate(tiers=tiers((0, 100)))),
        inputs([line(1, D(big), quantity=D(0)) for _ in range(50)]),
        END,
    )
    assert run.lines[0].benefit_measure == D(big) * 50
