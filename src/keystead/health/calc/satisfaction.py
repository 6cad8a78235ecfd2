"""What answers say: net promoter score, shares with their interval; honest about few answers."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from keystead.health.types.surveys import Given, Kind, Nps, Result, Share
from keystead.kernel.exact import round_half_up

Z: Final = 1.96  # 95 per cent
FEWEST: Final = 5  # answers below which no figure is given: one person would move it by a fifth
PROMOTER, DETRACTOR = 9, 6
# From this value on an answer counts as good: top two of five, and of seven the easy three.
GOOD_FROM: Final = {Kind.CSAT: 4, Kind.EFFORT: 5, Kind.SCALE: 4, Kind.YES_NO: 1}
# Up to this value somebody is unhappy and hears from us.
UNHAPPY_TO: Final = {Kind.NPS: DETRACTOR, Kind.CSAT: 2, Kind.EFFORT: 3}


def nps(values: Iterable[int], *, fewest: int = FEWEST) -> Nps:
    """Return the net promoter score with its 95 % interval.

    ``values``: answers 0 to 10. Score = 100 (p - d), with p the share of 9 and 10 and d that of
    0 to 6; its variance is (p + d - (p - d)^2) / n, as each answer counts +1, 0 or -1. The
    interval is score +- 1.96 standard errors, cut at -100 and 100. Below ``fewest`` answers, and
    without any, there is no score. One decimal, half up. Source: infoscience.md part 5 (n and
    interval); variance of a trinomial difference. ValueError for a value outside 0 to 10.

    >>> found = nps([10] * 6 + [8] * 2 + [3] * 2)
    >>> found.n, found.score, found.low, found.high
    (10, Decimal('40.0'), Decimal('-9.6'), Decimal('89.6'))
    >>> nps([10, 10]).score is None
    True
    """
    given = list(values)
    if any(not 0 <= one <= 10 for one in given):
        raise ValueError("an answer is 0 to 10")
    n = len(given)
    promoters = sum(one >= PROMOTER for one in given)
    detractors = sum(one <= DETRACTOR for one in given)
    passives = n - promoters - detractors
    if n < max(fewest, 1):
        return Nps(n, promoters, passives, detractors, None, None, None, few=True)
    share = (promoters - detractors) / n
    error = math.sqrt(max((promoters + detractors) / n - share * share, 0.0) / n)
    low, high = max(share - Z * error, -1.0), min(share + Z * error, 1.0)
    exact = Decimal(100 * (promoters - detractors)) / n
    return Nps(
        n, promoters, passives, detractors, round_half_up(exact, 1), _pct(low), _pct(high),
        few=False,
    )  # fmt: skip


def share(good: int, n: int, *, fewest: int = FEWEST) -> Share:
    """Return a share in percent with its 95 % interval by Wilson (1927).

    No figure below ``fewest``. One decimal, half up.

    >>> found = share(8, 10)
    >>> found.pct, found.low, found.high
    (Decimal('80.0'), Decimal('49.0'), Decimal('94.3'))
    """
    if n < max(fewest, 1):
        return Share(n, None, None, None, few=True)
    low, high = wilson(good, n)
    return Share(n, round_half_up(Decimal(100 * good) / n, 1), _pct(low), _pct(high), few=False)


def wilson(good: int, n: int) -> tuple[float, float]:
    """Return the 95 % interval of a share by Wilson (1927), as ratios; the whole range for none.

    >>> [round(one, 4) for one in wilson(0, 10)], wilson(0, 0)
    ([0.0, 0.2775], (0.0, 1.0))
    """
    if n == 0:
        return 0.0, 1.0
    p, z2 = good / n, Z * Z
    middle = p + z2 / (2 * n)
    half = Z * math.sqrt(p * (1 - p) / n + z2 / (4 * n * n))
    return max((middle - half) / (1 + z2 / n), 0.0), min((middle + half) / (1 + z2 / n), 1.0)


def result(
    code: str, kind: Kind, question: str, given: Iterable[Given], *, fewest: int = FEWEST
) -> Result:
    """Return what all answers to a question say; texts are for the caller to add."""
    values = [one.value for one in given if one.value is not None]
    n = len(values)
    if kind is Kind.TEXT:
        return Result(code, kind, question, n)
    counted = Counter(values)
    counts = tuple((value, counted[value]) for value in sorted(counted))
    few = n < max(fewest, 1)
    mean = None if few else round_half_up(Decimal(sum(values)) / n, 1)
    if kind is Kind.NPS:
        return Result(code, kind, question, n, nps(values, fewest=fewest), None, mean, counts)
    good = sum(one >= GOOD_FROM[kind] for one in values)
    return Result(code, kind, question, n, None, share(good, n, fewest=fewest), mean, counts)


def unhappy(answers: Iterable[Given]) -> tuple[Given, ...]:
    """Return the answers of somebody who should hear from us; own questions are never among them.

    >>> unhappy([Given("q1", Kind.NPS, "", 6), Given("q2", Kind.CSAT, "", 3)])[0].code
    'q1'
    """
    return tuple(
        one
        for one in answers
        if one.value is not None and one.kind in UNHAPPY_TO and one.value <= UNHAPPY_TO[one.kind]
    )


def _pct(ratio: float) -> Decimal:
    return round_half_up(Decimal(str(round(100 * ratio, 6))), 1)
