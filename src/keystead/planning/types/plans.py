"""The account plan: its statements, objectives, initiatives, actions, inputs."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any


class PlanState(enum.StrEnum):
    """Where a plan stands; an approved one is revised by opening it again."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    APPROVED = "approved"


class ClaimKind(enum.StrEnum):
    """What a statement of a plan is about."""

    GOAL = "goal"
    STRATEGY = "strategy"
    VALUE = "value"
    STRENGTH = "strength"
    WEAKNESS = "weakness"
    OPPORTUNITY = "opportunity"
    THREAT = "threat"
    COMPETITOR = "competitor"
    RISK = "risk"
    BUDGET = "budget"
    RESEARCH = "research"


SWOT = (ClaimKind.STRENGTH, ClaimKind.WEAKNESS, ClaimKind.OPPORTUNITY, ClaimKind.THREAT)


class Standing(enum.StrEnum):
    """How an objective stands against its target and the time that is gone."""

    REACHED = "reached"
    ON_TRACK = "on_track"
    AT_RISK = "at_risk"
    BEHIND = "behind"
    UNKNOWN = "unknown"


class InitiativeState(enum.StrEnum):
    """Where an initiative stands."""

    PLANNED = "planned"
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"


class ActionState(enum.StrEnum):
    """Where an action stands: the lanes of the board."""

    OPEN = "open"
    DOING = "doing"
    WAITING = "waiting"
    DONE = "done"
    DROPPED = "dropped"


STILL_OPEN = (ActionState.OPEN, ActionState.DOING, ActionState.WAITING)


class InputState(enum.StrEnum):
    """Where a question to another function stands."""

    ASKED = "asked"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"


@dataclasses.dataclass(frozen=True, kw_only=True)
class ClaimEntry:
    """A statement as it is entered. ``stated_on`` None: today; ``stale_days`` None: by its kind.

    ``amount``: the money of a budget or behind a risk, in the currency of the plan.
    ``likelihood_pct``: of a risk.
    """

    kind: ClaimKind
    text: str
    detail: str = ""
    evidence: str = ""
    amount: Decimal | None = None
    likelihood_pct: Decimal | None = None
    owner_id: int | None = None
    stated_on: date | None = None
    stale_days: int | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class ObjectiveEntry:
    """What we want to reach: in words, or bound to a metric with a target.

    ``filters``: dimension -> values, as ``metrics`` takes them. ``baseline``: where it starts.
    ``standing``: of an objective in words, as the owner says.
    """

    title: str
    detail: str = ""
    metric: str = ""
    filters: Mapping[str, tuple[str, ...]] = dataclasses.field(default_factory=dict)
    baseline: Decimal | None = None
    target: Decimal | None = None
    standing: Standing = Standing.UNKNOWN
    due_on: date | None = None
    owner_id: int | None = None
    stated_on: date | None = None
    stale_days: int | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class InitiativeEntry:
    """What we do to get there; ``exit_test``: what would show by ``exit_on`` that it failed."""

    title: str
    detail: str = ""
    objective_id: int | None = None
    starts: date | None = None
    ends: date | None = None
    cost: Decimal | None = None
    effect: Decimal | None = None
    effect_words: str = ""
    exit_test: str = ""
    exit_on: date | None = None
    state: InitiativeState = InitiativeState.PLANNED
    owner_id: int | None = None
    stated_on: date | None = None
    stale_days: int | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class ActionEntry:
    """A step somebody takes by a day. ``item`` names it within its source, for good."""

    title: str
    detail: str = ""
    owner_id: int | None = None
    starts: date | None = None
    due_on: date | None = None
    state: ActionState = ActionState.OPEN
    initiative_id: int | None = None
    item: str = ""


@dataclasses.dataclass(frozen=True, kw_only=True)
class InputEntry:
    """A question to a colleague of another function."""

    question: str
    function: str
    asked_id: int
    due_on: date


Entry = ClaimEntry | ObjectiveEntry | InitiativeEntry


@dataclasses.dataclass(frozen=True, kw_only=True)
class Stated:
    """What every line of a plan carries: whose it is, of which day, for how long it holds."""

    id: int
    plan_id: int
    owner_id: int | None
    owner_name: str
    stated_on: date
    stale_days: int
    carried: bool
    version: int

    @property
    def stale_on(self) -> date:
        return self.stated_on + timedelta(days=self.stale_days)

    def stale(self, today: date) -> bool:
        """Say whether it must be looked at again: too old, or carried over and not confirmed."""
        return self.carried or today >= self.stale_on


