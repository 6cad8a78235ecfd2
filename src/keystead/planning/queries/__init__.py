"""Reads of the room: plans, their objectives as they stand, actions, risks."""

from keystead.planning.queries.above import actions_of, objectives_of, open_actions, risks_of
from keystead.planning.queries.measuring import measured
from keystead.planning.queries.plans import (
    action_for,
    asked_of,
    claim_for,
    initiative_for,
    input_for,
    objective_for,
    plan_for,
    plan_of_year,
    plans_of,
)

__all__ = [
    "action_for",
    "actions_of",
    "asked_of",
    "claim_for",
    "initiative_for",
    "input_for",
    "measured",
    "objective_for",
    "objectives_of",
    "open_actions",
    "plan_for",
    "plan_of_year",
    "plans_of",
    "risks_of",
]
