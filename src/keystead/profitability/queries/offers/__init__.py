"""Reads of the offer what-if."""

from keystead.profitability.queries.offers.cases import case_for, cases_about, cases_of, stored_case
from keystead.profitability.queries.offers.sending import Sending, contradictions, sending
from keystead.profitability.queries.offers.trials import answer_of, reference_of, trial_of
from keystead.profitability.queries.offers.wire import answer_body, case_body

__all__ = [
    "Sending",
    "answer_body",
    "answer_of",
    "case_body",
    "case_for",
    "cases_about",
    "cases_of",
    "contradictions",
    "reference_of",
    "sending",
    "stored_case",
    "trial_of",
]
