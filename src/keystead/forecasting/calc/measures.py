"""Measures of forecast error over many series, on floats; nan where one is not defined."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from keystead.forecasting.types.panel import Floats


@dataclass(frozen=True, slots=True)
class Scores:
    """What a set of forecasts was worth; percentages where the name says ``pct``."""

    smape_pct: float
    mase: float
    wape_pct: float
    bias_pct: float
    rmsse: float
    total_wape_pct: float
    worse_than_seasonal_naive_pct: float
    coverage80_pct: float
    coverage95_pct: float
    msis95: float


def smape(actual: Floats, forecast: Floats) -> Floats:
    """Return per series the symmetric error in percent, as the M competitions have it.

    >>> smape(np.array([[100.0, 0.0]]), np.array([[50.0, 0.0]])).round(2).tolist()
    [33.33]
    """
    whole = np.abs(actual) + np.abs(forecast)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(whole > 0, 200 * np.abs(actual - forecast) / whole, 0.0)
    return _row_mean(np.where(np.isnan(actual), np.nan, share))


def mase(actual: Floats, forecast: Floats, scale: Floats) -> Floats:
    """Return per series the mean absolute error over the seasonal naive one of its history."""
    return _over(_row_mean(np.abs(actual - forecast)), scale)


def rmsse(actual: Floats, forecast: Floats, square_scale: Floats) -> Floats:
    """Return per series the root mean squared error over that of the naive in its history."""
    return np.sqrt(_over(_row_mean((actual - forecast) ** 2), square_scale))


def wape(actual: Floats, forecast: Floats) -> float:
    """Return the sum of absolute errors in percent of the sum of actuals, over everything.

    >>> round(wape(np.array([[80.0, 20.0]]), np.array([[70.0, 20.0]])), 2)
    10.0
    """
    whole = float(np.nansum(np.abs(actual)))
    return float(np.nansum(np.abs(forecast - actual))) * 100 / whole if whole else float("nan")


def bias(actual: Floats, forecast: Floats) -> float:
    """Return the sum of forecasts less actuals in percent of the actuals; above zero: too high."""
    whole = float(np.nansum(actual))
    return float(np.nansum(forecast - actual)) * 100 / whole if whole else float("nan")


def total_wape(actual: Floats, forecast: Floats) -> float:
    """Return the WAPE of the totals over the whole horizon, the measure for intermittent items."""
    return wape(np.nansum(actual, axis=1), np.where(np.isnan(actual), 0, forecast).sum(axis=1))


def coverage(actual: Floats, low: Floats, high: Floats) -> float:
    """Return the percentage of actuals inside their range."""
    known = ~np.isnan(actual)
    inside = (actual >= low - 1e-9) & (actual <= high + 1e-9) & known
    return float(inside.sum()) * 100 / float(known.sum()) if known.any() else float("nan")


def interval_score(
    actual: Floats, low: Floats, high: Floats, scale: Floats, level: float = 0.95
) -> float:
    """Return the mean scaled interval score (M4): width plus a penalty for each miss."""
    fine = 2 / (1 - level)
    below, above = np.maximum(low - actual, 0), np.maximum(actual - high, 0)
    score = np.where(np.isnan(actual), np.nan, high - low + fine * (below + above))
    return float(np.nanmean(_over(_row_mean(score), scale)))


def pinball(actual: Floats, forecast: Floats, quantile: float) -> float:
    """Return the mean quantile loss."""
    rest = actual - forecast
    return float(np.nanmean(np.maximum(quantile * rest, (quantile - 1) * rest)))


def history_scales(history: Floats, season: int) -> tuple[float, float]:
    """Return the seasonal naive mean absolute move, and the naive mean squared move."""
    known = history[~np.isnan(history)]
    lag = season if known.size > season else 1
    moves = np.abs(known[lag:] - known[:-lag])
    steps = np.diff(known)
    return (
        float(moves.mean()) if moves.size else float("nan"),
        float((steps**2).mean()) if steps.size else float("nan"),
    )


def owa(scores: Scores, rival: Scores) -> float:
    """Return the mean of relative sMAPE and relative MASE against Naive2 (M4)."""
    return (scores.smape_pct / rival.smape_pct + scores.mase / rival.mase) / 2


@dataclass(frozen=True, slots=True, eq=False)
class Said:
    """A forecast with its ranges, series x steps."""

    mean: Floats
    lo80: Floats
    hi80: Floats
    lo95: Floats
    hi95: Floats


def scores_of(
    actual: Floats, said: Said, seasonal_naive: Floats, scales: Floats, squares: Floats
) -> Scores:
    """Return every measure of a set of forecasts."""
    own = _row_mean(np.abs(actual - said.mean))
    plain = _row_mean(np.abs(actual - seasonal_naive))
    judged = np.isfinite(own) & np.isfinite(plain)
    worse = (own > plain * (1 + 1e-12)) & judged
    return Scores(
        smape_pct=float(np.nanmean(smape(actual, said.mean))),
        mase=_mean(mase(actual, said.mean, scales)),
        wape_pct=wape(actual, said.mean),
        bias_pct=bias(actual, said.mean),
        rmsse=_mean(rmsse(actual, said.mean, squares)),
        total_wape_pct=total_wape(actual, said.mean),
        worse_than_seasonal_naive_pct=float(worse.sum()) * 100 / max(int(judged.sum()), 1),
        coverage80_pct=coverage(actual, said.lo80, said.hi80),
        coverage95_pct=coverage(actual, said.lo95, said.hi95),
        msis95=interval_score(actual, said.lo95, said.hi95, scales),
    )


def _mean(values: Floats) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if known.size else float("nan")


def _row_mean(values: Floats) -> Floats:
    known = np.isfinite(values).sum(axis=1)
    summed = np.nansum(values, axis=1)
    return np.where(known > 0, summed / np.maximum(known, 1), np.nan)


def _over(values: Floats, scale: Floats) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(scale > 0, values / scale, np.nan)
