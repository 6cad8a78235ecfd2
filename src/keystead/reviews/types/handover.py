"""The hand-over of an account: what the new manager reads, what may trip them, what they do."""

from __future__ import annotations

import dataclasses
import enum
from datetime import date, datetime
from decimal import Decimal


class HandState(enum.StrEnum):
    """How far a hand-over is."""

    PREPARED = "prepared"
    HANDED = "handed"
    ACCEPTED = "accepted"


class TrapCode(enum.StrEnum):
    """What trips whoever takes over."""

    AUTO_RENEWS = "auto_renews"
    NOTICE_NEAR = "notice_near"
    NOTICE_OVER = "notice_over"
    CLAIM_UNMATCHED = "claim_unmatched"
    CLAIM_DUE = "claim_due"
    TERM_ENDS = "term_ends"
    PROTECTION_ENDS = "protection_ends"
    ONE_CONTACT = "one_contact"
    ONE_COLLEAGUE = "one_colleague"
    CHAMPION_LEFT = "champion_left"
    NO_DECIDER = "no_decider"
    PROFILE_STALE = "profile_stale"
    RULE_BROKEN = "rule_broken"
    STEP_LATE = "step_late"
    ASSUMPTION_OVER = "assumption_over"


class Milestone(enum.IntEnum):
    """By which day of the first ninety something is done."""

    DAY_1 = 1
    DAY_30 = 30
    DAY_60 = 60
    DAY_90 = 90


@dataclasses.dataclass(frozen=True)
class Line:
    """One line of a section: what, its figure or answer, a remark, where it stands, its proof.

    ``amount`` is the exact number behind a figure with a proof, ``measure`` its currency or unit.
    """

    label: str
    value: str = ""
    note: str = ""
    url: str = ""
    proof: str = ""
    amount: Decimal | float | None = None
    measure: str = ""


@dataclasses.dataclass(frozen=True)
class Section:
    """A part of the pack in reading order. ``closed``: the reader may not see what is in it."""

    key: str
    title: str
    lines: tuple[Line, ...] = ()
    empty: str = ""
    closed: bool = False


@dataclasses.dataclass(frozen=True)
class Dated:
    """Something with a name, a place in the product, and perhaps a day."""

    key: str
    name: str
    url: str = ""
    on: date | None = None


@dataclasses.dataclass(frozen=True)
class Ending(Dated):
    """A contract that ends: the last day to send notice, and whether it renews itself."""

    send_by: date | None = None
    renews_itself: bool = False


@dataclasses.dataclass(frozen=True)
class OpenClaim(Dated):
    """A claim somebody has still to do something about; ``on`` is the day it is due."""

    matched: bool = False


@dataclasses.dataclass(frozen=True, kw_only=True)
class Situation:
    """What the rules look at; everything in it is what the reader may see."""

    today: date
    endings: tuple[Ending, ...] = ()
    claims: tuple[OpenClaim, ...] = ()
    terms: tuple[Dated, ...] = ()
    protections: tuple[Dated, ...] = ()
    alarms: tuple[tuple[TrapCode, Dated], ...] = ()
    stale: tuple[Dated, ...] = ()
    broken: tuple[Dated, ...] = ()
    steps: tuple[Dated, ...] = ()
    assumptions: tuple[Dated, ...] = ()
    contacts: tuple[Dated, ...] = ()


@dataclasses.dataclass(frozen=True)
class Trap:
    """One trap: why it is one (its code), about what, by when."""

    code: TrapCode
    about: Dated
    by: date | None = None

    @property
    def key(self) -> str:
        return f"{self.code.value}:{self.about.key}"


class TaskCode(enum.StrEnum):
    """What is to be done in the first ninety days."""

    READ = "read"
    TALK = "talk"
    CHECK_RIGHTS = "check_rights"
    MEET = "meet"
    TRAP = "trap"
    STEP = "step"
    REVIEW_TERMS = "review_terms"
    REFRESH_PROFILE = "refresh_profile"
    FORECAST = "forecast"
    PLAN = "plan"
    OWN_REVIEW = "own_review"


@dataclasses.dataclass(frozen=True)
class Task:
    """A task with its milestone and last day; ``trap`` says which trap it disarms."""

    key: str
    code: TaskCode
    milestone: Milestone
    due: date
    about: Dated | None = None
    trap: TrapCode | None = None


@dataclasses.dataclass(frozen=True)
class Tick:
    """Who ticked a task off, and when."""

    by: str
    at: datetime


@dataclasses.dataclass(frozen=True)
class Handover:
    """A hand-over as stored. ``on`` is the first day of the new manager."""

    id: int
    account_id: int
    account_code: str
    account_name: str
    from_id: int
    from_name: str
    to_id: int
    to_name: str
    on: date
    state: HandState
    note: str
    handed_at: datetime | None
    accepted_at: datetime | None
    ticks: dict[str, Tick]
    version: int


@dataclasses.dataclass(frozen=True)
class Pack:
    """All a new manager reads, in reading order, with traps and tasks."""

    account_id: int
    account_code: str
    account_name: str
    made_on: date
    first_day: date
    sections: tuple[Section, ...]
    traps: tuple[Trap, ...]
    tasks: tuple[Task, ...]
    handover: Handover | None = None
