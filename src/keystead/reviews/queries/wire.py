"""Reviews as plain JSON values, for endpoints and commands."""

from __future__ import annotations

from typing import Any

from keystead.kit.office.slides import Chart, Lines, Shown, Slide, Strip, Table, Words
from keystead.reviews.queries.frozen import Story
from keystead.reviews.types.cycle import Item, Review, Version
from keystead.reviews.types.material import Fact

Body = dict[str, Any]


def review_body(one: Review) -> Body:
    """Return a review without its figures."""
    return {
        "id": one.id, "account_id": one.account_id, "account": one.account_name,
        "account_code": one.account_code, "kind": one.kind.value, "period": str(one.period),
        "state": one.state.value, "planned_on": _day(one.planned_on),
        "held_on": _day(one.held_on), "next_on": _day(one.next_on), "place": one.place,
        "owner": one.owner_name, "rating_theirs": one.rating.theirs,
        "rating_ours": one.rating.ours, "version": one.version,
        "frozen": version_body(one.frozen) if one.frozen else None,
    }  # fmt: skip


def version_body(one: Version) -> Body:
    """Return the head of a frozen version."""
    return {
        "number": one.number, "commit": one.commit, "at": one.at.isoformat(),
        "by": one.by_name, "content_hash": one.content_hash,
    }  # fmt: skip


def item_body(one: Item) -> Body:
    """Return an action or a decision."""
    return {
        "id": one.id, "review_id": one.review_id, "account_id": one.account_id,
        "account": one.account_name, "kind": one.kind.value, "text": one.text,
        "quote": one.quote, "side": one.side.value, "owner": one.owner_name,
        "due": _day(one.due), "state": one.state.value, "outcome": one.outcome,
        "done_on": _day(one.done_on), "version": one.version,
    }  # fmt: skip


def story_body(story: Story) -> Body:
    """Return the figures of a story by part, each with its proof."""
    material = story.material
    return {
        "commit": material.commit, "currency": material.currency,
        "until": _day(material.until), "frozen": story.version is not None,
        "parts": [
            {"key": one.key, "message": one.message.code, "inside": one.inside,
             "left_out": one.left_out, "points": [point.code for point in one.points],
             "figures": {name: fact_body(fact) for name, fact in one.message.facts.items()}}
            for one in story.parts
        ],
        "figures": {
            name: fact_body(fact) for name, fact in material.facts.items()
            if name != "claims_open" or any(one.needs == "terms" for one in story.parts)
        },
    }  # fmt: skip


def fact_body(one: Fact) -> Body:
    """Return a figure as text, with its unit and its proof."""
    return {
        "value": None if one.value is None else str(one.value), "unit": one.unit,
        "measure": one.measure, "proof_id": one.proof,
    }  # fmt: skip


def slide_body(slide: Slide) -> Body:
    """Return a slide as plain text, for a golden test and for people without PowerPoint."""
    return {
        "key": slide.key, "title": words_text(slide.title), "inside": slide.inside,
        "contents": [_content(one) for one in slide.contents],
    }  # fmt: skip


def words_text(words: Words) -> str:
    """Return a sentence as plain text."""
    return "".join(one.text if isinstance(one, Shown) else one for one in words)


def _content(one: Lines | Strip | Table | Chart) -> Any:
    if isinstance(one, Lines):
        return [words_text(line.words) for line in one.lines]
    if isinstance(one, Strip):
        return {tile.label: words_text((tile.figure, *tile.beside)) for tile in one.tiles}
    if isinstance(one, Table):
        return {"columns": [column.label for column in one.columns],
                "rows": [[words_text((cell,)) for cell in row] for row in one.rows]}  # fmt: skip
    return {
        "chart": one.kind, "categories": list(one.categories),
        "series": {
            line.name: [None if figure is None else figure.text for figure in line.figures]
            for line in one.series
        },
    }  # fmt: skip


def _day(value: Any) -> str | None:
    return value.isoformat() if value else None
