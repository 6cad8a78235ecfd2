"""One review: where it stands, its story, what came of it; and its frozen versions."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from keystead.accounts.queries import may_write, people_for_team
from keystead.kit.access import Actor, actor_of, policy
from keystead.kit.ui.tables import Cell, Column, Row, Table
from keystead.kit.ui.tags.lists import Step
from keystead.kit.ui.tags.numbers import day, moment
from keystead.reviews import queries
from keystead.reviews.forms.reviews import ItemForm
from keystead.reviews.queries.deck import slide_of
from keystead.reviews.queries.frozen import Story, story_of
from keystead.reviews.queries.words import (
    ITEM_KINDS,
    ITEM_STATES,
    MARKS,
    STATES,
    TONES,
    owner_words,
    point_words,
    title_of,
)
from keystead.reviews.rules.cycle import STEPS
from keystead.reviews.services.decks import around
from keystead.reviews.types.cycle import Item, Review, ReviewState
from keystead.reviews.views.drawn import drawn, everywhere

DECK_LANGUAGES = (("en", "English"), ("zh-hans", "简体中文"), ("fr", "Français"))
ORDER = tuple(ReviewState)


@require_GET
@policy("reviews.view")
def review(request: HttpRequest, review_id: int) -> HttpResponse:
    """Show a review: its story, before and after the freeze."""
    actor = actor_of(request)
    found = queries.review_for(actor, review_id)
    return _page(request, actor, found, story_of(actor, found))


@require_GET
@policy("reviews.view")
def version(request: HttpRequest, review_id: int, number: int) -> HttpResponse:
    """Show a frozen version of a review as it was frozen."""
    actor = actor_of(request)
    found = queries.review_for(actor, review_id)
    return _page(request, actor, found, story_of(actor, found, number=number), old=number)


def _page(
    request: HttpRequest, actor: Actor, found: Review, story: Story, old: int = 0
) -> HttpResponse:
    may = may_write(actor, found.account_id, name="plan")
    writes = actor.can("reviews.edit") and may and not old
    about = around(actor, found)
    items = queries.items_of(found)
    noting = found.state not in (ReviewState.PREPARING, ReviewState.FOLLOWED_UP)
    context: dict[str, Any] = {
        "review": found,
        "title": title_of(found),
        "state": STATES[found.state.value],
        "tone": TONES.get(found.state.value, ""),
        "steps": _steps(found),
        "next_steps": _next_steps(actor, found) if not old else [],
        "old": old,
        "slides": [
            drawn(slide_of(found, story, about, part.key, inside=True), everywhere)
            for part in story.parts
            if not part.left_out
        ],
        "hidden": [part.key for part in story.parts if part.left_out],
        "story": story,
        "facts": _facts(found, story),
        "agenda": [(point_words(one), one.minutes) for one in story.agenda],
        "about": about,
        "items": _items(items, writes=writes),
        "form": ItemForm(owners=_owners(actor)) if writes and noting else None,
        "noting": writes and noting,
        "writes": writes,
        "versions": _versions(found) if not old else None,
        "languages": DECK_LANGUAGES,
        "masters": queries.masters(actor),
        "marks": _marks(found),
        "command": uuid.uuid4().hex,
    }
    return render(request, "reviews/review.html", context)


def _steps(found: Review) -> list[Step]:
    at = ORDER.index(found.state)
    return [
        Step(str(STATES[state.value]), "done" if place < at else "now" if place == at else "next")
        for place, state in enumerate(ORDER)
    ]


def _next_steps(actor: Actor, found: Review) -> list[tuple[str, str, bool]]:
    """Return the steps the actor may take: name, words, whether it is the way on."""
    words = {
        ReviewState.FROZEN: (_("Freeze"), "reviews.edit", "w"),
        ReviewState.APPROVED: (pgettext("verb", "Approve"), "reviews.approve", "a"),
        ReviewState.FOLLOWED_UP: (_("Close: all is followed up"), "reviews.edit", "w"),
    }
    return [
        (state.value, label, True)
        for state, (label, capability, right) in words.items()
        if state in STEPS[found.state]
        and actor.can(capability)
        and may_write(actor, found.account_id, name="plan", right=right)
    ]


def _facts(found: Review, story: Story) -> list[tuple[str, Any]]:
    frozen = story.version
    pairs = [
        (_("Day of the meeting"), day(found.planned_on) if found.planned_on else _("not set")),
        (pgettext("meeting", "Place"), found.place),
        (_("Owner"), found.owner_name),
        (_("Frozen"), f"{moment(frozen.at)}, {frozen.by_name}" if frozen else _("not yet")),
        (_("State of the ledger"), str(story.material.commit)),
        (_("Data until"), day(story.material.until) if story.material.until else ""),
        (_("Approved by"), found.approved_by),
        (_("Held on"), day(found.held_on) if found.held_on else ""),
    ]
    return [(label, word) for label, word in pairs if word]


def _marks(found: Review) -> list[tuple[str, str]]:
    pairs = [
        (label, f"{mark} · {MARKS[mark]}")
        for label, mark in ((_("The customer's mark"), found.rating.theirs),
                            (_("Our mark"), found.rating.ours))
        if mark is not None
    ]  # fmt: skip
    pairs += [(_("In their words"), found.rating.words)] if found.rating.words else []
    pairs += [(_("Next date"), day(found.next_on))] if found.next_on else []
    return pairs


def _items(items: tuple[Item, ...], *, writes: bool) -> Table:
    today = timezone.localdate()
    rows = [
        Row({
            "text": Cell(one.text, sub=one.outcome or one.quote[:120],
                         href=reverse("reviews:item", args=[one.id]) if writes else ""),
            "kind": ITEM_KINDS[one.kind.value],
            "owner": owner_words(one) if one.kind.value == "action" else "–",
            "due": one.due,
            "state": Cell(ITEM_STATES[one.state.value], tone="bad" if one.late(today) else "")
            if one.kind.value == "action" else "–",
        })
        for one in items
    ]  # fmt: skip
    columns = [
        Column("text", pgettext("review", "What was agreed"), wide=True),
        Column("kind", _("Kind"), hide="phone"), Column("owner", _("Owner"), hide="phone"),
        Column("due", pgettext("action", "Due"), "date"), Column("state", _("State"), "tag"),
    ]  # fmt: skip
    return Table(columns, rows, _("Actions and decisions"), empty=_("Nothing written down yet."))


def _versions(found: Review) -> Table | None:
    listed = queries.versions_of(found)
    if not listed:
        return None
    rows = [
        {
            "number": Cell(one.number,
                           href=reverse("reviews:version", args=[found.id, one.number])),
            "at": Cell(one.at, sub=one.by_name),
            "hash": one.content_hash[:12],
        }
        for one in listed
    ]  # fmt: skip
    columns = [
        Column("number", _("Version"), "number"), Column("at", _("Frozen"), "moment"),
        Column("hash", _("Hash"), "code", hide="phone"),
    ]  # fmt: skip
    return Table(columns, rows, _("Frozen versions"), sortable=False)


def _owners(actor: Actor) -> list[tuple[int, str]]:
    return [(pk, str(name)) for pk, name in people_for_team(actor)]
