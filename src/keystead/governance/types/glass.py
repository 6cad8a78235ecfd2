"""Broken glass: an administrator reads business data for an hour."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from typing import ClassVar

from keystead.kernel.events import Event


@dataclasses.dataclass(frozen=True)
class Glass:
    """One opening; ``open`` until it is closed or its hour is over."""

    id: int
    user_id: int
    name: str
    reason: str
    opened_at: datetime
    ends_at: datetime
    closed_at: datetime | None
    open: bool


@dataclasses.dataclass(frozen=True, kw_only=True)
class GlassBroken(Event):
    """An administrator opened business data in an emergency; compliance is told."""

    name: ClassVar[str] = "governance.glass_broken"
    glass_id: int
    who: str
    reason: str
    ends_at: str
    compliance: tuple[int, ...]
