"""Which way a series sells: dead, new, intermittent, erratic or smooth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from keystead.forecasting.types.panel import Floats, Segment

ADI_LIMIT: Final = 1.32
CV2_LIMIT: Final = 0.49
NEW_BELOW: Final = 12
LIKES: Final = 4


def demand_pattern(values: Floats) -> tuple[float, float]:
    """Return the average gap between demands and their squared variation (Syntetos, Boylan).

    A gap of infinity: no demand at all.

    >>> demand_pattern(np.array([0.0, 4.0, 0.0, 4.0]))
    (2.0, 0.0)
    """
    known = values[~np.isnan(values)]
    positive = known[known > 0]
    if not positive.size:
        return float("inf"), 0.0
    mean = float(positive.mean())
    variation = float(positive.std()) / mean if positive.size > 1 else 0.0
    return known.size / positive.size, variation**2


def expected_gaps(young: Sequence[Floats], old: Sequence[Floats]) -> Floats:
    """Return the gap between demands to expect of each young series.

    Its own, drawn towards that of the old ones as if it had been seen ``LIKES`` periods more: one
    sale in one month says little, and where most things sell now and then it will too.

    >>> rare, steady = [np.array([2.0, 0.0, 0.0, 0.0])], [np.array([2.0, 3.0, 2.0, 1.0])]
    >>> expected_gaps([np.array([5.0])], rare).tolist()
    [2.5]
    >>> expected_gaps([np.array([5.0])], steady).tolist()
    [1.0]
    """
    periods = sum(values.size for values in old)
    sold = sum(int((values > 0).sum()) for values in old)
    often = sold / periods if periods else 1.0
    return np.array(
        [(one.size + LIKES) / max(int((one > 0).sum()) + LIKES * often, 1e-9) for one in young],
        dtype=float,
    )


def segment_of(values: Floats, *, season: int = 12, dead_after: int = 6) -> Segment:
    """Return the segment of a series, from its first sale on.

    Dead: nothing sold in the last ``dead_after`` known periods; one sale brings it back. New:
    fewer known periods than a season (at most twelve).

    >>> segment_of(np.array([3.0] * 30)).value
    'smooth'
    >>> segment_of(np.array([3.0] * 30 + [0.0] * 6)).value
    'dead'
    """
    known = values[~np.isnan(values)]
    sold = np.flatnonzero(known > 0)
    if not sold.size:
        return Segment.DEAD
    silent = known.size - 1 - sold[-1]
    if silent >= dead_after and silent >= 2 * _usual_gap(sold):
        return Segment.DEAD
    alive = known[sold[0] :]
    if alive.size < min(NEW_BELOW, max(season, 4)):
        return Segment.NEW
    gap, variation = demand_pattern(alive)
    if gap > ADI_LIMIT:
        return Segment.INTERMITTENT
    return Segment.ERRATIC if variation > CV2_LIMIT else Segment.SMOOTH


def _usual_gap(sold: np.ndarray) -> float:
    """Return the longest usual pause between sales: a part sold twice a year is not dead."""
    return float(np.quantile(np.diff(sold), 0.9)) if sold.size > 2 else 0.0
