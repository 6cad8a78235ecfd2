"""What the ledger holds may be wrong: the run says so with the month, and goes on."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import numpy as np
import pytest

from keystead.forecasting.queries.demand import demand_history
from keystead.forecasting.queries.problems import problems_of
from keystead.forecasting.queries.table import cycle_table
from keystead.forecasting.tests.house import MONTH, opened, ran, sell
from keystead.forecasting.types.cycle import DemandKind, Key, Layer
from keystead.kit.access import SYSTEM
from keystead.metrics.tests import room

pytestmark = pytest.mark.django_db
CUT_OFF = date(2025, 12, 31)


def _row(house, day, units, doc, who="jd", what="p"):
    return {"account_id": house[who], "product_id": house[what], "date": day,
            "quantity": Decimal(units), "value": Decimal(units) * 10, "doc_no": doc}  # fmt: skip


def _history(house):
    return demand_history(SYSTEM, kind=DemandKind.SELL_IN, cut_off=CUT_OFF)


def test_months_sent_twice_count_once_and_lines_of_a_month_add_up(house):
    before = _history(house)
    sell(house, 36)  # the whole file again, from the same sender
    again = _history(house)
    assert again.keys == before.keys
    assert np.array_equal(again.quantity, before.quantity, equal_nan=True)
    extra = [_row(house, date(2025, 11, 3), 5, "X1"), _row(house, date(2025, 11, 20), 7, "X2")]
    room.post("sell_in", extra, source="late")
    found = _history(house)
    place = found.place[Key(house["jd"], house["p"])]
    november = found.months.index(date(2025, 11, 1))
    assert found.quantity[place, november] == before.quantity[place, november] + 12


def test_what_two_senders_tell_the_same_counts_once_and_both_are_named(house, sales_ops):
    before = _history(house)
    sell(house, 36, source="warehouse")  # all of it again, under another name
    found = _history(house)
    assert np.array_equal(found.quantity, before.quantity, equal_nan=True)
    assert found.prices == before.prices
    told = [(one.key, one.count, one.detail) for one in found.problems if one.code == "same_twice"]
    assert told == [(key, 36, "erp, warehouse") for key in before.keys]
    cycle = ran(sales_ops, opened(sales_ops))
    shown = {one.code: one.detail for one in problems_of(sales_ops, cycle.id)}
    assert shown["same_twice"] == "erp, warehouse"


def test_two_parts_of_one_month_both_count_and_are_told(house):
    before = _history(house)
    assert not [one for one in before.problems if one.code == "two_senders"]
    days = date(2025, 10, 3), date(2025, 11, 3)
    room.post(
        "sell_in", [_row(house, day, 120 + at, f"O{at}") for at, day in enumerate(days)],
        source="online",
    )  # fmt: skip
    found = _history(house)
    key = Key(house["jd"], house["p"])
    assert found.quantity.sum() == before.quantity.sum() + 241
    told = [one for one in found.problems if one.code == "two_senders"]
    assert [(one.key, one.month, one.count, one.detail) for one in told] == [
        (key, date(2025, 10, 1), 2, "erp, online")
    ]


def test_an_older_commit_knows_the_senders_of_then(house):
    then = _history(house).commit
    sell(house, 36, source="warehouse")
    assert not demand_history(
        SYSTEM, kind=DemandKind.SELL_IN, cut_off=CUT_OFF, commit=then
    ).problems


def test_sales_dated_in_the_future_are_left_out_and_told(house, sales_ops, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_: date(2026, 1, 5))
    plain = _history(house)
    room.post("sell_in", [_row(house, date(2031, 3, 1), 9_000, "F1")], source="typo")
    found = _history(house)
    assert np.array_equal(found.quantity, plain.quantity, equal_nan=True)
    assert found.months == plain.months
    cycle = ran(sales_ops, opened(sales_ops))
    told = [one for one in problems_of(sales_ops, cycle.id) if one.code == "future_dated"]
    assert [(one.account_id, one.product_id) for one in told] == [(house["jd"], house["p"])]


def test_a_month_a_thousand_million_times_too_large_is_left_out_and_told(house, sales_ops):
    room.post(
        "sell_in", [_row(house, date(2025, 4, 2), 120 * 10**9, "G1")], source="grams for packs"
    )
    cycle = ran(sales_ops, opened(sales_ops))
    told = [one for one in problems_of(sales_ops, cycle.id) if one.code == "jump"]
    assert [(one.account_id, one.product_id) for one in told] == [(house["jd"], house["p"])]
    table = cycle_table(sales_ops, cycle.id)
    at = [one.key for one in table.series].index(Key(house["jd"], house["p"]))
    line = table.layers[Layer.STATISTICAL][at]
    assert table.cycle.head.month == MONTH
    assert ((line > 60) & (line < 240)).all()
