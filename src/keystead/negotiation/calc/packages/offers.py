"""Offers of equal value to us that differ most for them, and which issues to trade."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import combinations, product
from math import prod

from keystead.negotiation.calc.packages.front import front
from keystead.negotiation.calc.packages.values import Table, Values
from keystead.negotiation.types.cases import Issue, Package, Trade

EVERY = 5000  # up to so many packages each one is looked at
CONSIDERED = 40
EMPHASIS = 3  # how much more an issue might weigh for them than we think


def equal_offers(
    found: Values, target: int, tolerance_pct: Decimal = Decimal(2), count: int = 3
) -> tuple[Package, ...]:
    """Return up to ``count`` packages within the tolerance of ``target``, far apart for them.

    What they would take rather than no deal; candidates are the best for them by our estimate of
    their weights, and by estimates in which one issue weighs three times as much. Among these the
    set whose nearest two lie furthest apart, issue by issue in their value, is returned; the
    dearest to them first. Fewer, or none, where the options allow no more.
    """
    band = abs(Fraction(target)) * Fraction(tolerance_pct) / 100
    near = [
        one
        for one in _candidates(found)
        if abs(one.ours - target) <= band and one.theirs >= found.their_floor
    ]
    considered = sorted(near, key=lambda one: (-one.theirs, one.choice))
    if prod(len(row) for row in found.ours) <= EVERY:
        considered = considered[:CONSIDERED]
    if len(considered) <= count:
        return tuple(considered)
    return _furthest(considered[: 2 * CONSIDERED], found.theirs, count)


def _candidates(found: Values) -> list[Package]:
    sizes = [len(row) for row in found.ours]
    if prod(sizes) <= EVERY:
        choices: list[tuple[int, ...]] = list(product(*(range(size) for size in sizes)))
        return [_package(choice, found) for choice in choices]
    made = {one.choice: one for one in front(found.ours, found.theirs).packages}
    for place in range(len(sizes)):
        theirs = tuple(
            tuple(value * EMPHASIS for value in row) if place == at else row
            for at, row in enumerate(found.theirs)
        )
        for one in front(found.ours, theirs).packages:
            made.setdefault(one.choice, _package(one.choice, found))
    return list(made.values())


def _package(choice: Sequence[int], found: Values) -> Package:
    return Package(tuple(choice), _sum(found.ours, choice), _sum(found.theirs, choice))


def _sum(table: Table, choice: Sequence[int]) -> int:
    return sum(row[option] for row, option in zip(table, choice, strict=True))


def distance(one: Package, other: Package, theirs: Table) -> int:
    """Return how far two packages lie apart for them: the differences issue by issue, added."""
    return sum(
        abs(row[left] - row[right])
        for row, left, right in zip(theirs, one.choice, other.choice, strict=True)
    )


def _furthest(near: Sequence[Package], theirs: Table, count: int) -> tuple[Package, ...]:
    apart = [[distance(one, other, theirs) for other in near] for one in near]
    places = range(len(near))
    if count <= 3:
        sets: list[tuple[int, ...]] = list(combinations(places, count))
        best = max(sets, key=lambda one: (_spread(one, apart), _worth(one, near)))
    else:
        best = tuple(_grown(places, apart, count))
    return tuple(near[place] for place in sorted(best))


def _spread(picked: Sequence[int], apart: Sequence[Sequence[int]]) -> tuple[int, int]:
    gaps = [apart[one][other] for one, other in combinations(picked, 2)]
    return (min(gaps), sum(gaps)) if gaps else (0, 0)


def _worth(picked: Sequence[int], near: Sequence[Package]) -> int:
    return sum(near[place].theirs for place in picked)


def _grown(places: range, apart: Sequence[Sequence[int]], count: int) -> list[int]:
    """Return a set grown from the furthest two, always by what lies furthest from it."""
    first = max(combinations(places, 2), key=lambda pair: apart[min(pair)][max(pair)])
    picked = list(first)
    while len(picked) < count:
        rest = [place for place in places if place not in picked]
        picked.append(max(rest, key=lambda one: min(apart[one][other] for other in picked)))
    return picked


def trades(issues: Sequence[Issue], found: Values, most: int = 5) -> tuple[Trade, ...]:
    """Return pairs to trade, the most promising first: we win one issue, they win the other.

    What winning an issue means to a side is its best option against what is best for the other.
    The gains compare our winning ``win`` and giving ``give`` with the other way round; only pairs
    that gain both are named.
    """
    swings = [
        _swing(our_row, their_row)
        for our_row, their_row in zip(found.ours, found.theirs, strict=True)
    ]
    made = []
    for win, give in product(range(len(issues)), repeat=2):
        our_gain = swings[win][0] - swings[give][0]
        their_gain = swings[give][1] - swings[win][1]
        if win != give and our_gain > 0 and their_gain > 0:
            made.append(Trade(issues[win].name, issues[give].name, our_gain, their_gain))
    made.sort(key=lambda one: (-one.our_gain * one.their_gain, one.win, one.give))
    return tuple(made[:most])


def _swing(our_row: Sequence[int], their_row: Sequence[int]) -> tuple[int, int]:
    pairs = list(zip(our_row, their_row, strict=True))
    for_us = max(pairs, key=lambda pair: (pair[0], pair[1]))
    for_them = max(pairs, key=lambda pair: (pair[1], pair[0]))
    return for_us[0] - for_them[0], for_them[1] - for_us[1]
