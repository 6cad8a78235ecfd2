"""Whether scores told anything: the area under the ROC curve, and a calibration table."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Final

from keystead.health.calc.satisfaction import Z, wilson
from keystead.health.types.scores import BackTest, Bin, Pair
from keystead.kernel.exact import round_half_up

NEEDED: Final = 50  # closed renewals with a score
NEEDED_LOSSES: Final = 10
EDGES: Final = (0, 20, 40, 60, 80, 100)


def auc(pairs: Iterable[Pair]) -> tuple[float, float, float]:
    """Return the area under the ROC curve with its 95 % interval (DeLong and others 1988).

    The chance that a renewed one had a higher score than a lost one; a tie counts half. The
    variance is that of the placements of each side; the interval is cut at 0 and 1. ValueError
    where one side is empty.

    >>> made = [Pair(Decimal(s), w) for s, w in ((80, True), (60, True), (40, False), (60, False))]
    >>> [round(one, 3) for one in auc(made)]
    [0.875, 0.529, 1.0]
    """
    listed = list(pairs)
    won = [one.score for one in listed if one.renewed]
    lost = [one.score for one in listed if not one.renewed]
    if not won or not lost:
        raise ValueError("it takes renewals and losses")
    of_won = [sum(_beats(one, other) for other in lost) / len(lost) for one in won]
    of_lost = [sum(_beats(one, other) for one in won) / len(won) for other in lost]
    area = sum(of_won) / len(won)
    error = math.sqrt(_variance(of_won, area) / len(won) + _variance(of_lost, area) / len(lost))
    return area, max(area - Z * error, 0.0), min(area + Z * error, 1.0)


def calibration(pairs: Iterable[Pair]) -> tuple[Bin, ...]:
    """Return, for each fifth of the scale, how many renewed (the last one takes a hundred too)."""
    listed = list(pairs)
    found = []
    for low, high in pairwise(EDGES):
        top = Decimal("100.1") if high == EDGES[-1] else Decimal(high)
        some = [one for one in listed if low <= one.score < top]
        n, kept = len(some), sum(one.renewed for one in some)
        if not n:
            found.append(Bin(low, high, 0, 0, None, None, None, None))
            continue
        bottom, ceiling = wilson(kept, n)
        mean = round_half_up(sum((one.score for one in some), Decimal(0)) / n, 1)
        share = round_half_up(Decimal(100 * kept) / n, 1)
        found.append(Bin(low, high, n, kept, mean, share, _pct(bottom), _pct(ceiling)))
    return tuple(found)


def back_test(months: int, pairs: Sequence[Pair], *, closed: int, late: int = 0) -> BackTest:
    """Return the back-test of scores so many months before; without figures below our threshold.

    ``closed``: all closed renewals; ``pairs``: those that had a score then; ``late``: scores that
    were left out because they were taken long after their month.
    """
    losses = sum(not one.renewed for one in pairs)
    plain = BackTest(months, closed, len(pairs), losses, NEEDED, NEEDED_LOSSES, late=late)
    if len(pairs) < NEEDED or losses < NEEDED_LOSSES or losses == len(pairs):
        return plain
    area, low, high = auc(pairs)
    return BackTest(
        months, closed, len(pairs), losses, NEEDED, NEEDED_LOSSES, _three(area), _three(low),
        _three(high), calibration(pairs), late,
    )  # fmt: skip


def _beats(one: Decimal, other: Decimal) -> float:
    return 1.0 if one > other else 0.5 if one == other else 0.0


def _variance(values: Sequence[float], mean: float) -> float:
    if len(values) < 2:
        return 0.0
    return sum((one - mean) ** 2 for one in values) / (len(values) - 1)


def _three(value: float) -> Decimal:
    return round_half_up(Decimal(str(round(value, 9))), 3)


def _pct(ratio: float) -> Decimal:
    return round_half_up(Decimal(str(round(100 * ratio, 6))), 1)
