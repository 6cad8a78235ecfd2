"""Pages of the negotiation room."""

from keystead.negotiation.views.buyer import buyer, preview_buyer
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
from keystead.negotiation.views.fee_papers import (
    fee_letters,
    fee_schedule,
    fee_template_file,
    fee_templates,
    withdraw_fee_template,
)
from keystead.negotiation.views.fees import (
    edit_fees,
    fee_members,
    fee_plan,
    fee_plans,
    fee_step,
    preview_fees,
    save_fees,
    start_fees,
)
from keystead.negotiation.views.signing import sign
from keystead.negotiation.views.value import (
    value,
    value_articles,
    value_confirm,
    value_drop,
    value_line,
    value_settings,
)
from keystead.negotiation.views.votes import votes

__all__ = [
    "buyer",
    "case",
    "cases",
    "concession",
    "draft_step",
    "edit",
    "edit_fees",
    "fee_letters",
    "fee_members",
    "fee_plan",
    "fee_plans",
    "fee_schedule",
    "fee_step",
    "fee_template_file",
    "fee_templates",
    "issues",
    "objection",
    "offer",
    "panel",
    "preview_buyer",
    "preview_fees",
    "received",
    "save_fees",
    "sides",
    "sign",
    "start",
    "start_fees",
    "value",
    "value_articles",
    "value_confirm",
    "value_drop",
    "value_line",
    "value_settings",
    "votes",
    "withdraw_fee_template",
]
