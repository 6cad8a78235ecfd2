"""What a run knows ahead, what it carries over, and what it tells that is gone."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import numpy as np
import pytest

from keystead.catalog.services import listings
from keystead.catalog.services.products import supersede_product
from keystead.forecasting import models, services
from keystead.forecasting.queries import overrides_of
from keystead.forecasting.queries.demand import demand_history
from keystead.forecasting.queries.known import PROMOTION, known_ahead
from keystead.forecasting.queries.lists import lists_now, lists_of
from keystead.forecasting.queries.panel import panel_of
from keystead.forecasting.queries.problems import problems_of
from keystead.forecasting.queries.table import cycle_table
from keystead.forecasting.services.runs import calculate
from keystead.forecasting.tests.cells import lock
from keystead.forecasting.tests.house import DAYS, MONTH, opened, ran, typed
from keystead.forecasting.types.cycle import Asked, Calendar, DemandKind, Key, Layer, Node
from keystead.kernel.periods import add_months
from keystead.kit.access import SYSTEM
from keystead.ledger.types import Mode
from keystead.metrics.tests import room

pytestmark = pytest.mark.django_db
NEXT = add_months(MONTH, 1)


def history(house, cut_off=date(2025, 12, 31)):
    return demand_history(SYSTEM, kind=DemandKind.SELL_IN, cut_off=cut_off)


def spend(house, months, account="jd", status="planned", **more):
    room.post(
        "expense",
        [
            {"account_id": house[account], "product_id": more.get("product"), "date": month,
             "category": "promotion", "campaign": more.get("campaign", "618"), "status": status,
             "value": Decimal(100), "doc_no": f"E{month}{status}{account}"}
            for month in months
        ],
        source=f"spend {status}",
    )  # fmt: skip


def test_planned_campaigns_are_known_for_the_past_and_the_months_ahead(house):
    demand = history(house)
    assert known_ahead(SYSTEM, demand, 6).future is None
    spend(house, [date(2024, 6, 1), date(2025, 6, 1), date(2026, 6, 1)])
    spend(house, [date(2025, 3, 1), date(2026, 3, 1)], status="actual", campaign=None)
    demand = history(house)
    found = known_ahead(SYSTEM, demand, 6)
    matrix = found.future.matrices[PROMOTION]
    assert matrix.shape == (4, 36 + 6)
    jd, far = (
        demand.place[Key(house["jd"], house["p"])],
        demand.place[Key(house["far"], house["p"])],
    )
    assert np.flatnonzero(matrix[jd]).tolist() == [
        17,
        29,
        41,
    ]  # each June; no campaign, no promotion
    assert matrix[jd, 41] == 1.0
    assert not matrix[far].any()


def test_a_promotion_only_in_the_past_is_no_plan(house):
    spend(house, [date(2024, 6, 1), date(2025, 6, 1)])
    assert known_ahead(SYSTEM, history(house), 6).future is None


def test_a_successor_in_the_catalog_follows_the_product_it_replaces(house):
    supersede_product(
        actor=SYSTEM, product_id=house["p"], successor_id=house["q"], on=date(2025, 12, 1)
    )
    found = known_ahead(SYSTEM, history(house), 6)
    assert found.predecessors == {Key(house["jd"], house["q"]): Key(house["jd"], house["p"])}


def test_a_share_of_the_old_goes_to_the_new_and_the_largest_part_counts(house):
    supersede_product(
        actor=SYSTEM, product_id=house["p"], successor_id=house["q"], on=date(2025, 12, 1),
        share_pct=Decimal("60"),
    )  # fmt: skip
    demand = history(house)
    found = known_ahead(SYSTEM, demand, 6)
    young = Key(house["jd"], house["q"])
    assert found.shares == {young: Decimal("0.6")}
    panel = panel_of(demand, None, found.predecessors, found.shares)
    at = demand.place[young]
    assert panel.static["share"][at] == "0.60"
    assert panel.static["predecessor"][at] == f"{house['jd']}:{house['p']}"


def test_a_new_product_gets_its_share_of_the_old_ones_forecast(house, sales_ops):
    new = room.product("N1", brand="Acu")
    row = {"account_id": house["jd"], "product_id": new, "date": date(2025, 12, 20),
           "quantity": Decimal(1), "value": Decimal(10), "doc_no": "N"}  # fmt: skip
    room.post("sell_in", [row], source="erp", mode=Mode.APPEND)
    supersede_product(
        actor=SYSTEM, product_id=house["p"], successor_id=new, on=date(2026, 1, 1),
        share_pct=Decimal("50"),
    )  # fmt: skip
    lines = statistical(ran(sales_ops, opened(sales_ops)), sales_ops)
    old, young = lines[Key(house["jd"], house["p"])], lines[Key(house["jd"], new)]
    assert 45 <= young[-1] <= 66  # of 120 a month; the brand's own history keeps the sum there
    assert 100 <= young[-1] + old[-1] <= 140


def statistical(cycle, ops):
    table = cycle_table(ops, cycle.id)
    made = table.layers[Layer.STATISTICAL]
    return {one.key: made[at] for at, one in enumerate(table.series)}


def test_a_run_keeps_the_lists_and_successors_it_started_with(house, sales_ops):
    cycle = opened(sales_ops)
    started = services.start_run(actor=sales_ops, cycle_id=cycle.id, asked=Asked(recipe="fast"))
    listings.add_listing(
        actor=SYSTEM, account_id=house["jd"], product_id=house["p"], agreed=True,
        valid_from=date(2023, 1, 1), valid_to=date(2026, 3, 1),
    )  # fmt: skip
    supersede_product(
        actor=SYSTEM, product_id=house["p"], successor_id=house["q"], on=date(2025, 12, 1)
    )
    calculate(run_id=started.id)
    line = statistical(cycle, sales_ops)[Key(house["jd"], house["p"])]
    assert (line > 0).all()
    ran(sales_ops, cycle)
    assert not statistical(cycle, sales_ops)[Key(house["jd"], house["p"])][2:].any()


def test_what_a_run_stored_of_the_lists_reads_back(house):
    listings.add_listing(
        actor=SYSTEM, account_id=house["jd"], product_id=house["p"], agreed=True,
        valid_from=date(2023, 1, 1), valid_to=date(2026, 3, 1),
    )  # fmt: skip
    supersede_product(
        actor=SYSTEM, product_id=house["p"], successor_id=house["q"], on=date(2025, 12, 1),
        share_pct=Decimal("62.5"),
    )  # fmt: skip
    now = lists_now(SYSTEM)
    assert lists_of(now.plain()) == now
    assert now.successors == {house["p"]: (house["q"], Decimal("62.50"))}
    assert lists_now(SYSTEM, frozenset({house["far"]})).spans == {}
    assert lists_of({}) is None


def test_nothing_is_forecast_after_the_end_of_a_listing_and_both_are_told(house, sales_ops):
    listings.add_listing(
        actor=SYSTEM, account_id=house["jd"], product_id=house["p"], agreed=True,
        valid_from=date(2023, 1, 1), valid_to=date(2026, 3, 1),
    )  # fmt: skip
    listings.add_listing(
        actor=SYSTEM, account_id=house["far"], product_id=house["q"], agreed=True,
        valid_from=date(2026, 1, 1),
    )  # fmt: skip
    cycle = ran(sales_ops, opened(sales_ops))
    table = cycle_table(sales_ops, cycle.id)
    at = [one.key for one in table.series].index(Key(house["jd"], house["p"]))
    line = table.layers[Layer.STATISTICAL][at]
    assert (line[:2] > 0).all()
    assert not line[2:].any()
    assert not table.bands["hi95"][at][2:].any()
    parts = models.RunSeries.objects.get(account_id=house["jd"], product_id=house["p"]).parts
    total = np.sum([np.array(values) for values in parts.values()], axis=0)
    assert np.allclose(total, line, atol=0.01)
    told = {(one.code, one.account_id, one.product_id) for one in problems_of(sales_ops, cycle.id)}
    assert ("off_list_ahead", house["jd"], house["p"]) in told
    assert ("no_history", house["far"], house["q"]) in told


def next_cycle(ops, **more):
    days = Calendar(*(add_months(day.replace(day=1), 1).replace(day=day.day) for day in
                      (DAYS.opens, DAYS.submit_by, DAYS.review_by, DAYS.lock_by)))  # fmt: skip
    return opened(ops, month=NEXT, calendar=days, **more)


def test_an_override_that_still_applies_is_carried_into_the_next_cycle_once(
    house, kam, sales_ops, monkeypatch
):
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_: MONTH)
    cycle = ran(sales_ops, opened(sales_ops))
    node = Node(house["jd"], house["p"])
    months = tuple(add_months(MONTH, step) for step in (1, 2, 3))

    def write(amount, **more):
        return services.override(
            actor=kam, cycle_id=cycle.id, entry=typed(node, amount, periods=months, **more)
        )

    write(500)  # no day of expiry: ends with its cycle
    kept = write(10, kind="percent", expires=date(2026, 3, 31), note="tender")
    lock(cycle, {})
    following = ran(sales_ops, next_cycle(sales_ops))
    (one,) = overrides_of(kam, following.id)
    assert one.carried_from == kept.id
    assert one.periods == months[:2]  # April lies after its end
    assert (one.by, one.note, one.expires) == (kam.user_id, "tender", date(2026, 3, 31))
    ran(sales_ops, following)
    assert len(overrides_of(kam, following.id)) == 1


def test_a_series_that_a_new_run_does_not_have_is_told_with_what_stands_on_it(
    house, kam, sales_ops
):
    cycle = ran(sales_ops, opened(sales_ops))
    services.override(actor=kam, cycle_id=cycle.id, entry=typed(Node(house["ali"], house["p"]), 90))
    row = models.CycleRow.objects.get(pk=cycle.id)
    row.accounts = [house["jd"]]
    row.save_checked(SYSTEM)
    ran(sales_ops, cycle)
    told = [one for one in problems_of(sales_ops, cycle.id) if one.code == "vanished"]
    assert [(one.account_id, one.count) for one in told] == [(house["ali"], 1), (house["far"], 0)]
    assert models.OverrideLine.objects.count() == 1
