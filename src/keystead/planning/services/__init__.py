"""Writes of the room."""

from keystead.planning.services.actions import (
    add_action,
    add_actions,
    edit_action,
    follow_handed,
    move_action,
)
from keystead.planning.services.approving import submit_plan, take_decision, withdraw_plan
from keystead.planning.services.inputs import answer_input, ask_input, edit_input, withdraw_input
from keystead.planning.services.lines import (
    add_line,
    assess_objective,
    confirm_line,
    edit_line,
    move_initiative,
    remove_line,
)
from keystead.planning.services.plans import copy_plan, create_plan, edit_plan, revise_plan
from keystead.planning.services.segments import run_segments, set_cuts
from keystead.planning.services.whitespace import set_cell
from keystead.planning.services.whitespace_import import import_cells

__all__ = [
    "add_action",
    "add_actions",
    "add_line",
    "answer_input",
    "ask_input",
    "assess_objective",
    "confirm_line",
    "copy_plan",
    "create_plan",
    "edit_action",
    "edit_input",
    "edit_line",
    "edit_plan",
    "follow_handed",
    "import_cells",
    "move_action",
    "move_initiative",
    "remove_line",
    "revise_plan",
    "run_segments",
    "set_cell",
    "set_cuts",
    "submit_plan",
    "take_decision",
    "withdraw_input",
    "withdraw_plan",
]
