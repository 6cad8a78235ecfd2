"""Reads of the forecasting room."""

from keystead.forecasting.queries.cycles import (
    assumptions_of,
    comments_of,
    cycle_for,
    cycles_for,
    overrides_of,
    runs_of,
    signs_of,
)

__all__ = [
    "assumptions_of",
    "comments_of",
    "cycle_for",
    "cycles_for",
    "overrides_of",
    "runs_of",
    "signs_of",
]
