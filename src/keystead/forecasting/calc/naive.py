"""The forecasts that every other must beat."""

from __future__ import annotations

from typing import Final

import numpy as np

from keystead.forecasting.types.panel import Floats

SEASONAL_TEST: Final = 1.645
F_LIMIT: Final = 3.0


def naive(values: Floats, horizon: int) -> Floats:
    """Return the last value, repeated."""
    return np.full(horizon, values[-1], dtype=float)


def seasonal_naive(values: Floats, horizon: int, season: int) -> Floats:
    """Return last season's values; the last value where there is no full season.

    >>> seasonal_naive(np.array([1.0, 2.0, 3.0]), 4, 2)
    array([2., 3., 2., 3.])
    """
    if season <= 1 or values.size < season:
        return naive(values, horizon)
    return np.resize(values[-season:], horizon).astype(float)


def is_seasonal(values: Floats, season: int) -> bool:
    """Return whether the series repeats by the season (the test of the M4 competition)."""
    if season <= 1 or values.size < 3 * season:
        return False
    centred = values - values.mean()
    power = float(centred @ centred)
    if power <= 0:
        return False
    lags = np.array([float(centred[lag:] @ centred[:-lag]) / power for lag in range(1, season + 1)])
    limit = SEASONAL_TEST * np.sqrt((1 + 2 * float((lags[:-1] ** 2).sum())) / values.size)
    return bool(abs(lags[-1]) > limit)


def seasonal_indices(values: Floats, season: int) -> Floats:
    """Return multiplicative indices by position from the start (classical decomposition)."""
    ratio, positions = _detrended(values, season)
    indices = np.ones(season)
    for position in range(season):
        found = ratio[(positions == position) & np.isfinite(ratio)]
        if found.size:
            indices[position] = found.mean()
    mean = indices.mean()
    return indices / mean if mean > 0 else np.ones(season)


def naive2(values: Floats, horizon: int, season: int) -> Floats:
    """Return the naive forecast of the seasonally adjusted series, season put back."""
    if not is_seasonal(values, season):
        return naive(values, horizon)
    indices = seasonal_indices(values, season)
    if (indices <= 0).any():
        return naive(values, horizon)
    last = values[-1] / indices[(values.size - 1) % season]
    ahead = (values.size + np.arange(horizon)) % season
    return np.asarray(last * indices[ahead], dtype=float)


def repeats(values: Floats, season: int) -> bool:
    """Return whether the season explains the series: an F test on the detrended ratios.

    Kinder to short histories than ``is_seasonal``, which stays for Naive2 as published.
    """
    if season <= 1 or values.size < 2 * season + 2:
        return False
    ratio, positions = _detrended(values, season)
    good = np.isfinite(ratio)
    ratio, positions = ratio[good], positions[good]
    free = ratio.size - season
    if free < season // 2 or not ratio.size:
        return False
    sums = np.bincount(positions, weights=ratio, minlength=season)
    counts = np.bincount(positions, minlength=season)
    means = sums / np.maximum(counts, 1)
    between = float((counts * (means - ratio.mean()) ** 2).sum()) / (season - 1)
    within = float(((ratio - means[positions]) ** 2).sum()) / free
    return between > F_LIMIT * within


def _detrended(values: Floats, season: int) -> tuple[Floats, np.ndarray]:
    """Return the values over their centred moving mean, and their place in the season."""
    half = season // 2
    kernel = np.ones(season + 1 - season % 2)
    if season % 2 == 0:
        kernel[0] = kernel[-1] = 0.5
    smooth = np.convolve(values, kernel / kernel.sum(), mode="valid")
    middle = values[half : half + smooth.size]
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(smooth > 0, middle / smooth, np.nan)
    return ratio, (np.arange(ratio.size) + half) % season
