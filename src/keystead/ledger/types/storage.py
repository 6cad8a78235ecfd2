"""What readers of the ledger get: which files to read, where a row came from, what a batch is."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any


class BatchState(StrEnum):
    RECEIVING = "receiving"
    MAPPING = "mapping"
    MATCHING = "matching"
    CHECKING = "checking"
    READY = "ready"
    POSTED = "posted"
    UNDONE = "undone"
    FAILED = "failed"
    CANCELLED = "cancelled"


class CommitKind(StrEnum):
    POST = "post"
    RELEASE = "release"
    UNDO = "undo"
    REPLACE = "replace"
    COMPACT = "compact"


@dataclasses.dataclass(frozen=True)
class SegmentRead:
    """One Parquet file to read; ``pairs`` None = whole, else only these (batch_id, month)."""

    path: str
    pairs: tuple[tuple[int, date], ...] | None = None


@dataclasses.dataclass(frozen=True)
class SliceSet:
    """The rows of a dataset at a commit: which files, and which parts of them.

    No reads = no rows. ``currencies`` are those that occur; ``rows`` is the exact count.
    """

    dataset: str
    commit: int
    reads: tuple[SegmentRead, ...]
    currencies: frozenset[str]
    rows: int


@dataclasses.dataclass(frozen=True)
class CacheRead:
    """A rebuildable DuckDB file that holds exactly the rows of ``SliceSet(dataset, commit)``.

    Tables: ``facts`` (the dataset's columns, sorted by account_id, month, date); ``month_sums``
    (account_id, product_id, month, the dataset's ``sum_by`` columns, its ``measures``, rows);
    ``account_sums`` (the same without product_id).
    """

    dataset: str
    commit: int
    path: str


@dataclasses.dataclass(frozen=True)
class SliceChange:
    """One piece that became visible (``sign`` +1) or ceased to be (-1) between two commits.

    ``cause``: "new" (a month that had nothing replaced), "restated", "released", "undone".
    """

    batch_id: int
    source: str
    month: date
    rows: int
    sign: int
    cause: str
    commit: int
    read: SegmentRead


@dataclasses.dataclass(frozen=True, kw_only=True)
class Counts:
    """Where the rows of a file went: ``rows_in`` is always the sum of the other four."""

    rows_in: int = 0
    posted: int = 0
    waiting: int = 0
    rejected: int = 0
    skipped: int = 0

    @property
    def balanced(self) -> bool:
        """Say whether no row vanished.

        >>> Counts(rows_in=3, posted=2, rejected=1).balanced
        True
        """
        parts = (self.posted, self.waiting, self.rejected, self.skipped)
        return min(parts) >= 0 and self.rows_in == sum(parts)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Batch:
    """One import as a person sees it. Empty strings and None mean "not known (yet)"."""

    id: int
    dataset: str
    source: str
    state: BatchState
    mode: str
    file_name: str
    sha256: str
    file_bytes: int
    counts: Counts
    totals: Mapping[str, Any]
    months: tuple[date, ...]
    created_at: datetime
    created_by: int | None
    created_by_name: str
    posted_at: datetime | None
    posted_commit: int | None
    undone_at: datetime | None
    undone_commit: int | None
    version: int
    problem: Mapping[str, Any]

    def as_dict(self) -> dict[str, Any]:
        """Return the import as plain values, the same for the API and the command line."""
        return {
            "id": self.id,
            "dataset": self.dataset,
            "source": self.source,
            "state": str(self.state),
            "mode": self.mode,
            "file_name": self.file_name,
            "sha256": self.sha256,
            **dataclasses.asdict(self.counts),
            "totals": dict(self.totals),
            "months": [month.isoformat() for month in self.months],
            "created_at": self.created_at.isoformat(),
            "created_by": self.created_by_name,
            "posted_at": self.posted_at.isoformat() if self.posted_at else None,
            "posted_commit": self.posted_commit,
            "undone_at": self.undone_at.isoformat() if self.undone_at else None,
            "undone_commit": self.undone_commit,
            "version": self.version,
            "problem": dict(self.problem),
        }


@dataclasses.dataclass(frozen=True)
class SourceCell:
    """One cell of a source row: column letters as in a spreadsheet, its header, its raw text."""

    column: str
    header: str
    value: str | None


@dataclasses.dataclass(frozen=True)
class SourceRow:
    """One row of a source file as it came, addressed as a person finds it in the file."""

    batch_id: int
    file_name: str
    sheet: str
    row: int
    cells: tuple[SourceCell, ...]


@dataclasses.dataclass(frozen=True)
class LiveMonth:
    """What one source shows of one month now: to tell a restatement from an addition."""

    month: date
    rows: int
    first_date: date
    last_date: date
    batch_ids: tuple[int, ...]


@dataclasses.dataclass(frozen=True)
class Finding:
    """One thing ``verify`` checked and found wrong, with what it expected and what is there."""

    check: str
    subject: str
    expected: str
    found: str


@dataclasses.dataclass(frozen=True)
class VerifyReport:
    """What ``verify`` looked at; ``ok`` when nothing was wrong."""

    commits: int
    batches: int
    segments: int
    slices: int
    rows: int
    bytes: int
    sums: Mapping[str, Decimal]
    findings: tuple[Finding, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the report as plain values."""
        return {
            "ok": self.ok,
            "commits": self.commits,
            "batches": self.batches,
            "segments": self.segments,
            "slices": self.slices,
            "rows": self.rows,
            "bytes": self.bytes,
            "sums": {name: str(value) for name, value in self.sums.items()},
            "findings": [dataclasses.asdict(finding) for finding in self.findings],
        }

    @property
    def ok(self) -> bool:
        return not self.findings