@dataclasses.dataclass(frozen=True, kw_only=True)
class Claim(Stated):
    kind: ClaimKind
    text: str
    detail: str
    evidence: str
    amount: Decimal | None
    likelihood_pct: Decimal | None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Objective(Stated):
    title: str
    detail: str
    metric: str
    filters: Mapping[str, tuple[str, ...]]
    baseline: Decimal | None
    target: Decimal | None
    standing: Standing
    due_on: date | None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Initiative(Stated):
    title: str
    detail: str
    objective_id: int | None
    starts: date | None
    ends: date | None
    cost: Decimal | None
    effect: Decimal | None
    effect_words: str
    exit_test: str
    exit_on: date | None
    state: InitiativeState


@dataclasses.dataclass(frozen=True, kw_only=True)
class Action:
    """A step with its owner and day; ``source`` and ``item`` say where it came from."""

    id: int
    account_id: int
    plan_id: int | None
    initiative_id: int | None
    title: str
    detail: str
    owner_id: int | None
    owner_name: str
    starts: date | None
    due_on: date | None
    state: ActionState
    done_on: date | None
    source: str
    item: str
    version: int

    @property
    def open(self) -> bool:
        return self.state in STILL_OPEN

    def late(self, today: date) -> bool:
        return self.open and self.due_on is not None and self.due_on < today


@dataclasses.dataclass(frozen=True, kw_only=True)
class Input:
    """A question to a colleague and the answer."""

    id: int
    plan_id: int
    account_id: int
    account_name: str
    year: int
    question: str
    function: str
    asked_id: int
    asked_name: str
    asked_by: str
    due_on: date
    state: InputState
    answer: str
    answered_at: datetime | None
    version: int

    def late(self, today: date) -> bool:
        return self.state is InputState.ASKED and self.due_on < today


@dataclasses.dataclass(frozen=True, kw_only=True)
class PlanHead:
    """A plan without its lines."""

    id: int
    account_id: int
    account_code: str
    account_name: str
    year: int
    currency: str
    headline: str
    state: PlanState
    owner_id: int | None
    owner_name: str
    number: int
    version: int

    @property
    def may_change(self) -> bool:
        return self.state is PlanState.DRAFT


@dataclasses.dataclass(frozen=True, kw_only=True)
class Plan(PlanHead):
    """A plan with everything in it."""

    claims: tuple[Claim, ...] = ()
    objectives: tuple[Objective, ...] = ()
    initiatives: tuple[Initiative, ...] = ()
    actions: tuple[Action, ...] = ()
    inputs: tuple[Input, ...] = ()

    def of(self, *kinds: ClaimKind) -> tuple[Claim, ...]:
        """Return the statements of these kinds, in their order."""
        return tuple(one for one in self.claims if one.kind in kinds)

    @property
    def lines(self) -> tuple[Claim | Objective | Initiative, ...]:
        return (*self.claims, *self.objectives, *self.initiatives)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Measured:
    """Where an objective stands: its figure, how far it got, what that means.

    ``hidden``: the reader may not read the metric, so neither value nor target are told.
    ``progress_pct`` from baseline to target, below zero where it moved away.
    ``expected_pct``: what the time that is gone would ask for.
    """

    objective: Objective
    value: Decimal | None = None
    measure: str = ""
    unit: str = ""
    proof_id: str = ""
    note: str = ""
    progress_pct: Decimal | None = None
    expected_pct: Decimal | None = None
    standing: Standing = Standing.UNKNOWN
    hidden: bool = False


@dataclasses.dataclass(frozen=True, kw_only=True)
class Part:
    """One part of the completeness: what it weighs, how much of it is there, what is missing."""

    code: str
    weight: int
    share: Decimal
    missing: str = ""
    count: int = 0


@dataclasses.dataclass(frozen=True, kw_only=True)
class Completeness:
    """How complete a plan is, 0 to 100, with every part of the sum."""

    score: int
    parts: tuple[Part, ...]

    @property
    def missing(self) -> tuple[Part, ...]:
        return tuple(one for one in self.parts if one.missing)


@dataclasses.dataclass(frozen=True, kw_only=True)
class FrozenPlan:
    """An approved version, as it was on that day; ``content`` never changes."""

    id: int
    plan_id: int
    number: int
    approved_at: datetime
    approved_by: str
    content_hash: str
    content: Mapping[str, Any]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Difference:
    """One thing that differs between two versions; ``field`` empty: the line came or went."""

    kind: str
    title: str
    field: str
    before: str
    after: str


Line = Claim | Objective | Initiative
