"""What crosses the room's door: KPI sets, scored cards, snapshots. Frozen values."""

from keystead.scorecards.types.cards import (
    Card,
    CardLine,
    LineScore,
    Number,
    Reading,
    Score,
    ScoreSummary,
    Snapshot,
    SnapshotSummary,
)
from keystead.scorecards.types.sets import (
    Direction,
    KpiSet,
    LineDef,
    Missing,
    TargetPer,
    TargetSource,
    Word,
    ZeroKind,
    plain,
)

__all__ = [
    "Card",
    "CardLine",
    "Direction",
    "KpiSet",
    "LineDef",
    "LineScore",
    "Missing",
    "Number",
    "Reading",
    "Score",
    "ScoreSummary",
    "Snapshot",
    "SnapshotSummary",
    "TargetPer",
    "TargetSource",
    "Word",
    "ZeroKind",
    "plain",
]
