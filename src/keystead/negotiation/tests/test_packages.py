"""The front against counting every package; zone, named points, equal offers, trades."""

from __future__ import annotations

import os
from decimal import Decimal
from fractions import Fraction
from itertools import combinations, product

import numpy as np
import pytest

from keystead.kernel.errors import Invalid
from keystead.negotiation.calc.packages.front import front
from keystead.negotiation.calc.packages.offers import distance, equal_offers, trades
from keystead.negotiation.calc.packages.points import points, zone
from keystead.negotiation.calc.packages.values import Table, Values, no_deal, values
from keystead.negotiation.types.cases import Case, Issue, Measure, Option, Outcome, Package, Side

LONG = bool(os.environ.get("KEYSTEAD_LONG"))
CASES, MOST = (500, 50_000) if LONG else (60, 3000)


def _random(seed: int, most: int = MOST) -> tuple[Table, Table]:
    """Return contributions of up to ``most`` packages; small whole values make many equals."""
    source = np.random.default_rng(seed)
    sizes: list[int] = []
    while len(sizes) < 10:
        size = int(source.integers(1, 8))
        if np.prod([*sizes, size]) > most:
            break
        sizes.append(size)
    high = int(source.choice([4, 30, 10**12]))
    tables = [
        tuple(tuple(int(v) for v in source.integers(0, high, size)) for size in sizes)
        for _ in range(2)
    ]
    return tables[0], tables[1]


def _every(ours: Table, theirs: Table) -> list[tuple[int, int]]:
    """Return the values of every package, counted one by one."""
    us = them = np.zeros(1, dtype=np.int64)
    for row, other in zip(ours, theirs, strict=True):
        us = (us[:, None] + np.array(row)).ravel()
        them = (them[:, None] + np.array(other)).ravel()
    return list(zip(us.tolist(), them.tolist(), strict=True))


def _unbeaten(every: list[tuple[int, int]]) -> list[tuple[int, int]]:
    found, best = [], -1
    for us, them in sorted(set(every), key=lambda pair: (-pair[0], -pair[1])):
        if them > best:
            found.append((us, them))
            best = them
    return found


