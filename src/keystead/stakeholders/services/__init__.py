"""Writes of the stakeholders room."""

from keystead.stakeholders.services.importing import import_people, look_over
from keystead.stakeholders.services.people import (
    add_person,
    edit_person,
    merge_people,
    set_affiliation,
)
from keystead.stakeholders.services.personal import erase_person, take_out
from keystead.stakeholders.services.standing import (
    assess,
    edit_role,
    edit_tie,
    hold_role,
    tie,
    untie,
)
from keystead.stakeholders.services.talks import (
    edit_interaction,
    end_cadence,
    finish_step,
    log_interaction,
    set_cadence,
)

__all__ = [
    "add_person",
    "assess",
    "edit_interaction",
    "edit_person",
    "edit_role",
    "edit_tie",
    "end_cadence",
    "erase_person",
    "finish_step",
    "hold_role",
    "import_people",
    "log_interaction",
    "look_over",
    "merge_people",
    "set_affiliation",
    "set_cadence",
    "take_out",
    "tie",
    "untie",
]
