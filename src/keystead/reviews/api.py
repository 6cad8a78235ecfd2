"""JSON endpoints: reviews, their frozen figures, actions and decisions."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema, Status

from keystead.kernel.errors import Invalid
from keystead.kernel.periods import Period
from keystead.kit.access import actor_of, policy
from keystead.kit.http.asking import may_ask
from keystead.kit.ui.sheets import download
from keystead.reviews import queries, services
from keystead.reviews.queries import wire
from keystead.reviews.queries.frozen import story_of
from keystead.reviews.services.writing import (
    POWERPOINT,
    WORD,
    deck_file,
    file_name,
    minutes_file,
)
from keystead.reviews.types.cycle import (
    ItemEntry,
    ItemKind,
    ItemState,
    ReviewEntry,
    ReviewKind,
    Side,
)

router = Router(tags=["reviews"])
MOST = 1000
Body = dict[str, Any]


class ReviewIn(Schema):
    """A review to begin."""

    account_id: int
    period: str
    kind: ReviewKind = ReviewKind.QUARTER
    planned_on: dt.date | None = None
    place: str = ""


class VersionIn(Schema):
    """The version one has read; without it the latest is taken."""

    version: int | None = None


class WhyIn(VersionIn):
    """A reason."""

    why: str


class ItemIn(Schema):
    """An action or a decision."""

    kind: ItemKind
    text: str
    side: Side = Side.OURS
    owner_id: int | None = None
    owner_words: str = ""
    due: dt.date | None = None
    quote: str = ""


class AnswerIn(VersionIn):
    """What became of an action."""

    state: ItemState
    outcome: str = ""


@router.get("/reviews")
@policy("reviews.view")
def reviews(
    request: HttpRequest, account_id: int | None = None, state: str = "", kind: str = ""
) -> Body:
    """The reviews one may read, the latest period first."""
    found = queries.reviews_for(actor_of(request), account_id=account_id, state=state, kind=kind)
    return {"items": [wire.review_body(one) for one in found[:MOST]], "total": len(found)}


@router.post("/reviews", response={201: dict[str, Any]})
@policy("reviews.edit")
def create(request: HttpRequest, body: ReviewIn) -> Status[Body]:
    """Begin a review; agenda, people and place come over from the last one."""
    entry = ReviewEntry(
        account_id=body.account_id, kind=body.kind, period=Period.parse(body.period),
        planned_on=body.planned_on, place=body.place,
    )  # fmt: skip
    return Status(201, wire.review_body(
        services.create_review(actor=actor_of(request), entry=entry)
    ))  # fmt: skip


@router.get("/reviews/actions")
@policy("reviews.view")
def actions(request: HttpRequest, account_id: int | None = None, closed: bool = False) -> Body:
    """The actions that were agreed in reviews, the first due first."""
    found = queries.items_for(
        actor_of(request), account_id=account_id, still_open=None if closed else True
    )
    return {"items": [wire.item_body(one) for one in found[:MOST]], "total": len(found)}


@router.get("/reviews/{review_id}")
@policy("reviews.view")
def review(request: HttpRequest, review_id: int, number: int | None = None) -> Body:
    """One review with its figures: frozen ones, or those of this moment while it is prepared."""
    actor = actor_of(request)
    found = queries.review_for(actor, review_id)
    return {
        **wire.review_body(found),
        "story": wire.story_body(story_of(actor, found, number=number)),
        "items": [wire.item_body(one) for one in queries.items_of(found)],
        "versions": [wire.version_body(one) for one in queries.versions_of(found)],
    }


@router.get("/reviews/{review_id}/deck")
@router.post("/reviews/{review_id}/deck", operation_id="ask_for_deck")
@policy("reviews.view", "export.data")
@may_ask
def deck(
    request: HttpRequest, review_id: int, lang: str = "en", inside: bool = False,
    number: int | None = None, template: int | None = None,
) -> HttpResponse:  # fmt: skip
    """The deck of a frozen review as PowerPoint; 409 with what was found where it may not leave."""
    actor = actor_of(request)
    found = queries.review_for(actor, review_id)
    content = deck_file(
        actor, found, lang, inside=inside, number=number, master_id=template,
        link=request.build_absolute_uri("/"),
    )  # fmt: skip
    return download(content, file_name(found, "pptx", inside=inside), POWERPOINT)


@router.get("/reviews/{review_id}/minutes")
@router.post("/reviews/{review_id}/minutes", operation_id="ask_for_minutes")
@policy("reviews.view", "export.data")
@may_ask
def minutes(
    request: HttpRequest, review_id: int, lang: str = "en", inside: bool = False
) -> HttpResponse:
    """The minutes as Word; 409 with what was found where they may not leave."""
    actor = actor_of(request)
    found = queries.review_for(actor, review_id)
    content = minutes_file(actor, found, lang, inside=inside)
    return download(content, file_name(found, "docx", inside=inside), WORD)


@router.post("/reviews/{review_id}/freeze")
@policy("reviews.edit")
def freeze(request: HttpRequest, review_id: int, body: VersionIn) -> Body:
    """Freeze every figure of a review at the latest commit."""
    return wire.review_body(services.freeze_review(
        actor=actor_of(request), review_id=review_id, expected_version=body.version
    ))  # fmt: skip


@router.post("/reviews/{review_id}/unfreeze")
@policy("reviews.edit")
def unfreeze(request: HttpRequest, review_id: int, body: WhyIn) -> Body:
    """Take a freeze back; the version stays."""
    return wire.review_body(services.unfreeze_review(
        actor=actor_of(request), review_id=review_id, why=body.why,
        expected_version=body.version,
    ))  # fmt: skip


@router.post("/reviews/{review_id}/approve")
@policy("reviews.approve")
def approve(request: HttpRequest, review_id: int, body: VersionIn) -> Body:
    """Approve a frozen review."""
    return wire.review_body(services.approve_review(
        actor=actor_of(request), review_id=review_id, expected_version=body.version
    ))  # fmt: skip


@router.post("/reviews/{review_id}/hold")
@policy("reviews.edit")
def hold(request: HttpRequest, review_id: int, body: VersionIn) -> Body:
    """Say that the meeting took place today."""
    return wire.review_body(services.hold_review(
        actor=actor_of(request), review_id=review_id, expected_version=body.version
    ))  # fmt: skip


@router.post("/reviews/{review_id}/items", response={201: dict[str, Any]})
@policy("reviews.edit")
def add_item(request: HttpRequest, review_id: int, body: ItemIn) -> Status[Body]:
    """Write down an action or a decision."""
    made = services.add_item(
        actor=actor_of(request), review_id=review_id, entry=ItemEntry(**body.dict())
    )
    return Status(201, wire.item_body(made))


@router.post("/reviews/items/{item_id}/answer")
@policy("reviews.edit")
def answer(request: HttpRequest, item_id: int, body: AnswerIn) -> Body:
    """Say what became of an action."""
    if body.state is ItemState.DROPPED and not body.outcome.strip():
        raise Invalid("Say why it is dropped.", code="outcome")
    return wire.item_body(services.answer_item(
        actor=actor_of(request), item_id=item_id, state=body.state, outcome=body.outcome,
        expected_version=body.version,
    ))  # fmt: skip
