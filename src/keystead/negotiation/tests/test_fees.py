"""The allocation engine: each method by hand-worked numbers, each refusal with its place."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import permutations
from typing import Any

import pytest

from keystead.kernel.errors import Invalid
from keystead.kernel.money import Money
from keystead.negotiation.calc.fees import allocate, opt_out
from keystead.negotiation.calc.fees.shapley import Steps, of_steps, sampled, shapley
from keystead.negotiation.types.fees import (
    Allocation,
    Band,
    Bands,
    BidRule,
    Bids,
    Bound,
    CoalitionCosts,
    ContestedGarment,
    DiscountSteps,
    Equal,
    FeeCase,
    FixedPlus,
    Limits,
    Manual,
    Member,
    Method,
    Mix,
    OnOptOut,
    Override,
    Proportional,
    Repair,
    SavingsShare,
    Shapley,
)


def _d(value: Any) -> Decimal:
    return Decimal(str(value))


def _members(previous: dict[str, Any] | None = None, **measures: dict[str, Any]) -> list[Member]:
    codes = sorted({code for values in measures.values() for code in values} | set(previous or {}))
    return [
        Member(
            code,
            {name: _d(values[code]) for name, values in measures.items() if code in values},
            _d(previous[code]) if previous and code in previous else None,
        )
        for code in codes
    ]


def _split(
    total: Any, method: Method, members: list[Member], limits: Limits | None = None, **more: Any
) -> Allocation:
    case = FeeCase(Money(str(total), "EUR"), tuple(members), method, limits or Limits(), **more)
    found = allocate(case)
    assert sum(found.fees.values()) == case.total.amount
    assert all(fee >= 0 for fee in found.fees.values())
    return found


def _fees(found: Allocation) -> dict[str, str]:
    return {code: f"{fee:f}" for code, fee in found.fees.items()}


ABC = {"A": 1, "B": 2, "C": 7}


def test_equal_and_the_last_cent_goes_by_code() -> None:
    members = _members(fte=ABC)
    assert _fees(_split("100.00", Equal(), members)) == {"A": "33.34", "B": "33.33", "C": "33.33"}
    backwards = _split("100.00", Equal(), members[::-1])
    assert _fees(backwards) == {"A": "33.34", "B": "33.33", "C": "33.33"}


def test_proportional_and_a_currency_without_cents() -> None:
    found = allocate(FeeCase(Money("1001", "JPY"), tuple(_members(fte=ABC)), Proportional("fte")))
    assert _fees(found) == {"A": "100", "B": "200", "C": "701"}


def test_bands_share_by_points() -> None:
    bands = Bands("fte", (Band(_d(0), _d(1)), Band(_d(2), _d(3)), Band(_d(5), _d(6))))
    assert _fees(_split("100.00", bands, _members(fte=ABC))) == {
        "A": "10.00",
        "B": "30.00",
        "C": "60.00",
    }
    with pytest.raises(Invalid, match="below the first band"):
        _split("1.00", Bands("fte", (Band(_d(2), _d(1)),)), _members(fte=ABC))


def test_fixed_plus_variable() -> None:
    found = _split("1000.00", FixedPlus(_d(100), Proportional("fte")), _members(fte=ABC))
    assert _fees(found) == {"A": "170.00", "B": "240.00", "C": "590.00"}
    with pytest.raises(Invalid) as caught:
        _split("200.00", FixedPlus(_d(100), Equal()), _members(fte=ABC))
    assert (caught.value.code, caught.value.data["feasible_from"]) == ("infeasible", "300.00")


def test_savings_are_shared_and_nobody_gets_money_back() -> None:
    members = _members(alone={"A": 100, "B": 400, "C": 700})
    # 1200 alone, 900 together: 300 saved, 100 each; A's share is its whole price.
    assert _fees(_split("900.00", SavingsShare("alone"), members)) == {
        "A": "0.00",
        "B": "300.00",
        "C": "600.00",
    }
    # 600 saved: A can only save its 100, the other 500 are halved.
    found = _split("600.00", SavingsShare("alone"), members)
    assert _fees(found) == {"A": "0.00", "B": "150.00", "C": "450.00"}
    by = SavingsShare("alone", Proportional("alone"))
    assert _fees(_split("600.00", by, members)) == {"A": "50.00", "B": "200.00", "C": "350.00"}
    with pytest.raises(Invalid) as caught:
        _split("1200.01", SavingsShare("alone"), members)
    assert caught.value.data["feasible_to"] == "1200.00"


def test_nobody_pays_more_than_the_bid() -> None:
    members = _members(bid={"A": 10, "B": 40, "C": 70})
    assert _fees(_split("60.00", Bids(), members)) == {"A": "5.00", "B": "20.00", "C": "35.00"}
    found = _split("60.00", Bids(rule=BidRule.EQUAL), members)
    assert _fees(found) == {"A": "10.00", "B": "25.00", "C": "25.00"}
    with pytest.raises(Invalid) as caught:
        _split("120.01", Bids(), members)
    assert caught.value.data["feasible_to"] == "120.00"
    # A floor lifts A; the bids of the others still hold.
    lifted = _split("60.00", Bids(), members, Limits(floor=_d(8)))
    assert lifted.lines[0].bound is Bound.FLOOR
    with pytest.raises(Invalid, match=r"A would pay at least 11\.00 .floor. and at most 10\.00"):
        _split("60.00", Bids(), members, Limits(floor=_d(11)))


@pytest.mark.parametrize(
    ("estate", "awards"),
    [(100, "33.34 33.33 33.33"), (200, "50.00 75.00 75.00"), (300, "50.00 100.00 150.00"),
     (400, "50.00 125.00 225.00"), (600, "100.00 200.00 300.00")],
)  # fmt: skip
def test_the_table_of_the_talmud(estate: int, awards: str) -> None:
    members = _members(claim={"A": 100, "B": 200, "C": 300})
    found = _split(f"{estate}.00", ContestedGarment(), members)
    assert " ".join(_fees(found).values()) == awards
    with pytest.raises(Invalid, match="claims"):
        _split("600.01", ContestedGarment(), members)


def test_shapley_of_groups_is_scaled_to_the_total() -> None:
    names = {"1": 6, "2": 12, "3": 42, "12": 12, "13": 42, "23": 42, "123": 42}
    game = CoalitionCosts({frozenset(group): _d(cost) for group, cost in names.items()})
    members = [Member("1"), Member("2"), Member("3")]
    assert list(_fees(_split("42.00", Shapley(game), members)).values()) == [
        "2.00",
        "5.00",
        "35.00",
    ]
    assert list(_fees(_split("84.00", Shapley(game), members)).values())[2] == "70.00"
    short = {group: cost for group, cost in game.costs.items() if group != frozenset("12")}
    with pytest.raises(Invalid, match="group of 2 members is missing"):
        _split("42.00", Shapley(CoalitionCosts(short)), members)


def test_shapley_equals_the_mean_over_all_orders() -> None:
    alone, steps = [300, 500, 900, 100], Steps((0, 800, 1500), (100, 90, 70), 100)
    # Below 1500 nobody pays more than 1500 x 70; below 800 no more than 800 x 90.
    assert [steps.cost(part) for part in (0, 700, 750, 1200, 1500)] == [
        0, 70_000, 72_000, 105_000, 105_000,
    ]  # fmt: skip
    exact = of_steps(alone, steps)
    totals = [Fraction(0)] * 4
    orders = list(permutations(range(4)))
    for order in orders:
        running = before = 0
        for place in order:
            running += alone[place]
            totals[place] += steps.cost(running) - before
            before = steps.cost(running)
    assert list(exact) == [total / len(orders) for total in totals]
    near = sampled(alone, steps, 4000, 1)
    assert sum(near.values) == sum(exact) == steps.cost(1800)
    for one, other in zip(near.values, exact, strict=True):
        assert abs(one - other) <= 5 * near.error + 1


def test_sums_beyond_64_bits_are_sampled_alike() -> None:
    alone, steps = [3, 5, 9, 1] * 5, Steps((0, 40, 60), (100, 90, 70), 100)
    small = sampled(alone, steps, 50, 3)
    far = 10**15
    great = Steps(tuple(bound * far for bound in steps.bounds), steps.kept, steps.fine)
    large = sampled([one * far for one in alone], great, 50, 3)
    assert large.values == tuple(value * far for value in small.values)


def test_shapley_of_two_by_symmetry() -> None:
    costs = {frozenset({0}): Fraction(3), frozenset({1}): Fraction(3)}
    both = {**costs, frozenset({0, 1}): Fraction(4)}
    assert shapley(2, both) == (2, 2)


def test_above_fifteen_members_shapley_is_sampled_and_says_so() -> None:
    members = [Member(f"M{n:02}", {"alone": _d(1000 + 10 * n)}) for n in range(16)]
    game = DiscountSteps("alone", ((_d(5000), _d(10)), (_d(15000), _d(25))))
    found = _split("12900.00", Shapley(game, orders=200), members)
    (note,) = found.notes
    assert note.code == "sampled"
    assert note.data["orders"] == "200"
    assert "sampled" in note.text
    assert _split("12900.00", Shapley(game, orders=200), members[::-1]).fees == found.fees
    exact = _split("12000.00", Shapley(game), members[:15])
    assert exact.notes == ()


def test_floor_and_cap_share_the_rest_by_weight() -> None:
    members = _members(fte={"A": 1, "B": 20, "C": 29, "D": 50})
    found = _split("1000.00", Proportional("fte"), members, Limits(floor=_d(100), cap=_d(400)))
    # D is capped, A lifted: 500 for B and C by 20 : 29.
    assert _fees(found) == {"A": "100.00", "B": "204.08", "C": "295.92", "D": "400.00"}
    assert [line.bound for line in found.lines] == [Bound.FLOOR, None, None, Bound.CAP]


def test_a_member_without_weight_takes_only_what_the_others_may_not() -> None:
    members = _members(fte={"A": 0, "B": 1, "C": 0})
    found = _split("100.00", Proportional("fte"), members, Limits(cap=_d(60)))
    assert _fees(found) == {"A": "20.00", "B": "60.00", "C": "20.00"}


def test_infeasible_says_the_totals_that_work() -> None:
    members = _members(fte=ABC)
    with pytest.raises(Invalid) as caught:
        _split("29.99", Proportional("fte"), members, Limits(floor=_d(10), cap=_d(20)))
    said = caught.value
    assert (said.code, said.data["feasible_from"], said.data["feasible_to"]) == (
        "infeasible",
        "30.00",
        "60.00",
    )
    assert "between 30.00 and 60.00" in said.hint
    limits = Limits(floor=_d(10), cap=_d(20))
    assert _fees(_split("30.00", Proportional("fte"), members, limits))["C"] == "10.00"
    assert _fees(_split("60.00", Proportional("fte"), members, limits))["A"] == "20.00"
    with pytest.raises(Invalid):
        _split("60.01", Proportional("fte"), members, limits)


def test_a_collar_is_not_passed_by_a_cent_and_a_new_member_has_none() -> None:
    members = [*_members({"A": "333.33", "B": "100.00"}, fte={"A": 1, "B": 9})]
    members.append(Member("N", {"fte": _d(1)}))
    found = _split("500.00", Proportional("fte"), members, Limits(up_pct=_d(5), down_pct=_d(5)))
    # 333.33 less 5 % is 316.6635: never below 316.67.
    assert found.fees["A"] >= _d("316.67")
    assert found.fees["B"] <= _d("105.00")
    assert found.lines[1].bound is Bound.COLLAR_UP
    assert found.feasible_to is None


def test_collar_repair_goes_by_room_or_by_weight() -> None:
    members = _members({"A": 600, "B": 400, "C": 100}, fte={"A": 5, "B": 5, "C": 1})
    limits = Limits(up_pct=_d(10), down_pct=_d(10))
    # Wanted 500, 500, 100 of 1100; clamped 540, 440, 100: 20 too few; A has 120 of room, C 10.
    by_room = _split("1100.00", Proportional("fte"), members, limits)
    assert _fees(by_room) == {"A": "558.46", "B": "440.00", "C": "101.54"}
    weight = Limits(up_pct=_d(10), down_pct=_d(10), repair=Repair.WEIGHT)
    by_weight = _split("1100.00", Proportional("fte"), members, weight)
    assert _fees(by_weight) == {"A": "550.00", "B": "440.00", "C": "110.00"}


def test_fees_by_hand_need_a_reason_and_hold() -> None:
    members = _members(fte=ABC)
    by_hand = {"A": Override(_d(40), "pilot year")}
    found = _split("100.00", Proportional("fte"), members, overrides=by_hand)
    assert _fees(found) == {"A": "40.00", "B": "13.33", "C": "46.67"}
    assert found.lines[0].reason == "pilot year"
    with pytest.raises(Invalid, match="needs a reason"):
        _split("100.00", Equal(), members, overrides={"A": Override(_d(40), " ")})
    with pytest.raises(Invalid, match="Z is no member"):
        _split("100.00", Equal(), members, overrides={"Z": Override(_d(40), "x")})
    every = Manual({"A": _d(10), "B": _d(20), "C": _d(70)}, "as last year")
    assert _fees(_split("100.00", every, members))["C"] == "70.00"
    with pytest.raises(Invalid) as caught:
        _split("99.00", every, members)
    assert caught.value.data["feasible_from"] == "100.00"


def test_who_leaves_and_who_pays_more() -> None:
    case = FeeCase(Money("100.00", "EUR"), tuple(_members(fte=ABC)), Proportional("fte"))
    left = opt_out(case, {"C"})
    assert _fees(left.after) == {"A": "33.33", "B": "66.67"}
    assert [(one.code, one.change) for one in left.pays_more] == [
        ("B", _d("46.67")),
        ("A", _d("23.33")),
    ]
    calm = opt_out(case, {"C"}, OnOptOut.FEE_LEAVES)
    assert calm.after.total.amount == _d("30.00")
    assert calm.pays_more == ()
    with pytest.raises(Invalid, match="Z is no member"):
        opt_out(case, {"Z"})
    with pytest.raises(Invalid, match="no member to share"):
        opt_out(case, {"A", "B", "C"})


@pytest.mark.parametrize(
    ("members", "method", "code"),
    [
        ([], Equal(), "no_members"),
        ([Member("A"), Member("A")], Equal(), "named_twice"),
        ([Member("A")], Proportional("fte"), "no_measure"),
        ([Member("A", {"fte": Decimal(0)})], Proportional("fte"), "no_weights"),
        ([Member("A", {"fte": Decimal(-1)})], Proportional("fte"), "negative"),
        ([Member("A", {"fte": Decimal(1)})], Mix({"fte": Decimal("0.9")}), "weights"),
        ([Member("A")], Manual({}, "x"), "no_fee"),
        ([Member("A")], Manual({"A": Decimal(1)}, ""), "no_reason"),
    ],
)
def test_what_cannot_be_shared_is_said(members: list[Member], method: Method, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        _split("1.00", method, members)
    assert caught.value.code == code


def test_a_total_finer_than_a_cent_or_below_zero_is_refused() -> None:
    for total in ("1.001", "-1.00"):
        with pytest.raises(Invalid):
            _split(total, Equal(), [Member("A")])
    assert _fees(_split("0.00", Equal(), [Member("A"), Member("B")])) == {"A": "0.00", "B": "0.00"}
