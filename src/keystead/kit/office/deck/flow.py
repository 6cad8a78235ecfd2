"""Which contents stand on which slide, where, and in which size: measured, shrunk, then split.

Everything is in points. Sizes go down the ladder first; what does not fit on its last step goes
on over the next slide, tables with their head again.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Final

from keystead.kit.office.deck.measure import LEADING, cut, flat, lines_high, width, wrap
from keystead.kit.office.slides import (
    Chart,
    Content,
    Line,
    Lines,
    Part,
    Shown,
    Strip,
    Table,
)

LADDER: Final = (1.0, 0.92, 0.84, 0.75)
SPLIT_AT: Final = 0.84  # what goes over several slides anyway stays well readable
TEXT, CELL, LABEL, FIGURE = 16.0, 12.0, 11.0, 24.0
GAP, INDENT, PAD, SIDE = 12.0, 16.0, 3.0, 5.0  # below contents, a level, in a cell
TILES: Final = 6  # beside each other
CHART_LEAST: Final = 150.0
SPARE: Final = 1.08  # a figure of a tile never breaks, whatever font stands in


@dataclasses.dataclass(frozen=True)
class Box:
    x: float
    y: float
    w: float
    h: float


@dataclasses.dataclass(frozen=True)
class Placed:
    """A content in its box; ``step`` of the ladder sizes its text."""

    content: Content
    box: Box
    step: float


def pages(contents: Sequence[Content], box: Box) -> list[tuple[Placed, ...]]:
    """Return the contents below each other in a box, on as many slides as they need."""
    for step in LADDER:
        heights = [high(content, box.w, step) for content in contents]
        if sum(heights) + GAP * (len(contents) - 1) <= box.h:
            return [_placed(contents, heights, box, step)]
    found, rest = [], list(contents)
    while rest:
        here, rest = _one_page(rest, box)
        heights = [high(content, box.w, SPLIT_AT) for content in here]
        found.append(_placed(here, heights, box, SPLIT_AT))
    return found


def _one_page(rest: list[Content], box: Box) -> tuple[list[Content], list[Content]]:
    here: list[Content] = []
    left = box.h
    while rest:
        need = high(rest[0], box.w, SPLIT_AT)
        if need <= left:
            here.append(rest.pop(0))
            left -= need + GAP
            continue
        first, second = split(rest[0], box.w, left, force=not here)
        if first is not None:
            here.append(first)
            rest = [*([second] if second is not None else []), *rest[1:]]
        return here, rest
    return here, rest


def _placed(
    contents: Sequence[Content], heights: Sequence[float], box: Box, step: float
) -> tuple[Placed, ...]:
    """Put contents below each other; charts share what is left over."""
    charts = sum(isinstance(content, Chart) for content in contents)
    over = max(box.h - sum(heights) - GAP * (len(contents) - 1), 0.0)
    found, y = [], box.y
    for content, least in zip(contents, heights, strict=True):
        height = least + over / charts if isinstance(content, Chart) else least
        found.append(Placed(content, Box(box.x, y, box.w, min(height, box.h)), step))
        y += height + GAP
    return tuple(found)


def high(content: Content, room: float, step: float) -> float:
    """Return how many points a content is high in so much room; of a chart, the least."""
    match content:
        case Lines():
            return sum(line_heights(content, room, step))
        case Strip():
            return sum(tile_rows(content, room, step)) or TEXT * LEADING
        case Chart():
            return chart_head(content, room, step) + CHART_LEAST
        case Table():
            return title_high(content.title, room, step) + sum(row_heights(content, room, step))


def title_high(title: str, room: float, step: float) -> float:
    return lines_high(title, CELL * step, room, bold=True) + 4 if title else 0.0


def chart_head(chart: Chart, room: float, step: float) -> float:
    """Return how high title and unit of a chart are."""
    said = chart.scale or chart.unit
    unit = lines_high(said, LABEL * step, room) if said else 0.0
    return title_high(chart.title, room, step) + unit


def line_heights(lines: Lines, room: float, step: float) -> list[float]:
    """Return the heights of the title (if there is one) and of each line, with what is before."""
    size = TEXT * step
    found = [size * LEADING * len(wrap(lines.title, size, room, bold=True))] if lines.title else []
    for line in lines.lines:
        text = lines_high(flat(line.words), size, room - INDENT * line.level, bold=line.strong)
        found.append(text + before(line, step))
    return found


def before(line: Line, step: float) -> float:
    return (4.0 if line.level else 6.0) * step


def tile_rows(strip: Strip, room: float, step: float) -> list[float]:
    """Return the height of each row of tiles."""
    found = []
    for start in range(0, len(strip.tiles), TILES):
        row = strip.tiles[start : start + TILES]
        wide = tile_room(strip, room)
        found.append(
            max(
                lines_high(tile.label, LABEL * step, wide)
                + lines_high(tile.figure.text, tile_size(tile.figure.text, wide, step), wide,
                             bold=True)
                + (lines_high(flat(tile.beside), LABEL * step, wide) if tile.beside else 0.0)
                + GAP
                for tile in row
            )
        )  # fmt: skip
    return found


def tile_room(strip: Strip, room: float) -> float:
    """Return how wide the text of a tile may be."""
    return room / max(min(len(strip.tiles), TILES), 1) - GAP


def tile_size(text: str, room: float, step: float) -> float:
    """Return the size in which a figure stands on one line, within limits."""
    size = FIGURE * step
    while size > LABEL and width(text, size, bold=True) * SPARE > room:
        size -= 1
    return size


def column_widths(table: Table, room: float, step: float) -> list[float]:
    """Return the widths of columns: as they share, but figures stay on one line if they can."""
    whole = sum(column.share for column in table.columns) or 1.0
    shares = [room * column.share / whole for column in table.columns]
    least = [_least(table, place, step) for place in range(len(table.columns))]
    if sum(least) > room:
        return [room * one / sum(least) for one in least]
    short = sum(max(low - have, 0) for low, have in zip(least, shares, strict=True))
    spare = sum(max(have - low, 0) for low, have in zip(least, shares, strict=True))
    part = short / spare if spare else 0.0
    return [
        max(low, have) if have <= low else have - (have - low) * part
        for low, have in zip(least, shares, strict=True)
    ]


def _least(table: Table, place: int, step: float) -> float:
    size = CELL * step
    if not table.columns[place].numeric:
        return min(40.0, max((width(_text(row[place]), size) for row in table.rows), default=0)) \
            + 2 * SIDE  # fmt: skip
    widest = max((width(_text(row[place]), size, bold=True) for row in table.rows), default=0.0)
    longest = max(
        (width(word, size, bold=True) for word in table.columns[place].label.split()), default=0.0
    )
    return max(widest, min(longest, 80.0)) + 2 * SIDE + 1


def _text(part: Part) -> str:
    return part.text if isinstance(part, Shown) else part


def headed(table: Table) -> bool:
    """Whether a table has a head: a column with a name."""
    return any(column.label for column in table.columns)


def row_heights(table: Table, room: float, step: float) -> list[float]:
    """Return the heights of the head and of each row; of an empty table, of what it says."""
    size = CELL * step
    widths = [wide - 2 * SIDE for wide in column_widths(table, room, step)]
    head = max(
        (
            lines_high(column.label, size, wide, bold=True)
            for column, wide in zip(table.columns, widths, strict=True)
        ),
        default=size * LEADING,
    )
    if not headed(table):
        head = -2 * PAD
    if not table.rows:
        return [head + 2 * PAD, lines_high(table.empty, size, room - 2 * SIDE) + 2 * PAD]
    return [head + 2 * PAD, *(
        max(
            lines_high(_text(cell), size, wide, bold=table.total and place == len(table.rows) - 1)
            for cell, wide in zip(row, widths, strict=True)
        ) + 2 * PAD
        for place, row in enumerate(table.rows)
    )]  # fmt: skip


def split(
    content: Content, room: float, left: float, *, force: bool
) -> tuple[Content | None, Content | None]:
    """Return what of a content fits in the height that is left, and the rest.

    Nothing (None) where it had better begin on the next slide; ``force`` when it already does.
    """
    match content:
        case Lines():
            return _split_lines(content, room, left, force)
        case Table():
            return _split_table(content, room, left, force)
        case Strip():
            heights = tile_rows(content, room, SPLIT_AT)
            rows = _count(heights, left) or int(force)
            tiles = rows * TILES
            if not rows or tiles >= len(content.tiles):
                return (content, None) if rows else (None, content)
            return Strip(content.tiles[:tiles]), Strip(content.tiles[tiles:])
        case Chart():
            return (content, None) if force else (None, content)


def _count(heights: Sequence[float], left: float) -> int:
    total = 0.0
    for place, height in enumerate(heights):
        total += height
        if total > left:
            return place
    return len(heights)


def _split_lines(
    content: Lines, room: float, left: float, force: bool
) -> tuple[Content | None, Content | None]:
    heights = line_heights(content, room, SPLIT_AT)
    titled = int(bool(content.title))
    fits = _count(heights, left) - titled
    if fits <= 0:
        if not force or not content.lines:
            return (content, None) if force else (None, content)
        line, size = content.lines[0], TEXT * SPLIT_AT
        free = left - sum(heights[:titled]) - before(line, SPLIT_AT)
        count = max(int(free / (size * LEADING)), 1)
        first, rest = cut(line.words, size, room - INDENT * line.level, count, bold=line.strong)
        parts = (dataclasses.replace(line, words=first), dataclasses.replace(line, words=rest))
        head = dataclasses.replace(content, lines=parts[:1])
        tail = Lines((*parts[1:], *content.lines[1:])) if rest else Lines(content.lines[1:])
        return head, (tail if tail.lines else None)
    head = dataclasses.replace(content, lines=content.lines[:fits])
    return head, dataclasses.replace(content, lines=content.lines[fits:])


def _split_table(
    content: Table, room: float, left: float, force: bool
) -> tuple[Content | None, Content | None]:
    if not content.rows:
        return (content, None) if force else (None, content)
    heights = row_heights(content, room, SPLIT_AT)
    top = title_high(content.title, room, SPLIT_AT) + heights[0]
    fits = _count(heights[1:], left - top)
    last = len(content.rows) - 1
    if content.total and fits == last and last > 1:
        fits -= 1  # a total never stands alone
    if fits < (1 if force else 3):
        if not force:
            return None, content
        first, second = _split_row(content, room, left - top)
        rows = ((second,) if second else ()) + content.rows[1:]
        tail = dataclasses.replace(content, rows=rows, title="") if rows else None
        return dataclasses.replace(content, rows=(first,), total=False), tail
    head = dataclasses.replace(content, rows=content.rows[:fits], total=False)
    return head, dataclasses.replace(content, rows=content.rows[fits:])


def _split_row(
    table: Table, room: float, left: float
) -> tuple[tuple[Part, ...], tuple[Part, ...] | None]:
    """Cut the first row, which is higher than a slide."""
    size = CELL * SPLIT_AT
    count = max(int((left - 2 * PAD) / (size * LEADING)), 1)
    first: list[Part] = []
    second: list[Part] = []
    for cell, wide in zip(table.rows[0], column_widths(table, room, SPLIT_AT), strict=True):
        if isinstance(cell, Shown):
            first.append(cell)
            second.append("")
            continue
        here, rest = cut((cell,), size, wide - 2 * SIDE, count, bold=True)
        first.append(flat(here))
        second.append(flat(rest))
    return tuple(first), tuple(second) if any(second) else None
