"""Reads of the campaigns room."""

from keystead.campaigns.queries.budgets import budget_lines, budgets_of
from keystead.campaigns.queries.expenses import (
    campaign_for,
    campaigns_for,
    categories,
    expense_for,
    expenses_for,
    postings_of,
    proof_content,
    proofs_of,
)

__all__ = [
    "budget_lines",
    "budgets_of",
    "campaign_for",
    "campaigns_for",
    "categories",
    "expense_for",
    "expenses_for",
    "postings_of",
    "proof_content",
    "proofs_of",
]
