"""What opens an account to a person: shares, hand-overs, territories, and the answer to why."""

from __future__ import annotations

import dataclasses
from datetime import date, datetime
from enum import StrEnum

from keystead.accounts.types.records import Span


class ShareRights(StrEnum):
    """What a share opens: reading, or reading and writing."""

    READ = "read"
    WRITE = "write"


class GrantKind(StrEnum):
    """Why a person can see an account."""

    TEAM = "team"
    SHARE = "share"
    REPORT_LINE = "report_line"
    TERRITORY = "territory"
    ROLE = "role"
    BREAK_GLASS = "break_glass"


@dataclasses.dataclass(frozen=True)
class Share:
    """An account opened to a person; ``ended`` once somebody ended it before its last day."""

    id: int
    account_id: int
    user_id: int
    name: str
    rights: ShareRights
    reason: str
    span: Span
    given_by: str
    given_at: datetime
    ended_at: datetime | None
    ended_by: str
    version: int

    def holds_on(self, day: date) -> bool:
        return self.ended_at is None and self.span.covers(day)


@dataclasses.dataclass(frozen=True)
class Grant:
    """One reason why a person sees an account.

    ``through`` names what opens it: the team role, the person below, the territory, the role.
    """

    kind: GrantKind
    user_id: int
    name: str
    through: str = ""
    writes: bool = False
    span: Span = dataclasses.field(default_factory=Span)
    reason: str = ""
    given_by: str = ""
    share_id: int = 0


@dataclasses.dataclass(frozen=True)
class Handover:
    """An account that goes, or went, from one owner to another at a moment (UTC)."""

    id: int
    account_id: int
    account_code: str
    account_name: str
    from_user: int
    from_name: str
    to_user: int
    to_name: str
    at: datetime
    reason: str
    by: str
    cancelled: bool


@dataclasses.dataclass(frozen=True)
class TerritoryRow:
    """A territory as it holds over a span; ``parent_code`` and ``lead`` may be empty."""

    id: int
    code: str
    name: str
    parent_code: str
    lead_id: int | None
    lead: str
    span: Span
    version: int
