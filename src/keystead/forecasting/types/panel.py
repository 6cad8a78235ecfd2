"""A panel of demand series, how to forecast it, and what comes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Path: TypeAlias = tuple[str, ...]

MAX_YEARS: Final = 10
CALENDAR: Final = "calendar"
"""Prefix of known inputs made from the calendar, not from a plan."""


class Segment(StrEnum):
    """How a series sells; each segment has a recipe and a headline measure of its own."""

    DEAD = "dead"
    NEW = "new"
    INTERMITTENT = "intermittent"
    ERRATIC = "erratic"
    SMOOTH = "smooth"


class Recipe(StrEnum):
    """Which models are combined; ``new`` and ``intermittent`` come from the segment."""

    NAIVE = "naive"
    FAST = "fast"
    STANDARD = "standard"
    OVERNIGHT = "overnight"
    INTERMITTENT = "intermittent"
    NEW = "new"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class SeriesProblem:
    """Something odd about one series, said with its key and period; the series stays in.

    ``there``: what stands in the period, as it was recorded; ``count``: how many periods.
    """

    key: str
    code: str
    message: str
    period: date | None = None
    there: str = ""
    count: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class FutureInputs:
    """What is known of the past and of the future: one matrix per name.

    Each matrix has one row per series and one column per period of history and horizon. A lift
    input is one that moves the expected quantity (price, promotion, listing); names starting with
    ``calendar`` are shown with the season.
    """

    matrices: Mapping[str, Floats]

    def __post_init__(self) -> None:
        shapes = {matrix.shape for matrix in self.matrices.values()}
        if len(shapes) > 1:
            raise ValueError("known inputs must have one shape")


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """Bottom series over common periods; ``nan`` is a masked or unknown period.

    ``static`` holds one text per series and name. Known names: ``predecessor`` (a key of this
    panel or empty), ``share`` (part of the predecessor's demand, 0..1), and any attribute for
    finding similar items (``brand``, ``category``).
    """

    keys: tuple[str, ...]
    account_path: tuple[Path, ...]
    product_path: tuple[Path, ...]
    first: date
    freq: str
    values: Floats
    future: FutureInputs | None = None
    static: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        count = len(self.keys)
        if self.values.ndim != 2 or self.values.shape[0] != count:
            raise ValueError("values must be one row per key")
        if len(self.account_path) != count or len(self.product_path) != count:
            raise ValueError("each key needs an account path and a product path")
        if len(set(self.keys)) != count:
            raise ValueError("keys must be unique")
        if self.freq not in {"M", "W"}:
            raise ValueError("freq is M or W")


@dataclass(frozen=True, slots=True)
class RunSettings:
    """How a run is made. The same panel and settings give the same numbers."""

    horizon: int = 18
    recipe: str = "fast"
    season: int = 12
    seed: int = 0
    levels: tuple[int, ...] = (80, 95)
    backtest_windows: int = 2
    backtest_step: int = 6
    country: str | None = None
    coherent: bool = True
    rounding: int | None = None
    champions: Mapping[str, str] = field(default_factory=dict)
    forecasters: tuple[str, ...] = ()
    dead_after: int = 6
    processes: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """Why this number: the parts sum to the mean.

    ``inputs`` holds the effect of each known input by its name, ``adjusted`` what coherence and
    rounding moved.
    """

    level: Floats
    trend: Floats
    season: Floats
    inputs: Mapping[str, Floats] = field(default_factory=dict)
    adjusted: Floats | None = None

    def total(self) -> Floats:
        """Return the sum of all parts."""
        whole = self.level + self.trend + self.season
        for effect in self.inputs.values():
            whole = whole + effect
        return whole if self.adjusted is None else whole + self.adjusted


@dataclass(frozen=True, slots=True, eq=False)
class SeriesResult:
    """The forecast of one bottom series."""

    key: str
    segment: Segment
    recipe: str
    mean: Floats
    lo80: Floats
    hi80: Floats
    lo95: Floats
    hi95: Floats
    naive: Floats
    parts: Parts


@dataclass(frozen=True, slots=True, eq=False)
class NodeResult:
    """The forecast of one node above the bottom: an account prefix and a product prefix."""

    account: Path
    product: Path
    recipe: str
    mean: Floats
    lo80: Floats
    hi80: Floats
    lo95: Floats
    hi95: Floats
    naive: Floats
    members: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Backtest:
    """What the recipe would have said earlier: arrays of windows x series x steps.

    ``cutoffs`` counts the periods known at each window; ``actual`` is nan where unknown.
    """

    cutoffs: tuple[int, ...]
    actual: Floats
    forecast: Floats
    naive: Floats

    def errors_by_lag(self) -> Floats:
        """Return forecast less actual, windows x series x steps."""
        return self.forecast - self.actual


@dataclass(frozen=True, slots=True)
class Weights:
    """What the backtest made of the parts of the recipe, per segment."""

    segment: str
    parts: Mapping[str, float]
    series: int
    source: str


@dataclass(frozen=True, slots=True, eq=False)
class RunResult:
    """Everything a run says."""

    series: tuple[SeriesResult, ...]
    nodes: tuple[NodeResult, ...]
    backtest: Backtest | None
    input_hash: str
    problems: tuple[SeriesProblem, ...]
    periods: tuple[date, ...]
    recipe: str
    weights: tuple[Weights, ...] = ()
    gap: float = 0.0

    def one(self, key: str) -> SeriesResult:
        """Return the series of a key."""
        for found in self.series:
            if found.key == key:
                return found
        raise KeyError(key)
