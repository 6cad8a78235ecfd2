"""The budget of cost of goods: target units x unit cost, or what is missing for it."""

from __future__ import annotations

import random
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from keystead.accounts.services import assign_team
from keystead.kernel.periods import Period
from keystead.kit.access import SYSTEM, Actor
from keystead.metrics.tests import room
from keystead.profitability.calc.planned_cost import TargetCell, planned_cost
from keystead.profitability.queries import account_pnl
from keystead.profitability.queries.remarks import remarks
from keystead.profitability.queries.wire import pnl_body
from keystead.profitability.types import AccountPnl, CostGap, Scenario

D = Decimal
HALF = Period.parse("2026-01..2026-06")


def cell(product: int | None, month: int, value: Any, units: Any) -> TargetCell:
    return TargetCell(
        product, date(2026, month, 1), None if value is None else D(value),
        None if units is None else D(units),
    )  # fmt: skip


def test_a_part_that_is_not_known_makes_the_whole_unknown() -> None:
    costs = {1: [(date(2025, 1, 1), D(2)), (date(2026, 2, 20), D(3))]}
    known = [cell(1, 1, 100, 10), cell(1, 2, 100, 10)]
    assert planned_cost(known, costs) == planned_cost(list(reversed(known)), costs)
    found = planned_cost(known, costs)
    assert found is not None
    assert (found.amount, found.gaps) == (D("50.00"), ())
    assert planned_cost([], costs) is None
    # A target in money without products is cut by the units that name them.
    whole = planned_cost([cell(None, 1, 900, None), cell(1, 1, None, 10)], costs)
    assert whole is not None
    assert whole.amount == D("20.00")
    for extra, gap in (
        (cell(1, 3, 50, None), CostGap.NO_UNITS),
        (cell(None, 3, 50, 4), CostGap.NO_PRODUCT),
        (cell(2, 3, 50, 4), CostGap.NO_COST),
        (TargetCell(1, date(2026, 3, 1), D(1), D(4), mixed=True), CostGap.MIXED_UNITS),
    ):
        missing = planned_cost([*known, extra], costs)
        assert missing is not None
        assert (missing.amount, missing.gaps) == (None, (gap,))


def test_random_targets_against_a_sum_row_by_row() -> None:
    rng = random.Random(5)
    for _case in range(200):
        costs = {one: [(date(2025, rng.randint(1, 12), 5), D(rng.randint(1, 999)) / 100),
                       (date(2026, rng.randint(1, 12), 9), D(rng.randint(1, 999)) / 100)]
                 for one in (1, 2)}  # fmt: skip
        cells = [cell(rng.choice([1, 2]), rng.randint(1, 12), 5, rng.randint(1, 99))
                 for _row in range(rng.randint(1, 8))]  # fmt: skip
        cents = 0
        for one in cells:
            (_old, before), (day, after) = costs[one.product_id or 0]
            unit = after if day.month <= one.month.month else before
            cents += int(unit * 100) * int(one.units or 0)
        found = planned_cost(cells, costs)
        assert found is not None
        assert found.amount == D(cents) / 100


@pytest.fixture
def anna(settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Actor:
    settings.KEYSTEAD_HOME = tmp_path / "home"
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_args: date(2026, 6, 30))
    return room.user("anna", "kam")


def _world(anna: Actor) -> tuple[int, int]:
    own, strips = room.account("A1", anna), room.product("P1")
    sold = {"account_id": own, "product_id": strips, "date": date(2026, 1, 12)}
    room.post("sell_in", [{**sold, "quantity": 10, "value": 100}])
    room.post("target", [
        {"account_id": own, "product_id": strips, "date": date(2026, month, 1), "value": 300,
         "metric": "sell_in"} for month in range(1, 7)
    ])  # fmt: skip
    room.post("expense", [{"account_id": own, "date": date(2026, 3, 1), "value": 200,
                           "category": "Rebate", "status": "planned"}])  # fmt: skip
    return own, strips


def _budget(found: AccountPnl, line: str) -> Decimal | None:
    row = found.row(line)
    return row.totals[Scenario.BUDGET].value if row else None


@pytest.mark.django_db
def test_the_budget_has_a_margin_once_units_and_costs_are_there(anna: Actor) -> None:
    own, strips = _world(anna)

    def pnl() -> AccountPnl:
        return account_pnl(actor=anna, account_id=own, period=HALF)

    assert any("has no units" in one for one in remarks(pnl()))
    room.post("target", [
        {"account_id": own, "product_id": strips, "date": date(2026, month, 1), "quantity": 20,
         "metric": "sell_in_units", "unit": "pack"} for month in range(1, 7)
    ], source="units")  # fmt: skip
    found = pnl()
    assert any("there is no unit cost of P1" in one for one in remarks(found))
    assert (_budget(found, "cogs"), _budget(found, "gross_margin")) == (None, None)
    room.post("cost", [
        {"account_id": own, "product_id": strips, "date": date(2025, 11, 3), "unit_cost": 4,
         "kind": "cogs"},
        {"account_id": own, "product_id": strips, "date": date(2026, 4, 1), "unit_cost": D("4.5"),
         "kind": "cogs"},
        {"account_id": own, "product_id": strips, "date": date(2026, 4, 1), "unit_cost": 99,
         "kind": "logistics"},
    ])  # fmt: skip
    found = pnl()
    # 3 months x 20 x 4.00 and 3 months x 20 x 4.50; 1,800 less 200 of planned rebates less 510
    assert _budget(found, "cogs") == D("-510.00")
    assert _budget(found, "gross_margin") == D("1090.00")
    row = found.row("cogs")
    assert row is not None
    assert row.totals[Scenario.BUDGET].proofs
    assert pnl_body(found)["planned_cost"]["gaps"] == []


@pytest.mark.django_db
def test_who_may_not_see_costs_sees_no_budget_of_them(anna: Actor) -> None:
    own, strips = _world(anna)
    room.post("target", [{"account_id": own, "product_id": strips, "date": date(2026, 1, 1),
                          "quantity": 20, "metric": "sell_in_units"}], source="units")  # fmt: skip
    reader = room.user("vera", "viewer")
    assign_team(
        actor=SYSTEM, account_id=own, user_id=reader.user_id or 0, valid_from=date(2020, 1, 1)
    )  # fmt: skip
    found = account_pnl(actor=reader, account_id=own, period=HALF)
    assert (found.sees_cost, found.planned_cost, found.row("cogs")) == (False, None, None)
