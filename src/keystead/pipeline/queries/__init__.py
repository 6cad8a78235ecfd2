"""Reads of the pipeline room."""

from keystead.pipeline.queries.renewals import (
    alerts_for,
    chance_of,
    closed_outcomes,
    disagreements,
    evidence_of,
    own_alerts,
    renewal_for,
    renewals_for,
    retention_for,
    successor_of,
)

__all__ = [
    "alerts_for",
    "chance_of",
    "closed_outcomes",
    "disagreements",
    "evidence_of",
    "own_alerts",
    "renewal_for",
    "renewals_for",
    "retention_for",
    "successor_of",
]
