"""What a workbook brings back: cells that merge, cells that conflict, cells that are wrong."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
FAR = 1000


@dataclass(frozen=True, slots=True)
class CellChange(Generic[K]):
    """One cell to write: what it holds now and what it becomes."""

    key: K
    now: Decimal
    becomes: Decimal

    @property
    def far(self) -> bool:
        """Whether it is a thousand times what stands there, or more: most likely another unit."""
        return self.becomes >= (max(self.now, Decimal(1)) if self.now else Decimal(FAR)) * FAR


@dataclass(frozen=True, slots=True)
class CellConflict(Generic[K]):
    """One cell that both sides changed, and not to the same; ``ours`` None: it is gone."""

    key: K
    base: Decimal
    theirs: Decimal
    ours: Decimal | None


@dataclass(frozen=True, slots=True)
class Merged(Generic[K]):
    """The three-way merge: each cell of the export is in exactly one of these."""

    changes: tuple[CellChange[K], ...]  # changed in the workbook only: taken
    conflicts: tuple[CellConflict[K], ...]  # changed on both sides: somebody chooses
    same: tuple[K, ...]  # changed on both sides to one value
    kept: tuple[K, ...]  # changed here only
    untouched: tuple[K, ...]
    closed: tuple[CellConflict[K], ...]  # changed in the workbook, closed for edits meanwhile

    @property
    def clean(self) -> bool:
        """Whether everything the workbook changed can be written without asking."""
        return not self.conflicts and not self.closed


@dataclass(frozen=True, slots=True)
class BookStamp:
    """What a workbook says of itself: which state of which cycle it shows.

    ``stamp`` is the newest override in it, ``base_hash`` the hash of its cells as exported.
    """

    cycle_id: int
    run_id: int
    stamp: int
    layer: str
    base_hash: str
    by: str
    at: str


@dataclass(frozen=True, slots=True)
class BookRow:
    """One line as it came back: amounts by column of months, and what its author says."""

    number: int
    account_id: int
    product_id: int
    amounts: tuple[Decimal, ...]
    reason: str
    note: str


@dataclass(frozen=True, slots=True)
class BookProblem:
    """What is wrong with a workbook, and in which cell."""

    place: str
    there: str
    text: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class BookRead:
    """A returned workbook: its stamp, its months and lines, and what is wrong with it."""

    name: str
    sha256: str
    stamp: BookStamp | None
    periods: tuple[date, ...]
    rows: tuple[BookRow, ...]
    problems: tuple[BookProblem, ...]
