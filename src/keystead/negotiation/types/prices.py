"""Price rules as data: what a contract says about prices of later years, steps and rights."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias


@dataclasses.dataclass(frozen=True)
class Path:
    """A base moved by a percentage a year, compound: ``-5, -4, -3, -2``."""

    base: Decimal
    steps_pct: tuple[Decimal, ...]


@dataclasses.dataclass(frozen=True)
class Escalator:
    """A first-year total that rises by a percentage a year; ``cap`` is never passed."""

    first: Decimal
    escalator_pct: Decimal
    years: int
    cap: Decimal | None = None


@dataclasses.dataclass(frozen=True)
class CpiLinked:
    """A base moved by consumer prices plus ``plus_pct``, between ``lowest`` and ``highest``."""

    base: Decimal
    cpi_pct: tuple[Decimal, ...]
    plus_pct: Decimal = Decimal(0)
    lowest_pct: Decimal | None = None
    highest_pct: Decimal | None = None


@dataclasses.dataclass(frozen=True)
class Banded:
    """A price by the band a measure falls into: lower bound (inclusive) and price."""

    bands: tuple[tuple[Decimal, Decimal], ...]


@dataclasses.dataclass(frozen=True)
class ArticleGroup:
    """Articles of one kind: how many, the fee of each, a discount in percent on it."""

    count: int
    fee: Decimal
    discount_pct: Decimal = Decimal(0)


@dataclasses.dataclass(frozen=True)
class PerArticle:
    """A bill by article: groups, a fee for reading, credits to take off."""

    groups: Mapping[str, ArticleGroup]
    read_fee: Decimal = Decimal(0)
    credits: Decimal = Decimal(0)


@dataclasses.dataclass(frozen=True)
class CancellationRight:
    """Titles may be cancelled for this percentage of a base; over ``years`` in total."""

    base: Decimal
    allowance_pct: Decimal
    years: int = 1


@dataclasses.dataclass(frozen=True)
class QuorumStep:
    """From this much on: in force or not, a fee, a change in percent. None: says nothing."""

    lower: Decimal
    in_force: bool = True
    fee: Decimal | None = None
    change_pct: Decimal | None = None


@dataclasses.dataclass(frozen=True)
class QuorumSteps:
    """Effects by participation: members, or a share of a measure in percent."""

    steps: tuple[QuorumStep, ...]


class ProRata(StrEnum):
    MONTHS = "months"
    DAYS = "days"


@dataclasses.dataclass(frozen=True)
class LateJoin:
    """A yearly fee paid for the part of the year from ``joined`` on.

    ``end`` is the last day of the year of the contract. By months, a month begun is paid whole.
    """

    fee: Decimal
    start: date
    end: date
    joined: date
    by: ProRata = ProRata.MONTHS


PriceRule: TypeAlias = (
    Path | Escalator | CpiLinked | Banded | PerArticle | CancellationRight | QuorumSteps | LateJoin
)


@dataclasses.dataclass(frozen=True)
class Standing:
    """Where participation stands: the step reached (None: below the first), and the next."""

    step: QuorumStep | None
    upcoming: QuorumStep | None
    missing: Decimal | None


@dataclasses.dataclass(frozen=True)
class Bill:
    """A bill by article: each group to the cent, and the total."""

    groups: Mapping[str, Decimal]
    total: Decimal
