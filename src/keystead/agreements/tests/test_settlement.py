"""Settling, accruing, stating: what was paid is never forgotten."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import Any

import pytest

from keystead.agreements.calc.accrual import accrue
from keystead.agreements.calc.evaluate import evaluate
from keystead.agreements.calc.settlement import payments, settle
from keystead.agreements.calc.statement import Formula, statement
from keystead.agreements.tests.world import END, YEAR, D, inputs, line, rebate, tiers, version
from keystead.agreements.types import (
    AccrualBasis,
    AccrualKind,
    AgreementVersion,
    Cap,
    Measure,
    Method,
    NegativePolicy,
    RateKind,
    SettlementLine,
    Timing,
)
from keystead.kernel.money import Money
from keystead.kernel.periods import Period

LINES = [line(1, 600), line(4, 500), line(7, -200), line(10, 300)]
QUARTER_ENDS = [date(2026, 3, 31), date(2026, 6, 30), date(2026, 9, 30), END]
Paid = dict[tuple[str, Period], Money]


def _settle_all(terms: AgreementVersion, lines: Any = LINES) -> tuple[list[list[str]], Paid]:
    settled: Paid = {}
    told = []
    for day in QUARTER_ENDS:
        run = evaluate(terms, inputs(lines), day)
        found = settle(run, terms, settled)
        told.append([str(part.due.amount) for part in found])
        _post(settled, found)
    return told, settled


def _post(settled: Paid, found: tuple[SettlementLine, ...]) -> None:
    for part in found:
        key = (part.condition, part.period)
        settled[key] = settled.get(key, Money.zero("EUR")) + part.due


def test_a_later_settlement_takes_what_was_paid_into_account() -> None:
    """The defect of other systems: tier reached late, paid again from the first unit."""
    told, settled = _settle_all(version(rebate()))
    assert told == [["6.00"], ["27.00"], ["-24.00"], ["27.00"]]
    assert settled == {("v", YEAR): Money("36.00", "EUR")}


@pytest.mark.parametrize("policy", [NegativePolicy.CARRY_FORWARD, NegativePolicy.FLOOR_ZERO])
def test_nothing_is_asked_back_and_nothing_paid_twice(policy: NegativePolicy) -> None:
    told, settled = _settle_all(version(rebate(negative_policy=policy)))
    assert told == [["6.00"], ["27.00"], ["0.00"], ["3.00"]]
    assert settled == {("v", YEAR): Money("36.00", "EUR")}


def test_what_is_held_or_left_is_said() -> None:
    for policy, name in (
        (NegativePolicy.CARRY_FORWARD, "carried"),
        (NegativePolicy.FLOOR_ZERO, "kept"),
    ):
        terms = version(rebate(negative_policy=policy))
        run = evaluate(terms, inputs(LINES), QUARTER_ENDS[2])
        found = settle(run, terms, {("v", YEAR): Money(33, "EUR")})[0]
        assert getattr(found, name) == Money(24, "EUR")


def test_a_restated_file_is_one_more_line_and_settling_twice_pays_nothing() -> None:
    terms = version(rebate())
    settled: Paid = {("v", YEAR): Money("36.00", "EUR")}
    again = settle(evaluate(terms, inputs(LINES), END), terms, settled)
    assert [str(part.due.amount) for part in again] == ["0.00"]
    restated = settle(evaluate(terms, inputs([*LINES, line(2, -300)]), END), terms, settled)
    assert [str(part.due.amount) for part in restated] == ["-27.00"]


def test_a_condition_that_was_dropped_is_asked_back() -> None:
    terms = version(rebate("new"))
    found = settle(evaluate(terms, inputs([]), END), terms, {("old", YEAR): Money(5, "EUR")})
    assert [(part.condition, str(part.due.amount)) for part in found] == [("old", "-5.00")]


def test_a_limit_over_the_agreement_is_a_line_of_its_own() -> None:
    terms = version(rebate(), cap=Cap(D(30)))
    found = settle(evaluate(terms, inputs(LINES), END), terms, {})
    assert [(part.condition, str(part.due.amount)) for part in found] == [
        ("", "-6.00"),
        ("v", "36.00"),
    ]


def test_payments_of_sequences() -> None:
    assert payments([]) == ()
    assert payments([D(0), D(0)]) == (D(0), D(0))


def _accrue(day: date, plan: list[Any], had: dict[str, Money], *rules: Any) -> list[Any]:
    terms = version(*(rules or (rebate(),)))
    now = evaluate(terms, inputs(plan), day, assume_gates=True)
    whole = evaluate(terms, inputs(plan), END, assume_gates=True)
    return list(accrue(now, whole, had, day.replace(day=1), AccrualBasis.FORECAST))


def test_accruals_follow_the_tier_that_the_forecast_reaches() -> None:
    """600 of 1,200 sold: 3 % from the first unit on, although only the 1 % tier is reached."""
    plan = [line(1, 600), line(7, 600)]
    first = _accrue(date(2026, 6, 30), plan, {})
    assert [(e.kind, str(e.amount)) for e in first] == [(AccrualKind.ACCRUE, "18.00 EUR")]
    cut = [line(1, 600), line(7, 300)]
    second = _accrue(date(2026, 6, 30), cut, {"v": Money(18, "EUR")})
    assert [(e.kind, str(e.amount)) for e in second] == [(AccrualKind.RELEASE, "-12.00 EUR")]
    third = _accrue(date(2026, 6, 30), plan, {"v": Money(6, "EUR")})
    assert [(e.kind, str(e.amount)) for e in third] == [(AccrualKind.TRUE_UP, "12.00 EUR")]
    assert _accrue(date(2026, 6, 30), plan, {"v": Money(18, "EUR")}) == []


def test_at_the_end_the_accrual_is_the_entitlement() -> None:
    found = _accrue(END, LINES, {})
    assert [str(entry.amount) for entry in found] == ["36.00 EUR"]


def test_a_fixed_sum_is_accrued_day_by_day() -> None:
    fee = rebate(timing=Timing.LUMP, tier_measure=Measure.NONE, benefit_measure=Measure.NONE,
                 rate_kind=RateKind.FIXED, tiers=tiers((0, 3650)))  # fmt: skip
    found = _accrue(date(2026, 1, 11), [], {}, fee)
    assert [str(entry.amount) for entry in found] == ["110.00 EUR"]


def test_what_no_longer_exists_is_released() -> None:
    found = _accrue(END, LINES, {"gone": Money(7, "EUR"), "v": Money(36, "EUR")})
    assert [(e.condition, str(e.amount)) for e in found] == [("gone", "-7.00 EUR")]


def test_a_statement_can_be_computed_again() -> None:
    terms = version(
        rebate("a", label="Volume"),
        rebate("b", tier_measure=Measure.QUANTITY, benefit_measure=Measure.QUANTITY,
               rate_kind=RateKind.PER_UNIT, tiers=tiers((0, "0.5"))),
        rebate("c", reduce_by=("a",), cap=Cap(D(10))),
        rebate("d", method=Method.INCREMENTAL),
    )  # fmt: skip
    run = evaluate(terms, inputs(LINES), END)
    found = statement(run, terms, {("a", YEAR): Money(6, "EUR")})
    assert [part.condition for part in found] == ["a", "b", "c", "d"]
    for part in found:
        assert part.benefit_measure is not None
        assert part.rate is not None
        raw = {
            Formula.PERCENT: part.benefit_measure * part.rate / 100,
            Formula.PER_UNIT: part.benefit_measure * part.rate,
            Formula.SLICED: D(10) + D(6),
        }[Formula(part.formula)]
        assert raw + part.adjustment == part.entitlement.amount
        assert part.due == part.entitlement - part.settled_before
    assert str(found[0].due) == "30.00 EUR"


def test_a_statement_says_what_is_asked_back() -> None:
    terms = version(rebate("new"))
    run = evaluate(terms, inputs([]), END)
    last = statement(run, terms, {("old", YEAR): Money(5, "EUR")})[-1]
    assert (last.condition, str(last.due), last.formula) == ("old", "-5.00 EUR", "")
    assert dataclasses.asdict(last)["rate"] is None
