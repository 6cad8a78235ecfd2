"""Gathers the material of a review from the rooms below."""

from keystead.reviews.queries.gathering.whole import gather

__all__ = ["gather"]
