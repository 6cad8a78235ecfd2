"""Demand by week: days become weeks, months never do, and no unit is lost on the way."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keystead.forecasting.calc.demand import delisted, stock_out
from keystead.forecasting.queries.demand import demand_history
from keystead.forecasting.queries.weeks import by_week
from keystead.forecasting.tests.cells import shelves
from keystead.forecasting.types.cycle import DemandKind, Key
from keystead.forecasting.types.rhythm import Rhythm
from keystead.kernel.periods import Period, month_start
from keystead.kit.access import SYSTEM, Actor
from keystead.metrics.tests import room

W = Rhythm.WEEK
D = Decimal
MONDAY = date(2025, 9, 1)
CUT_OFF = date(2026, 1, 4)  # a Sunday
TODAY = date(2026, 1, 7)
DAYS = st.dates(date(2024, 12, 20), date(2026, 2, 10))


def rows_of(told: list[tuple[int, int, date, int]]) -> pa.Table:
    """Rows as the ledger adds them up by day."""
    names = ("account_id", "product_id", "date", "quantity")
    table = pa.table(
        [pa.array(list(column), kind) for column, kind in zip(
            zip(*told, strict=True), (pa.int64(), pa.int64(), pa.date32(), pa.decimal128(18, 4)),
            strict=True,
        )], names=names,
    )  # fmt: skip
    months = [month_start(one) for one in table["date"].to_pylist()]
    return (
        table.append_column("month", pa.array(months, pa.date32()))
        .append_column("value", table["quantity"])
        .append_column("lines", pa.array([1] * len(told), pa.int64()))
        .append_column("currency", pa.array(["EUR"] * len(told)))
    )


@given(st.lists(st.tuples(st.integers(1, 3), st.integers(1, 2), DAYS, st.integers(-9, 99)),
                min_size=1, max_size=60))  # fmt: skip
def test_every_unit_is_in_a_week_or_in_a_remark(told):
    found = by_week(rows_of(told), {}, CUT_OFF, TODAY)
    kept: dict[Key, Decimal] = {}
    for one in found.table.to_pylist():
        assert one["month"].weekday() == 0
        assert one["month"] <= CUT_OFF
        key = Key(one["account_id"], one["product_id"])
        kept[key] = kept.get(key, D(0)) + one["quantity"]
    remarks = {one.key: one.code for one in found.problems if one.code.startswith("month_only")}
    for key in {Key(account, product) for account, product, _day, _units in told}:
        mine = [(day, units) for a, p, day, units in told if Key(a, p) == key and day <= CUT_OFF]
        if remarks.get(key) == "month_only":
            assert key not in kept
        elif key not in remarks:
            assert kept.get(key, D(0)) == sum(units for _day, units in mine)


@given(st.lists(st.tuples(DAYS, st.integers(1, 99)), min_size=1, max_size=40))
def test_weeks_of_days_add_up_to_the_same_whole(told):
    """With a day in the middle of each month nothing looks like a month, and all of it counts."""
    pairs = [one for day, units in told for one in ((day, units), (day.replace(day=14), 1))]
    table = rows_of([(1, 1, day, units) for day, units in pairs if day < date(2026, 1, 1)]
                    or [(1, 1, date(2025, 12, 9), 1)])  # fmt: skip
    found = by_week(table, {}, CUT_OFF, TODAY)
    assert not [one for one in found.problems if one.code.startswith("month_only")]
    expected: dict[date, Decimal] = {}
    for day, units in zip(table["date"].to_pylist(), table["quantity"].to_pylist(), strict=True):
        monday = day - timedelta(days=day.weekday())
        expected[monday] = expected.get(monday, D(0)) + units
    got = dict(zip(found.table["month"].to_pylist(), found.table["quantity"].to_pylist(),
                   strict=True))  # fmt: skip
    assert got == expected


@given(st.dates(date(2000, 1, 1), date(2060, 12, 31)), st.integers(-300, 300))
def test_a_week_is_named_as_it_is_read_back(day, steps):
    monday = W.step(W.start(day), steps)
    assert Period.parse(W.code(monday)) == Period(monday, monday + timedelta(days=7))
    assert W.between(W.start(day), monday) == steps


def test_a_shelf_was_empty_and_a_product_off_the_list_by_week():
    empty = stock_out(np.array([10.0, 10, 10, 2, 10]), np.array([5.0, 5, 5, 0, 0]))
    assert empty.tolist() == [False, False, False, True, False]
    weeks = [date(2026, 1, 5), date(2026, 1, 12), date(2026, 1, 19)]
    changes = [(date(2026, 1, 9), "delisted"), (date(2026, 1, 21), "listed")]
    assert delisted(weeks, changes, np.zeros(3), W).tolist() == [False, True, False]


@pytest.fixture
def ids(kam: Actor, make_actor) -> dict[str, int]:
    return shelves(kam, make_actor("far", "kam"))


def row(ids, day, units, who="jd", what="p1"):
    return {"account_id": ids[who], "product_id": ids[what], "date": day,
            "quantity": D(units), "value": D(units) * 10,
            "doc_no": f"{who}{what}{day}"}  # fmt: skip


def weekly(cut_off=CUT_OFF, today=TODAY, **more):
    return demand_history(
        SYSTEM, kind=DemandKind.SELL_IN, cut_off=cut_off, rhythm=W, today=today, **more
    )


@pytest.mark.django_db
class TestFromTheLedger:
    def days(self, ids, weeks=18, who="jd", what="p1", ends=3):
        """Two invoices a week, on Monday and on the last day."""
        return [
            row(ids, W.step(MONDAY, at) + timedelta(days=plus), units, who, what)
            for at in range(weeks) for plus, units in ((0, 10), (ends, 7))
        ]  # fmt: skip

    def test_invoices_with_their_day_become_weeks(self, ids):
        room.post("sell_in", self.days(ids))
        found = weekly()
        assert found.rhythm is W
        assert found.months == W.periods(MONDAY, 18)
        assert found.quantity.tolist() == [[17.0] * 18]
        assert found.prices == (D(10),)
        by_month = demand_history(SYSTEM, kind=DemandKind.SELL_IN, cut_off=CUT_OFF)
        assert by_month.quantity.sum() == found.quantity.sum()  # split by day, not lost

    def test_what_only_knows_its_month_is_left_out_and_named(self, ids):
        monthly = [row(ids, date(2025, n, 1), 100, "ali") for n in range(8, 13)]
        room.post("sell_in", [*self.days(ids), *monthly])
        found = weekly()
        assert found.keys == (Key(ids["jd"], ids["p1"]),)
        assert found.quantity.sum() == 17 * 18
        told = [(one.code, one.key, one.month, one.count) for one in found.problems]
        assert told == [("month_only", Key(ids["ali"], ids["p1"]), date(2025, 12, 1), 5)]

    def test_older_months_without_days_are_unknown_weeks(self, ids):
        old = [row(ids, date(2023, n, 1), 100) for n in range(1, 5)]
        room.post("sell_in", [*old, *self.days(ids)])
        found = weekly()
        (line,) = found.quantity
        assert np.nansum(line) == 17 * 18
        assert [one.code for one in found.problems] == ["month_only_before"]
        assert not np.isnan(line[-18:]).any()

    def test_a_month_end_is_a_month_too_but_one_sale_on_the_first_is_a_day(self, ids):
        ends = [date(2025, 9, 30), date(2025, 10, 31), date(2025, 11, 28)]  # the last: a Friday
        room.post("sell_in", [row(ids, day, 100, "ali") for day in ends] + self.days(ids))
        room.post("sell_in", [row(ids, date(2026, 1, 1), 5, "jd", "q1")], source="once")
        room.post("off_take", [row(ids, date(2025, 9, 1), 5), row(ids, date(2025, 10, 9), 6)])
        found = weekly()
        assert Key(ids["ali"], ids["p1"]) not in found.place
        sold = demand_history(
            SYSTEM, kind=DemandKind.OFF_TAKE, cut_off=CUT_OFF, rhythm=W, today=TODAY
        )
        assert np.nansum(sold.quantity) == 11

    def test_the_running_week_is_not_counted_as_whole(self, ids):
        room.post("sell_in", [*self.days(ids, 19)])  # the last one begins on 5 January
        found = weekly(cut_off=date(2026, 1, 11))
        (line,) = found.quantity
        assert np.isnan(line[-1])
        assert line[-2] == 17
        assert [(one.code, one.month) for one in found.problems] == [
            ("running_week", date(2026, 1, 5))
        ]
        later = weekly(cut_off=date(2026, 1, 11), today=date(2026, 1, 12))
        assert later.quantity[0, -1] == 17
        assert not later.problems

    def test_a_last_week_that_ends_early_is_unknown_and_told(self, ids):
        room.post("sell_in", self.days(ids, 18)[:-1])  # Thursday's invoice is still missing
        found = weekly()
        assert np.isnan(found.quantity[0, -1])
        assert [(one.code, one.month, one.count) for one in found.problems] == [
            ("week_cut_short", date(2025, 12, 29), 1)
        ]

    def test_a_file_that_ends_early_leaves_the_week_of_all_its_accounts_unknown(self, ids):
        """One buys on Mondays and would look whole: its sender told nothing after Wednesday."""
        some = [one for one in self.days(ids) if one["doc_no"] != "jdp12026-01-01"]
        mondays = [one for one in self.days(ids, 18, "ali") if one["date"].weekday() == 0]
        room.post("sell_in", [*some, *mondays])
        found = weekly()
        assert np.isnan(found.quantity[:, -1]).all()
        assert [one.key.account_id for one in found.problems if one.code == "week_cut_short"] == (
            sorted([ids["jd"], ids["ali"]])
        )

    def test_an_empty_shelf_masks_its_week(self, ids):
        sold = [one for one in self.days(ids) if one["date"] < date(2025, 12, 15)]
        sold.append(row(ids, date(2025, 12, 16), 1))
        sold += [one for one in self.days(ids) if one["date"] >= date(2025, 12, 22)]
        room.post("sell_in", sold)
        room.post("stock", [{"account_id": ids["jd"], "product_id": ids["p1"], "unit": "pack",
                             "date": date(2025, 12, 20), "quantity": D(0)}])  # fmt: skip
        found = weekly()
        at = found.months.index(date(2025, 12, 15))
        assert found.masks["stock_out"][0].tolist() == [n == at for n in range(18)]
        assert np.isnan(found.quantity[0, at])
