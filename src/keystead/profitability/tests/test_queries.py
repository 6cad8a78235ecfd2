"""P&L and bridge from real facts: they foot, they prove themselves, and rights hold."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from keystead.kernel.errors import Invalid, NotAllowed, NotFound
from keystead.kernel.periods import Period
from keystead.kit.access import SYSTEM, Actor
from keystead.metrics.queries import evaluate, open_proof
from keystead.metrics.tests import room
from keystead.profitability import queries
from keystead.profitability.calc.pnl import ITEMS, LINES, added
from keystead.profitability.tests.house import HALF
from keystead.profitability.types import Against, Convention, Measure, Part, Scenario
from keystead.reference.services import type_rate

pytestmark = pytest.mark.django_db
D = Decimal


def _totals(found: Any, scenario: Scenario = Scenario.ACTUAL) -> dict[str, Decimal | None]:
    return {
        row.detail or row.line.id: row.totals[scenario].value
        for row in found.rows
        if scenario in row.totals
    }


def test_the_statement_by_hand(house, anna: Actor) -> None:
    found = queries.account_pnl(actor=anna, account_id=house["own"], period=HALF)
    assert _totals(found) == {
        "gross_sales": D(1960), "returns": D(-50), "invoice_sales": D(1910),
        "retro": D("-55.55"), "Rebate": D("-55.55"), "funds": D(-20), "Display": D(-20),
        "net_net_sales": D("1834.45"), "cogs": D(-840), "gross_margin": D("994.45"),
        "logistics": D("-31.25"), "account_marketing": D("-33.33"), "Congress": D("-33.33"),
        "contribution": D("929.87"),
    }  # fmt: skip
    before = _totals(found, Scenario.LAST_YEAR)
    assert (before["invoice_sales"], before["net_net_sales"]) == (D(1490), D(1450))
    assert before["contribution"] == D(850)
    budget = {name: value for name, value in _totals(found, Scenario.BUDGET).items()
              if value is not None}  # fmt: skip
    assert budget == {"invoice_sales": D(1800), "account_marketing": D(-900), "Congress": D(-900)}
    assert found.currency == "CNY"
    assert found.without_cost == (date(2026, 6, 1),)  # lancets came without a cost


def test_a_month_with_plans_alone_has_no_expenses_yet(house, anna: Actor) -> None:
    row = {"account_id": house["own"], "date": date(2026, 6, 2), "category": "Congress",
           "status": "planned", "value": 70}  # fmt: skip
    room.post("expense", [row], source="plans")
    found = queries.account_pnl(actor=anna, account_id=house["own"], period=HALF)
    assert found.without_expenses == (date(2026, 6, 1),)
    empty = queries.account_pnl(actor=anna, account_id=house["euro"], period=HALF)
    assert empty.without_expenses == ()  # nothing was ever spent: no month stands out


def test_the_run_rate_foots_and_is_named(house, anna: Actor) -> None:
    found = queries.account_pnl(actor=anna, account_id=house["own"], period=Period.parse("2026"))
    assert found.pace is not None
    assert (found.pace.until, found.pace.gone, found.pace.whole) == (date(2026, 6, 30), 6, 12)
    told = {row.line.id: row.totals[Scenario.FORECAST].value for row in found.rows
            if not row.detail}  # fmt: skip
    assert told["contribution"] == 2 * D("929.87")
    for line in LINES:
        if line.is_sum and told.get(line.id) is not None:
            assert told[line.id] == sum((told.get(part) or D(0) for part in line.parts), D(0))
    closed = queries.account_pnl(actor=anna, account_id=house["own"], period=HALF)
    assert closed.pace is None
    assert Scenario.FORECAST not in closed.scenarios


def _agree(house: Any, *values: int) -> None:
    rows = [{"account_id": house["own"], "product_id": None, "date": date(2026, month, 1),
             "value": value} for month, value in enumerate(values, 7)]  # fmt: skip
    room.post("forecast", rows, source="cycle")


def test_agreed_sales_take_the_place_of_the_run_rate(house, anna: Actor) -> None:
    _agree(house, 310, 310, 310, 310, 310, 360)
    found = queries.account_pnl(actor=anna, account_id=house["own"], period=Period.parse("2026"))
    assert found.pace is not None
    assert found.pace.coming is not None
    assert found.pace.coming.value == D(1910)
    told = {row.line.id: row.totals[Scenario.FORECAST] for row in found.rows if not row.detail}
    assert told["invoice_sales"].value == D(3820)
    assert told["contribution"].value == 2 * D("929.87")  # as much again: all else keeps its share
    assert found.pace.coming.proofs[0] in told["gross_sales"].proofs
    proof = open_proof(actor=anna, proof_id=found.pace.coming.proofs[0])
    assert proof.figure.value == D(1910)


def test_odd_shares_of_agreed_sales_foot_to_the_cent(house, anna: Actor) -> None:
    _agree(house, 101, 103, 107, 109, 113, 127)
    found = queries.account_pnl(actor=anna, account_id=house["own"], period=Period.parse("2026"))
    told = {row.line.id: row.totals[Scenario.FORECAST].value for row in found.rows
            if not row.detail}  # fmt: skip
    assert told["invoice_sales"] == D(1910 + 660)
    for line in LINES:
        if line.is_sum and told.get(line.id) is not None:
            assert told[line.id] == sum((told.get(part) or D(0) for part in line.parts), D(0))


def test_a_month_without_agreed_sales_leaves_the_run_rate(house, anna: Actor) -> None:
    _agree(house, 310, 310, 310)
    found = queries.account_pnl(actor=anna, account_id=house["own"], period=Period.parse("2026"))
    assert found.pace is not None
    assert found.pace.coming is None


def test_every_month_foots_down_and_every_line_across(house, anna: Actor) -> None:
    found = queries.account_pnl(actor=anna, account_id=house["own"], period=HALF)
    rows = {row.line.id: row for row in found.rows if not row.detail}
    for row in rows.values():
        months = [amount.value for amount in row.months.values() if amount.value is not None]
        if not row.line.is_sum:
            assert sum(months) == row.totals[Scenario.ACTUAL].value
    for line in LINES:
        if line.is_sum:
            for month in found.months:
                amount = rows[line.id].months[month].value
                parts = [rows[name].months[month].value for name in line.parts if name in rows]
                assert amount is None or amount == sum(part or 0 for part in parts)


def test_every_proof_opens_and_proves_its_amount(house, anna: Actor) -> None:
    found = queries.account_pnl(actor=anna, account_id=house["own"], period=HALF)
    checked = 0
    for row in found.rows:
        for amount in [*row.totals.values(), *row.months.values()]:
            if amount.proof_id and amount.value is not None:
                proved = open_proof(actor=anna, proof_id=amount.proof_id, limit=1).figure.value
                assert abs(proved or 0) == abs(amount.value), (row.line.id, amount)
                checked += 1
    assert checked > 30
    summed = found.row("gross_margin")
    assert summed is not None
    assert len(summed.totals[Scenario.ACTUAL].proofs) == 5


def test_products_and_months_add_up_to_the_account(house, anna: Actor) -> None:
    whole = queries.account_pnl(actor=anna, account_id=house["own"], period=HALF)
    for spread in (False, True):
        cells = queries.pnl_cells(
            actor=anna, account_id=house["own"], period=HALF, spread_expenses=spread
        )
        total = added(cell.statement for cell in cells)
        for name in ITEMS:
            row = whole.row(name)
            assert total[name] == (row.totals[Scenario.ACTUAL].value if row else None), name
        assert any(cell.product_id is None for cell in cells) is not spread


def test_who_may_not_see_costs_sees_neither_cost_nor_margin(house, vera: Actor) -> None:
    found = queries.account_pnl(actor=vera, account_id=house["own"], period=HALF)
    assert not found.sees_cost
    assert set(_totals(found)) == {
        "gross_sales", "returns", "invoice_sales", "retro", "Rebate", "funds", "Display",
        "net_net_sales", "account_marketing", "Congress",
    }  # fmt: skip
    assert found.without_cost == ()
    cells = queries.pnl_cells(actor=vera, account_id=house["own"], period=HALF)
    assert all(cell.statement["cogs"] is None for cell in cells)
    with pytest.raises(NotAllowed):
        queries.growth(
            actor=vera, account_id=house["own"], period=HALF, measure=Measure.GROSS_MARGIN
        )
    moved = queries.growth(actor=vera, account_id=house["own"], period=HALF)
    assert moved.drivers == ()


def test_a_foreign_account_is_a_missing_one(house, anna: Actor) -> None:
    for account_id in (house["foreign"], 999_999):
        for ask in (queries.account_pnl, queries.pnl_cells, queries.growth):
            with pytest.raises(NotFound):
                ask(actor=anna, account_id=account_id, period=HALF)


@pytest.mark.parametrize("convention", list(Convention))
@pytest.mark.parametrize("measure", list(Measure))
@pytest.mark.parametrize("against", list(Against))
def test_the_parts_are_the_difference_of_the_two_figures(
    house, anna: Actor, convention: Convention, measure: Measure, against: Against
) -> None:
    found = queries.growth(
        actor=anna, account_id=house["own"], period=HALF, against=against, measure=measure,
        convention=convention,
    )  # fmt: skip
    old, new = (
        evaluate(
            actor=anna, metrics=[measure.value], period=period, filters={"account": [house["own"]]}
        ).figure(measure.value)
        for period in (found.before, found.period)
    )
    assert sum(found.bridge.parts.values()) == D(new.value or 0) - D(old.value or 0)
    assert (found.base.value, found.actual.value) == (D(old.value or 0), D(new.value or 0))
    assert found.actual.proof_id == new.proof_id
    assert sum(sum(line.parts.values()) for line in found.lines) == found.bridge.change


def test_the_bridge_by_hand(house, anna: Actor) -> None:
    found = queries.growth(actor=anna, account_id=house["own"], period=HALF)
    # Strips and meter: Q0 200, Q1 200. Volume 0; mix (150-100) x 10 + (50-100) x 4; price 150 x 1.
    assert {part: amount for part, amount in found.bridge.parts.items() if amount} == {
        Part.MIX: D(300), Part.PRICE: D(150), Part.NEW: D(60), Part.LOST: D(-90),
    }  # fmt: skip
    assert found.lines[0].name == "P1 strips"
    assert sum(one.amount for one in found.drivers) == D("929.87") - D(850)
    assert {one.id for one in found.drivers} >= {"mix", "price", "new", "lost", "cogs", "retro"}


def test_the_margin_names_what_has_no_cost(house, anna: Actor) -> None:
    found = queries.growth(
        actor=anna, account_id=house["own"], period=HALF, measure=Measure.GROSS_MARGIN
    )
    assert found.without_cost == 1
    assert (found.base.value, found.actual.value) == (D(890), D(1070))


def test_what_the_rates_did_stands_apart(house, anna: Actor) -> None:
    for cells in (
        ("2025-05-01", "EUR", "CNY", "8", "bank"),
        ("2026-05-01", "EUR", "CNY", "7.5", "bank"),
    ):
        type_rate(actor=SYSTEM, cells=cells)
    found = queries.growth(actor=anna, account_id=house["euro"], period=HALF, currency="CNY")
    assert (found.base.value, found.actual.value) == (D(800), D(900))
    assert {part: amount for part, amount in found.bridge.parts.items() if amount} == {
        Part.PRICE: D(160), Part.CURRENCY: D(-60),
    }  # fmt: skip
    own = queries.growth(actor=anna, account_id=house["euro"], period=HALF)
    assert (own.currency, own.bridge.parts[Part.CURRENCY]) == ("EUR", 0)


def test_two_currencies_are_refused_not_added(house, anna: Actor) -> None:
    row = {"account_id": house["own"], "product_id": house["meter"], "date": date(2026, 4, 1),
           "quantity": 1, "value": 10, "currency": "EUR"}  # fmt: skip
    room.post("sell_in", [row], source="other")
    for ask in (queries.account_pnl, queries.pnl_cells, queries.growth):
        with pytest.raises(Invalid) as caught:
            ask(actor=anna, account_id=house["own"], period=HALF)
        assert caught.value.code == "currency_mixed"


def test_an_empty_account_has_no_rows(house, anna: Actor) -> None:
    found = queries.account_pnl(actor=anna, account_id=house["empty"], period=HALF)
    assert (found.rows, found.months) == ((), ())
    moved = queries.growth(actor=anna, account_id=house["empty"], period=HALF)
    assert (moved.bridge.change, moved.lines) == (0, ())


def test_as_of_an_earlier_commit_nothing_moves(house, anna: Actor) -> None:
    before = queries.account_pnl(actor=anna, account_id=house["own"], period=HALF)
    row = {"account_id": house["own"], "product_id": house["meter"], "date": date(2026, 4, 1),
           "quantity": 1, "value": 10}  # fmt: skip
    room.post("sell_in", [row], source="other")
    again = queries.account_pnl(
        actor=anna, account_id=house["own"], period=HALF, commit=before.commit
    )
    assert _totals(again) == _totals(before)
    now = queries.account_pnl(actor=anna, account_id=house["own"], period=HALF)
    assert _totals(now)["invoice_sales"] == D(1920)
