"""How well we stand with people, which roles are covered, and what alarms."""

from __future__ import annotations

import dataclasses
from datetime import date
from enum import StrEnum

from keystead.stakeholders.types.roles import RoleKind


class TouchKind(StrEnum):
    """What an interaction was."""

    MEETING = "meeting"
    CALL = "call"
    MAIL = "mail"


class Initiator(StrEnum):
    """Who began it."""

    US = "us"
    THEM = "them"


@dataclasses.dataclass(frozen=True)
class Touch:
    """One interaction with one person, as the formula sees it."""

    on: date
    kind: TouchKind
    initiator: Initiator
    colleagues: frozenset[int]


@dataclasses.dataclass(frozen=True)
class Strength:
    """A relationship from 0 to 100 with its parts, each 0 to 1, and the formula that made it."""

    score: int
    recency: float
    frequency: float
    reciprocity: float
    breadth: float
    touches: int
    last_on: date | None
    formula: str


class CoverageState(StrEnum):
    """How a role that decides is covered."""

    MISSING = "missing"  # we know nobody
    SILENT = "silent"  # known, but nobody spoke within half a year
    SINGLE = "single"  # one person, through one of us
    COVERED = "covered"


@dataclasses.dataclass(frozen=True)
class Coverage:
    """A role with who holds it and who of us speaks with them."""

    role: RoleKind
    state: CoverageState
    people: tuple[int, ...]
    colleagues: tuple[int, ...]


class AlarmKind(StrEnum):
    """What should not stay so."""

    ONE_CONTACT = "one_contact"
    ONE_COLLEAGUE = "one_colleague"
    CHAMPION_LEFT = "champion_left"
    NO_DECIDER = "no_decider"


@dataclasses.dataclass(frozen=True)
class Alarm:
    """One alarm; ``share`` is the part of all interactions that hangs on the person."""

    kind: AlarmKind
    person_id: int | None = None
    colleague_id: int | None = None
    share: float | None = None
