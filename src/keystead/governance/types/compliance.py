"""Compliance rules as data: what triggers them, how strictly, and what was decided."""

from __future__ import annotations

import dataclasses
import enum
from datetime import date, datetime
from typing import Any, ClassVar

from keystead.kernel.events import Event


class Level(enum.StrEnum):
    """What a hit does, strictest first."""

    BLOCK = "block"
    REVIEW = "review"
    WARN = "warn"
    LOG = "log"


@dataclasses.dataclass(frozen=True)
class ComplianceRule:
    """One rule. ``context`` names what it looks at; ``trigger`` is a condition as data.

    A condition is ``{"field": name, "op": op, "value": value}``, ``{"field": name,
    "phrases": [...]}``, or ``{"all": [...]}`` / ``{"any": [...]}`` of conditions. Operators:
    is, is_not, gt, gte, lt, lte, in, missing. Jurisdiction ``*`` holds everywhere.
    """

    id: str
    context: str
    level: Level
    trigger: dict[str, Any]
    message: str
    owner: str = "compliance"
    jurisdiction: str = "*"
    valid_from: date | None = None
    valid_until: date | None = None


@dataclasses.dataclass(frozen=True)
class Hit:
    """A rule that was triggered; ``evidence`` holds the fields and phrases that did it."""

    rule_id: str
    level: Level
    message: str
    evidence: dict[str, Any]


@dataclasses.dataclass(frozen=True)
class StoredHit:
    """A hit on an object with what was decided about it."""

    id: int
    hit: Hit
    subject_type: str
    subject_id: str
    account_id: int | None
    at: datetime
    by_name: str
    state: str
    decided_by_name: str
    reason: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class RuleHitDecided(Event):
    """Compliance allowed or refused what a rule stopped."""

    name: ClassVar[str] = "governance.rule_hit_decided"
    hit_id: int
    rule_id: str
    subject_type: str
    subject_id: str
    allowed: bool
