"""Ranges around the means, and whole packs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

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
from keystead.forecasting.types.panel import Backtest, Floats, Panel, RunSettings, Segment

LEAST_SERIES: Final = 30
TRUST: Final = 60
NOTHING: Final = 1e-8  # the scale of a history that says nothing of its moves


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
    mean: Floats,
    now: Known,
    past: Sequence[Known],
    backtest: Backtest | None,
    bottoms: int,
    settings: RunSettings,
) -> Bands:
    """Return the ranges of all units; ``past`` are the moments of the windows of the backtest."""
    scale = np.array([naive_scale(clean.filled, settings.season) for clean in now.cleans])
    errors = None if backtest is None else backtest.errors_by_lag()
    scaled = np.zeros(0)
    if errors is not None:
        scaled = _scaled(past, errors, settings)
        scale = np.array(
            [own_scale(base, errors[:, row].ravel()) for row, base in enumerate(scale)]
        )
    lines = {name: np.zeros_like(mean) for name in ("lo80", "hi80", "lo95", "hi95")}
    for pool in (slice(0, bottoms), slice(bottoms, None)):
        before = np.array([[c.segment for c in known.cleans[pool]] for known in past])
        segments = np.array([clean.segment for clean in now.cleans[pool]])
        for level in (80, 95):
            if errors is None:
                widths = np.tile(default_quantiles(mean.shape[1], level / 100), (segments.size, 1))
            else:
                widths = widths_of(scaled[:, pool], before, segments, level / 100)
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


def widths_of(scaled: Floats, before: np.ndarray, segments: np.ndarray, level: float) -> Floats:
    """Return series x steps: the quantile of the segment of a series, drawn towards that of all.

    ``scaled``: errors over scales, windows x series x steps; ``before``: the segment of each series
    at each window; ``segments``: those of now. Under ``LEAST_SERIES`` a segment has that of all.
    """
    common = windowed_quantiles(scaled, level)
    widths = np.tile(common, (segments.size, 1))
    for kind in Segment:
        rows = segments == kind
        held = np.where((before == kind)[..., None], scaled, np.nan)
        count = int(np.isfinite(held).any(axis=(0, 2)).sum())
        if rows.any() and count >= LEAST_SERIES:
            own = windowed_quantiles(held, level)
            widths[rows] = (count * own + TRUST * common) / (count + TRUST)
    return widths


def _scaled(past: Sequence[Known], errors: Floats, settings: RunSettings) -> Floats:
    """Return the errors over the scale each series had at its window, as the others would have it.

    A window judged by a scale that knows what came after it, from the history or from its own
    errors, looks better than the future will. Where a history said nothing of its moves the error
    stays out.
    """
    made = np.full_like(errors, np.nan)
    for window, known in enumerate(past):
        others = np.delete(errors, window, axis=0)
        for row, clean in enumerate(known.cleans):
            base = naive_scale(clean.filled, settings.season)
            if base > NOTHING:
                made[window, row] = errors[window, row] / own_scale(base, others[:, row].ravel())
    return made
