"""Hand-worked values of aggregates and formulas, the same on every engine."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from keystead.kernel.errors import Invalid
from keystead.kernel.periods import Period
from keystead.metrics.calc.compiler import NOTES, Engine, compile_plan, plan_metrics, render
from keystead.metrics.calc.compiler.scans import Sources
from keystead.metrics.calc.definitions import aggregates, metric_def
from keystead.metrics.tests.engines import Runner, plain
from keystead.metrics.tests.worlds import World, day, world
from keystead.metrics.types import Query

D = Decimal


def ask(
    runner: Runner, on: World, metrics: str, by: str = "", period: str = "2026-H1", **more: Any
) -> list[tuple[Any, ...]]:
    """Return rows: dimensions, slot, then (value, unit, note) per metric."""
    names = tuple(metrics.split())
    query = Query(names, tuple(by.split()), Period.parse(period), **more)
    plan = plan_metrics(query, [metric_def(name) for name in names], aggregates())
    compiled = compile_plan(plan)
    head = [found.alias_or_name for found in compiled.rest.selects]
    found = []
    for row in runner.run(on, compiled.tree):
        values = dict(zip(head, (plain(value) for value in row), strict=True))
        cells = [value for name, value in values.items() if name.startswith("g_")]
        for index, unit in enumerate(compiled.units):
            shown = values[f"m{index}_unit"] if unit is None else unit
            cells += [values[f"m{index}"], shown, NOTES[int(values[f"m{index}_note"])].value]
        found.append(tuple(cells))
    return found


SALES = [
    {"account_id": 1, "product_id": 1, "date": day("2026-01-10"), "quantity": 10, "value": 1000},
    {"account_id": 1, "product_id": 2, "date": day("2026-01-20"), "quantity": 5, "value": 500},
    {"account_id": 1, "product_id": 1, "date": day("2026-02-01"), "quantity": -2, "value": -200,
     "is_return": True},
    {"account_id": 2, "product_id": 1, "date": day("2026-02-28"), "quantity": 3, "value": "300.25"},
    {"account_id": 3, "product_id": 1, "date": day("2026-06-30"), "quantity": 1, "value": 70},
    {"account_id": 1, "product_id": 1, "date": day("2025-01-10"), "quantity": 8, "value": 800},
    {"account_id": 1, "product_id": 1, "date": day("2025-02-15"), "quantity": 2, "value": 200},
    {"account_id": 1, "product_id": 1, "date": day("2026-07-01"), "quantity": 9, "value": 999},
]  # fmt: skip
SALES_WORLD = world(
    accounts=[
        {"account_id": 1, "segment": "gold", "root": 9},
        {"account_id": 2, "segment": "gold", "root": 9},
        {"account_id": 3, "account": 1, "segment": "gold", "root": 9},  # merged into 1
        {"account_id": 9},
    ],
    products=[{"product_id": 1, "brand": "A"}, {"product_id": 2, "brand": "B"}],
    sell_in=SALES,
)


def test_totals(runner: Runner) -> None:
    found = ask(runner, SALES_WORLD, "sell_in sell_in_units returns net_sales sell_in_gross")
    assert found == [
        (D("1670.25"), "CNY", "", 17, "pack", "", -200, "CNY", "", D("1670.25"), "CNY", "",
         D("1870.25"), "CNY", "")
    ]  # fmt: skip


def test_nothing_posted_is_no_data_and_none_of_a_kind_is_zero_alone_and_together(
    runner: Runner,
) -> None:
    """The catalogue says: rows posted without one of the kind make a zero, no rows no figure."""
    gold, silver = (D(0), "CNY", ""), (None, "CNY", "no_data")
    for period, wanted in (("2026-01", gold), ("2026-03", silver), ("2031", silver)):
        for beside in ("", " sell_in_units", " sell_in net_sales", " skus_sold", " sell_in_growth"):
            (row,) = ask(runner, SALES_WORLD, f"returns{beside}", period=period)
            assert (row[0], row[2]) == (wanted[0], wanted[2]), (period, beside)
    for metrics in ("net_sales", "sell_in_gross", "net_sales off_take", "trade_rate"):
        (row,) = ask(runner, SALES_WORLD, metrics, period="2031")
        assert (row[0], row[2]) == (None, "no_data"), metrics
    alone = ask(runner, SALES_WORLD, "returns", accounts=frozenset({7}))
    assert [one[::2] for one in alone] == [(None, "no_data")]  # nothing of its own posted


def test_by_account_rolls_up_merged_accounts(runner: Runner) -> None:
    assert ask(runner, SALES_WORLD, "sell_in", "account") == [
        (1, 1370, "CNY", ""),
        (2, D("300.25"), "CNY", ""),
    ]


def test_by_month_and_brand(runner: Runner) -> None:
    assert ask(runner, SALES_WORLD, "sell_in", "month brand") == [
        ("A", 0, 1000, "CNY", ""),
        ("A", 1, D("100.25"), "CNY", ""),
        ("A", 5, 70, "CNY", ""),
        ("B", 0, 500, "CNY", ""),
    ]


def test_growth_against_the_same_days(runner: Runner) -> None:
    (row,) = ask(runner, SALES_WORLD, "sell_in_growth", period="2026-01-01..2026-02-14")
    assert row == (pytest.approx((1300 - 800) / 800 * 100), "", "")


def test_growth_by_account_is_empty_without_last_year(runner: Runner) -> None:
    found = ask(runner, SALES_WORLD, "sell_in_growth", "account")
    assert found == [(1, pytest.approx(37.0), "", ""), (2, None, "", "no_data")]


def test_growth_by_month(runner: Runner) -> None:
    found = ask(runner, SALES_WORLD, "sell_in_growth sell_in", "month", "2026-Q1")
    assert found == [
        (0, pytest.approx(87.5), "", "", 1500, "CNY", ""),
        (1, pytest.approx((100.25 - 200) / 200 * 100), "", "", D("100.25"), "CNY", ""),
    ]


def test_year_to_date_by_month(runner: Runner) -> None:
    found = ask(runner, SALES_WORLD, "sell_in_to_date", "month", "2026-02..2026-03")
    assert found == [(0, D("1600.25"), "CNY", ""), (1, D("1600.25"), "CNY", "")]


def test_product_mix_shares_the_whole(runner: Runner) -> None:
    found = ask(runner, SALES_WORLD, "product_mix", "brand", "2026-01")
    assert found == [
        ("A", pytest.approx(100 * 1000 / 1500), "", ""),
        ("B", pytest.approx(100 * 500 / 1500), "", ""),
    ]


def test_mix_of_a_filtered_product_keeps_the_whole(runner: Runner) -> None:
    (row,) = ask(runner, SALES_WORLD, "product_mix", period="2026-01", products=frozenset({2}))
    assert row[0] == pytest.approx(100 * 500 / 1500)


def test_scope_goes_into_every_scan(runner: Runner) -> None:
    metrics = "sell_in product_mix sell_in_growth"
    (row,) = ask(runner, SALES_WORLD, metrics, accounts=frozenset({2}))
    assert row == (D("300.25"), "CNY", "", 100, "", "", None, "", "no_data")
    assert ask(runner, SALES_WORLD, "sell_in", accounts=frozenset())[0][0] is None


def test_run_rate_and_what_is_left(runner: Runner) -> None:
    facts = world(
        sell_in=[{"account_id": 1, "product_id": 1, "date": day("2026-03-01"), "quantity": 1,
                  "value": 550}],
        target=[{"account_id": 1, "date": date, "value": 100} for date in
                (day(f"2026-{month:02d}-01") for month in range(1, 13))],
    )  # fmt: skip
    (row,) = ask(
        runner, facts, "run_rate months_remaining required_run_rate target target_attainment",
        period="2026-01-01..2026-06-15",
    )  # fmt: skip
    assert row[0::3] == (
        pytest.approx(100.0),
        D("6.5"),
        pytest.approx(100.0),
        550,
        pytest.approx(100.0),
    )


STOCK_WORLD = world(
    accounts=[{"account_id": 1}, {"account_id": 2, "account": 1}],
    stock=[
        {"account_id": 1, "product_id": 1, "date": day("2026-06-10"), "quantity": 120,
         "location": "A", "opening": 100, "received": 50, "sold": 30},
        {"account_id": 1, "product_id": 2, "date": day("2026-06-10"), "quantity": 7,
         "location": "A"},
        {"account_id": 1, "product_id": 1, "date": day("2026-06-24"), "quantity": 90,
         "location": "A", "opening": 120, "received": 0, "sold": 35},
        {"account_id": 1, "product_id": 1, "date": day("2026-06-20"), "quantity": 11,
         "location": "B"},
        {"account_id": 1, "product_id": 1, "date": day("2026-05-31"), "quantity": 100,
         "location": "A"},
    ],
    off_take=[
        {"account_id": 1, "product_id": 1, "date": day("2026-04-30"), "quantity": 100, "value": 1},
        {"account_id": 1, "product_id": 1, "date": day("2026-06-30"), "quantity": 82, "value": 1},
        {"account_id": 1, "product_id": 1, "date": day("2026-03-31"), "quantity": 999, "value": 1},
    ],
)  # fmt: skip


def test_stock_is_the_last_count_of_each_place(runner: Runner) -> None:
    assert ask(runner, STOCK_WORLD, "stock_units", "product") == [(1, 101, "pack", "")]
    assert ask(runner, STOCK_WORLD, "stock_units", "month", "2026-Q2") == [
        (1, 100, "pack", ""),
        (2, 101, "pack", ""),
    ]
    # A product that is missing from the last count is gone; its older count does not come back.
    assert ask(runner, STOCK_WORLD, "stock_units", products=frozenset({2}))[0][0] is None


def test_stock_days_and_rate_and_gap(runner: Runner) -> None:
    (row,) = ask(runner, STOCK_WORLD, "stock_days sell_through_rate stock_gap", period="2026-06")
    assert row[0] == pytest.approx(101 * 91 / 182)
    assert row[3] == pytest.approx(100 * 65 / (100 + 50))
    assert row[6:] == (100 + 50 - 30 - 120 + 120 - 35 - 90, "pack", "")


def test_distribution_counts_outlets_once(runner: Runner) -> None:
    sold = [("A", 1, 5), ("A", 1, 3), ("B", 1, 2), ("C", 2, 1), ("D", 2, -1)]
    facts = world(
        off_take=[
            {"account_id": 1, "product_id": product, "date": day("2026-03-03"), "outlet": outlet,
             "quantity": quantity, "value": quantity}
            for outlet, product, quantity in sold
        ]
    )  # fmt: skip
    assert ask(runner, facts, "outlets_selling numeric_distribution", "product") == [
        (1, 2, "", "", pytest.approx(200 / 3), "", ""),
        (2, 1, "", "", pytest.approx(100 / 3), "", ""),
    ]


def test_market_share_and_evolution(runner: Runner) -> None:
    rows = [("2026-03-01", True, 110), ("2026-03-01", False, 410), ("2025-03-01", True, 100),
            ("2025-03-01", False, 400)]  # fmt: skip
    facts = world(
        market=[
            {"account_id": 1, "date": day(when), "is_own": own, "value": value, "category": "Strips",
             "company": "x"}
            for when, own, value in rows
        ]
    )  # fmt: skip
    (row,) = ask(runner, facts, "market_share evolution_index", "category")
    assert row == ("Strips", pytest.approx(100 * 110 / 520), "", "",
                   pytest.approx(100 * 1.10 / 1.04), "", "")  # fmt: skip


def test_expenses_and_trade_rate(runner: Runner) -> None:
    facts = world(
        sell_in=[{"account_id": 1, "product_id": 1, "date": day("2026-01-01"), "quantity": 1,
                  "value": 1500}],
        expense=[{"account_id": 1, "date": day("2026-01-01"), "status": status, "value": value,
                  "category": "fee"} for status, value in (("actual", 90), ("actual", 60),
                                                            ("planned", 500))],
    )  # fmt: skip
    (row,) = ask(runner, facts, "expense_planned expense_committed expense_actual trade_rate")
    assert row[0::3] == (500, 0, 150, pytest.approx(10.0))


MIXED = world(
    sell_in=[
        {"account_id": 1, "product_id": 1, "date": day("2026-01-05"), "quantity": 1, "value": 100,
         "currency": "EUR"},
        {"account_id": 2, "product_id": 1, "date": day("2026-01-05"), "quantity": 2, "value": 700,
         "currency": "CNY", "unit": "box"},
        {"account_id": 2, "product_id": 1, "date": day("2026-02-05"), "quantity": 2, "value": 80,
         "currency": "CNY", "unit": ""},
    ],
    rates=[{"currency": "EUR", "month": day("2026-01-01"), "rate": D("7.8")}],
)  # fmt: skip


def test_currencies_and_units_are_never_mixed(runner: Runner) -> None:
    (row,) = ask(runner, MIXED, "sell_in sell_in_units run_rate")
    assert row[0] is None
    assert row[2] == "mixed_currencies"
    assert (row[3], row[5]) == (None, "mixed_units")
    assert (row[6], row[8]) == (None, "mixed_currencies")
    assert ask(runner, MIXED, "sell_in sell_in_units", "account") == [
        (1, 100, "EUR", "", 1, "pack", ""),
        (2, 780, "CNY", "", 4, "box", ""),
    ]


def test_conversion_by_month(runner: Runner) -> None:
    found = ask(runner, MIXED, "sell_in", "account", currency="CNY")
    assert found == [(1, 780, "CNY", "converted"), (2, 780, "CNY", "")]
    assert ask(runner, MIXED, "sell_in", currency="CNY") == [(1560, "CNY", "converted")]
    assert ask(runner, MIXED, "sell_in", currency="USD") == [(None, "USD", "no_rate")]


def test_zero_below_the_line(runner: Runner) -> None:
    facts = world(
        sell_in=[{"account_id": 1, "product_id": 1, "date": day("2026-01-05"), "quantity": 1,
                  "value": 5}],
        target=[{"account_id": 1, "date": day("2026-01-01"), "value": 0}],
    )  # fmt: skip
    assert ask(runner, facts, "target_attainment") == [(None, "", "zero_denominator")]


def test_filters_on_facts(runner: Runner) -> None:
    facts = world(
        sell_in=[
            {"account_id": 1, "product_id": 1, "date": day("2026-01-05"), "quantity": 1,
             "value": value, "channel": channel, "batch_id": batch}
            for value, channel, batch in ((5, "web", 1), (7, None, 2), (9, "web", 2))
        ]
    )  # fmt: skip
    found = ask(runner, facts, "sell_in", "sales_channel", facts=(("source", (2,)),))
    assert found == [("", 7, "CNY", ""), ("web", 9, "CNY", "")]
    assert ask(runner, facts, "sell_in", "source") == [
        ("source 1", 5, "CNY", ""),
        ("source 2", 16, "CNY", ""),
    ]


def test_daily_and_weekly_slots(runner: Runner) -> None:
    found = ask(runner, SALES_WORLD, "sell_in", "week", "2026-01-05..2026-01-25")
    assert found == [(0, 1000, "CNY", ""), (2, 500, "CNY", "")]
    found = ask(runner, SALES_WORLD, "sell_in_to_date", "date", "2026-02-27..2026-03-01")
    assert [row[1] for row in found] == [1300, D("1600.25"), D("1600.25")]


def test_a_strange_dimension_is_refused() -> None:
    with pytest.raises(Invalid) as caught:
        plan_metrics(
            Query(("sell_in",), ("shop",), Period.parse("2026")), [metric_def("sell_in")], {}
        )
    assert caught.value.code == "dimension_unknown"


def test_spark_text_keeps_the_rules() -> None:
    query = Query(("trade_rate",), ("account", "month"), Period.parse("2026"), frozenset({1}))
    plan = plan_metrics(query, [metric_def("trade_rate")], aggregates())
    sql = render(compile_plan(plan).tree, Engine.SPARK)
    assert "NULLIF" in sql
    assert "NULLS LAST" in sql
    assert sql.count("account_id IN (1)") == 2


def test_one_known_currency_costs_no_group() -> None:
    query = Query(("sell_in",), ("account", "month"), Period.parse("2026"))
    plan = plan_metrics(query, [metric_def("sell_in")], aggregates())
    compiled = compile_plan(plan, Sources(currencies={"sell_in": "CNY"}))
    assert "f.currency" not in render(compiled.tree)
