"""What tells who helped: cells that came true, stairs, people, overrides judged."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

STAIRS = (
    "naive",
    "statistical",
    "account_manager",
    "marketing",
    "operations",
    "finance",
    "agreed",
)
ENOUGH_CYCLES = 6


@dataclass(frozen=True, slots=True)
class Outcome:
    """One forecast cell of a cycle and what came of it.

    ``layers`` holds what each layer said; a layer that is missing said what the one before it
    said. ``unit_value`` is the value of one unit in the currency of the page.
    """

    cycle: Hashable
    key: Hashable
    period: date
    actual: Decimal
    layers: Mapping[str, Decimal]
    unit_value: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Interval:
    """The middle 95 % of the bootstrap, by cycles."""

    low: float
    high: float

    @property
    def sure(self) -> bool:
        """Whether zero lies outside."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True, slots=True)
class Stair:
    """One step: its error, and what it changed against the step before. Points of percent.

    ``change`` below zero is a smaller error: it helped. ``value`` is the currency value of the
    error it took away (above zero: helped). ``interval`` None: not enough cycles.
    """

    layer: str
    wape: float | None
    bias: float | None
    change: float | None
    interval: Interval | None
    value: Decimal
    touched: int
    cells: int


@dataclass(frozen=True, slots=True)
class StairCase:
    """The stairs from naive to agreed over one set of cells."""

    stairs: tuple[Stair, ...]
    cycles: int
    cells: int

    @property
    def enough(self) -> bool:
        return self.cycles >= ENOUGH_CYCLES


@dataclass(frozen=True, slots=True)
class Judgement:
    """One override of one cell that came true: the forecast without it and with it."""

    override: Hashable
    author: Hashable
    cycle: Hashable
    key: Hashable
    period: date
    before: Decimal
    after: Decimal
    actual: Decimal
    unit_value: Decimal = Decimal(0)
    reason: str = ""

    @property
    def gain(self) -> Decimal:
        """Return the error it took away in units; below zero it added error."""
        return abs(self.before - self.actual) - abs(self.after - self.actual)

    @property
    def value(self) -> Decimal:
        return self.gain * self.unit_value

    @property
    def upward(self) -> bool:
        return self.after > self.before


@dataclass(frozen=True, slots=True)
class Share:
    """How many of these helped."""

    helped: int
    all: int


@dataclass(frozen=True, slots=True)
class Debias:
    """A correction worth trying: multiply by ``factor``; tested on cycles left out."""

    factor: float
    wape_now: float
    wape_then: float


@dataclass(frozen=True, slots=True)
class TrackRecord:
    """What one person's overrides did."""

    author: Hashable
    overrides: int
    helped: int
    upward: Share
    downward: Share
    small: Share
    wape_before: float | None
    wape_after: float | None
    change: float | None
    interval: Interval | None
    value: Decimal
    cycles: int
    debias: Debias | None

    @property
    def enough(self) -> bool:
        return self.cycles >= ENOUGH_CYCLES
