"""Reads of the scorecards room."""

from keystead.scorecards.queries.cards import card, default_period
from keystead.scorecards.queries.scores import scores_for
from keystead.scorecards.queries.sets import (
    kpi_set,
    kpi_sets,
    metric_choices,
    owners_for,
    set_for_account,
)
from keystead.scorecards.queries.snapshots import snapshot, snapshots

__all__ = [
    "card",
    "default_period",
    "kpi_set",
    "kpi_sets",
    "metric_choices",
    "owners_for",
    "scores_for",
    "set_for_account",
    "snapshot",
    "snapshots",
]
