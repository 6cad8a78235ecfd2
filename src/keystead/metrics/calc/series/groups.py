"""What a series function gets and gives: one cell of the result with all that belongs to it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from keystead.kernel.periods import Period
from keystead.metrics.types import Note

Along = tuple[Any, ...]
Row = Mapping[str, Any]


@dataclasses.dataclass(frozen=True)
class Group:
    """One cell: its days, its sums along further dimensions, its bare rows in date order.

    ``values``: per input, the sum of each combination along (``(account, outlet)``, or the step
    of a stepped input counted from the oldest). ``rows``: observations in the window.
    ``reference``: those of the whole period asked. ``extras``: facts of lower rooms.
    """

    period: Period
    values: Mapping[str, Mapping[Along, Decimal]] = dataclasses.field(default_factory=dict)
    rows: Sequence[Row] = ()
    reference: Sequence[Row] = ()
    extras: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True)
class Answer:
    """The value of a cell, or why there is none. ``parts`` are the steps of the calculation."""

    value: Decimal | float | None
    note: Note = Note.NONE
    parts: tuple[tuple[str, Decimal | float | None], ...] = ()


NOTHING = Answer(None, Note.NO_DATA)


def percent(part: Decimal | int, whole: Decimal | int) -> Answer:
    """Return part / whole x 100, or an empty answer where the whole is zero.

    >>> percent(3, 4).value
    75.0
    """
    parts = (("numerator", Decimal(part)), ("denominator", Decimal(whole)))
    if not whole:
        return Answer(None, Note.ZERO_DENOMINATOR, parts)
    return Answer(float(Decimal(part) * 100 / Decimal(whole)), Note.NONE, parts)
