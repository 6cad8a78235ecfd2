"""Health as values: signals, the rules that weigh them, scores with their parts, the back-test."""

from __future__ import annotations

import dataclasses
import enum
from datetime import date, datetime
from decimal import Decimal


class Signal(enum.StrEnum):
    """What a score may rest on."""

    USAGE_TREND = "usage_trend"  # change of twelve months on the twelve before, in percent
    SATISFACTION = "satisfaction"  # NPS of a year, in points
    COVERAGE = "coverage"  # roles that decide and that we speak with, in percent
    SPONSOR = "sponsor"  # champions and buyers who left within a year
    PAYMENT = "payment"  # days late on average, as finance says
    ISSUES = "issues"  # open for more than thirty days


ENTERED = (Signal.PAYMENT, Signal.ISSUES)  # what people write down with its source


class Why(enum.StrEnum):
    """Why a signal says nothing."""

    NONE = ""
    NO_DATA = "no_data"
    TOO_FEW = "too_few"
    STALE = "stale"
    NO_BASE = "no_base"
    NOBODY = "nobody"


class Band(enum.StrEnum):
    """What a score means."""

    HEALTHY = "healthy"
    WATCH = "watch"
    AT_RISK = "at_risk"
    UNKNOWN = "unknown"


@dataclasses.dataclass(frozen=True)
class Rule:
    """How one signal counts: nothing at ``bad``, whole at ``good``, in a line between.

    The direction follows from the two: more is better where ``good`` is the larger. ``least``:
    answers below which nothing is said. ``days``: how long what people told stays true.
    """

    signal: Signal
    weight: Decimal
    bad: Decimal
    good: Decimal
    least: int = 0
    days: int = 365

    @property
    def more_is_better(self) -> bool:
        return self.good > self.bad


@dataclasses.dataclass(frozen=True)
class RuleSet:
    """A version of the rules: never changed, only followed by another."""

    number: int
    rules: tuple[Rule, ...]
    healthy: Decimal = Decimal(70)
    at_risk: Decimal = Decimal(40)
    known_pct: Decimal = Decimal(50)
    why: str = ""
    by_name: str = ""
    at: datetime | None = None


@dataclasses.dataclass(frozen=True)
class Reading:
    """What a signal says of an account on a day, and where that is from.

    ``value`` None with ``why``. ``source`` is a code of the words; ``proof`` opens the figure
    behind it, ``text`` is what a person named as source.
    """

    signal: Signal
    value: Decimal | None
    why: Why = Why.NONE
    source: str = ""
    n: int | None = None
    proof: str = ""
    text: str = ""
    on: date | None = None


@dataclasses.dataclass(frozen=True)
class Part:
    """One signal in a score: 0 to 100 points, and what it adds to the score."""

    rule: Rule
    reading: Reading
    points: Decimal | None
    adds: Decimal

    @property
    def missing(self) -> bool:
        return self.points is None


@dataclasses.dataclass(frozen=True)
class Score:
    """The health of an account: 0 to 100. A missing signal adds nothing.

    ``ceiling`` is what it would be if all that is missing were as good as can be.
    """

    rules_number: int
    parts: tuple[Part, ...]
    score: Decimal
    ceiling: Decimal
    known_pct: Decimal
    band: Band


@dataclasses.dataclass(frozen=True)
class Snapshot:
    """A score as it was kept for a month. ``late_days``: taken so long after the month's end."""

    account_id: int
    month: date
    taken_at: datetime
    score: Score
    late_days: int = 0


@dataclasses.dataclass(frozen=True)
class Standing:
    """An account in the list: its newest snapshot and those before, oldest first."""

    account_id: int
    code: str
    name: str
    newest: Snapshot | None
    trend: tuple[tuple[date, Decimal], ...] = ()
    open_follow_ups: int = 0

    @property
    def change(self) -> Decimal | None:
        """Return the change on three months before, where there was a score."""
        if self.newest is None or len(self.trend) < 2:
            return None
        month = self.newest.month
        index = month.year * 12 + month.month - 1 - 3
        before = [
            score for on, score in self.trend if on.year * 12 + on.month - 1 == index
        ]  # fmt: skip
        return self.newest.score.score - before[0] if before else None


@dataclasses.dataclass(frozen=True)
class Pair:
    """A score that was kept so long before, and whether the contract was renewed after it."""

    score: Decimal
    renewed: bool


@dataclasses.dataclass(frozen=True)
class Bin:
    """Accounts whose score lay in a range, and how many of them renewed (with 95 % interval)."""

    low: int
    high: int
    n: int
    renewed: int
    mean_score: Decimal | None
    pct: Decimal | None
    pct_low: Decimal | None
    pct_high: Decimal | None


@dataclasses.dataclass(frozen=True)
class BackTest:
    """Scores so many months before the end against what happened.

    ``auc`` only where it is validated: the chance that a contract which was renewed had the
    higher score than one that was lost.
    """

    months: int
    closed: int
    scored: int
    losses: int
    needed: int
    needed_losses: int
    auc: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    bins: tuple[Bin, ...] = ()
    late: int = 0

    @property
    def validated(self) -> bool:
        return self.auc is not None
