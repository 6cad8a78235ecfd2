"""The one place that takes private fields out of what leaves the house, or a reader's sight."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, TypeVar

from keystead.negotiation.types.privacy import private_fields

T = TypeVar("T")


def for_customer(value: Any) -> Any:
    """Return a value of this room as plain JSON without any field that is marked private.

    Decimals and days become text. What is not known here raises TypeError: better no answer than
    one that was never looked at.

    >>> from keystead.negotiation.types.room import OptionPlan
    >>> for_customer(OptionPlan("3 years", our_money=Decimal(500)))
    {'name': '3 years', 'term': ''}
    """
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        hidden = private_fields(type(value))
        return {
            field.name: for_customer(getattr(value, field.name))
            for field in dataclasses.fields(value)
            if field.name not in hidden
        }
    if isinstance(value, Mapping):
        return {str(key): for_customer(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [for_customer(one) for one in value]
    return _word(value)


def _word(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, str | int | bool):
        return value
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime | date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no form for a customer")


def blanked(value: T) -> T:
    """Return a value with every private field at its blank, for who may not see them.

    >>> from keystead.negotiation.types.room import OptionPlan
    >>> blanked(OptionPlan("3 years", our_money=Decimal(500))).our_money is None
    True
    """
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        made: dict[str, Any] = {}
        hidden = private_fields(type(value))
        for field in dataclasses.fields(value):
            now = getattr(value, field.name)
            made[field.name] = field.default if field.name in hidden else blanked(now)
        return dataclasses.replace(value, **made)
    if isinstance(value, tuple):
        return tuple(blanked(one) for one in value)  # type: ignore[return-value]
    return value
