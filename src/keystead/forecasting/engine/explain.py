"""Why this number: level, trend, season and the effect of what is known, summing to the mean."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from keystead.forecasting.calc.naive import is_seasonal, seasonal_indices
from keystead.forecasting.types.panel import Floats, Parts


def parts_of(
    history: Floats, mean: Floats, season: int, effects: Mapping[str, Floats] | None = None
) -> Parts:
    """Return the parts of a forecast; they sum to ``mean`` exactly (last part takes the rest)."""
    lifts = dict(effects or {})
    plain = mean.copy()
    for effect in lifts.values():
        plain = plain - effect
    flat = plain
    if is_seasonal(history, season):
        indices = seasonal_indices(history, season)
        if (indices > 0).all():
            flat = plain / indices[(history.size + np.arange(mean.size)) % season]
    level = np.full(mean.size, flat[0] if flat.size else 0.0)
    trend = flat - level
    return Parts(level, trend, plain - flat, lifts)
