"""Events: what a lower room tells upper rooms, written to the outbox with the change itself."""

from __future__ import annotations

import dataclasses
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar, Self


@dataclasses.dataclass(frozen=True, kw_only=True)
class Event:
    """Base of all events. Subclasses add JSON-able fields and set ``name`` ("room.what")."""

    name: ClassVar[str] = ""

    def payload(self) -> dict[str, Any]:
        """Return the fields as JSON-able values."""
        return {
            field.name: _encode(getattr(self, field.name)) for field in dataclasses.fields(self)
        }

    @classmethod
    def from_payload(cls, payload: dict[str, Any]) -> Self:
        """Return the event from what ``payload`` wrote; unknown fields are left out."""
        known = {field.name for field in dataclasses.fields(cls)}
        return cls(**{key: _freeze(value) for key, value in payload.items() if key in known})


def _encode(value: Any) -> Any:
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, tuple | list | frozenset | set):
        return [_encode(item) for item in value]
    return value


def _freeze(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
