"""Pages and panels of the room."""

from keystead.stakeholders.views.entering import (
    add,
    affiliation,
    edit,
    merge,
)
from keystead.stakeholders.views.files import import_file, read_letter
from keystead.stakeholders.views.people import panel, people, person
from keystead.stakeholders.views.personal import data, data_file, erase
from keystead.stakeholders.views.plan import cadence, end_cadence, plan
from keystead.stakeholders.views.relations import relations, relations_data
from keystead.stakeholders.views.standing import (
    add_tie,
    edit_role,
    edit_tie,
    hold_role,
    opinion,
    untie,
)
from keystead.stakeholders.views.talks import done, log, talk

__all__ = [
    "add",
    "add_tie",
    "affiliation",
    "cadence",
    "data",
    "data_file",
    "done",
    "edit",
    "edit_role",
    "edit_tie",
    "end_cadence",
    "erase",
    "hold_role",
    "import_file",
    "log",
    "merge",
    "opinion",
    "panel",
    "people",
    "person",
    "plan",
    "read_letter",
    "relations",
    "relations_data",
    "talk",
    "untie",
]
