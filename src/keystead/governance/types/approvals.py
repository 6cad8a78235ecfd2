"""Approvals: what is asked, who may answer, what was decided."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar

from keystead.kernel.events import Event


class SubjectKind(enum.StrEnum):
    """What can be put up for approval."""

    AGREEMENT = "agreement"
    OFFER = "offer"
    FORECAST_LOCK = "forecast_lock"
    BUDGET = "budget"
    SETTLEMENT = "settlement"
    CAMPAIGN = "campaign"
    EXPENSE = "expense"
    DECK = "deck"
    CLAIM = "claim"
    WRITE_OFF = "write_off"
    PERIOD_REOPENING = "period_reopening"
    ACCOUNT_PLAN = "account_plan"


class RequestState(enum.StrEnum):
    """Where a request stands; ``superseded`` means that its subject was edited since."""

    OPEN = "open"
    APPROVED = "approved"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"


class StepMode(enum.StrEnum):
    """How many of the roles of a step must approve."""

    ANY = "any"
    ALL = "all"


@dataclasses.dataclass(frozen=True)
class Facts:
    """The measures a policy looks at, as they were when the request was made.

    ``amount`` in ``currency``; ``discount_pct`` in percent (12.5 is 12.5%); ``term_months``
    whole months; ``flags`` slugs such as ``back_dated`` or ``below_cost``.
    """

    amount: Decimal | None = None
    currency: str = ""
    discount_pct: Decimal | None = None
    term_months: int | None = None
    flags: frozenset[str] = frozenset()


@dataclasses.dataclass(frozen=True)
class Band:
    """A half-open range [low, high); None leaves that side open."""

    low: Decimal | None = None
    high: Decimal | None = None

    def holds(self, value: Decimal | None) -> bool:
        """Say whether the value lies in the band; a missing value only fits an open band."""
        if value is None:
            return self.low is None and self.high is None
        return (self.low is None or value >= self.low) and (self.high is None or value < self.high)


@dataclasses.dataclass(frozen=True)
class Step:
    """Who must approve at one place of the order: any, or all, of the roles."""

    roles: tuple[str, ...]
    mode: StepMode = StepMode.ANY
    due_days: int = 3

    def label(self) -> str:
        joint = " and " if self.mode is StepMode.ALL else " or "
        return joint.join(self.roles)


@dataclasses.dataclass(frozen=True)
class PolicyRow:
    """One line of the policy matrix: if all its bands hold, its steps are asked for."""

    id: int
    kind: SubjectKind
    name: str
    steps: tuple[Step, ...]
    amount: Band = Band()
    currency: str = ""
    discount_pct: Band = Band()
    term_months: Band = Band()
    flags: frozenset[str] = frozenset()
    valid_from: date | None = None
    valid_until: date | None = None


@dataclasses.dataclass(frozen=True)
class Change:
    """One line of the diff an approver sees: old and new as text, and what it does.

    ``told`` says the same in other languages: label, old, new and effect by language code.
    """

    label: str
    old: str
    new: str
    effect: str = ""
    told: Mapping[str, Sequence[str]] = dataclasses.field(default_factory=dict)

    def said(self, language: str) -> Change:
        """Return the line in a language where it is told in it, else as it is."""
        words = self.told.get(language)
        if not words:
            return self
        label, old, new, effect = words
        return Change(label, old, new, effect)


@dataclasses.dataclass(frozen=True)
class Decided:
    """One answer: who, in which role, for whom (when delegated), at which step."""

    step: int
    user_id: int
    role: str
    approved: bool
    reason: str
    at: datetime
    on_behalf_of: int | None = None
    user_name: str = ""


@dataclasses.dataclass(frozen=True)
class ApprovalRequest:
    """A request as other rooms and screens see it."""

    id: int
    kind: SubjectKind
    subject_id: str
    title: str
    account_id: int | None
    content_hash: str
    state: RequestState
    steps: tuple[Step, ...]
    current_step: int
    facts: Facts
    changes: tuple[Change, ...]
    evidence: dict[str, Any]
    policy_names: tuple[str, ...]
    requested_by: int
    requested_by_name: str
    requested_at: datetime
    due_at: datetime | None
    escalated_at: datetime | None
    decisions: tuple[Decided, ...]
    version: int

    @property
    def waiting_for(self) -> str:
        if self.state is not RequestState.OPEN:
            return ""
        return self.steps[self.current_step].label()


@dataclasses.dataclass(frozen=True, kw_only=True)
class Ask:
    """What a room puts up for approval: its subject, the facts, and what the approver sees."""

    kind: SubjectKind
    subject_id: str
    title: str
    content_hash: str
    facts: Facts
    changes: tuple[Change, ...] = ()
    evidence: dict[str, Any] = dataclasses.field(default_factory=dict)
    account_id: int | None = None


@dataclasses.dataclass(frozen=True)
class Delegation:
    """Who may answer in whose place, for which kinds (none: all), between two dates."""

    id: int
    from_user: int
    to_user: int
    starts: date
    ends: date
    kinds: frozenset[SubjectKind] = frozenset()

    def covers(self, kind: SubjectKind, on: date) -> bool:
        """Say whether it holds on the day; ``ends`` is the first day it no longer does."""
        return self.starts <= on < self.ends and (not self.kinds or kind in self.kinds)


@dataclasses.dataclass(frozen=True, kw_only=True)
class ApprovalDecided(Event):
    """A request reached its end: approved or returned."""

    name: ClassVar[str] = "governance.approval_decided"
    request_id: int
    kind: str
    subject_id: str
    content_hash: str
    approved: bool
