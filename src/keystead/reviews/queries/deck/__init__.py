"""Decks of reviews, before they have a format."""

from keystead.reviews.queries.deck.build import deck_of, slide_of

__all__ = ["deck_of", "slide_of"]