@pytest.mark.parametrize("seed", range(CASES))
def test_the_front_is_what_counting_every_package_finds(seed: int) -> None:
    ours, theirs = _random(seed)
    found = front(ours, theirs)
    every = _every(ours, theirs)
    assert [(one.ours, one.theirs) for one in found.packages] == _unbeaten(every)
    assert found.step == 0
    for one in found.packages:
        chosen = zip(one.choice, ours, theirs, strict=True)
        worth = [(row[at], other[at]) for at, row, other in chosen]
        assert (one.ours, one.theirs) == tuple(map(sum, zip(*worth, strict=True)))
    # The zone and Nash over the front are those over every package.
    floors = (
        sorted(us for us, _ in every)[len(every) // 2],
        sorted(t for _, t in every)[len(every) // 3],
    )
    both = zone(found, *floors)
    inside = [(us, them) for us, them in every if us >= floors[0] and them >= floors[1]]
    assert both.exists == bool(inside)
    if inside:
        best = max((us - floors[0]) * (them - floors[1]) for us, them in inside)
        nash = points(both).nash
        assert (nash.ours - floors[0]) * (nash.theirs - floors[1]) == best


def test_a_front_that_grows_too_long_is_thinned_and_says_so() -> None:
    rows = tuple((0, 3**n) for n in range(12))
    against = tuple((3**n, 0) for n in range(12))
    assert len(front(rows, against).packages) == 2**12
    thin = front(rows, against, most=1000)
    assert thin.step > 0
    exact = {(one.ours, one.theirs) for one in front(rows, against).packages}
    for us, them in exact:
        assert any(p.theirs >= them and p.ours >= us - thin.step for p in thin.packages)


def _d(value: object) -> Decimal:
    return Decimal(str(value))


def _issue(name: str, ours: list[int], theirs: list[int], weights: tuple[float, float]) -> Issue:
    options = tuple(
        Option(f"{name}{n}", _d(us), _d(them))
        for n, (us, them) in enumerate(zip(ours, theirs, strict=True))
    )
    return Issue(name, options, _d(weights[0]), _d(weights[1]))


PRICE = _issue("price", [0, 5, 10], [4, 2, 0], (0.6, 0.3))
TERM = _issue("term", [2, 1, 0], [0, 5, 10], (0.1, 0.5))
SCOPE = _issue("scope", [1, 0], [0, 1], (0.3, 0.2))
CASE = Case((PRICE, TERM, SCOPE), Side(reservation=_d("0.4")), Side(reservation=_d("0.4")))


def test_each_issue_is_divided_by_its_best_value_and_weights_by_their_sum() -> None:
    found = values(CASE)
    assert found.ours[0] == (0, 300_000_000_000, 600_000_000_000)
    assert found.theirs[1] == (0, 250_000_000_000, 500_000_000_000)
    double = Case(
        tuple(Issue(i.name, i.options, i.our_weight * 2, i.their_weight * 7) for i in CASE.issues)
    )
    assert values(double).ours == found.ours
    assert values(double).theirs == found.theirs
    assert found.our_floor == 400_000_000_000


def test_the_points_by_hand() -> None:
    found = values(CASE)
    both = zone(front(found.ours, found.theirs), found.our_floor, found.their_floor)
    # Of 12 packages two are worth 0.4 to both and beaten by none: price and all the term, and
    # who gets the scope.
    pairs = [(one.ours, one.theirs) for one in both.packages]
    assert pairs == [(900_000_000_000, 500_000_000_000), (600_000_000_000, 700_000_000_000)]
    named = points(both)
    # Gains over 0.4: (0.5, 0.1) and (0.2, 0.3). Products 0.05 and 0.06; shares of the best
    # gains (0.5, 0.3) at least 1/3 and 2/5.
    second = both.packages[1]
    assert (named.nash, named.kalai_smorodinsky, named.even) == (second, second, second)


def test_no_zone_at_all() -> None:
    case = Case(CASE.issues, Side(reservation=_d("0.9")), Side(reservation=_d("0.9")))
    found = values(case)
    both = zone(front(found.ours, found.theirs), found.our_floor, found.their_floor)
    assert not both.exists
    with pytest.raises(Invalid) as caught:
        points(both)
    assert caught.value.code == "no_zone"
    assert equal_offers(found, 5 * 10**11) == ()


def test_exactly_one_point() -> None:
    only = Issue("only", (Option("this", _d(3), _d(5)),))
    found = values(Case((only, only.__class__("other", only.options))))
    made = front(found.ours, found.theirs)
    both = zone(made, found.our_floor, found.their_floor)
    assert len(made.packages) == len(both.packages) == 1
    named = points(both)
    assert named.nash == named.kalai_smorodinsky == named.even == made.packages[0]
    assert equal_offers(found, made.packages[0].ours) == made.packages


def test_a_reservation_that_is_met_exactly_is_a_deal() -> None:
    issue = Issue("price", (Option("low", our_money=_d("100.00"), their_money=_d("-100.00")),))
    side, other = Side(Measure.MONEY, _d("100.00")), Side(Measure.MONEY, _d("-100.00"))
    found = values(Case((issue,), side, other))
    assert zone(front(found.ours, found.theirs), found.our_floor, found.their_floor).exists
    found = values(Case((issue,), Side(Measure.MONEY, _d("100.01")), other))
    assert not zone(front(found.ours, found.theirs), found.our_floor, found.their_floor).exists


def test_walking_away_in_money() -> None:
    outcomes = (Outcome("half renew alone", _d(900_000), _d(60)), Outcome("legal", _d(-40_000)))
    side = Side(Measure.MONEY, without_deal=outcomes, margin=_d(10_000))
    assert no_deal(side) == _d("500000.00")
    issue = Issue("fee", (Option("a", our_money=_d(510_000), theirs=_d(1)),))
    assert values(Case((issue,), side)).our_floor == 51_000_000
    with pytest.raises(Invalid):
        no_deal(Side(without_deal=(Outcome("x", _d(1), _d(101)),)))


@pytest.mark.parametrize("seed", range(12))
def test_equal_offers_are_equal_to_us_and_as_far_apart_as_any(seed: int) -> None:
    ours, theirs = _random(seed + 1000, 300)
    found = Values(ours, theirs, 0, 0)
    target = sorted(us for us, _ in _every(ours, theirs))[-len(_every(ours, theirs)) // 3]
    offers = equal_offers(found, target, _d(5))
    assert len({one.choice for one in offers}) == len(offers) <= 3
    every = product(*(range(len(row)) for row in ours))
    near = [Package(choice, *_worth(choice, ours, theirs)) for choice in every]
    near = [one for one in near if abs(one.ours - target) <= Fraction(target) * 5 / 100]
    assert {one.choice for one in offers} <= {one.choice for one in near}
    assert len(offers) == min(3, len(near))
    if 3 <= len(near) <= 40:  # all of them were considered
        widest = max(_nearest(three, theirs) for three in combinations(near, 3))
        assert _nearest(offers, theirs) == widest


def _worth(choice: tuple[int, ...], *tables: Table) -> tuple[int, ...]:
    return tuple(sum(row[at] for row, at in zip(table, choice, strict=True)) for table in tables)


def _nearest(three: tuple[Package, ...], theirs: Table) -> int:
    return min(distance(one, other, theirs) for one, other in combinations(three, 2))


def test_equal_offers_of_a_case_too_large_to_count() -> None:
    ours, theirs = (
        tuple(
            tuple(int(v) for v in row)
            for row in np.random.default_rng(n).integers(0, 10**9, (20, 5))
        )
        for n in (1, 2)
    )
    found = Values(ours, theirs, 0, 0)
    made = front(ours, theirs)
    target = made.packages[len(made.packages) // 2].ours
    offers = equal_offers(found, target)
    assert len(offers) == 3
    assert all(abs(one.ours - target) * 50 <= target for one in offers)
    assert min(distance(a, b, theirs) for n, a in enumerate(offers) for b in offers[:n]) > 0


def test_what_to_trade() -> None:
    found = trades(CASE.issues, values(CASE))
    assert [(one.win, one.give) for one in found][:1] == [("price", "term")]
    first = found[0]
    assert (first.our_gain, first.their_gain) == (500_000_000_000, 200_000_000_000)
    same = Case((PRICE, _issue("other", [0, 5, 10], [4, 2, 0], (0.6, 0.3))))
    assert trades(same.issues, values(same)) == ()


@pytest.mark.parametrize(
    ("case", "code"),
    [
        (Case(()), "issues"),
        (Case((Issue("x", ()),)), "options"),
        (Case((PRICE, PRICE)), "named_twice"),
        (Case((Issue("x", (Option("a", _d(-1)),)),)), "negative"),
        (Case((Issue("x", (Option("a"),), _d(0)),)), "weights"),
        (Case((Issue("x", (Option("a"),), _d(-1)), PRICE)), "weights"),
        (Case((PRICE,), Side(Measure.MONEY)), "no_money"),
    ],
)
def test_a_case_that_cannot_be_valued(case: Case, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        values(case)
    assert caught.value.code == code
