"""What a file says of its figures: a part of its own with place, text, value and proof of each."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from typing import Any, Final
from xml.sax.saxutils import escape

from keystead.kit.office.deck.charts import exact
from keystead.kit.office.deck.flow import headed
from keystead.kit.office.deck.ink import Paragraph, plain
from keystead.kit.office.slides import Chart, Shown, Table

SPACE: Final = "https://keystead.org/proof/1"
MOST_LINES: Final = 60  # of figures in the notes of one slide


@dataclasses.dataclass
class Shape:
    """A shape with figures: what was written, and where in it each figure stands.

    ``body``: the paragraphs of a text, the rows of a table, the categories and series of a chart.
    ``at``: (paragraph, first sign), (row, column) or (series, category).
    """

    id: int
    name: str
    kind: str
    label: str
    body: dict[str, Any]
    figures: list[dict[str, Any]] = dataclasses.field(default_factory=list)

    def add(self, at: tuple[int, int], figure: Shown | None) -> None:
        if figure is not None and figure.proof:
            self.figures.append({"at": list(at), **entry(figure)})


def entry(figure: Shown) -> dict[str, str]:
    """Return what is kept of a figure."""
    value = exact(figure)
    return {
        "text": plain(figure.text), "value": "" if value is None else f"{value:f}",
        "measure": figure.measure, "proof": figure.proof,
    }  # fmt: skip


def text_shape(number: int, name: str, paragraphs: Sequence[Paragraph], label: str = "") -> Shape:
    """Return a text with the places of its figures."""
    found = Shape(number, name, "text", label, {"paragraphs": []})
    for place, paragraph in enumerate(paragraphs):
        text = ""
        for part in paragraph.words:
            if isinstance(part, Shown):
                found.add((place, len(text)), part)
            text += plain(part.text if isinstance(part, Shown) else part)
        found.body["paragraphs"].append(text)
    return found


def table_shape(number: int, name: str, table: Table) -> Shape:
    """Return a native table with its head, if it has one."""
    rows: list[list[str]] = []
    if headed(table):
        rows.append([plain(column.label) for column in table.columns])
    found = Shape(number, name, "table", table.title, {"rows": rows})
    for place, row in enumerate(table.rows, start=len(rows)):
        rows.append([])
        for column, cell in enumerate(row):
            rows[-1].append(plain(cell.text if isinstance(cell, Shown) else cell))
            found.add((place, column), cell if isinstance(cell, Shown) else None)
    return found


def chart_shape(number: int, name: str, chart: Chart) -> Shape:
    """Return a native chart: its figures by series and category."""
    body = {
        "drawn": chart.kind,
        "categories": [plain(one) for one in chart.categories],
        "series": [plain(series.name) for series in chart.series],
    }
    found = Shape(number, name, "chart", chart.title, body)
    for at, series in enumerate(chart.series):
        for place, figure in enumerate(series.figures):
            if exact(figure) is not None:
                found.add((at, place), figure)
    return found


def part(contents: dict[str, Any]) -> bytes:
    """Return the XML of the part."""
    text = json.dumps({"version": 1, **contents}, ensure_ascii=False, separators=(",", ":"))
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    return f'{head}<proof xmlns="{SPACE}">{escape(text)}</proof>'.encode()


def slide_entry(slide_id: int, place: int, shapes: Sequence[Shape]) -> dict[str, Any]:
    """Return the figures of one slide; ``place`` is its number for people."""
    return {
        "id": slide_id, "slide": place,
        "shapes": [dataclasses.asdict(shape) for shape in shapes if shape.figures],
    }  # fmt: skip


def lines(shapes: Sequence[Shape]) -> list[str]:
    """Return what the notes say of the figures: ``1.24 m CNY: PROOF``, each once."""
    found = dict.fromkeys(
        f"{figure['text']}: {figure['proof']}" for shape in shapes for figure in shape.figures
    )
    kept = list(found)[:MOST_LINES]
    return [*kept, "…"] if len(found) > len(kept) else kept
