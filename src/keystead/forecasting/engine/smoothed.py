"""The models that answer for a whole chunk of series at once, in numpy alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from keystead.forecasting.calc.smoothing import (
    DAMPED,
    LEVELS,
    averaged,
    row_means,
    shrunk_seasons,
    stacked,
    temporal,
    theta,
)
from keystead.forecasting.types.panel import Floats

NAMES: Final = ("level", "theta", "damped", "temporal")
SHIFT: Final = 0.02
MOST: Final = 3.0


def smoothed(histories: Sequence[Floats], horizon: int, season: int) -> dict[str, Floats]:
    """Return per model series x steps: the season is taken out first and put back at the end.

    The level is smoothed as it is; trends are found in logs, where they are growth rates.
    """
    matrix = stacked(histories)
    width = matrix.shape[1]
    index = shrunk_seasons(matrix, season)
    ahead = index[:, (width + np.arange(horizon)) % index.shape[1]]
    plain = matrix / index[:, np.arange(width) % index.shape[1]]
    size = np.maximum(row_means(matrix), 1e-9)[:, None]
    logs = np.log(plain / size + SHIFT)

    def back(lines: Floats) -> Floats:
        value = (np.exp(np.minimum(lines, MOST)) - SHIFT) * size * ahead
        return np.asarray(np.maximum(value, 0.0), dtype=float)

    level, _alpha = averaged(plain, [(alpha, 0.0, 1.0) for alpha in LEVELS], horizon)
    return {
        "level": np.maximum(level * ahead, 0.0),
        "theta": back(theta(logs, horizon)),
        "damped": back(averaged(logs, DAMPED, horizon)[0]),
        "temporal": back(temporal(logs, horizon, season)),
    }
