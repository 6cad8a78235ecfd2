"""Bridges: exact parts, three conventions, parts that foot both ways whatever the numbers."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keystead.kernel.errors import Invalid
from keystead.profitability.calc.bridge import growth_bridge, summed
from keystead.profitability.calc.footing import foot
from keystead.profitability.types import Convention, Line, Part

D = Decimal


def _line(key: str, q0: int, v0: str, q1: int, v1: str, **more: object) -> Line:
    return Line(key, D(q0), D(v0), D(q1), D(v1), **more)  # type: ignore[arg-type]


def _parts(bridge: object) -> dict[str, Decimal]:
    return {part.value: amount for part, amount in bridge.parts.items() if amount}  # type: ignore[attr-defined]


TWO = [_line("A", 1000, "100000", 900, "91800"), _line("B", 1000, "40000", 1500, "60000")]


def test_the_three_conventions_by_hand() -> None:
    # p0 100 and 40, p1 102 and 40; Q0 2000, Q1 2400, so each line's level is 1200.
    assert _parts(growth_bridge(TWO, Convention.ACTUAL_QUANTITY)) == {
        "volume": D(28000), "mix": D(-18000), "price": D(1800),
    }  # fmt: skip
    assert _parts(growth_bridge(TWO, Convention.BASE_QUANTITY)) == {
        "volume": D(28000), "mix": D(-18000), "price": D(2000), "joint": D(-200),
    }  # fmt: skip
    assert _parts(growth_bridge(TWO, Convention.AVERAGE)) == {
        "volume": D(28200), "mix": D(-18300), "price": D(1900),
    }  # fmt: skip


def test_without_a_price_move_the_three_agree() -> None:
    lines = [_line("A", 10, "100", 5, "50"), _line("B", 10, "40", 25, "100")]
    found = [_parts(growth_bridge(lines, one)) for one in Convention]
    assert found[0] == found[1] == found[2] == {"volume": D(70), "mix": D(-60)}


def test_the_average_is_the_mean_of_both_orders() -> None:
    there = growth_bridge(TWO, Convention.ACTUAL_QUANTITY)
    base = growth_bridge(TWO, Convention.BASE_QUANTITY)
    mean = (there.parts[Part.PRICE] + base.parts[Part.PRICE]) / 2
    assert growth_bridge(TWO, Convention.AVERAGE).parts[Part.PRICE] == mean


def test_new_lost_and_unpriced_lines_stand_alone() -> None:
    lines = [
        *TWO,
        _line("new", 0, "0", 7, "70"),
        _line("lost", 3, "33", 0, "0"),
        _line("credit", 0, "-5", 4, "10"),
        Line("mixed", None, D(8), None, D(9)),
    ]
    found = growth_bridge(lines)
    assert _parts(found) == {
        "volume": D(28000), "mix": D(-18000), "price": D(1800),
        "new": D(70), "lost": D(-33), "without_units": D(16),
    }  # fmt: skip
    assert sum(found.parts.values()) == found.change == D(11853)


def test_a_line_with_a_price_but_no_sale_is_a_matter_of_the_mix() -> None:
    offered = replace(_line("C", 0, "0", 100, "1200"), base_price=D(10))
    given_up = replace(_line("D", 100, "500", 0, "0"), price=D(6))
    found = growth_bridge([_line("A", 100, "1000", 100, "1000"), offered, given_up])
    # Q0 = Q1 = 200: nothing is volume; mix 100 x 10 - 100 x 5; price 100 x (12 - 10).
    assert _parts(found) == {"mix": D(500), "price": D(200)}
    alone = growth_bridge([offered])
    assert _parts(alone) == {"without_units": D(1200)}


def test_units_that_do_not_add_up_have_no_mix_between_them() -> None:
    packs = _line("A", 10, "100", 20, "200", family="pack")
    tests = _line("B", 1000, "50", 1000, "50", family="test")
    found = growth_bridge([packs, tests])
    assert _parts(found) == {"volume": D(100)}


def test_currency_is_what_the_rates_did() -> None:
    found = growth_bridge([_line("A", 10, "100", 10, "110", reported=D("104.50"))])
    assert _parts(found) == {"price": D(10), "currency": D("-5.50")}
    assert found.actual == D("104.50")
    assert found.change == D("4.50")


def test_a_line_may_stand_only_once() -> None:
    with pytest.raises(Invalid) as caught:
        growth_bridge([TWO[0], TWO[0]])
    assert caught.value.code == "line_twice"


def test_parts_of_another_total_are_refused() -> None:
    with pytest.raises(Invalid):
        foot([Fraction(1, 3), Fraction(1, 3)], D("5.00"), 2)


amounts = st.decimals(min_value=-10_000, max_value=1_000_000, places=4)
units = st.one_of(st.just(D(0)), st.decimals(min_value=-50, max_value=9999, places=1))
line = st.builds(
    Line,
    key=st.uuids().map(str),
    base_units=st.none() | units,
    base_value=amounts,
    units=st.none() | units,
    value=amounts,
    reported=st.none() | amounts,
    family=st.sampled_from(["pack", "test"]),
    base_price=st.none() | amounts,
    price=st.none() | amounts,
)


@given(st.lists(line, max_size=12), st.sampled_from(Convention), st.sampled_from([0, 2, 4]))
def test_parts_foot_both_ways(lines: list[Line], convention: Convention, places: int) -> None:
    found = growth_bridge(lines, convention, places=places)
    assert sum(found.parts.values(), D(0)) == found.change
    assert found.parts == summed(found.lines)
    for one in found.lines:
        assert sum(one.parts.values()) == one.actual - one.base
        assert all(amount == round(amount, places) for amount in one.parts.values())
    assert found.actual == sum((one.actual for one in found.lines), D(0))


@given(st.lists(line, max_size=6))
def test_the_order_of_lines_does_not_matter(lines: list[Line]) -> None:
    assert growth_bridge(lines).parts == growth_bridge(lines[::-1]).parts


@given(
    st.lists(st.fractions(min_value=-100, max_value=100, max_denominator=997), min_size=1),
    st.integers(0, 4),
)
def test_footing_moves_no_part_by_a_whole_unit(parts: list[Fraction], places: int) -> None:
    total = sum(parts, Fraction(0)) * 10**places
    whole = D(total.numerator // total.denominator).scaleb(-places)
    found = foot(parts, whole, places)
    assert sum(found) == whole
    for part, amount in zip(parts, found, strict=True):
        assert abs(Fraction(amount) - part) < Fraction(1, 10**places)
