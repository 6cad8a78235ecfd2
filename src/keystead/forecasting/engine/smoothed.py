"""The models that answer for a whole chunk of series at once, in numpy alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from keystead.forecasting.calc import seasonal
from keystead.forecasting.calc.smoothing import (
    row_means,
    shrunk_seasons,
    stacked,
    temporal,
)
from keystead.forecasting.types.panel import Floats

NAMES: Final = ("level", "damped", "temporal", "winters")
SHIFT: Final = 0.02
MOST: Final = 3.0
HELD: Final = 0.8
"""How much of the season found in the whole history a season that moves begins with."""


def smoothed(histories: Sequence[Floats], horizon: int, season: int) -> dict[str, Floats]:
    """Return per model series x steps, all found in logs, where trends are growth rates.

    The trend over buckets takes the season out first and puts it back, the damped one holds it as
    it was found; the level and the model of Holt and Winters let it move.
    """
    matrix = stacked(histories)
    width = matrix.shape[1]
    index = shrunk_seasons(matrix, season)
    ahead = index[:, (width + np.arange(horizon)) % index.shape[1]]
    plain = matrix / index[:, np.arange(width) % index.shape[1]]
    size = np.maximum(row_means(matrix), 1e-9)[:, None]
    logs = np.log(plain / size + SHIFT)

    def back(lines: Floats, year: Floats | float = 1.0) -> Floats:
        value = (np.exp(np.minimum(lines, MOST)) - SHIFT) * size * year
        return np.asarray(np.maximum(value, 0.0), dtype=float)

    raw, start = np.log(matrix / size + SHIFT), np.log(index)
    moving = HELD * start
    return {
        "level": back(seasonal.winters(raw, moving, seasonal.LEVEL, horizon)),
        "damped": back(seasonal.winters(raw, start, seasonal.DAMPED, horizon)),
        "temporal": back(temporal(logs, horizon, season), ahead),
        "winters": back(seasonal.winters(raw, moving, seasonal.WINTERS, horizon)),
    }
