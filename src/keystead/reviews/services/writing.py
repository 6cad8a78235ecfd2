"""Decks and minutes as files: PowerPoint in our own or a company's template, Word."""

from __future__ import annotations

import dataclasses
import re

from django.utils import timezone
from django.utils.translation import override

from keystead.governance.services.leaving import let_leave
from keystead.governance.types.outbound import Missing, Outgoing, missing
from keystead.kit.access import Actor
from keystead.kit.office.inside import inside_file, inside_name, words
from keystead.kit.office.pptx import presentation
from keystead.kit.office.slides import Deck
from keystead.kit.office.word import document
from keystead.kit.ui.tags.figures import proofs_at
from keystead.reviews.queries.frozen import story_of
from keystead.reviews.queries.minutes import minutes_of
from keystead.reviews.queries.reviews import carried_over, versions_of
from keystead.reviews.services.decks import around, build_deck, checked_language, master_content
from keystead.reviews.types.cycle import Review, ReviewState

POWERPOINT = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def deck_file(
    actor: Actor, review: Review, language: str, *, inside: bool = False,
    master_id: int | None = None, template: bytes | None = None, number: int | None = None,
    link: str = "",
) -> bytes:  # fmt: skip
    """Return the deck of a frozen review as PowerPoint; ``link`` is where this Keystead opens.

    The customer's passes the guard: Conflict tells what stops it, a review that nobody approved
    stops it, too. ``inside``: ours, marked as such. ``template``: a file of the caller's instead
    of a kept one.
    """
    deck = build_deck(
        actor, review, language, inside=inside, number=number, link=proofs_behind(link)
    )
    content = written(deck, template or master_content(actor, master_id), inside=inside)
    if not inside:
        let_leave(actor=actor, outgoing=Outgoing(
            account_id=review.account_id, kind="deck", name=file_name(review, "pptx"),
            content=content, missing=approvals_missing(review, number),
        ))  # fmt: skip
    return content


def proofs_behind(link: str) -> str:
    """Return where the figures of a file open, of the address of this Keystead."""
    return f"{link.rstrip('/')}{proofs_at()}{{id}}/" if link else ""


def written(deck: Deck, template: bytes | None, *, inside: bool) -> bytes:
    """Return a deck as PowerPoint; one of ours is marked."""
    if not inside:
        return presentation(deck, template=template)
    with override(deck.language):
        marked = dataclasses.replace(deck, footer=f"{words()} · {deck.footer}")
        return inside_file(presentation(marked, template=template, inside=True), "pptx")


def minutes_file(actor: Actor, review: Review, language: str, *, inside: bool = False) -> bytes:
    """Return the minutes of a review that came through the door, as Word.

    The customer's pass the guard (Conflict); ``inside``: an internal copy, marked.
    """
    checked_language(language)
    story = story_of(actor, review)
    paper = minutes_of(
        review, around(actor, review), story.agenda, carried_over(actor, review),
        language=language, today=timezone.localdate(),
    )  # fmt: skip
    content = document(paper)
    if inside:
        with override(language):
            return inside_file(content, "docx")
    let_leave(actor=actor, outgoing=Outgoing(
        account_id=review.account_id, kind="minutes", name=file_name(review, "docx"),
        content=content,
    ))  # fmt: skip
    return content


def file_name(review: Review, ending: str, *, inside: bool = False) -> str:
    """Return the name of a file of a review."""
    stem = re.sub(r"[^\w-]+", "-", f"{review.account_code}-{review.period}").strip("-")
    return inside_name(f"{stem}.{ending}") if inside else f"{stem}.{ending}"


def approvals_missing(review: Review, number: int | None = None) -> tuple[str, ...]:
    """Return the approvals that are not there: the deck that leaves is the one approved."""
    if review.state in (ReviewState.PREPARING, ReviewState.FROZEN):
        return (missing(Missing.REVIEW),)
    if number is not None and number != versions_of(review)[0].number:
        return (missing(Missing.TAKEN_BACK, number),)
    return ()
