"""A negotiation as numbers: issues with options, what both sides make of them, packages."""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from enum import StrEnum


class Measure(StrEnum):
    """What a side counts by: weighted scores between 0 and 1, or money."""

    SCORE = "score"
    MONEY = "money"


@dataclasses.dataclass(frozen=True)
class Option:
    """One way to settle an issue: what it scores for both sides (0 or more), and in money."""

    name: str
    ours: Decimal = Decimal(0)
    theirs: Decimal = Decimal(0)
    our_money: Decimal | None = None
    their_money: Decimal | None = None


@dataclasses.dataclass(frozen=True)
class Issue:
    """What is negotiated: options and how much it weighs for both sides."""

    name: str
    options: tuple[Option, ...]
    our_weight: Decimal = Decimal(1)
    their_weight: Decimal = Decimal(1)


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What may come without a deal: an amount (costs are negative) and how likely it is."""

    text: str
    amount: Decimal
    probability_pct: Decimal = Decimal(100)


@dataclasses.dataclass(frozen=True)
class Side:
    """How one side counts, and below what it walks away.

    ``reservation`` in that measure; by money it may be worked out of the outcomes without a deal
    (BATNA) plus ``margin``, what a deal must bring more than that.
    """

    measure: Measure = Measure.SCORE
    reservation: Decimal | None = None
    without_deal: tuple[Outcome, ...] = ()
    margin: Decimal = Decimal(0)


@dataclasses.dataclass(frozen=True)
class Case:
    """The issues and both sides."""

    issues: tuple[Issue, ...]
    ours: Side = dataclasses.field(default_factory=Side)
    theirs: Side = dataclasses.field(default_factory=Side)


@dataclasses.dataclass(frozen=True)
class Package:
    """One option per issue (its place), and what it is worth to both, in whole small units."""

    choice: tuple[int, ...]
    ours: int
    theirs: int


@dataclasses.dataclass(frozen=True)
class Front:
    """The packages that no other beats for both, best for us first.

    ``step`` is 0 where the front is exact; else no package left out is better for them by more
    than what one within ``step`` of our value gives.
    """

    packages: tuple[Package, ...]
    step: int = 0


@dataclasses.dataclass(frozen=True)
class Zone:
    """Packages that both would take rather than no deal; empty: there is no zone."""

    packages: tuple[Package, ...]
    our_floor: int
    their_floor: int

    @property
    def exists(self) -> bool:
        return bool(self.packages)


@dataclasses.dataclass(frozen=True)
class Points:
    """Named packages of a zone: Nash, Kalai-Smorodinsky, and the most even one (Kalai)."""

    nash: Package
    kalai_smorodinsky: Package
    even: Package


@dataclasses.dataclass(frozen=True)
class Trade:
    """Two issues to trade: we win one and give the other; gains against the other way round."""

    win: str
    give: str
    our_gain: int
    their_gain: int
