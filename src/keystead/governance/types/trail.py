"""The trail as values."""

from __future__ import annotations

import dataclasses
from datetime import date, datetime
from typing import Any


@dataclasses.dataclass(frozen=True)
class TrailEntry:
    """One line of the trail: who did what to which object, old and new values, and why."""

    id: int
    at: datetime
    actor: str
    action: str
    subject_type: str
    subject_id: str
    account_id: int | None
    old: dict[str, Any]
    new: dict[str, Any]
    why: str
    source: str
    actor_id: int | None = None
    hash: str = ""


@dataclasses.dataclass(frozen=True)
class TrailFilter:
    """Which lines of the trail are wanted; what is empty does not count.

    ``what`` is an action or the beginning of one (``account.``); ``first`` and ``last`` are days
    in UTC, both included.
    """

    who: int | None = None
    what: str = ""
    subject_type: str = ""
    subject_id: str = ""
    account_id: int | None = None
    first: date | None = None
    last: date | None = None

    def as_data(self) -> dict[str, Any]:
        """Return what is set, as JSON-able values."""
        return {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in dataclasses.asdict(self).items()
            if value not in (None, "")
        }
