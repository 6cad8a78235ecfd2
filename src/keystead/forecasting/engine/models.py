"""The models of one series, by a short name. statsforecast is imported at the first use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, TypeAlias

import numpy as np

from keystead.forecasting.calc.naive import is_seasonal, naive, naive2, seasonal_naive
from keystead.forecasting.engine.smoothed import NAMES, smoothed
from keystead.forecasting.types.panel import Floats

Model: TypeAlias = Callable[[Floats, int, int], Floats]
LEAST_FOR_MODEL: Final = 6
BLOW_UP: Final = 5.0
CANNOT: Final = (ValueError, ZeroDivisionError, RuntimeError, FloatingPointError, IndexError)


@dataclass(frozen=True, slots=True, eq=False)
class Chunk:
    """Some series and the models wanted for each; the unit of work of an executor."""

    series: tuple[Floats, ...]
    models: tuple[str, ...]
    horizon: int
    season: int


def chunk_forecasts(chunk: Chunk) -> Floats:
    """Return series x models x steps; nan where a model could not be fitted.

    This is the seam: any executor may run it anywhere, the answer depends on the chunk only.
    """
    result = np.full((len(chunk.series), len(chunk.models), chunk.horizon), np.nan)
    together = [name for name in chunk.models if name in NAMES]
    fit = [
        row
        for row, values in enumerate(chunk.series)
        if values.size >= LEAST_FOR_MODEL and np.ptp(values) > 0
    ]
    if together and fit:
        said = smoothed([chunk.series[row] for row in fit], chunk.horizon, chunk.season)
        for name in together:
            result[fit, chunk.models.index(name)] = said[name]
    for row, values in enumerate(chunk.series):
        for column, name in enumerate(chunk.models):
            if name not in NAMES:
                result[row, column] = one_forecast(name, values, chunk.horizon, chunk.season)
            elif np.isnan(result[row, column]).any() and values.size:
                result[row, column] = naive(values, chunk.horizon)
            elif not values.size:
                result[row, column] = 0.0
    return result


def one_forecast(name: str, values: Floats, horizon: int, season: int) -> Floats:
    """Return what one model says about one clean series; nan where it cannot say anything."""
    if not values.size:
        return np.zeros(horizon)
    if name in SIMPLE:
        return SIMPLE[name](values, horizon, season)
    if values.size < LEAST_FOR_MODEL or np.ptp(values) == 0:
        return naive(values, horizon)
    usable = season if values.size >= 2 * season + 1 else 1
    size = float(np.abs(values).max())
    try:
        said = LIBRARY[name](values / size, horizon, usable) * size
    except Exception as error:  # CES says by a bare one that it cannot fit, as on a flat line
        if not isinstance(error, CANNOT) and "fitted" not in str(error):
            raise
        return np.full(horizon, np.nan)
    if not np.isfinite(said).all() or np.abs(said).max() > BLOW_UP * size:
        return np.full(horizon, np.nan)
    return np.maximum(said, 0.0)


def _mean_year(values: Floats, horizon: int, season: int) -> Floats:
    return np.full(horizon, float(values[-max(season, 6) :].mean()))


@cache
def _model(name: str, season: int) -> Any:
    from statsforecast import models

    makers: dict[str, Callable[[], Any]] = {
        "dot": lambda: models.DynamicOptimizedTheta(season_length=season),
        "ces_n": lambda: models.AutoCES(season_length=season, model="N"),
        "ces_s": lambda: models.AutoCES(season_length=season, model="S"),
        "ces_z": lambda: models.AutoCES(season_length=season, model="Z"),
        "ets": lambda: models.AutoETS(season_length=season, model="ZZZ"),
        "imapa": models.IMAPA,
        "adida": models.ADIDA,
    }
    return makers[name]()


def _library(name: str) -> Model:
    def say(values: Floats, horizon: int, season: int) -> Floats:
        model = _model(name, season)
        return np.asarray(model.forecast(y=values, h=horizon)["mean"])

    return say


def _ces(values: Floats, horizon: int, season: int) -> Floats:
    kind = "ces_s" if is_seasonal(values, season) else "ces_n"
    return _library(kind)(values, horizon, season)


SIMPLE: Final[dict[str, Model]] = {
    "last": lambda values, horizon, _season: naive(values, horizon),
    "sn": seasonal_naive,
    "naive2": naive2,
    "year": _mean_year,
}
LIBRARY: Final[dict[str, Model]] = {
    "dot": _library("dot"),
    "ces": _ces,
    "ces_z": _library("ces_z"),
    "ets": _library("ets"),
    "imapa": _library("imapa"),
    "adida": _library("adida"),
}
