"""What stands behind a figure: definition, filter, scope, moment, batches, source rows."""

from __future__ import annotations

import dataclasses
from datetime import date, datetime
from decimal import Decimal

from keystead.kernel.periods import Period
from keystead.metrics.types.definitions import MetricDef
from keystead.metrics.types.results import Figure


@dataclasses.dataclass(frozen=True)
class ProofRow:
    """One source row and what it adds. ``amount`` None in sections that count or list."""

    batch_id: int
    file_name: str
    sheet: str
    row: int
    date: date
    account: str
    product: str
    amount: Decimal | None
    measure: str
    detail: str = ""


@dataclasses.dataclass(frozen=True)
class ProofSection:
    """The rows behind one part of a figure.

    ``total`` is computed over all rows, not only over those of the page, and equals the part's
    value exactly. ``counted``: the number of different things for a count. ``metric`` is the
    part's own metric, ``period`` the days it looks at.
    """

    name: str
    label: str
    metric: MetricDef | None
    dataset: str
    period: Period
    total: Decimal | None
    measure: str
    rows_total: int
    rows: tuple[ProofRow, ...]
    offset: int = 0
    counted: int | None = None
    what: str = "sum"  # "sum" | "count" | "list"

    @property
    def shown_total(self) -> Decimal:
        """The sum of the rows on this page."""
        return sum((row.amount for row in self.rows if row.amount is not None), Decimal(0))

    @property
    def next_offset(self) -> int | None:
        end = self.offset + len(self.rows)
        return end if end < self.rows_total else None


@dataclasses.dataclass(frozen=True)
class ProofBatch:
    """A batch whose rows are in the figure."""

    id: int
    dataset: str
    source: str
    file_name: str
    sha256: str
    posted_at: datetime | None
    rows: int
    amount: Decimal | None


@dataclasses.dataclass(frozen=True)
class ProofStep:
    """One line of the calculation: what goes in, with its value."""

    label: str
    value: Decimal | float | None
    measure: str = ""


@dataclasses.dataclass(frozen=True)
class ProofRate:
    """A rate that went into a converted figure, with the day and the source it comes from."""

    currency: str
    month: date
    rate: Decimal
    on: date
    source: str


@dataclasses.dataclass(frozen=True)
class Proof:
    """All that stands behind one figure."""

    id: str
    metric: MetricDef
    version: int
    figure: Figure
    period: Period
    filters: tuple[tuple[str, str], ...]
    scope: str
    account_ids: frozenset[int] | None
    commit: int
    moment: datetime | None
    latest_commit: int
    batches: tuple[ProofBatch, ...]
    steps: tuple[ProofStep, ...]
    rates: tuple[ProofRate, ...]
    sections: tuple[ProofSection, ...]


@dataclasses.dataclass(frozen=True)
class Change:
    """One reason why a figure differs now: ``undone``, ``restated``, ``released``, ``new`` or
    ``definition``; ``amount`` is its part of the difference."""

    cause: str
    amount: Decimal
    batch_ids: tuple[int, ...] = ()


@dataclasses.dataclass(frozen=True)
class Changes:
    """What changed since a proof was made; the parts add up to the difference exactly."""

    proof_id: str
    metric: MetricDef
    before: Figure
    now: Figure
    difference: Decimal | None
    parts: tuple[Change, ...]
