"""Writes of the negotiation room: keyword-only, one row of the trail each."""

from keystead.negotiation.services.cases import (
    Head,
    edit_case,
    open_case,
    set_issues,
    set_sides,
)
from keystead.negotiation.services.ledger import (
    ObjectionEntry,
    Step,
    add_objection,
    concede,
    edit_objection,
)
from keystead.negotiation.services.offers import (
    ask_approval,
    drop_draft,
    needs_approval,
    receive_offer,
    request_on,
    save_draft,
    send_offer,
)

__all__ = [
    "Head",
    "ObjectionEntry",
    "Step",
    "add_objection",
    "ask_approval",
    "concede",
    "drop_draft",
    "edit_case",
    "edit_objection",
    "needs_approval",
    "open_case",
    "receive_offer",
    "request_on",
    "save_draft",
    "send_offer",
    "set_issues",
    "set_sides",
]
