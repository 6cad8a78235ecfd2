"""Storage of the reviews room."""

from keystead.reviews.models.handover import HandoverRow
from keystead.reviews.models.reviews import (
    AgendaTemplateRow,
    FrozenRow,
    ItemRow,
    MasterRow,
    ReviewRow,
)
from keystead.reviews.models.subscriptions import SentRow, SubscriptionRow

__all__ = [
    "AgendaTemplateRow",
    "FrozenRow",
    "HandoverRow",
    "ItemRow",
    "MasterRow",
    "ReviewRow",
    "SentRow",
    "SubscriptionRow",
]
