"""Reads of the negotiation room."""

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

__all__ = [
    "concessions_of",
    "negotiation_for",
    "negotiations_for",
    "negotiations_of",
    "objections_of",
    "offers_of",
    "picture",
    "picture_of",
    "sees_private",
    "worth_of",
]
