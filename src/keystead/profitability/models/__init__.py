"""Storage of the profitability room."""

from keystead.profitability.models.offers import OfferCaseRow

__all__ = ["OfferCaseRow"]
