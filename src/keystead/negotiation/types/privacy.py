"""How a field is marked as ours alone: nothing made for a customer may hold it."""

from __future__ import annotations

import dataclasses
from functools import cache
from typing import Annotated, Any, Final, TypeVar, get_type_hints

PRIVATE: Final = "private"
T = TypeVar("T")
# ``our_money: Private[Decimal | None] = None``; the default stands where one may not see it.
Private = Annotated[T, PRIVATE]


@cache
def private_fields(kind: type[Any]) -> frozenset[str]:
    """Return the names of the fields of a dataclass that are ours alone.

    >>> from keystead.negotiation.types.room import Worth
    >>> private_fields(Worth)
    frozenset()
    """
    hints = get_type_hints(kind, include_extras=True)
    return frozenset(
        field.name
        for field in dataclasses.fields(kind)
        if PRIVATE in getattr(hints[field.name], "__metadata__", ())
    )
