"""Use cases of the reviews room."""

from keystead.reviews.services.items import add_item, answer_item, edit_item
from keystead.reviews.services.kept import edit_master, keep_agenda, keep_master
from keystead.reviews.services.reviews import (
    approve_review,
    create_review,
    edit_review,
    follow_up,
    hold_review,
    keep_notes,
    rate_review,
)

__all__ = [
    "add_item",
    "answer_item",
    "approve_review",
    "create_review",
    "edit_item",
    "edit_master",
    "edit_review",
    "follow_up",
    "hold_review",
    "keep_agenda",
    "keep_master",
    "keep_notes",
    "rate_review",
]
