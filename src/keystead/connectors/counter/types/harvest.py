"""What harvesting speaks of: sources, runs, the state of each month, institutions that wait."""

from __future__ import annotations

import dataclasses
from datetime import date, datetime
from enum import StrEnum
from typing import Any


class RunState(StrEnum):
    """Where one request, or one file that came in, stands."""

    QUEUED = "queued"  # asked for, or laid down; nothing came of it yet
    WAITING = "waiting"  # the provider makes it, is busy, or has no usage yet: asked again later
    UNMATCHED = "unmatched"  # read and sound; its institution is no account yet
    LOADED = "loaded"
    SAME = "same"  # it says what is loaded already
    NO_USAGE = "no_usage"
    GONE = "gone"  # 3032: no longer kept there
    REFUSED = "refused"  # the provider refused, or the report breaks a rule
    FAILED = "failed"  # no answer, or one that nobody can read; asked again some times
    REPLACED = "replaced"  # a newer report of its months counts


class MonthState(StrEnum):
    """What is known of a report's month at a source."""

    LOADED = "loaded"
    PARTIAL = "partial"
    ZERO = "zero"
    WAITING = "waiting"
    UNMATCHED = "unmatched"
    GONE = "gone"
    REFUSED = "refused"
    FAILED = "failed"


SETTLED = frozenset({MonthState.LOADED, MonthState.PARTIAL, MonthState.ZERO, MonthState.GONE})
"""Nobody asks for these months again, unless a person wants them anew."""
GOT = frozenset({MonthState.LOADED, MonthState.PARTIAL, MonthState.ZERO})


@dataclasses.dataclass(frozen=True)
class Source:
    """Where usage is fetched from. What opens it is never in here, only whether it is there."""

    id: int
    name: str
    server: str
    release: str
    customer_id: str
    platform: str
    account_id: int | None
    reports: tuple[str, ...]
    first_month: date
    members: bool
    pause_seconds: int
    active: bool
    has_requestor: bool
    has_key: bool
    version: int
    trouble: dict[str, Any] = dataclasses.field(default_factory=dict)
    offers: tuple[dict[str, Any], ...] = ()
    asked_at: datetime | None = None


@dataclasses.dataclass(frozen=True)
class Run:
    """One report that was asked for, or one file that came in."""

    id: int
    source_id: int | None
    customer_id: str
    name: str
    report_id: str
    release: str
    begin: date | None
    end: date | None
    state: RunState
    why: str
    findings: tuple[dict[str, Any], ...]
    exceptions: tuple[dict[str, Any], ...]
    rows: int
    version: int
    attempts: int
    next_at: datetime | None
    asked_at: datetime
    done_at: datetime | None
    sha256: str
    batch_id: int | None
    account_id: int | None
    institution_id: int | None
    asked_by: str = ""


@dataclasses.dataclass(frozen=True)
class Month:
    """What is known of one month of a report at a source."""

    customer_id: str
    report_id: str
    month: date
    state: MonthState
    codes: tuple[int, ...]
    run_id: int
    version: int


@dataclasses.dataclass(frozen=True)
class Institution:
    """An institution that reports name and no account is known for; ``runs`` wait for it."""

    id: int
    name: str
    identifiers: tuple[tuple[str, str], ...]
    account_id: int | None
    runs: int
    first_seen: datetime
    version: int


@dataclasses.dataclass(frozen=True)
class Member:
    """One member that a consortium's source may fetch for."""

    customer_id: str
    requestor_id: str
    name: str
    identifiers: tuple[tuple[str, str], ...]


@dataclasses.dataclass(frozen=True)
class Harvested:
    """What one pass over a source brought."""

    source_id: int
    asked: int
    loaded: int
    zero: int
    waiting: int
    unmatched: int
    gone: int
    refused: int
    failed: int
    next_at: datetime | None
    trouble: str = ""
