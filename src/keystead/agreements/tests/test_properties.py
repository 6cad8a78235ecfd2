"""What must hold for any tiers and any volumes."""

from __future__ import annotations

import random
from datetime import date
from decimal import Decimal
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from keystead.agreements.calc.allocation import allocate, split
from keystead.agreements.calc.evaluate import evaluate
from keystead.agreements.calc.limits import top_ups
from keystead.agreements.calc.measures import Inputs
from keystead.agreements.calc.settlement import payments, settle
from keystead.agreements.calc.tiers import Table, next_tiers, pay
from keystead.agreements.calc.volumes import Counting
from keystead.agreements.tests.world import END, D, inputs, line, rebate, tiers, version, volumes
from keystead.agreements.types import (
    Boundary,
    Every,
    Floor,
    Method,
    NegativePolicy,
    RateKind,
    Scope,
    Tier,
)
from keystead.kernel.exact import round_half_up
from keystead.kernel.money import Money

VOLUME = st.decimals(0, 10**9, places=4, allow_nan=False)
SIGNED = st.decimals(-(10**6), 10**7, places=4, allow_nan=False)
RATE = st.decimals(0, 30, places=3, allow_nan=False)
METHODS = st.sampled_from(list(Method))
BOUNDS = st.lists(st.decimals(0, 10**8, places=2), min_size=1, max_size=6, unique=True).map(sorted)


@st.composite
def schedules(draw: st.DrawFn, *, rising: bool = False) -> tuple[Tier, ...]:
    bounds = draw(BOUNDS)
    rates = draw(st.lists(RATE, min_size=len(bounds), max_size=len(bounds)))
    if rising:
        rates.sort()
    return tuple(Tier(lower, rate) for lower, rate in zip(bounds, rates, strict=True))


@settings(deadline=None)
@given(schedules(), VOLUME, VOLUME, st.sampled_from(list(Boundary)))
def test_incremental_payout_is_monotone_and_never_steeper_than_the_top_rate(
    rows: tuple[Tier, ...], one: Decimal, two: Decimal, boundary: Boundary
) -> None:
    table = Table(rows, Method.INCREMENTAL, RateKind.PERCENT, boundary)
    low, high = sorted((one, two))
    rise = pay(table, high).amount - pay(table, low).amount
    assert 0 <= rise <= (high - low) * max(tier.rate for tier in rows) / 100


@settings(deadline=None)
@given(schedules(rising=True), VOLUME, st.sampled_from(list(Boundary)))
def test_all_units_pays_at_least_incremental_when_rates_rise(
    rows: tuple[Tier, ...], volume: Decimal, boundary: Boundary
) -> None:
    whole = pay(Table(rows, Method.ALL_UNITS, RateKind.PERCENT, boundary), volume)
    slices = pay(Table(rows, Method.INCREMENTAL, RateKind.PERCENT, boundary), volume)
    assert whole.amount >= slices.amount


@settings(deadline=None)
@given(schedules(), METHODS, VOLUME)
def test_the_next_tier_is_what_it_says(
    rows: tuple[Tier, ...], method: Method, volume: Decimal
) -> None:
    table = Table(rows, method)
    for ahead in next_tiers(table, volume):
        assert ahead.gap > 0
        there = pay(table, volume + ahead.gap)
        assert (there.tier, there.amount) == (ahead.place, ahead.amount)
        more = ahead.amount - pay(table, volume).amount
        assert abs(ahead.additional - more) < D("1e-12")


@settings(deadline=None)
@given(schedules(), METHODS, st.lists(SIGNED, min_size=1, max_size=12))
def test_payments_add_up_to_the_final_entitlement_for_any_split(
    rows: tuple[Tier, ...], method: Method, volumes_: list[Decimal]
) -> None:
    table, whole, earned = Table(rows, method), D(0), []
    for volume in volumes_:
        whole += volume
        earned.append(round_half_up(pay(table, whole).amount, 2))
    at_once = round_half_up(pay(table, sum(volumes_, D(0))).amount, 2)
    assert sum(payments(earned), D(0)) == at_once
    for policy in (NegativePolicy.CARRY_FORWARD, NegativePolicy.FLOOR_ZERO):
        paid = payments(earned, policy)
        assert all(payment >= 0 for payment in paid)
        assert sum(paid, D(0)) == max(*earned, D(0))


LINES = st.lists(
    st.tuples(
        st.integers(1, 12), st.decimals(-1000, 5000, places=1), st.integers(1, 3),
        st.sampled_from(["online", "shop"]),
    ),
    max_size=20,
)  # fmt: skip


def _lines(rows: list[tuple[int, Decimal, int, str]]) -> list[dict[str, object]]:
    return [line(m, v, product_id=p, channel=c) for m, v, p, c in rows]


