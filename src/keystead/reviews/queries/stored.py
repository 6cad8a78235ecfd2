"""Stored reviews as values. No rights are checked here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from keystead.kernel.periods import Period
from keystead.reviews import models
from keystead.reviews.types.cycle import (
    AgendaItem,
    AgendaTemplate,
    Edits,
    Item,
    ItemKind,
    ItemState,
    Master,
    OwnWords,
    Rating,
    Review,
    ReviewKind,
    ReviewState,
    Side,
    Version,
)


def agenda_of(stored: Iterable[Mapping[str, Any]]) -> tuple[AgendaItem, ...]:
    """Return the points of a stored agenda."""
    return tuple(
        AgendaItem(int(one["minutes"]), one.get("code", ""), dict(one.get("texts") or {}))
        for one in stored
    )


def plain_agenda(items: Iterable[AgendaItem]) -> list[dict[str, Any]]:
    """Return an agenda as it is stored."""
    return [{"minutes": one.minutes, "code": one.code, "texts": dict(one.texts)} for one in items]


def edits_of(stored: Mapping[str, Any]) -> Edits:
    """Return stored edits of a story."""
    own = {
        key: OwnWords(one.get("title", ""), one.get("text", ""), one.get("notes", ""))
        for key, one in (stored.get("own") or {}).items()
    }
    return Edits(tuple(stored.get("order") or ()), frozenset(stored.get("left_out") or ()), own)


def plain_edits(edits: Edits) -> dict[str, Any]:
    """Return edits as they are stored; what says nothing is left out."""
    own = {
        key: {"title": one.title, "text": one.text, "notes": one.notes}
        for key, one in edits.own.items()
        if one
    }
    return {"order": list(edits.order), "left_out": sorted(edits.left_out), "own": own}


def as_reviews(rows: Iterable[models.ReviewRow]) -> tuple[Review, ...]:
    """Return stored reviews as values; the latest frozen version of each is read together."""
    listed = list(rows)
    ids = [row.pk for row in listed if row.state != ReviewState.PREPARING]
    heads = models.FrozenRow.objects.filter(review_id__in=ids).defer("content", "edits", "agenda")
    frozen = {row.review_id: as_version(row) for row in heads.select_related("by").order_by("id")}
    return tuple(as_review(row, frozen.get(row.pk)) for row in listed)


def as_review(row: models.ReviewRow, frozen: Version | None) -> Review:
    """Return the value of a stored review."""
    return Review(
        id=row.pk, account_id=row.account_id, kind=ReviewKind(row.kind),
        period=Period(row.starts, row.ends), state=ReviewState(row.state),
        planned_on=row.planned_on, place=row.place, owner_id=row.owner_id,
        owner_name=str(row.owner) if row.owner else "", agenda=agenda_of(row.agenda),
        people=tuple(row.people), colleagues=tuple(row.colleagues), edits=edits_of(row.edits),
        notes=row.notes, held_on=row.held_on, next_on=row.next_on,
        rating=Rating(row.rating_theirs, row.rating_ours, row.rating_words),
        approved_by=str(row.approved_by) if row.approved_by else "",
        approved_at=row.approved_at, version=row.version, account_name=row.account.name,
        account_code=row.account.code, frozen=frozen,
    )  # fmt: skip


def as_version(row: models.FrozenRow) -> Version:
    """Return the head of a frozen version, without its content."""
    return Version(
        row.pk, row.number, row.code, row.commit, row.content_hash, str(row.by or ""), row.at
    )


def as_item(row: models.ItemRow) -> Item:
    """Return the value of a stored action or decision."""
    return Item(
        id=row.pk, review_id=row.review_id, account_id=row.account_id, kind=ItemKind(row.kind),
        text=row.text, quote=row.quote, side=Side(row.side), owner_id=row.owner_id,
        owner_name=str(row.owner) if row.owner else row.owner_words, due=row.due,
        state=ItemState(row.state), outcome=row.outcome, done_on=row.done_on,
        version=row.version, account_name=row.account.name,
        review_kind=ReviewKind(row.review.kind),
        review_period=Period(row.review.starts, row.review.ends),
    )  # fmt: skip


def as_template(row: models.AgendaTemplateRow) -> AgendaTemplate:
    """Return the value of a kept agenda."""
    return AgendaTemplate(row.pk, row.name, ReviewKind(row.kind), agenda_of(row.items), row.version)


def as_master(row: models.MasterRow) -> Master:
    """Return the value of a kept PowerPoint file."""
    return Master(
        row.pk, row.name, row.file_name, row.sha256, row.size_bytes, tuple(row.layouts),
        row.retired, row.version,
    )  # fmt: skip
