"""Cards: readings, scores, the live card, totals, snapshots."""

from __future__ import annotations

import dataclasses
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from keystead.kernel.periods import Period
from keystead.scorecards.types.sets import (
    KpiSet,
    LineDef,
    Missing,
    Word,
    plain,
)


@dataclasses.dataclass(frozen=True)
class Reading:
    """What is known of one line before it is scored. ``missing`` says why there is no value."""

    line: LineDef
    value: Decimal | None
    target: Decimal | None = None
    target_high: Decimal | None = None
    missing: Missing = Missing.NONE


@dataclasses.dataclass(frozen=True)
class LineScore:
    """One scored line. ``share_pct`` is the weight it really had after missing lines fell out."""

    points: Decimal | None
    share_pct: Decimal
    word: Word
    missing: Missing = Missing.NONE


@dataclasses.dataclass(frozen=True)
class Score:
    """The whole card: total points 0 to 100 (None below the least coverage), line by line."""

    total: Decimal | None
    coverage_pct: Decimal
    word: Word
    lines: tuple[LineScore, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the total without its lines as plain values."""
        return {
            "total": plain(self.total),
            "coverage_pct": plain(self.coverage_pct),
            "word": self.word.value,
        }


@dataclasses.dataclass(frozen=True)
class Number:
    """A figure on a card: value, measure (currency or unit of quantity) and its proof."""

    value: Decimal | None
    measure: str = ""
    proof_id: str = ""
    note: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return plain values; the number as exact text."""
        return {
            "value": plain(self.value),
            "measure": self.measure,
            "proof": self.proof_id,
            "note": self.note,
        }


@dataclasses.dataclass(frozen=True)
class CardLine:
    """One line as a person reads it."""

    line: LineDef
    label: str
    unit: str
    metric_version: int
    actual: Number
    target: Number
    target_high: Decimal | None
    last_year: Number
    score: LineScore
    trend: tuple[tuple[date, Decimal | None], ...] = ()
    owner_id: int | None = None
    owner: str = ""
    comment: str = ""
    own_target: bool = False
    own_typed: tuple[Decimal | None, Decimal | None] = (None, None)
    note_version: int = 0

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON; numbers as exact text."""
        return {
            "metric": self.line.metric,
            "metric_version": self.metric_version,
            "label": self.label,
            "unit": self.unit,
            "direction": self.line.direction.value,
            "actual": self.actual.as_dict(),
            "target": self.target.as_dict(),
            "target_high": plain(self.target_high),
            "target_source": self.line.target_source.value,
            "last_year": self.last_year.as_dict(),
            "points": plain(self.score.points),
            "word": self.score.word.value,
            "missing": self.score.missing.value,
            "weight": plain(self.line.weight),
            "share_pct": plain(self.score.share_pct),
            "trend": [[day.isoformat(), plain(value)] for day, value in self.trend],
            "owner": self.owner,
            "comment": self.comment,
        }


@dataclasses.dataclass(frozen=True)
class Card:
    """A live scorecard of one account over one period, as of one commit of the ledger."""

    account_id: int
    account_code: str
    account_name: str
    kpi_set: KpiSet
    period: Period
    commit: int
    score: Score
    lines: tuple[CardLine, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {
            "account": {
                "id": self.account_id,
                "code": self.account_code,
                "name": self.account_name,
            },
            "set": self.kpi_set.name,
            "period": str(self.period),
            "commit": self.commit,
            **self.score.as_dict(),
            "lines": [line.as_dict() for line in self.lines],
        }


@dataclasses.dataclass(frozen=True)
class ScoreSummary:
    """The total of one account, for lists; ``fresh`` is false while a refresh is on its way."""

    account_id: int
    kpi_set_id: int
    period: Period
    total: Decimal | None
    coverage_pct: Decimal
    word: Word
    commit: int
    computed_at: datetime
    fresh: bool


@dataclasses.dataclass(frozen=True)
class Snapshot:
    """A frozen card. It never changes; ``intact`` proves its lines against the stored hash."""

    id: int
    account_id: int
    account_name: str
    set_name: str
    set_version: int
    period: Period
    frozen_at: datetime
    frozen_by: str
    comment: str
    commit: int
    score: Score
    lines: tuple[CardLine, ...]
    intact: bool

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {
            "id": self.id,
            "account": {"id": self.account_id, "name": self.account_name},
            "set": self.set_name,
            "set_version": self.set_version,
            "period": str(self.period),
            "frozen_at": self.frozen_at.isoformat(),
            "frozen_by": self.frozen_by,
            "comment": self.comment,
            "commit": self.commit,
            "intact": self.intact,
            **self.score.as_dict(),
            "lines": [line.as_dict() for line in self.lines],
        }


@dataclasses.dataclass(frozen=True)
class SnapshotSummary:
    """One line in the list of snapshots."""

    id: int
    account_id: int
    account_name: str
    set_name: str
    period: Period
    frozen_at: datetime
    frozen_by: str
    total: Decimal | None
    coverage_pct: Decimal
    word: Word