TERMS = version(
    rebate("year"),
    rebate("quarter", tier_period=Every.QUARTER, method=Method.INCREMENTAL, reduce_by=()),
    rebate("net", reduce_by=("quarter",), floor=Floor(D(5))),
)


@settings(max_examples=60, deadline=None)
@given(LINES, st.randoms(use_true_random=False))
def test_the_order_of_lines_changes_nothing_and_twice_is_the_same(
    rows: list[tuple[int, Decimal, int, str]], chance: random.Random
) -> None:
    first = evaluate(TERMS, inputs(_lines(rows)), END)
    assert evaluate(TERMS, inputs(_lines(rows)), END) == first
    shuffled = list(rows)
    chance.shuffle(shuffled)
    again = evaluate(TERMS, inputs(_lines(shuffled)), END)
    assert again == first
    assert again.inputs_hash == first.inputs_hash


@settings(max_examples=40, deadline=None)
@given(LINES.filter(bool), st.integers(0, 19))
def test_another_line_is_another_hash(
    rows: list[tuple[int, Decimal, int, str]], place: int
) -> None:
    changed = list(rows)
    month, value, product, channel = changed[place % len(rows)]
    changed[place % len(rows)] = (month, value + 1, product, channel)
    one, two = (evaluate(TERMS, inputs(_lines(found)), END) for found in (rows, changed))
    assert one.inputs_hash != two.inputs_hash


def test_other_terms_are_another_hash() -> None:
    seen = set()
    for rule in (
        rebate(), rebate(tiers=tiers((0, 1), (1000, "3.5"))), rebate(boundary=Boundary.GT),
        rebate("w"), rebate(cap=None, note="x"),
    ):  # fmt: skip
        seen.add(evaluate(version(rule), inputs([]), END).inputs_hash)
    assert len(seen) == 5


@settings(max_examples=40, deadline=None)
@given(LINES)
def test_settling_month_by_month_pays_what_settling_once_pays(
    rows: list[tuple[int, Decimal, int, str]],
) -> None:
    given_, settled = inputs(_lines(rows)), {}
    for month in range(1, 13):
        day = END if month == 12 else date(2026, month, 28)
        for part in settle(evaluate(TERMS, given_, day), TERMS, settled):
            key = (part.condition, part.period)
            settled[key] = settled.get(key, Money.zero("EUR")) + part.due
    whole = evaluate(TERMS, given_, END).total
    assert Money.total(settled.values(), "EUR") == whole


@settings(deadline=None)
@given(
    st.decimals(-(10**9), 10**9, places=2),
    st.lists(st.decimals(0, 10**6, places=4), min_size=1, max_size=30).filter(any),
)
def test_a_split_adds_up_and_no_part_is_off_by_a_cent(
    amount: Decimal, weights: list[Decimal]
) -> None:
    parts = split(amount, weights)
    assert sum(parts, D(0)) == amount
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - amount * weight / sum(weights)) < D("0.01")


@settings(max_examples=40, deadline=None)
@given(LINES.filter(bool))
def test_an_amount_comes_down_to_product_and_month_to_the_cent(
    rows: list[tuple[int, Decimal, int, str]],
) -> None:
    sales = volumes(_lines(rows))
    found = evaluate(version(rebate()), Inputs(sales, frozenset({1})), END).lines[0]
    cells = sales.cells(frozenset({1}), (Scope(),), Counting())
    weights = {cell: sums.value for cell, sums in cells.items()}
    if not found.amount:
        assert allocate(found, weights) == ()
        return
    parts = allocate(found, weights)
    assert Money.total((part.amount for part in parts), "EUR") == found.amount
    turned = dict(reversed(list(weights.items())))
    assert allocate(found, turned) == parts


@settings(deadline=None)
@given(st.decimals(0, 10**6, places=2), st.lists(VOLUME, max_size=8), st.booleans())
def test_a_guarantee_is_reached_and_a_cumulative_one_costs_no_more(
    least: Decimal, earned: list[Decimal], cumulative: bool
) -> None:
    added = top_ups(Floor(least, cumulative), earned)
    assert all(part >= 0 for part in added)
    plain = top_ups(Floor(least), earned)
    assert all(one + two >= least for one, two in zip(plain, earned, strict=True))
    assert sum(top_ups(Floor(least, True), earned), D(0)) <= sum(plain, D(0))


@settings(deadline=None)
@given(schedules(), st.lists(VOLUME, min_size=2, max_size=10).map(sorted))
def test_linear_rates_lie_between_their_neighbours(
    rows: tuple[Tier, ...], measures: list[Decimal]
) -> None:
    table = Table(rows, Method.LINEAR)
    for measure in measures:
        found = pay(table, measure)
        if found.rate is not None:
            assert min(t.rate for t in rows) <= found.rate <= max(t.rate for t in rows)
    for before, after in pairwise(rows):
        assert pay(table, after.lower).rate == after.rate
        assert pay(table, before.lower).rate == before.rate
