"""What the planning room tells upper rooms."""

from __future__ import annotations

import dataclasses
from typing import ClassVar

from keystead.kernel.events import Event


@dataclasses.dataclass(frozen=True, kw_only=True)
class PlanApproved(Event):
    """A plan was approved: the version is frozen."""

    name: ClassVar[str] = "planning.plan_approved"
    plan_id: int
    account_id: int
    year: int
    number: int


@dataclasses.dataclass(frozen=True, kw_only=True)
class ActionMoved(Event):
    """An action that another room (``source``) handed down changed its state, day or owner."""

    name: ClassVar[str] = "planning.action_moved"
    action_id: int
    account_id: int
    source: str
    item: str
    state: str
