"""Reads of the agreements room."""

from keystead.agreements.queries.agreements import (
    agreement_for,
    agreements_for,
    agreements_of_account,
    by_number,
    condition_labels,
    in_force,
    in_force_during,
)
from keystead.agreements.queries.redline import redline

__all__ = [
    "agreement_for",
    "agreements_for",
    "agreements_of_account",
    "by_number",
    "condition_labels",
    "in_force",
    "in_force_during",
    "redline",
]
