"""Reads of the reviews room."""

from keystead.reviews.queries.reviews import (
    carried_over,
    item_for,
    items_for,
    items_of,
    last_review,
    master_for,
    masters,
    review_for,
    review_of,
    reviews_for,
    template_for,
    templates_of,
    versions_of,
)

__all__ = [
    "carried_over",
    "item_for",
    "items_for",
    "items_of",
    "last_review",
    "master_for",
    "masters",
    "review_for",
    "review_of",
    "reviews_for",
    "template_for",
    "templates_of",
    "versions_of",
]
