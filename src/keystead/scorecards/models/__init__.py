"""Storage of KPI sets, what an account says to its lines, cached scores, frozen snapshots."""

from keystead.scorecards.models.cards import AccountLine, CachedScore
from keystead.scorecards.models.sets import KpiLine, KpiSet
from keystead.scorecards.models.snapshots import Snapshot, SnapshotLine

__all__ = ["AccountLine", "CachedScore", "KpiLine", "KpiSet", "Snapshot", "SnapshotLine"]
