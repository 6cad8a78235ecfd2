"""What somebody decides, how they stand, and who moves whom."""

from __future__ import annotations

import dataclasses
from datetime import date
from enum import StrEnum

from keystead.stakeholders.types.contact import Certainty


class RoleKind(StrEnum):
    """The part somebody plays in a decision."""

    ECONOMIC_BUYER = "economic_buyer"
    PROCESS_OWNER = "process_owner"
    CHAMPION = "champion"
    USER_LEAD = "user_lead"
    TECHNICAL = "technical"
    PROCUREMENT = "procurement"
    LEGAL = "legal"
    BLOCKER = "blocker"
    COACH = "coach"


# These say what we think of somebody: they belong to the private notes.
OPINION_ROLES = frozenset({RoleKind.BLOCKER, RoleKind.COACH})


class TieKind(StrEnum):
    """What leads from one person to another; all but the first are our opinion."""

    REPORTS_TO = "reports_to"
    INFLUENCES = "influences"
    BLOCKS = "blocks"
    TRUSTS = "trusts"


@dataclasses.dataclass(frozen=True, kw_only=True)
class RoleEntry:
    """A role as typed: for an account, with what shows it and how sure we are."""

    account_id: int
    role: RoleKind
    evidence: str
    certainty: Certainty = Certainty.MEDIUM
    has_veto: bool = False
    reviewed_on: date | None = None
    ended_on: date | None = None


@dataclasses.dataclass(frozen=True)
class RoleHeld:
    """A stored role."""

    id: int
    version: int
    person_id: int
    account_id: int
    role: RoleKind
    evidence: str
    certainty: Certainty
    has_veto: bool
    reviewed_on: date
    ended_on: date | None


@dataclasses.dataclass(frozen=True, kw_only=True)
class AssessmentEntry:
    """Our private opinion: power and interest 0 to 5, stance -2 (against) to +2 (for)."""

    account_id: int
    power: int
    interest: int
    stance: int
    note: str = ""
    reviewed_on: date | None = None


@dataclasses.dataclass(frozen=True)
class Assessment:
    """A stored opinion; ``stale`` after 180 days."""

    id: int
    version: int
    person_id: int
    account_id: int
    power: int
    interest: int
    stance: int
    note: str
    reviewed_on: date
    stale: bool


@dataclasses.dataclass(frozen=True, kw_only=True)
class TieEntry:
    """A tie as typed; ``weight`` 1 (weak) to 3 (strong)."""

    account_id: int
    from_id: int
    to_id: int
    kind: TieKind
    weight: int = 2
    note: str = ""


@dataclasses.dataclass(frozen=True)
class Tie:
    """A stored tie."""

    id: int
    version: int
    account_id: int
    from_id: int
    to_id: int
    kind: TieKind
    weight: int
    note: str
