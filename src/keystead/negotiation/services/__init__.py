"""Writes of the negotiation room: keyword-only, one row of the trail each."""

from keystead.negotiation.services.buyer import keep_buyer_model
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
from keystead.negotiation.services.plans import (
    MemberEntry,
    PlanHead,
    agree_plan,
    edit_plan,
    read_again,
    revise_plan,
    set_members,
    set_rules,
    start_plan,
)
from keystead.negotiation.services.signing import SignEntry, draft_agreement
from keystead.negotiation.services.value import (
    Of,
    StoryHead,
    confirm_value_line,
    drop_value_line,
    save_value_line,
    set_articles,
    set_list_prices,
    set_value_head,
)

__all__ = [
    "Head",
    "MemberEntry",
    "ObjectionEntry",
    "Of",
    "PlanHead",
    "SignEntry",
    "Step",
    "StoryHead",
    "add_objection",
    "agree_plan",
    "ask_approval",
    "concede",
    "confirm_value_line",
    "draft_agreement",
    "drop_draft",
    "drop_value_line",
    "edit_case",
    "edit_objection",
    "edit_plan",
    "keep_buyer_model",
    "needs_approval",
    "open_case",
    "read_again",
    "receive_offer",
    "request_on",
    "revise_plan",
    "save_draft",
    "save_value_line",
    "send_offer",
    "set_articles",
    "set_issues",
    "set_list_prices",
    "set_members",
    "set_rules",
    "set_sides",
    "set_value_head",
    "start_plan",
]
