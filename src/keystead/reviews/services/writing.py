"""Decks and minutes as files: PowerPoint in our own or a company's template, Word."""

from __future__ import annotations

from django.utils import timezone

from keystead.kit.access import Actor
from keystead.kit.office.pptx import presentation
from keystead.kit.office.slides import Deck
from keystead.kit.office.word import document
from keystead.kit.ui.tags.figures import proofs_at
from keystead.reviews.queries.frozen import story_of
from keystead.reviews.queries.minutes import minutes_of
from keystead.reviews.queries.reviews import carried_over
from keystead.reviews.services.decks import around, build_deck, checked_language, master_content
from keystead.reviews.types.cycle import Review


def deck_file(
    actor: Actor, review: Review, language: str, *, inside: bool = False,
    master_id: int | None = None, template: bytes | None = None, number: int | None = None,
    link: str = "",
) -> bytes:  # fmt: skip
    """Return the deck of a frozen review as PowerPoint; ``link`` is where this Keystead opens.

    ``template``: a file of the caller's instead of a kept one.
    """
    deck = build_deck(
        actor, review, language, inside=inside, number=number, link=proofs_behind(link)
    )
    return written(deck, template or master_content(actor, master_id), inside=inside)


def proofs_behind(link: str) -> str:
    """Return where the figures of a file open, of the address of this Keystead."""
    return f"{link.rstrip('/')}{proofs_at()}{{id}}/" if link else ""


def written(deck: Deck, template: bytes | None, *, inside: bool) -> bytes:
    """Return a deck as PowerPoint."""
    return presentation(deck, template=template, inside=inside)


def minutes_file(actor: Actor, review: Review, language: str) -> bytes:
    """Return the minutes of a review that came through the door, as Word."""
    checked_language(language)
    story = story_of(actor, review)
    paper = minutes_of(
        review, around(actor, review), story.agenda, carried_over(actor, review),
        language=language, today=timezone.localdate(),
    )  # fmt: skip
    return document(paper)
