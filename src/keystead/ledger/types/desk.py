"""What the import desk and a person hand to each other: columns, questions, matches, problems."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Any


class How(StrEnum):
    """Why a field is filled the way it is; shown beside the column."""

    YOU = "you"
    REMEMBERED = "remembered"
    HEADER = "header"  # the header is a known name of the field
    SIMILAR = "similar"  # the header resembles a known name
    CONTENT = "content"  # the cells look like it
    COMPUTED = "computed"
    NOTHING = ""


@dataclasses.dataclass(frozen=True)
class ColumnRule:
    """Where a field comes from: one column of the file, a constant, or a formula."""

    column: str = ""
    constant: str = ""
    formula: str = ""
    how: How = How.NOTHING
    score: int = 0

    @property
    def is_empty(self) -> bool:
        return not (self.column or self.constant or self.formula)

    def as_dict(self) -> dict[str, str]:
        """Return only what a mapping file needs.

        >>> ColumnRule(column="Qty", how=How.HEADER, score=100).as_dict()
        {'column': 'Qty'}
        """
        kinds = {"column": self.column, "constant": self.constant, "formula": self.formula}
        return {kind: text for kind, text in kinds.items() if text}


@dataclasses.dataclass(frozen=True)
class ColumnMap:
    """How the columns of a file fill the fields of a dataset; ``drop`` = never stored."""

    dataset: str
    fields: Mapping[str, ColumnRule]
    drop: tuple[str, ...] = ()
    options: Mapping[str, str] = dataclasses.field(default_factory=dict)

    def columns(self) -> frozenset[str]:
        """Return the file's columns that some field uses directly."""
        return frozenset(rule.column for rule in self.fields.values() if rule.column)


@dataclasses.dataclass(frozen=True)
class Guess:
    """One dataset that a file may be; ``score`` 0-100, ``reasons`` are field names found."""

    dataset: str
    score: int
    fields: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class Question:
    """One thing only a person can say. ``options`` are (value, example); ``best`` our guess."""

    id: str
    kind: str
    subject: str = ""
    options: tuple[tuple[str, str], ...] = ()
    best: str = ""
    data: Mapping[str, Any] = dataclasses.field(default_factory=dict)


class MatchState(StrEnum):
    """How far a code or name of the file is known."""

    MATCHED = "matched"
    ALIAS = "alias"  # a person said so for this source
    PROPOSED = "proposed"  # a best guess that a person confirms
    AMBIGUOUS = "ambiguous"  # several things carry it, or it carries several names
    UNKNOWN = "unknown"
    BLANK = "blank"
    CREATE = "create"  # a person asked to create it from the file


@dataclasses.dataclass(frozen=True)
class Proposal:
    """A known account or product that a text may mean, best first; ``score`` 0-100."""

    target_id: int
    label: str
    score: int


@dataclasses.dataclass(frozen=True)
class Match:
    """One distinct (code, name) pair of a file, with the rows that carry it."""

    code: str
    name: str
    rows: int
    state: MatchState
    target_id: int | None = None
    proposals: tuple[Proposal, ...] = ()
    note: str = ""


class RowState(StrEnum):
    """Where one row of the file stands."""

    READY = "ready"
    WAITING = "waiting"
    REJECTED = "rejected"
    SKIPPED = "skipped"
    POSTED = "posted"


@dataclasses.dataclass(frozen=True)
class Problem:
    """All rows with the same trouble: ``kind`` is explained in ``rules.problems``."""

    kind: str
    field: str
    rows: int
    examples: tuple[tuple[str, int, str], ...] = ()  # (sheet, source row, text of the cell)


@dataclasses.dataclass(frozen=True)
class Total:
    """A control total of one month and currency over the rows of one state."""

    measure: str
    month: str
    currency: str
    value: Decimal
    rows: int


@dataclasses.dataclass(frozen=True)
class Handed:
    """What became of a file that another room took: its page, and what to tell the sender."""

    url: str
    message: str
    good: bool = True
