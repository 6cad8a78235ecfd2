"""Pages of the room."""

from keystead.planning.views.actions import (
    actions,
    add_action,
    edit_action,
    move_action,
    move_days,
)
from keystead.planning.views.inputs import answer, ask, edit_input, withdraw_input
from keystead.planning.views.lines import add_line, confirm_line, edit_line, remove_line
from keystead.planning.views.one import panel, plan
from keystead.planning.views.portfolio import portfolio
from keystead.planning.views.segments import cuts, run_segments, segments
from keystead.planning.views.steps import copy, create, edit, revise, submit, withdraw
from keystead.planning.views.versions import versions, word, years
from keystead.planning.views.whitespace import (
    cell,
    whitespace,
    whitespace_excel,
    whitespace_import,
)

__all__ = [
    "actions",
    "add_action",
    "add_line",
    "answer",
    "ask",
    "cell",
    "confirm_line",
    "copy",
    "create",
    "cuts",
    "edit",
    "edit_action",
    "edit_input",
    "edit_line",
    "move_action",
    "move_days",
    "panel",
    "plan",
    "portfolio",
    "remove_line",
    "revise",
    "run_segments",
    "segments",
    "submit",
    "versions",
    "whitespace",
    "whitespace_excel",
    "whitespace_import",
    "withdraw",
    "withdraw_input",
    "word",
    "years",
]
