"""Evaluation over the real ledger: whose sales count, when, in which currency; the lines."""

from __future__ import annotations

from datetime import date

import pytest

from keystead.agreements.queries.evaluation import evaluate_agreement
from keystead.agreements.tests.factories import D, rebate, tiers
from keystead.agreements.tests.sold import agreed, sell
from keystead.agreements.types import Gate, GateKind, GateResult, Measure, Scope, Selection
from keystead.kernel.errors import Invalid, NotFound
from keystead.kit.access import SYSTEM
from keystead.reference.services import type_rate

pytestmark = pytest.mark.django_db


def test_sales_of_the_account_and_all_below_it_count(kam, house):
    sell(
        house,
        ("jd", "p", "2025-02-10", "600"),
        ("shop", "q", "2025-03-10", "500"),
        ("shop", "q", "2025-04-10", "-50"),
        ("else", "p", "2025-02-10", "9000"),
        ("jd", "p", "2024-12-31", "7000"),
    )
    one = agreed(kam, house)
    found = evaluate_agreement(kam, one.id, as_of=date(2025, 12, 31))
    (line,) = found.run.lines
    assert (line.tier_measure, line.tier, line.amount.amount) == (1050, 1, D("31.50"))
    assert [(x.account_id, x.value, x.conditions) for x in found.lines] == [
        (house["jd"], 600, ("volume",)),
        (house["shop"], 500, ("volume",)),
        (house["shop"], -50, ("volume",)),
    ]
    assert sum(x.value for x in found.lines) == line.benefit_measure
    assert all(x.batch_id and x.source_row for x in found.lines)
    assert found.all_lines
    early = evaluate_agreement(kam, one.id, as_of=date(2025, 3, 9))
    assert early.run.lines[0].amount.amount == D("6.00")


def test_scopes_channels_and_returns_narrow_it_down(kam, house):
    sell(
        house,
        ("jd", "p", "2025-02-10", "1000", {"channel": "online"}),
        ("jd", "q", "2025-02-10", "400", {"channel": "shop"}),
        ("jd", "p", "2025-05-10", "-100", {"channel": "online"}),
    )
    flat = tiers((0, 10))
    brand = Scope(include=Selection(brands=("Acu",)))
    other = Scope(exclude=Selection(products=(house["p"],)))
    one = agreed(
        kam, house,
        rebate("brand", tiers=flat, scope=brand),
        rebate("other", tiers=flat, scope=other),
        rebate("shop", tiers=flat, scope=Scope(include=Selection(channels=("shop",)))),
        rebate("gross", tiers=flat, scope=brand, returns_count=False),
    )  # fmt: skip
    found = evaluate_agreement(kam, one.id, as_of=date(2025, 12, 31))
    amounts = {line.condition: str(line.amount.amount) for line in found.run.lines}
    assert amounts == {"brand": "90.00", "other": "40.00", "shop": "40.00", "gross": "100.00"}
    assert [x.conditions for x in found.lines] == [
        ("brand", "gross"), ("other", "shop"), ("brand",),
    ]  # fmt: skip


def test_the_same_ledger_gives_the_same_hash_and_a_commit_stays_as_it_was(kam, house):
    sell(house, ("jd", "p", "2025-02-10", "600"))
    one = agreed(kam, house)
    first = evaluate_agreement(kam, one.id, as_of=date(2025, 12, 31))
    again = evaluate_agreement(kam, one.id, as_of=date(2025, 12, 31))
    assert (first.run, first.commit) == (again.run, again.commit)
    sell(house, ("jd", "p", "2025-03-10", "600"), source="later")
    later = evaluate_agreement(kam, one.id, as_of=date(2025, 12, 31))
    assert later.run.total.amount == D("36.00")
    assert later.run.inputs_hash != first.run.inputs_hash
    then = evaluate_agreement(kam, one.id, as_of=date(2025, 12, 31), commit=first.commit)
    assert then.run == first.run


def test_other_currencies_need_a_rate_and_units_are_not_mixed(kam, house):
    sell(
        house,
        ("jd", "p", "2025-02-10", "600"),
        ("jd", "q", "2025-02-10", "100", {"currency": "EUR", "unit": "box"}),
    )
    by_value, by_unit = rebate("v"), rebate("u", tier_measure=Measure.QUANTITY)
    with pytest.raises(Invalid, match="no rate from EUR to CNY for 2025-02"):
        evaluate_agreement(kam, agreed(kam, house, by_value).id, as_of=date(2025, 12, 31))
    type_rate(actor=SYSTEM, cells=["2025-02-01", "EUR", "CNY", "7.5", "test"])
    found = evaluate_agreement(kam, agreed(kam, house, by_value).id, as_of=date(2025, 12, 31))
    assert found.run.lines[0].tier_measure == 1350
    assert [(x.value, x.currency) for x in found.lines] == [(600, "CNY"), (750, "CNY")]
    with pytest.raises(Invalid, match="box, pack"):
        evaluate_agreement(kam, agreed(kam, house, by_unit).id, as_of=date(2025, 12, 31))


def test_a_gate_nobody_has_told_of_stops_a_payment_and_passes_an_accrual(kam, house):
    sell(house, ("jd", "p", "2025-02-10", "1000"))
    one = agreed(kam, house, rebate("g", gates=(Gate("data_on_time"),)))
    found = evaluate_agreement(kam, one.id, as_of=date(2025, 12, 31))
    assert (found.run.total.amount, found.run.lines[0].gate) == (0, GateResult.UNKNOWN)
    expected = evaluate_agreement(kam, one.id, as_of=date(2025, 12, 31), assume_gates=True)
    assert expected.run.total.amount == D("30.00")


def test_a_metric_of_the_catalogue_answers_a_gate(kam, house):
    sell(house, ("jd", "p", "2025-02-10", "1000"))
    gate = Gate("sell_in_units", GateKind.NUMBER, at_least=D(100))
    one = agreed(kam, house, rebate("g", gates=(gate,)))
    found = evaluate_agreement(kam, one.id, as_of=date(2025, 12, 31))
    assert (found.run.total.amount, found.run.lines[0].gate) == (30, GateResult.MET)


def test_a_foreign_agreement_is_a_missing_one(kam, house, make_actor):
    one = agreed(kam, house)
    stranger = make_actor("stranger", "kam")
    for who, what in ((stranger, one.id), (kam, one.id + 999)):
        with pytest.raises(NotFound) as caught:
            evaluate_agreement(who, what, as_of=date(2025, 12, 31))
        assert caught.value.code == "agreement_not_found"
    with pytest.raises(NotFound):
        evaluate_agreement(kam, one.id, as_of=date(2025, 12, 31), version=2)
