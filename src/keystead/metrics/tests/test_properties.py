"""Properties for any rows and any question: parts make the whole, and no scope leaks."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp

from keystead.kernel.periods import Period
from keystead.metrics.calc.changes import difference, steps
from keystead.metrics.calc.compiler import (
    Sources,
    compile_plan,
    plan_inputs,
    plan_metrics,
    proof_rows,
    statements,
    totals,
)
from keystead.metrics.calc.definitions import ALL, aggregates, metric_def
from keystead.metrics.calc.proof_ids import ProofKey, decode, encode
from keystead.metrics.tests import brute
from keystead.metrics.tests.engines import Duck
from keystead.metrics.tests.worlds import World, world
from keystead.metrics.types import Input, Query, Series

START = date(2025, 1, 1)
ENGINE = Duck()
EXAMPLES = settings(max_examples=25, deadline=None)

amounts = st.decimals(-1000, 1000, places=4)
days = st.integers(0, 600).map(lambda offset: START + timedelta(days=offset))
accounts = st.integers(1, 4)
lines = st.lists(
    st.fixed_dictionaries(
        {"account_id": accounts, "product_id": st.integers(1, 3), "date": days,
         "quantity": amounts, "value": amounts, "is_return": st.booleans()}
    ),
    min_size=1, max_size=25,
)  # fmt: skip
periods = st.tuples(days, st.integers(1, 200)).map(
    lambda pair: Period(pair[0], pair[0] + timedelta(days=pair[1]))
)
scopes = st.frozensets(accounts, max_size=3)


def run(on: World, metrics: str, query: Query) -> list[dict[str, Any]]:
    plan = plan_metrics(query, [metric_def(name) for name in metrics.split()], aggregates())
    compiled = compile_plan(plan)
    head = [found.alias_or_name for found in compiled.rest.selects]
    return [dict(zip(head, row, strict=True)) for row in ENGINE.run(on, compiled.tree)]


@EXAMPLES
@given(lines, periods, st.sampled_from([(), ("account",), ("product",), ("account", "product")]))
def test_sums_agree_with_plain_loops(rows: list, period: Period, by: tuple[str, ...]) -> None:
    on = world(sell_in=rows)
    found = run(on, "sell_in", Query(("sell_in",), by, period))
    told = {tuple(row[f"g_{name}"] for name in by): row["m0"] for row in found}
    expected = brute.sell_in(
        on.rows("sell_in"), period, lambda row: tuple(row[f"{name}_id"] for name in by)
    )
    assert {key: value for key, value in told.items() if value is not None} == expected


@EXAMPLES
@given(lines, periods)
def test_growth_agrees_with_plain_loops(rows: list, period: Period) -> None:
    on = world(sell_in=rows)
    (row,) = run(on, "sell_in_growth", Query(("sell_in_growth",), (), period))
    expected = brute.growth(on.rows("sell_in"), period)
    assert row["m0"] == (None if expected is None else pytest.approx(expected))


@EXAMPLES
@given(
    st.lists(
        st.fixed_dictionaries(
            {"account_id": accounts, "product_id": st.integers(1, 3), "date": days,
             "quantity": amounts, "location": st.sampled_from([None, "A", "B"])}
        ),
        min_size=1, max_size=25,
    ),
    periods,
)  # fmt: skip
def test_stock_agrees_with_plain_loops(rows: list, period: Period) -> None:
    on = world(stock=rows)
    (row,) = run(on, "stock_units", Query(("stock_units",), (), period))
    assert row["m0"] == brute.closing(on.rows("stock"), period)


@EXAMPLES
@given(lines, periods, st.sampled_from(["account", "product", "month", "week", "date", "quarter"]))
def test_parts_make_the_whole(rows: list, period: Period, by: str) -> None:
    on = world(sell_in=rows)
    (whole,) = run(on, "net_sales", Query(("net_sales",), (), period))
    parts = run(on, "net_sales", Query(("net_sales",), (by,), period))
    told = [part["m0"] for part in parts if part["m0"] is not None]  # none: nothing was sold
    assert sum(told, Decimal(0)) == (whole["m0"] or 0)


@EXAMPLES
@given(lines, periods, scopes)
def test_foreign_rows_change_nothing(rows: list, period: Period, scope: frozenset[int]) -> None:
    metrics = "sell_in sell_in_growth product_mix skus_sold run_rate"
    query = Query(tuple(metrics.split()), ("product",), period, scope)
    everything = run(world(sell_in=rows), metrics, query)
    mine = [row for row in rows if row["account_id"] in scope]
    goods = [{"product_id": one} for one in (0, 1, 2, 3)]
    assert everything == run(world(products=goods, sell_in=mine), metrics, query)


@EXAMPLES
@given(lines, periods, scopes, st.frozensets(st.integers(1, 3), max_size=2) | st.none())
def test_proof_rows_add_up(rows: list, period: Period, scope: frozenset[int], goods: Any) -> None:
    on = world(sell_in=rows)
    query = Query(("sell_in",), (), period, scope, goods)
    plan = plan_inputs(query, [("value", Input("sell_in", ""))], aggregates())
    (scan,) = plan.scans
    (leaf,) = scan.leaves
    tree = proof_rows(plan, scan, leaf, Sources())
    listed = sum((row[6] for row in ENGINE.run(on, tree)), Decimal(0))
    grand = sum((row[3] for row in ENGINE.run(on, totals(tree))), Decimal(0))
    (figure,) = run(on, "sell_in", query)
    assert listed == grand == (figure["m0"] or 0)


@pytest.mark.parametrize(
    "metric", [m for m in ALL if not isinstance(m.compute, Series)], ids=lambda m: m.id
)
def test_every_read_of_facts_carries_the_scope(metric) -> None:
    query = Query((metric.id,), ("account", "month"), Period.parse("2026-Q1"), frozenset({7}))
    tree = compile_plan(plan_metrics(query, [metric], aggregates())).tree
    datasets = {part.dataset for part in aggregates().values()}
    reads = [table for table in tree.find_all(exp.Table) if table.name in datasets]
    assert reads
    for read in reads:
        where = read.find_ancestor(exp.Select).args["where"]
        assert "f.account_id IN (7)" in where.sql()


@EXAMPLES
@given(scopes, periods, st.sampled_from(["O'Neil", "a\\'b", "§accounts§", "');--", "天猫", ""]))
def test_a_kept_text_never_keeps_a_scope(scope: frozenset[int], period: Period, shop: str) -> None:
    query = Query(("expense_actual",), (), period, scope, facts=(("campaign", (shop,)),))
    plan = plan_metrics(query, [metric_def("expense_actual")], aggregates())
    tree = compile_plan(plan).tree
    assert statements(plan, Sources()).rest == tree.sql(dialect="duckdb")


keys = st.builds(
    ProofKey,
    metric=st.sampled_from([metric.id for metric in ALL]),
    version=st.integers(1, 9),
    commit=st.integers(0, 10**9),
    period=periods,
    accounts=st.none() | st.frozensets(st.integers(0, 10**7), max_size=40),
    products=st.none() | st.frozensets(st.integers(0, 10**7), max_size=40),
    facts=st.lists(
        st.tuples(st.sampled_from(["shop", "outlet"]), st.tuples(st.text(max_size=9))), max_size=2
    ).map(tuple),
    calendar=st.sampled_from(["", "4-4-5", "april"]),
    reference=st.none() | periods,
)


@given(keys)
def test_proof_ids_read_back(key: ProofKey) -> None:
    text = encode(key)
    assert decode(text) == key
    assert text.isascii()
    assert not set(text) & set("/?#%& ")


@given(st.lists(st.none() | amounts | st.floats(-1e6, 1e6), min_size=1, max_size=6))
def test_parts_of_a_change_add_up(values: list) -> None:
    parts = steps(values[0], [(str(at), value) for at, value in enumerate(values[1:])])
    total = difference(values[0], values[-1])
    assert sum((amount for _cause, amount in parts), Decimal(0)) == (total or 0)
