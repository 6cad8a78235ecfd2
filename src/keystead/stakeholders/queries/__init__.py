"""Reads of the stakeholders room."""

from keystead.stakeholders.queries.people import (
    assessments_of,
    contact_for,
    contacts_at,
    contacts_for,
    role_for,
    roles_of,
    tie_for,
    ties_of,
)
from keystead.stakeholders.queries.place import Known, Place, place_of
from keystead.stakeholders.queries.talks import (
    cadences_of,
    due_list,
    interaction_for,
    interactions_of,
    steps_open,
    touches_of,
)

__all__ = [
    "Known",
    "Place",
    "assessments_of",
    "cadences_of",
    "contact_for",
    "contacts_at",
    "contacts_for",
    "due_list",
    "interaction_for",
    "interactions_of",
    "place_of",
    "role_for",
    "roles_of",
    "steps_open",
    "tie_for",
    "ties_of",
    "touches_of",
]
