"""Why this number: level, trend, season and the effect of what is known, summing to the mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from keystead.forecasting.calc.naive import is_seasonal, seasonal_indices
from keystead.forecasting.types.panel import Floats, Parts

LEAST: Final = 3  # months that show a direction


def parts_of(
    history: Floats, mean: Floats, season: int, effects: Mapping[str, Floats] | None = None
) -> Parts:
    """Return the parts of a forecast; they sum to ``mean`` exactly.

    Level and trend are the straight line through the months, without their season where the
    history has one; what the months have beside it is the season, which takes the rest.
    """
    lifts = dict(effects or {})
    plain = mean.copy()
    for effect in lifts.values():
        plain = plain - effect
    flat = plain
    if is_seasonal(history, season):
        indices = seasonal_indices(history, season)
        if (indices > 0).all():
            flat = plain / indices[(history.size + np.arange(mean.size)) % season]
    steps = np.arange(mean.size)
    slope, start = 0.0, float(flat.mean()) if flat.size else 0.0
    if mean.size >= LEAST:
        slope, start = (float(one) for one in np.polyfit(steps, flat, 1))
    level = np.full(mean.size, max(start, 0.0))
    trend = np.asarray(slope * steps, dtype=float)
    return Parts(level, trend, plain - level - trend, lifts)
