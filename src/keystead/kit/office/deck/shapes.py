"""The contents of one slide as shapes: text, strips, tables, charts; their figures are kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final
from xml.sax.saxutils import quoteattr

from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.oxml import parse_xml

from keystead.kit.office.deck import flow, traces
from keystead.kit.office.deck.flow import CELL, GAP, LABEL, TEXT, TILES, Box, Placed
from keystead.kit.office.deck.ink import EMU, Ink, Look, Paragraph, plain
from keystead.kit.office.deck.masters import Slot
from keystead.kit.office.deck.measure import LEADING, lines_high
from keystead.kit.office.deck.plot import chart_part
from keystead.kit.office.slides import Chart, Lines, Strip, Table

_FRAME: Final = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
    'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"'
)
_CHART: Final = "http://schemas.openxmlformats.org/drawingml/2006/chart"


class ContentWriter:
    """Draws on one slide; ids go up, names are unique in the file."""

    def __init__(self, made: Any, ink: Ink, place: int, made_on: date) -> None:
        self.made, self.ink, self.place, self.made_on = made, ink, place, made_on
        self.tree = made.shapes._spTree
        self.shapes: list[traces.Shape] = []
        self.last = 1

    def draw(self, one: Placed, body: Slot | None) -> None:
        """Draw a content in its box; ``body`` is the placeholder that takes text alone."""
        match one.content:
            case Lines():
                self._lines(one.content, one, body)
            case Strip():
                self._strip(one.content, one)
            case Chart():
                self._chart(one.content, one)
            case Table():
                self._table(one.content, one)

    def placed(self, name: str, slot: Slot, paragraphs: Sequence[Paragraph]) -> None:
        """Fill a placeholder."""
        number, name = self._next(name)
        self._add(self.ink.placeholder(number, name, slot.mark, paragraphs))
        self.shapes.append(traces.text_shape(number, name, paragraphs))

    def boxed(self, name: str, box: Box, paragraphs: Sequence[Paragraph], label: str = "") -> None:
        """Write text in a box of its own."""
        number, name = self._next(name)
        self._add(self.ink.text_box(number, name, box, paragraphs))
        self.shapes.append(traces.text_shape(number, name, paragraphs, label))

    def page_number(self, slot: Slot) -> None:
        number, name = self._next("Page")
        self._add(self.ink.field(number, name, slot.mark))

    def _next(self, name: str) -> tuple[int, str]:
        self.last += 1
        return self.last, f"{name} {self.place}.{self.last - 1}"

    def _add(self, element: Any) -> None:
        self.tree.append(element)

    def _lines(self, lines: Lines, one: Placed, body: Slot | None) -> None:
        size = TEXT * one.step
        paragraphs = []
        if lines.title:
            paragraphs.append(Paragraph((lines.title,), Look(size, bold=True)))
        paragraphs += [
            Paragraph(line.words, Look(size, bold=line.strong), before=flow.before(line, one.step),
                      level=line.level)
            for line in lines.lines
        ]  # fmt: skip
        if body is not None:
            self.placed("Text", body, paragraphs)
        else:
            self.boxed("Text", one.box, paragraphs, lines.title)

    def _strip(self, strip: Strip, one: Placed) -> None:
        wide = flow.tile_room(strip, one.box.w)
        y, muted = one.box.y, self.ink.palette.muted
        for row, high in enumerate(flow.tile_rows(strip, one.box.w, one.step)):
            for place, tile in enumerate(strip.tiles[row * TILES : (row + 1) * TILES]):
                size = flow.tile_size(tile.figure.text, wide, one.step)
                small = Look(LABEL * one.step, colour=muted)
                paragraphs = [
                    Paragraph((tile.label,), small),
                    Paragraph((tile.figure,), Look(size, bold=True)),
                ]
                if tile.beside:
                    paragraphs.append(Paragraph(tile.beside, small))
                x = one.box.x + place * (wide + GAP)
                self.boxed("Figure", Box(x, y, wide, high - GAP), paragraphs, tile.label)
            y += high

    def _head(self, title: str, unit: str, one: Placed) -> float:
        """Write title and unit above a chart or table; return how high they are."""
        paragraphs = []
        if title:
            paragraphs.append(Paragraph((title,), Look(CELL * one.step, bold=True)))
        if unit:
            look = Look(LABEL * one.step, colour=self.ink.palette.muted)
            paragraphs.append(Paragraph((unit,), look))
        high = sum(
            lines_high(str(p.words[0]), p.look.size, one.box.w, bold=p.look.bold)
            for p in paragraphs
        )
        if paragraphs:
            self.boxed("Heading", Box(one.box.x, one.box.y, one.box.w, high), paragraphs)
        return high + 4 if title else high

    def _table(self, table: Table, one: Placed) -> None:
        used = self._head(table.title, "", one)
        widths = flow.column_widths(table, one.box.w, one.step)
        heights = flow.row_heights(table, one.box.w, one.step)
        box = Box(one.box.x, one.box.y + used, one.box.w, sum(heights))
        number, name = self._next("Table")
        labels = ", ".join(column.label for column in table.columns)
        alternative = f"{table.title}: {labels}" if table.title else labels
        self._add(self.ink.table(
            (number, name, alternative), box, table, (widths, heights, one.step)
        ))  # fmt: skip
        self.shapes.append(traces.table_shape(number, name, table))

    def _chart(self, chart: Chart, one: Placed) -> None:
        used = self._head(chart.title, chart.scale or chart.unit, one)
        box = Box(one.box.x, one.box.y + used, one.box.w, max(one.box.h - used, LABEL * LEADING))
        part = chart_part(chart, box, self.ink.palette, self.made.part.package, self.made_on)
        link = self.made.part.relate_to(part, RELATIONSHIP_TYPE.CHART)
        number, name = self._next("Chart")
        x, y, w, h = (round(side * EMU) for side in (box.x, box.y, box.w, box.h))
        self._add(parse_xml(
            f'<p:graphicFrame {_FRAME}><p:nvGraphicFramePr><p:cNvPr id="{number}" '
            f"name={quoteattr(name)} descr={quoteattr(plain(chart.alternative))}/>"
            '<p:cNvGraphicFramePr><a:graphicFrameLocks noGrp="1"/></p:cNvGraphicFramePr><p:nvPr/>'
            f'</p:nvGraphicFramePr><p:xfrm><a:off x="{x}" y="{y}"/><a:ext cx="{w}" cy="{h}"/>'
            f'</p:xfrm><a:graphic><a:graphicData uri="{_CHART}"><c:chart r:id="{link}"/>'
            "</a:graphicData></a:graphic></p:graphicFrame>"
        ))  # fmt: skip
        self.shapes.append(traces.chart_shape(number, name, chart))
