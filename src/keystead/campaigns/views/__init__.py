"""Pages and panels of the room."""

from keystead.campaigns.views.board import index, panel
from keystead.campaigns.views.budgets import budget, set_budget
from keystead.campaigns.views.expense import (
    add_proof,
    cancel,
    commit,
    correct,
    edit,
    expense,
    pay,
    plan,
    post,
    proof_file,
    step,
)
from keystead.campaigns.views.funds import create_fund, edit_fund, fund, funds, grow_fund
from keystead.campaigns.views.named import create_campaign, edit_campaign, named
from keystead.campaigns.views.transfers import set_transfer_rule, transfer_rules

__all__ = [
    "add_proof",
    "budget",
    "cancel",
    "commit",
    "correct",
    "create_campaign",
    "create_fund",
    "edit",
    "edit_campaign",
    "edit_fund",
    "expense",
    "fund",
    "funds",
    "grow_fund",
    "index",
    "named",
    "panel",
    "pay",
    "plan",
    "post",
    "proof_file",
    "set_budget",
    "set_transfer_rule",
    "step",
    "transfer_rules",
]
