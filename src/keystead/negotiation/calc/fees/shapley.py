"""Shapley: what a member adds to the cost, on average over all orders of joining."""

from __future__ import annotations

import dataclasses
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from math import factorial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from keystead.kernel.errors import Invalid

EXACT_UP_TO = 15


@dataclasses.dataclass(frozen=True)
class Steps:
    """Discounts on a sum: from each of ``bounds`` on, ``kept`` / ``fine`` of the sum is paid.

    A sum just below a step never costs more than the step itself. Costs are in 1 / ``fine`` of a
    unit. ``bounds`` rise from 0.
    """

    bounds: tuple[int, ...]
    kept: tuple[int, ...]
    fine: int

    @cached_property
    def ceilings(self) -> tuple[int, ...]:
        """For each step the least that any later one costs at its bound."""
        found = [self.bounds[-1] * self.fine]
        for bound, part in zip(self.bounds[:0:-1], self.kept[:0:-1], strict=True):
            found.append(min(found[-1], bound * part))
        return tuple(found[::-1])

    def cost(self, alone: int) -> int:
        """Return what a group pays whose prices alone add up to this."""
        place = bisect_right(self.bounds, alone) - 1
        full = alone * self.kept[place]
        return full if place == len(self.bounds) - 1 else min(full, self.ceilings[place])

    def costs(self, alone: NDArray[Any]) -> NDArray[Any]:
        """Return the same for many sums at once."""
        if alone.dtype == object:
            return np.vectorize(self.cost, otypes=[object])(alone)
        place = np.searchsorted(np.array(self.bounds, dtype=np.int64), alone, side="right") - 1
        full = alone * np.array(self.kept, dtype=np.int64)[place]
        limits = np.array([*self.ceilings[:-1], np.iinfo(np.int64).max], dtype=np.int64)
        return np.minimum(full, limits[place])


@dataclasses.dataclass(frozen=True)
class Sampled:
    """Values over sampled orders: they add up exactly; ``error``: largest standard error."""

    values: tuple[Fraction, ...]
    orders: int
    error: Fraction


def shapley(count: int, costs: Mapping[frozenset[int], Fraction]) -> tuple[Fraction, ...]:
    """Return the value of each of ``count`` members from the cost of every group of them.

    ``costs``: group (places from 0) to cost; the empty group may be left out and costs nothing.
    Raises Invalid where a group is missing, or above 15 members.

    >>> costs = {frozenset({0}): 3, frozenset({1}): 4, frozenset({0, 1}): 5}
    >>> [str(v) for v in shapley(2, {group: Fraction(c) for group, c in costs.items()})]
    ['2', '3']
    """
    if count > EXACT_UP_TO:
        raise Invalid(
            f"The cost of every group can be weighed up to {EXACT_UP_TO} members, not {count}.",
            code="too_many",
            hint="Use discount steps: they are sampled above that.",
        )
    table = [_cost(costs, mask, count) for mask in range(1 << count)]
    return _weighed(count, table)


def _cost(costs: Mapping[frozenset[int], Fraction], mask: int, count: int) -> Fraction:
    group = frozenset(place for place in range(count) if mask >> place & 1)
    if group not in costs and group:
        raise Invalid(
            f"The cost of a group of {len(group)} members is missing.",
            code="missing_group",
            group=sorted(group),
        )
    return costs.get(group, Fraction(0))


def _weighed(count: int, table: Sequence[Fraction] | Sequence[int]) -> tuple[Fraction, ...]:
    sizes = [mask.bit_count() for mask in range(1 << count)]
    values = []
    for place in range(count):
        bit, by_size = 1 << place, [Fraction(0)] * count
        sums: list[int | Fraction] = [0] * count
        for mask in range(1 << count):
            if not mask & bit:
                sums[sizes[mask]] += table[mask | bit] - table[mask]
        for size, added in enumerate(sums):
            by_size[size] = Fraction(added) * factorial(size) * factorial(count - size - 1)
        values.append(sum(by_size, Fraction(0)) / factorial(count))
    return tuple(values)


def of_steps(alone: Sequence[int], steps: Steps) -> tuple[Fraction, ...]:
    """Return the exact values where a group costs by the sum of its prices alone."""
    count = len(alone)
    sums = [0] * (1 << count)
    for mask in range(1, 1 << count):
        low = mask & -mask
        sums[mask] = sums[mask ^ low] + alone[low.bit_length() - 1]
    return _weighed(count, [steps.cost(part) for part in sums])


def sampled(alone: Sequence[int], steps: Steps, orders: int, seed: int) -> Sampled:
    """Return the values over ``orders`` random orders of joining, each also run backwards.

    In every order the parts add up to the cost of all, so their mean does too. The seed makes
    the answer repeatable. ``error`` is the largest standard error, in the unit of the prices.
    """
    source, count = np.random.default_rng(seed), len(alone)
    pairs = max(1, orders // 2)
    ways = source.permuted(np.tile(np.arange(count), (pairs, 1)), axis=1)
    largest = (sum(alone) + steps.bounds[-1]) * steps.fine * 2 * pairs
    # Beyond 64 bits the same sums run on Python's whole numbers.
    kind = np.dtype(np.int64 if largest < 2**62 else object)
    each = np.zeros((pairs, count), dtype=kind)
    for order in (ways, ways[:, ::-1]):
        running = np.cumsum(np.array(alone, dtype=kind)[order], axis=1)
        costs = steps.costs(running)
        added = np.diff(costs, axis=1, prepend=np.zeros((pairs, 1), dtype=kind))
        joined = np.zeros((pairs, count), dtype=kind)
        np.put_along_axis(joined, order, added, axis=1)
        each = each + joined
    totals = [int(total) for total in each.sum(axis=0).tolist()]
    values = tuple(Fraction(total, 2 * pairs) for total in totals)
    return Sampled(values, 2 * pairs, _error(each, pairs))


def _error(each: NDArray[Any], pairs: int) -> Fraction:
    """Return the largest standard error of a mean over pairs of orders; a pair holds two."""
    if pairs < 2:
        return Fraction(0)
    spread = (each.astype(np.float64) / 2).std(axis=0, ddof=1).max()
    return Fraction(float(spread) / float(np.sqrt(pairs)))
