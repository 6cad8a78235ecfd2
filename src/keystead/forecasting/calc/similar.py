"""Past months like the ones ahead, so that a reader can check a forecast against memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from keystead.forecasting.types.panel import Floats


@dataclass(frozen=True, slots=True)
class SimilarPeriod:
    """A past period, what was sold in it, and how far it is from the one asked about.

    ``inputs``: what was known of it, by name: promotions in usual ones, price as a logarithm.
    """

    period: date
    value: float
    distance: float
    inputs: Mapping[str, float] = field(default_factory=dict)


def similar_periods(
    periods: Sequence[date],
    values: Floats,
    ahead: date,
    inputs: Mapping[str, tuple[Floats, float]] | None = None,
    count: int = 3,
) -> tuple[SimilarPeriod, ...]:
    """Return the past periods most like ``ahead``: the same season, like inputs, not long ago.

    ``inputs`` gives per name the past line and the value planned for the period ahead; each counts
    in units of its own spread. Distances are in such units: a month away in the season counts 1,
    a year back 0.25.
    """
    far = np.array([_season_gap(period, ahead) for period in periods])
    far += np.array([abs((ahead - period).days) / 365.25 * 0.25 for period in periods])
    for line, planned in (inputs or {}).values():
        spread = float(np.nanstd(line))
        if spread > 0:
            far += np.abs(np.nan_to_num(line, nan=planned) - planned) / spread
    known = np.flatnonzero(~np.isnan(values))
    best = known[np.argsort(far[known], kind="stable")][:count]
    return tuple(
        SimilarPeriod(
            periods[place],
            float(values[place]),
            round(float(far[place]), 4),
            {name: float(line[place]) for name, (line, _planned) in (inputs or {}).items()},
        )
        for place in best.tolist()
    )


def _season_gap(one: date, other: date) -> float:
    apart = abs(one.timetuple().tm_yday - other.timetuple().tm_yday) / 30.4
    return min(apart, 12.0 - apart)
