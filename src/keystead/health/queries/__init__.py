"""Reads of the health room."""

from keystead.health.queries.scores import (
    back_tests,
    readable,
    rule_versions,
    rules_in_force,
    rules_used,
    score_now,
    snapshots_for,
    standings_for,
)
from keystead.health.queries.surveys import (
    follow_up_for,
    follow_ups_for,
    invitations_of,
    nps_over,
    people_to_ask,
    responses_of,
    results_of,
    survey_for,
    surveys_for,
)

__all__ = [
    "back_tests",
    "follow_up_for",
    "follow_ups_for",
    "invitations_of",
    "nps_over",
    "people_to_ask",
    "readable",
    "responses_of",
    "results_of",
    "rule_versions",
    "rules_in_force",
    "rules_used",
    "score_now",
    "snapshots_for",
    "standings_for",
    "survey_for",
    "surveys_for",
]
