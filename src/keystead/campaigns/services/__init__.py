"""Writes of the campaigns room."""

from keystead.campaigns.services.budgets import set_budget
from keystead.campaigns.services.entering import (
    add_proof,
    create_campaign,
    edit_campaign,
    edit_expense,
    plan_expense,
)
from keystead.campaigns.services.moving import (
    ask_for_approval,
    cancel_expense,
    commit_expense,
    take_decision,
)
from keystead.campaigns.services.paying import correct_expense, pay_expense, post_expense
from keystead.campaigns.services.transfers import set_transfer_rule

__all__ = [
    "add_proof",
    "ask_for_approval",
    "cancel_expense",
    "commit_expense",
    "correct_expense",
    "create_campaign",
    "edit_campaign",
    "edit_expense",
    "pay_expense",
    "plan_expense",
    "post_expense",
    "set_budget",
    "set_transfer_rule",
    "take_decision",
]
