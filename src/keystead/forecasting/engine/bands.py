"""Ranges around the means, and whole packs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from keystead.forecasting.calc.intervals import (
    around,
    default_quantiles,
    naive_scale,
    own_scale,
    windowed_quantiles,
)
from keystead.forecasting.calc.naive import seasonal_naive
from keystead.forecasting.calc.rounding import round_nested
from keystead.forecasting.engine.prepare import Known, Tree
from keystead.forecasting.types.panel import Backtest, Floats, Panel, RunSettings


@dataclass(frozen=True, slots=True, eq=False)
class Bands:
    """Mean and ranges, units x steps."""

    mean: Floats
    lo80: Floats
    hi80: Floats
    lo95: Floats
    hi95: Floats
    naive: Floats


def rounded(mean: Floats, panel: Panel, tree: Tree, decimals: int) -> Floats:
    count = len(panel.keys)
    levels = []
    for paths in (panel.account_path, panel.product_path):
        for depth in range(1, max((len(path) for path in paths), default=0) + 1):
            names = {prefix: place for place, prefix in enumerate({p[:depth] for p in paths})}
            levels.append(np.array([names[path[:depth]] for path in paths]))
    bottoms = round_nested(mean[:count], levels, decimals)
    sums = [bottoms[list(group)].sum(axis=0) for group in tree.members]
    return np.vstack([bottoms, *sums])


def bands_of(
    mean: Floats, now: Known, backtest: Backtest | None, bottoms: int, settings: RunSettings
) -> Bands:
    scale = np.array([naive_scale(clean.filled, settings.season) for clean in now.cleans])
    lines = {name: np.zeros_like(mean) for name in ("lo80", "hi80", "lo95", "hi95")}
    errors = None if backtest is None else backtest.errors_by_lag()
    if errors is not None:
        tried = _scales_of_others(scale, errors)
        scale = np.array(
            [own_scale(base, errors[:, row].ravel()) for row, base in enumerate(scale)]
        )
    for pool in (slice(0, bottoms), slice(bottoms, None)):
        for level in (80, 95):
            if errors is None:
                widths = default_quantiles(mean.shape[1], level / 100)
            else:
                scaled = errors[:, pool] / tried[:, pool, None]
                widths = windowed_quantiles(scaled, level / 100)
            low, high = around(mean[pool], scale[pool], widths)
            lines[f"lo{level}"][pool], lines[f"hi{level}"][pool] = low, high
    plain = np.array(
        [
            seasonal_naive(clean.filled, mean.shape[1], settings.season)
            if clean.filled.size
            else np.zeros(mean.shape[1])
            for clean in now.cleans
        ]
    )
    return Bands(mean, lines["lo80"], lines["hi80"], lines["lo95"], lines["hi95"], plain)


def _scales_of_others(scale: Floats, errors: Floats) -> Floats:
    """Return windows x series: the scale of a series as the other windows would have it.

    A window judged by a scale made from its own errors looks better than the future will.
    """
    windows = errors.shape[0]
    made = np.empty(errors.shape[:2])
    for window in range(windows):
        others = np.delete(errors, window, axis=0)
        for row, base in enumerate(scale.tolist()):
            made[window, row] = own_scale(base, others[:, row].ravel())
    return made
