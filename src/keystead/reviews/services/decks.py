"""Build decks: of one review, in a language, for the customer or for ourselves."""

from __future__ import annotations

from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.accounts.queries import people_for_team
from keystead.kernel.errors import Conflict, Invalid
from keystead.kit.access import Actor
from keystead.kit.files.kept import kept
from keystead.kit.office.slides import Deck
from keystead.reviews.queries.deck import deck_of
from keystead.reviews.queries.deck.build import Around
from keystead.reviews.queries.frozen import Story, story_of
from keystead.reviews.queries.reviews import items_of, master_for
from keystead.reviews.services.kept import AREA
from keystead.reviews.types.cycle import Review
from keystead.stakeholders.queries import contacts_for

LANGUAGES = ("en", "zh-hans", "fr")


def build_deck(
    actor: Actor,
    review: Review,
    language: str,
    *,
    inside: bool = False,
    number: int | None = None,
    preview: bool = False,
    link: str = "",
) -> Deck:
    """Return the deck of a frozen review that came through the door, before it has a format.

    ``number``: an earlier version. ``inside``: with what is ours alone, and presenter notes.
    ``preview`` builds it of a review in preparation, whose figures are not kept. Writes nothing.
    Raises Conflict where nothing is frozen, Invalid for a language that is not there.
    """
    checked_language(language)
    story = story_of(actor, review, number=number)
    if story.version is None and not preview:
        raise Conflict(_("Freeze the review first: a deck shows frozen figures."), code="unfrozen")
    return deck_of(
        review, story, around(actor, review), language=language, made_on=made_on(story),
        inside=inside, link=link,
    )  # fmt: skip


def around(actor: Actor, review: Review) -> Around:
    """Return who takes part and what was agreed, as far as the actor may see them."""
    known = {one.id: one.name for one in contacts_for(actor, review.people)}
    ours = dict(people_for_team(actor))
    if actor.user_id is not None:
        ours.setdefault(actor.user_id, actor.name)
    return Around(
        tuple(known[one] for one in review.people if one in known),
        tuple(str(ours[one]) for one in review.colleagues if one in ours),
        items_of(review),
    )


def made_on(story: Story) -> date:
    """Return the day a deck is dated: that of its freeze, today for a preview."""
    if story.version is None:
        return timezone.localdate()
    return timezone.localtime(story.version.at).date()


def master_content(actor: Actor, master_id: int | None) -> bytes | None:
    """Return a company's PowerPoint file by its id; nothing for none."""
    return None if master_id is None else kept(AREA, master_for(actor, master_id).sha256)


def checked_language(language: str) -> str:
    """Return the language; raises Invalid for one that is not there."""
    if language not in LANGUAGES:
        text = _("Decks are in English, Simplified Chinese or French.")
        raise Invalid(text, code="language", fields={"language": text})
    return language
