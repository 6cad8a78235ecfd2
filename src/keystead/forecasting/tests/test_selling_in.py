"""An off-take cycle: its sell-in is off-take and change of stock, both shown, posted at the lock."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from click.testing import CliRunner

from keystead.accounts import services as accounts
from keystead.forecasting.commands import forecast
from keystead.forecasting.queries.selling_in import planned_sell_in
from keystead.forecasting.queries.table import cycle_table
from keystead.forecasting.tests.house import FIRST, locked, opened, ran
from keystead.forecasting.types.cycle import CycleState, DemandKind, Key
from keystead.kernel.periods import Period, add_months
from keystead.kit.access import SYSTEM
from keystead.metrics.queries import sums
from keystead.metrics.tests import room

pytestmark = pytest.mark.django_db


@pytest.fixture
def head(make_actor, house):
    leader = make_actor("zhang", "director")
    for one in ("group", "jd", "ali"):
        accounts.assign_team(
            actor=SYSTEM, account_id=house[one], user_id=leader.user_id, role="backup",
            valid_from=date(2020, 1, 1),
        )  # fmt: skip
    return leader


@pytest.fixture
def sold_on(house):
    """jd sells on 100 a month and holds 150, ali sells on 30 and tells no stock."""
    months = [add_months(FIRST, step).replace(day=20) for step in range(36)]
    sold = [
        {"account_id": house[who], "product_id": house["p"], "date": day, "quantity": units,
         "value": units * 15, "doc_no": f"O{who}{day}", "basis": "paid"}
        for day in months for who, units in (("jd", 100), ("ali", 30))
    ]  # fmt: skip
    room.post("off_take", sold)
    stock = [
        {"account_id": house["jd"], "product_id": house["p"], "date": day,
         "quantity": 150 if day != months[-1] else 90}
        for day in months
    ]  # fmt: skip
    room.post("stock", stock)


def forecast_facts():
    table = sums(
        actor=SYSTEM, dataset="forecast", period=Period(date(2026, 1, 1), date(2026, 7, 1)),
        keys=("account_id", "product_id", "month"),
    )  # fmt: skip
    return {
        (row["account_id"], row["month"].month): (row["quantity"], row["value"])
        for row in table.to_pylist()
    }


def test_sell_in_serves_the_off_take_and_brings_the_stock_to_its_usual_cover(
    house, sold_on, sales_ops, head, finance, client_of, monkeypatch
):
    cycle = ran(sales_ops, opened(sales_ops, kind=DemandKind.OFF_TAKE))
    plan = {one.key: one for one in planned_sell_in(sales_ops, cycle_table(sales_ops, cycle.id))}
    jd, ali = plan[Key(house["jd"], house["p"])], plan[Key(house["ali"], house["p"])]
    assert (jd.opening, jd.cover) == (90.0, 1.5)
    assert jd.off_take.tolist() == [100.0] * 6
    assert jd.sell_in.tolist() == [160.0, 100.0, 100.0, 100.0, 100.0, 100.0]
    assert (ali.cover, ali.sell_in.tolist()) == (None, [30.0] * 6)
    assert jd.price == Decimal(10)  # what we invoice, not what they sell for
    page = client_of(sales_ops).get(f"/forecasts/{cycle.id}/cycle/").content.decode()
    assert "Sell-in from off-take" in page
    assert "This account tells no stock." in page
    told = client_of(sales_ops).get(f"/api/forecasts/{cycle.id}/sell-in").json()["items"]
    ours = next(one for one in told if one["account"] == "JD")
    assert (ours["stock_change"][0], ours["sell_in"][:2]) == (60.0, [160.0, 100.0])
    monkeypatch.setenv("KEYSTEAD_USER", "ops")
    said = CliRunner().invoke(forecast, ["plan", "2026-01"]).output
    assert "JD P1 (1.5 months)" in said
    assert "ALI P1 (no stock told)" in said
    done = locked(cycle, head, sales_ops, finance)
    assert done.state is CycleState.LOCKED
    assert done.batch_id
    facts = forecast_facts()
    assert facts[house["jd"], 1] == (Decimal(160), Decimal(1600))
    assert facts[house["jd"], 2] == (Decimal(100), Decimal(1000))
    assert facts[house["ali"], 1] == (Decimal(30), Decimal(300))


def test_where_sell_in_has_a_cycle_of_its_own_the_off_take_cycle_posts_nothing(
    house, sold_on, sales_ops, head, finance
):
    opened(sales_ops)
    cycle = ran(sales_ops, opened(sales_ops, kind=DemandKind.OFF_TAKE))
    done = locked(cycle, head, sales_ops, finance)
    assert (done.state, done.batch_id) == (CycleState.LOCKED, None)
    assert forecast_facts() == {}
