"""Rebates in the P&L: what was accrued, once, to the cent, for those who may read terms."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from keystead.kernel.periods import Period
from keystead.kit.access import Actor
from keystead.ledger.types import Mode
from keystead.metrics.queries import evaluate, open_proof
from keystead.metrics.tests import room
from keystead.profitability import queries
from keystead.profitability.calc.pnl import ITEMS, added
from keystead.profitability.tests.house import HALF
from keystead.profitability.types import Scenario

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def accrued(house: dict[str, Any]) -> dict[str, Any]:
    """Rebates of 60.10 accrued from March on; 12 of it released, 30 settled, 45 paid."""
    own, strips, meter = house["own"], house["strips"], house["meter"]
    room.post(
        "accrual",
        [{"account_id": own, "product_id": product, "date": date.fromisoformat(on), "value": value,
          "kind": kind, "agreement": "AG-1", "condition": "year-end", "basis": "run_rate"}
         for product, on, kind, value in (
             (strips, "2026-03-31", "accrue", "40.07"), (meter, "2026-03-31", "accrue", "20.03"),
             (strips, "2026-05-31", "release", "-12"), (strips, "2026-05-31", "settle", "-30"))],
        mode=Mode.APPEND,
    )  # fmt: skip
    room.post(
        "expense",
        [{"account_id": own, "date": date(2026, 5, 5), "category": "Rebate", "status": "actual",
          "value": 45}],
        source="bank",
    )  # fmt: skip
    return house


def test_a_rebate_counts_when_it_is_accrued_and_once(accrued, anna: Actor) -> None:
    found = queries.account_pnl(actor=anna, account_id=accrued["own"], period=HALF)
    retro = found.row("retro")
    assert retro is not None
    # 55.55 was spent in February, before the first accrual; 48.10 is accrued from March on.
    assert retro.totals[Scenario.ACTUAL].value == D("-55.55") - D("48.10")
    assert {month: amount.value for month, amount in retro.months.items() if amount.value} == {
        date(2026, 2, 1): D("-55.55"), date(2026, 3, 1): D("-60.10"), date(2026, 5, 1): D(12),
    }  # fmt: skip
    assert (found.paid.value, found.accrues_since) == (D(-45), date(2026, 3, 1))
    below = {row.detail: row.totals[Scenario.ACTUAL].value for row in found.rows
             if row.line.id == "retro" and row.detail}  # fmt: skip
    assert below == {"Rebate": D("-55.55"), "Accrued by agreements": D("-48.10")}
    proved = open_proof(actor=anna, proof_id=found.paid.proof_id)
    assert proved.figure.value == D(45)


def test_the_line_is_the_movement_of_the_accrual_ledger(accrued, anna: Actor) -> None:
    for text in ("2026-03", "2026-Q2", "2026-04..2026-06", "2026-05"):
        period = Period.parse(text)
        found = queries.account_pnl(actor=anna, account_id=accrued["own"], period=period)
        asked = evaluate(
            actor=anna, metrics=["rebate_accrued"], period=period,
            filters={"account": [accrued["own"]]},
        )  # fmt: skip
        retro = found.row("retro")
        assert retro is not None
        assert retro.totals[Scenario.ACTUAL].value == -(D(asked.figure("rebate_accrued").value))
        assert retro.totals[Scenario.ACTUAL].proofs == (asked.figure("rebate_accrued").proof_id,)


def test_the_contribution_of_the_metric_is_that_of_the_statement(accrued, anna: Actor) -> None:
    found = queries.account_pnl(actor=anna, account_id=accrued["own"], period=HALF)
    row = found.row("contribution")
    assert row is not None
    assert row.totals[Scenario.ACTUAL].value == D("929.87") - D("48.10")
    for amount in (row.totals[Scenario.ACTUAL], *row.months.values()):
        if amount.value is not None:
            proof = open_proof(actor=anna, proof_id=amount.proof_id)
            assert proof.figure.value == amount.value
    by_month = evaluate(
        actor=anna, metrics=["contribution"], by=["month"], period=HALF,
        filters={"account": [accrued["own"]]},
    )  # fmt: skip
    months = [one["contribution"].value for one in by_month.rows()]
    assert months.count(None) == 3  # February, May and June have no cost of goods
    before = evaluate(
        actor=anna, metrics=["contribution"], period=found.before,
        filters={"account": [accrued["own"]]},
    )  # fmt: skip
    assert before.figure("contribution").value == row.totals[Scenario.LAST_YEAR].value == 850


def test_products_foot_with_accruals_too(accrued, anna: Actor) -> None:
    whole = queries.account_pnl(actor=anna, account_id=accrued["own"], period=HALF)
    for spread in (False, True):
        total = added(
            cell.statement
            for cell in queries.pnl_cells(
                actor=anna, account_id=accrued["own"], period=HALF, spread_expenses=spread
            )
        )
        for name in ITEMS:
            row = whole.row(name)
            assert total[name] == (row.totals[Scenario.ACTUAL].value if row else None), name


def test_without_the_right_to_terms_neither_rebates_nor_what_they_leave(
    accrued, vera: Actor
) -> None:
    found = queries.account_pnl(actor=vera, account_id=accrued["own"], period=HALF)
    assert found.hides_rebates
    assert {row.line.id for row in found.rows}.isdisjoint({"retro", "net_net_sales", "cogs"})
    assert found.row("invoice_sales") is not None
    cells = queries.pnl_cells(actor=vera, account_id=accrued["own"], period=HALF)
    assert cells
    assert all(cell.statement["net_net_sales"] is None for cell in cells)
    before = queries.account_pnl(
        actor=vera, account_id=accrued["own"], period=Period.parse("2026-02")
    )
    assert not before.hides_rebates
    assert before.row("net_net_sales") is not None


def test_services_stand_apart_with_proofs_of_their_own(accrued, anna: Actor) -> None:
    own, strips = accrued["own"], accrued["strips"]
    room.post(
        "accrual",
        [{"account_id": own, "product_id": strips, "date": date(2026, 4, 9), "value": value,
          "kind": "accrue", "agreement": "AG-1", "condition": name, "basis": "actual",
          "family": "display_fee", "treatment": treatment}
         for name, treatment, value in (("fee", "service", "15.50"), ("more", "revenue", "2"))],
        mode=Mode.APPEND, source="fees",
    )  # fmt: skip
    found = queries.account_pnl(actor=anna, account_id=own, period=HALF)
    lines = {name: found.row(name) for name in ("retro", "services", "net_net_sales")}
    told = {name: row.totals[Scenario.ACTUAL].value for name, row in lines.items() if row}
    # 55.55 spent before the first accrual, 48.10 and 2 accrued, 15.50 for the service, 20 funds.
    assert told == {
        "retro": D("-105.65"), "services": D("-15.50"),
        "net_net_sales": 1910 - D("105.65") - D("15.50") - 20,
    }  # fmt: skip
    for name, amount in (("services", D("15.50")), ("retro", D("50.10"))):
        row = lines[name]
        assert row is not None
        details = [one for one in found.rows if one.line.id == name and one.detail]
        told = {
            one.detail: one.totals[Scenario.ACTUAL] for one in details if one.detail != "Rebate"
        }
        for one in told.values():  # each kind of condition has a proof of its own
            assert open_proof(actor=anna, proof_id=one.proof_id).figure.value == -(one.value or 0)
        assert sum(one.value or 0 for one in told.values()) == -amount
        # The line is proved by treatment, not by kind, beside what was spent before.
        proofs = [one for one in row.totals[Scenario.ACTUAL].proofs if "rebate_accrued" in one]
        values = [open_proof(actor=anna, proof_id=one).figure.value or 0 for one in proofs]
        assert sum(values) == amount
    kinds = {(row.line.id, row.detail): row.totals[Scenario.ACTUAL].value for row in found.rows
             if row.detail}  # fmt: skip
    assert kinds["retro", "Display fee"] == -2
    assert kinds["retro", "Accrued by agreements"] == D("-48.10")
    assert kinds["services", "Display fee"] == D("-15.50")
    waterfall = queries.price_waterfall(actor=anna, account_id=own, period=HALF)
    steps = {step.line.id: step for step in waterfall.steps}
    assert [amount.value for _n, amount in steps["services"].details] == [D("-15.50")]
    assert steps["services"].base == "invoice_sales"
    earned = queries.customer_margin(actor=anna, account_id=own, period=HALF)
    assert sum(line.rebates or D(0) for line in earned.lines) == D("105.65")  # no service fee


def test_an_expense_without_a_category_is_told_as_one(house, anna: Actor) -> None:
    room.post(
        "expense",
        [{"account_id": house["own"], "date": date(2026, 4, 7), "category": "", "value": D(7),
          "status": "actual"}],
        source="blank",
    )  # fmt: skip
    found = queries.account_pnl(actor=anna, account_id=house["own"], period=HALF)
    told = {row.detail: row.totals[Scenario.ACTUAL].value for row in found.rows
            if row.line.id == "account_marketing"}  # fmt: skip
    assert told == {"": D("-40.33"), "Congress": D("-33.33"), "Not assigned": D(-7)}
