"""Storage of the forecasting room."""

from keystead.forecasting.models.champions import ChampionRow
from keystead.forecasting.models.changes import (
    AssumptionRow,
    CommentRow,
    OverrideLine,
    OverrideRow,
    SignOffRow,
)
from keystead.forecasting.models.cycles import CycleRow, RunRow
from keystead.forecasting.models.shares import RecordShare
from keystead.forecasting.models.versions import ForecastVersion, RunSeries

__all__ = [
    "AssumptionRow",
    "ChampionRow",
    "CommentRow",
    "CycleRow",
    "ForecastVersion",
    "OverrideLine",
    "OverrideRow",
    "RecordShare",
    "RunRow",
    "RunSeries",
    "SignOffRow",
]
