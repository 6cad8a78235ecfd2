"""Pages and panels of the room."""

from keystead.scorecards.views.index import index
from keystead.scorecards.views.panel import freeze, line_note, panel
from keystead.scorecards.views.sets import edit_set, new_set
from keystead.scorecards.views.snapshots import snapshot, snapshots

__all__ = [
    "edit_set",
    "freeze",
    "index",
    "line_note",
    "new_set",
    "panel",
    "snapshot",
    "snapshots",
]
