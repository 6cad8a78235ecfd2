"""Reads of the negotiation room."""

from keystead.negotiation.queries.buyer import buyer_model_of, titles_used
from keystead.negotiation.queries.cases import (
    concessions_of,
    negotiation_for,
    negotiations_for,
    negotiations_of,
    objections_of,
    offers_of,
    sees_private,
)
from keystead.negotiation.queries.picture import picture, picture_of, worth_of
from keystead.negotiation.queries.plans import agreed_split_of, fee_plan_for, fee_plans_of
from keystead.negotiation.queries.signings import (
    differences_of,
    invoices_of_plan,
    signings_of,
)
from keystead.negotiation.queries.use_proving import value_of_use
from keystead.negotiation.queries.value import value_story
from keystead.negotiation.queries.value_slides import value_tables
from keystead.negotiation.queries.value_use import peers_of, totals_of_use

__all__ = [
    "agreed_split_of",
    "buyer_model_of",
    "concessions_of",
    "differences_of",
    "fee_plan_for",
    "fee_plans_of",
    "invoices_of_plan",
    "negotiation_for",
    "negotiations_for",
    "negotiations_of",
    "objections_of",
    "offers_of",
    "peers_of",
    "picture",
    "picture_of",
    "sees_private",
    "signings_of",
    "titles_used",
    "totals_of_use",
    "value_of_use",
    "value_story",
    "value_tables",
    "worth_of",
]
