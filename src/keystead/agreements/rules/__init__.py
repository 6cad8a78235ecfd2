"""Are the terms whole, free of contradictions, and allowed? Findings with the sentence why."""

from keystead.agreements.rules.checking import Known, check, refuse
from keystead.agreements.rules.compliance import (
    back_dated,
    copied_terms,
    own_approval,
    payment_findings,
)
from keystead.agreements.rules.examples import example_findings
from keystead.agreements.rules.tiers import single_method

__all__ = [
    "Known",
    "back_dated",
    "check",
    "copied_terms",
    "example_findings",
    "own_approval",
    "payment_findings",
    "refuse",
    "single_method",
]
