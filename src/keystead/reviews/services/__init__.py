"""Use cases of the reviews room."""

from keystead.reviews.services.decks import build_deck
from keystead.reviews.services.freezing import edit_story, freeze_review, unfreeze_review
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
    "build_deck",
    "create_review",
    "edit_item",
    "edit_master",
    "edit_review",
    "edit_story",
    "follow_up",
    "freeze_review",
    "hold_review",
    "keep_agenda",
    "keep_master",
    "keep_notes",
    "rate_review",
    "unfreeze_review",
]
