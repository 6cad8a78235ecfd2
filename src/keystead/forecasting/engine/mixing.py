"""How much each part of a recipe counts: learned from the backtest, pooled over many series.

One weight per segment, never one winner per series: picking winners made forecasts worse on every
set measured. A few series move the weight little from its default.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from keystead.forecasting.types.panel import Floats, Segment, Weights

GRID: Final = np.linspace(0.0, 1.0, 21)
TRUST: Final = 60
USUAL: Final = {"boost": 0.45, "boost_with_plan": 0.75, "sparse": 0.9}
LEAST_GAIN: Final = 1.02
PARTS: Final = (0.0, 0.25, 0.5, 0.75, 1.0)


def learned_weight(
    usual: float, old: Sequence[Floats], new: Sequence[Floats], truth: Sequence[Floats], power: int
) -> float:
    """Return the weight of the new lines beside the old: the best of the pooled backtest.

    All lines are series x steps, already divided by the scale of their series. The best weight is
    drawn towards the usual one as if ``TRUST`` more series had asked for that.
    """
    costs = np.zeros(GRID.size)
    count = 0
    for before, fresh, actual in zip(old, new, truth, strict=True):
        good = np.isfinite(before) & np.isfinite(fresh) & np.isfinite(actual)
        if not good.any():
            continue
        count = max(count, int(good.any(axis=1).sum()))
        for place, weight in enumerate(GRID):
            mixed = (1 - weight) * before[good] + weight * fresh[good]
            costs[place] += float((np.abs(mixed - actual[good]) ** power).sum())
    if not count:
        return usual
    best = float(GRID[int(np.argmin(costs))])
    return (count * best + TRUST * usual) / (count + TRUST)


def allowed(old: Sequence[Floats], new: Sequence[Floats], truth: Sequence[Floats]) -> bool:
    """Return whether an outside model's own error is close enough to join a recipe."""
    errors = [0.0, 0.0]
    for before, fresh, actual in zip(old, new, truth, strict=True):
        good = np.isfinite(before) & np.isfinite(fresh) & np.isfinite(actual)
        errors[0] += float(np.abs(before[good] - actual[good]).sum())
        errors[1] += float(np.abs(fresh[good] - actual[good]).sum())
    return errors[0] > 0 and errors[1] <= LEAST_GAIN * errors[0]


def bias_factor(sold: Sequence[float], said: Sequence[float], series: int) -> float:
    """Return what to multiply forecasts by so that they are less biased; 1 where windows disagree.

    Models that aim at the middle say too little of skewed demand. Only the bias that every window
    had is taken out, less with few series, never more than a fifth.

    >>> round(bias_factor([110.0, 112.0], [100.0, 100.0], 600), 3)
    1.091
    >>> bias_factor([110.0, 90.0], [100.0, 100.0], 600)
    1.0
    """
    pairs = zip(sold, said, strict=True)
    ratios = np.log([true / told for true, told in pairs if true > 0 and told > 0])
    if not ratios.size or not (np.all(ratios > 0) or np.all(ratios < 0)):
        return 1.0
    agreed = float(ratios[np.abs(ratios).argmin()])
    return float(np.clip(np.exp(agreed * series / (series + TRUST)), 0.8, 1.25))


def without_cost(factor: float, said: Sequence[Floats], truth: Sequence[Floats]) -> float:
    """Return the part of a bias factor that does not make the pooled absolute error larger.

    Of skewed demand the best guess for one week lies below the mean: taking out all of the bias
    would make every week worse.

    >>> without_cost(1.2, [np.array([[10.0, 10.0, 10.0]])], [np.array([[10.0, 10.0, 40.0]])])
    1.0
    >>> round(without_cost(1.2, [np.array([[10.0, 10.0]])], [np.array([[12.0, 12.0]])]), 3)
    1.2
    """
    tried = [factor**part for part in PARTS]
    pairs = list(zip(said, truth, strict=True))
    costs = [
        sum(float(np.nansum(np.abs(line * one - actual))) for line, actual in pairs)
        for one in tried
    ]
    return float(tried[int(np.argmin(costs))])


def mixed(old: Floats, new: Floats, weight: Floats) -> Floats:
    """Return the two lines together; where the new one says nothing the old one stays."""
    share = weight[:, None] * np.isfinite(new)
    return np.asarray((1 - share) * old + share * np.nan_to_num(new), dtype=float)


def weights_table(
    segments: Sequence[Segment], names: Sequence[str], found: Floats, source: str
) -> tuple[Weights, ...]:
    """Return one line per segment that is there: the parts of its recipe, and how learned."""
    told = []
    for segment in Segment:
        rows = [row for row, kind in enumerate(segments) if kind is segment]
        if rows and found[rows].any():
            parts = dict(zip(names, found[rows].mean(axis=0).round(4).tolist(), strict=True))
            told.append(Weights(segment.value, parts, len(rows), source))
    return tuple(told)
