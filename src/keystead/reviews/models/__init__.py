"""Storage of the reviews room."""

from keystead.reviews.models.reviews import (
    AgendaTemplateRow,
    FrozenRow,
    ItemRow,
    MasterRow,
    ReviewRow,
)

__all__ = ["AgendaTemplateRow", "FrozenRow", "ItemRow", "MasterRow", "ReviewRow"]
