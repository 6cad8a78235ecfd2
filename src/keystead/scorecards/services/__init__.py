"""Writes of the scorecards room."""

from keystead.scorecards.services.freeze import freeze_card
from keystead.scorecards.services.notes import note_line
from keystead.scorecards.services.refresh import refresh_scores
from keystead.scorecards.services.sets import install_default_sets, save_kpi_set

__all__ = ["freeze_card", "install_default_sets", "note_line", "refresh_scores", "save_kpi_set"]
