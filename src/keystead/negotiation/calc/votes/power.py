"""How much a member's vote weighs in truth: in how many orders of agreeing it is the one."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from math import factorial

from keystead.negotiation.calc.fees.units import decimal, in_one_unit
from keystead.negotiation.calc.votes import weights_of
from keystead.negotiation.types.votes import Power, Voter, VotingRule

STATES = 40_000  # groups that are told apart before the count is sampled instead
Sums = dict[tuple[int, int, int], int]  # size, weight, vetoes of a group -> how many


def power(rule: VotingRule, voters: Sequence[Voter], orders: int = 4000, seed: int = 0) -> Power:
    """Return each member's power in percent (Shapley and Shubik 1954); it adds up to about 100.

    Members agree one after another in every order; the one whose yes carries the motion counts.
    Exact where the groups can be counted, else over ``orders`` random orders with a seed, and it
    says so. Who may veto must have agreed too.

    >>> two = [Voter("A", measures={"fee": Decimal(60)}), Voter("B", measures={"fee": Decimal(40)})]
    >>> {code: str(share) for code, share in power(VotingRule("fee"), two).shares.items()}
    {'A': '100.00', 'B': '0.00'}
    """
    weights = weights_of(rule.weight, voters)
    codes = [one.code for one in voters]
    sizes, _unit = in_one_unit([weights[code] for code in codes])
    needed = rule.threshold * sum(sizes)
    vetoes = [int(one.veto) for one in voters]
    all_vetoes = sum(vetoes)

    def wins(weight: int, agreed: int) -> bool:
        enough = weight > needed if rule.strict else weight >= needed
        return enough and agreed == all_vetoes

    found = _exact(sizes, vetoes, wins)
    if found is not None:
        return Power(_shares(codes, found), True, 0)
    turns = _sampled(sizes, vetoes, wins, orders, seed)
    return Power(_shares(codes, [Fraction(one, orders) for one in turns]), False, orders)


def _shares(codes: Sequence[str], parts: Sequence[Fraction]) -> Mapping[str, Decimal]:
    return {code: decimal(part * 100, 2) for code, part in zip(codes, parts, strict=True)}


def _exact(
    sizes: Sequence[int], vetoes: Sequence[int], wins: Callable[[int, int], bool]
) -> list[Fraction] | None:
    count = len(sizes)
    known: dict[tuple[int, int], Fraction] = {}
    for own in sorted(set(zip(sizes, vetoes, strict=True))):
        place = list(zip(sizes, vetoes, strict=True)).index(own)
        others = _groups(sizes, vetoes, place)
        if others is None:
            return None
        ways = sum(
            many * factorial(size) * factorial(count - 1 - size)
            for (size, weight, agreed), many in others.items()
            if not wins(weight, agreed) and wins(weight + own[0], agreed + own[1])
        )
        known[own] = Fraction(ways, factorial(count))
    return [known[own] for own in zip(sizes, vetoes, strict=True)]


def _groups(sizes: Sequence[int], vetoes: Sequence[int], without: int) -> Sums | None:
    """Return how many groups of the others there are by size and weight; None: too many."""
    found: Sums = {(0, 0, 0): 1}
    for place, (own, veto) in enumerate(zip(sizes, vetoes, strict=True)):
        if place == without:
            continue
        for (size, weight, agreed), many in list(found.items()):
            key = (size + 1, weight + own, agreed + veto)
            found[key] = found.get(key, 0) + many
        if len(found) > STATES:
            return None
    return found


def _sampled(
    sizes: Sequence[int],
    vetoes: Sequence[int],
    wins: Callable[[int, int], bool],
    orders: int,
    seed: int,
) -> list[int]:
    turns = [0] * len(sizes)
    places = list(range(len(sizes)))
    chance = random.Random(seed)  # noqa: S311  an estimate that anyone can repeat, no secret
    for _ in range(orders):
        chance.shuffle(places)
        weight = agreed = 0
        for place in places:
            weight, agreed = weight + sizes[place], agreed + vetoes[place]
            if wins(weight, agreed):
                turns[place] += 1
                break
    return turns
