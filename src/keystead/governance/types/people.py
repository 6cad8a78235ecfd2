"""People and their tokens as values."""

from __future__ import annotations

import dataclasses
from datetime import datetime


@dataclasses.dataclass(frozen=True)
class Person:
    """Somebody who signs in. ``roles`` are the ids of the access rules."""

    id: int
    username: str
    name: str
    roles: tuple[str, ...]
    manager: str
    language: str
    active: bool
    last_seen: datetime | None
    email: str = ""


@dataclasses.dataclass(frozen=True)
class Token:
    """A personal token as it is shown: its secret is known to the owner alone."""

    id: int
    owner: str
    label: str
    hint: str
    capabilities: tuple[str, ...]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None
