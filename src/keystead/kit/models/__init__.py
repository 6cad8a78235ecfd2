"""Shared storage: the versioned base row, users and tokens, the trail, the outbox, jobs."""

from keystead.kit.models.base import Editable, Tracked, insert_all
from keystead.kit.models.compiled import Compiled, aggregated
from keystead.kit.models.trail import AuditEntry, TrailHead
from keystead.kit.models.users import ApiToken, BreakGlass, User
from keystead.kit.models.work import (
    Command,
    Job,
    Letter,
    OutboxEvent,
    Remembered,
    Schedule,
    UploadDay,
)

__all__ = [
    "ApiToken",
    "AuditEntry",
    "BreakGlass",
    "Command",
    "Compiled",
    "Editable",
    "Job",
    "Letter",
    "OutboxEvent",
    "Remembered",
    "Schedule",
    "Tracked",
    "TrailHead",
    "UploadDay",
    "User",
    "aggregated",
    "insert_all",
]
