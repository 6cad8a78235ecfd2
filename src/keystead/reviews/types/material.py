"""The material of a review: every figure and every word of a record, frozen, in no language."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from keystead.kernel.periods import Period
from keystead.reviews.types.cycle import ReviewKind

Needs = Literal["", "terms", "cost"]


@dataclasses.dataclass(frozen=True)
class Fact:
    """A figure: the exact value, what it counts (``unit``), its currency or unit of quantity.

    ``proof`` opens it; ``good`` says which way is favourable: up, down or nothing.
    """

    value: Decimal | None
    unit: str = "count"
    measure: str = ""
    proof: str = ""
    good: str = ""

    def __bool__(self) -> bool:
        return self.value is not None


NO_FACT = Fact(None)


@dataclasses.dataclass(frozen=True)
class Record:
    """A line of a list: words (names, and codes that screens translate), figures, days."""

    key: str
    words: Mapping[str, str] = dataclasses.field(default_factory=dict)
    facts: Mapping[str, Fact] = dataclasses.field(default_factory=dict)
    days: Mapping[str, date] = dataclasses.field(default_factory=dict)
    needs: Needs = ""

    def fact(self, name: str) -> Fact:
        """Return a figure of the line; an empty one where it has none."""
        return self.facts.get(name, NO_FACT)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Material:
    """All that a review tells of, at one commit of the ledger.

    ``metrics``: id and version of each metric behind a figure. ``until``: the last day of data.
    """

    account_id: int
    account_code: str
    account_name: str
    account_kind: str
    kind: ReviewKind
    period: Period
    before: Period
    year: Period
    currency: str
    commit: int
    frozen_at: datetime
    until: date | None
    facts: Mapping[str, Fact] = dataclasses.field(default_factory=dict)
    lists: Mapping[str, tuple[Record, ...]] = dataclasses.field(default_factory=dict)
    metrics: tuple[tuple[str, int], ...] = ()

    def fact(self, name: str) -> Fact:
        """Return a named figure; an empty one where there is none."""
        return self.facts.get(name, NO_FACT)

    def records(self, name: str) -> tuple[Record, ...]:
        """Return a list of lines; nothing where there is none."""
        return self.lists.get(name, ())
