"""Pages and panels of the reviews room."""

from keystead.reviews.views.after import add_item, answer, item, notes, rate
from keystead.reviews.views.batch import batch, batch_file, decks
from keystead.reviews.views.files import deck, minutes
from keystead.reviews.views.kept import agenda, kept, master, new_agenda, new_master
from keystead.reviews.views.lists import actions, panel, reviews
from keystead.reviews.views.live import figure, live
from keystead.reviews.views.one import review, version
from keystead.reviews.views.steps import create, edit, hold, step, story, unfreeze

__all__ = [
    "actions",
    "add_item",
    "agenda",
    "answer",
    "batch",
    "batch_file",
    "create",
    "deck",
    "decks",
    "edit",
    "figure",
    "hold",
    "item",
    "kept",
    "live",
    "master",
    "minutes",
    "new_agenda",
    "new_master",
    "notes",
    "panel",
    "rate",
    "review",
    "reviews",
    "step",
    "story",
    "unfreeze",
    "version",
]
