"""Slides drawn for a page: words with their proofs, strips, tables, charts."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from keystead.kit.office.slides import (
    Chart,
    Content,
    Lines,
    Shown,
    Slide,
    Strip,
    Table,
    Words,
)
from keystead.kit.ui import charts
from keystead.kit.ui.tags.figures import proof_url

Opens = Callable[[str], str]  # the address behind a proof id; nothing: it does not open


@dataclasses.dataclass(frozen=True)
class Point:
    """A value of a chart as the charts of pages take it."""

    value: Any
    currency: str = ""
    unit: str = ""
    proof_id: str = ""


def everywhere(proof: str) -> str:
    """Return the page of a proof, for those who may see all of it."""
    return proof_url(proof)


def drawn(slide: Slide, opens: Opens) -> dict[str, Any]:
    """Return a slide as the template takes it."""
    return {
        "key": slide.key, "title": words_html(slide.title, opens), "subtitle": slide.subtitle,
        "notes": slide.notes, "inside": slide.inside, "layout": slide.layout,
        "contents": [_content(one, opens) for one in slide.contents],
    }  # fmt: skip


def words_html(words: Words, opens: Opens) -> SafeString:
    """Return a sentence; each figure leads to its proof where it opens."""
    return mark_safe("".join(_piece(one, opens) for one in words))  # noqa: S308 each is escaped # nosec B308 B703


def _piece(one: str | Shown, opens: Opens) -> str:
    if isinstance(one, str):
        return escape(one)
    tone = f" {one.tone}" if one.tone else ""
    url = opens(one.proof) if one.proof else ""
    if not url:
        return format_html('<b class="num{}">{}</b>', tone, one.text)
    return format_html('<a class="proof num{}" href="{}" data-slide>{}</a>', tone, url, one.text)


def _content(one: Content, opens: Opens) -> dict[str, Any]:
    if isinstance(one, Lines):
        lines = [(words_html(line.words, opens), line.level, line.strong) for line in one.lines]
        return {"kind": "lines", "title": one.title, "lines": lines}
    if isinstance(one, Strip):
        tiles = [
            (tile.label, _cell(tile.figure, opens), words_html(tile.beside, opens))
            for tile in one.tiles
        ]
        return {"kind": "strip", "tiles": tiles}
    if isinstance(one, Table):
        rows = [[_cell(cell, opens) for cell in row] for row in one.rows]
        marked = [list(zip(row, one.columns, strict=True)) for row in rows]
        return {"kind": "table", "columns": one.columns, "rows": marked, "title": one.title,
                "empty": one.empty, "total": one.total}  # fmt: skip
    return {"kind": "chart", "chart": _chart(one, opens)}


def _cell(one: str | Shown, opens: Opens) -> SafeString:
    return words_html((one,), opens)


def _chart(one: Chart, opens: Opens) -> charts.Chart:
    def point(found: Shown | None) -> Point | None:
        if found is None or found.value is None:
            return None
        proof = found.proof if opens(found.proof) == proof_url(found.proof) else ""
        return Point(Decimal(str(found.value)), found.measure, "money", proof)

    first = next((f for s in one.series for f in s.figures if f is not None), None)
    measure = first.measure if first else ""
    if one.kind == "waterfall":
        figures = one.series[0].figures
        kinds = ["base" if at == one.totals[0] else "total" if at in one.totals else "change"
                 for at in range(len(figures))]  # fmt: skip
        steps = list(zip(one.categories, map(point, figures), kinds, strict=True))
        return charts.waterfall(label=one.title, steps=steps, currency=measure)
    return charts.lines(
        label=one.title, categories=one.categories,
        series_of=[(_role(s.look), s.name, _points(s.figures, point)) for s in one.series],
        unit="money" if measure else "", currency=measure, from_zero=True,
    )  # fmt: skip


def _points(figures: Iterable[Shown | None], point: Callable[[Shown | None], Any]) -> list[Any]:
    return [point(one) for one in figures]


def _role(look: str) -> str:
    return "other" if look == "plain" else look
