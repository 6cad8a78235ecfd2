"""Pages of the negotiation room."""

from keystead.negotiation.views.case import case, cases, panel
from keystead.negotiation.views.edits import (
    concession,
    draft_step,
    edit,
    issues,
    objection,
    offer,
    received,
    sides,
    start,
)

__all__ = [
    "case",
    "cases",
    "concession",
    "draft_step",
    "edit",
    "issues",
    "objection",
    "offer",
    "panel",
    "received",
    "sides",
    "start",
]
