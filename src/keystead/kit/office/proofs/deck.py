"""The figures of a PowerPoint file: in texts, in tables, in charts with their workbooks."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any, Final

from keystead.kit.office.deck.charts import VALUE
from keystead.kit.office.places import stable
from keystead.kit.office.proofs import trace
from keystead.kit.office.proofs.cells import Book, Cells
from keystead.kit.office.proofs.manifest import (
    body,
    carried,
    listed,
    manifest,
    place_of,
    texts,
    whole,
)
from keystead.kit.office.proofs.parts import Parts, Unreadable, unreadable
from keystead.kit.office.slides import Carried

_A: Final = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_P: Final = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
_C: Final = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_R: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_OURS: Final = re.compile(r"[A-Z][a-z]+ \d+\.\d+")  # the names that the writer gives
MOST_WORKBOOK: Final = 5_000_000


def figures(parts: Parts) -> tuple[Carried, ...]:
    """Return each figure of the file as it is now."""
    main = next(iter(parts.related("", "officeDocument")), "ppt/presentation.xml")
    if main not in parts:
        raise unreadable()
    told = manifest(parts, main)
    slides = _Slides(parts, main)
    found: list[Carried] = []
    written: dict[str, dict[str, Any]] = {}
    known = set()
    for slide in listed(told.get("slides")):
        known.add(whole(slide.get("id")))
        for shape in listed(slide.get("shapes")):
            where = slides.shape(slide, shape)
            found += _shape(slides, where, slide, shape)
            if _OURS.fullmatch(str(shape.get("name"))):
                written[str(shape.get("name"))] = shape
    for where, name in slides.copies(known):
        if name in written:
            found += _shape(slides, where, {}, written[name])
    return tuple(found)


class _Slides:
    """The slides of a file by their ids, in the order in which they are shown."""

    def __init__(self, parts: Parts, main: str) -> None:
        self.parts = parts
        links = parts.relations(main)
        self.names: dict[int, str] = {}
        for entry in parts.xml(main).iter(f"{_P}sldId"):
            number, target = entry.get("id", ""), links.get(entry.get(f"{_R}id", ""))
            if number.isdecimal() and target and target[1] in parts:
                self.names[int(number)] = target[1]
        self.places = {name: at for at, name in enumerate(self.names.values(), start=1)}
        self._told: set[tuple[Any, str]] = set()
        self._named: dict[str, tuple[Any, str]] = {}
        self._known: dict[tuple[str, str], tuple[Any, str]] = {}
        for part in reversed(list(self.places)):
            for element, marks in _shapes(parts.xml(part)):
                self._named[marks.get("name", "")] = (element, part)
                self._known[(part, marks.get("id", ""))] = (element, part)
                self._known[(part, f"name {marks.get('name', '')}")] = (element, part)

    def shape(self, slide: dict[str, Any], wanted: dict[str, Any]) -> tuple[Any, str]:
        """Return a shape and the part it is on; it may have moved to another slide."""
        home = self.names.get(whole(slide.get("id")), "")
        name = str(wanted.get("name", ""))
        for found in (
            self._known.get((home, f"name {name}")),
            self._known.get((home, str(wanted.get("id")))),
            self._named.get(name),
        ):
            if found:
                self._told.add(found)
                return found
        return None, ""

    def copies(self, known: set[int]) -> list[tuple[tuple[Any, str], str]]:
        """Return the shapes of slides that somebody added, with their names: a slide that was
        copied keeps the names.
        """
        return [
            ((element, part), marks.get("name", ""))
            for number, part in self.names.items() if number not in known
            for element, marks in _shapes(self.parts.xml(part))
            if (element, part) not in self._told
        ]  # fmt: skip


def _shapes(root: Any) -> list[tuple[Any, Any]]:
    return [
        (marks.getparent().getparent(), marks)
        for marks in root.iter(f"{_P}cNvPr")
        if marks.getparent() is not None
        and marks.getparent().getparent() is not None
        and marks.getparent().tag != f"{_P}nvGrpSpPr"
    ]


def _shape(
    slides: _Slides, where: tuple[Any, str], slide: dict[str, Any], shape: dict[str, Any]
) -> list[Carried]:
    element, part = where
    place = stable("slide", slides.places.get(part, slide.get("slide", "?")))
    label = str(shape.get("label", "")) or str(shape.get("name", ""))
    match shape.get("kind"):
        case "table":
            return _table(element, shape, f"{place}, {stable('named_table', label)}")
        case "chart":
            named = stable("named_chart", label)
            return _chart(slides.parts, (element, part), shape, f"{place}, {named}")
    return _text(element, shape, f"{place}, {stable('named', label)}")


def _text(element: Any, shape: dict[str, Any], place: str) -> list[Carried]:
    before = texts(body(shape).get("paragraphs"))
    after = [] if element is None else [written(one) for one in element.iter(f"{_A}p")]
    pairs = trace.paired(before, after)
    found = []
    for figure in listed(shape.get("figures")):
        row, begin = place_of(figure)
        text = ""
        pair = pairs[row] if row < len(pairs) else None
        if pair is not None:
            end = begin + len(str(figure.get("text", "")))
            text = trace.now(before[row], after[pair], begin, end)
        found.append(carried(figure, place, text))
    return found


def written(paragraph: Any) -> str:
    """Return the text of a paragraph, fields too."""
    return "".join(one.text or "" for one in paragraph.iter(f"{_A}t"))


def _table(element: Any, shape: dict[str, Any], place: str) -> list[Carried]:
    rows = body(shape).get("rows")
    before = [texts(row) for row in rows] if isinstance(rows, list) else []
    after = [] if element is None else [
        ["\n".join(written(one) for one in cell.iter(f"{_A}p")) for cell in row.iter(f"{_A}tc")]
        for row in element.iter(f"{_A}tr")
    ]  # fmt: skip
    pairs = trace.paired(["\t".join(row) for row in before], ["\t".join(row) for row in after])
    found = []
    for figure in listed(shape.get("figures")):
        row, column = place_of(figure)
        text, pair = "", pairs[row] if row < len(pairs) else None
        if pair is not None:
            across = _columns(before, after, before[row], after[pair])
            there = across[column] if column < len(across) else None
            text = after[pair][there] if there is not None else ""
        cell = f"{stable('row', row + 1)}, {stable('column', column + 1)}"
        found.append(carried(figure, f"{place}, {cell}", text))
    return found


def _columns(
    before: Sequence[Sequence[str]], after: Sequence[Sequence[str]], row: Sequence[str],
    now: Sequence[str],
) -> list[int | None]:  # fmt: skip
    """Return where the columns of a row went; columns taken out are found by the heads."""
    if len(row) == len(now):
        return list(range(len(row)))
    return trace.paired(before[0], after[0])


def _chart(
    parts: Parts, where: tuple[Any, str], shape: dict[str, Any], place: str
) -> list[Carried]:
    held = body(shape)
    names, series = texts(held.get("categories")), texts(held.get("series"))
    shown = _Shown(parts, where, held.get("drawn") == "waterfall")
    found = []
    for figure in listed(shape.get("figures")):
        at, row = place_of(figure)
        name = series[at] if at < len(series) else ""
        category = names[row] if row < len(names) else ""
        text = shown.figure(figure, (at, name), (row, category))
        found.append(carried(figure, f"{place}, {name}, {category}", text))
    return found


class _Shown:
    """What a chart shows now: its workbook, and the points that are drawn from it."""

    def __init__(self, parts: Parts, where: tuple[Any, str], waterfall: bool) -> None:
        self.waterfall = waterfall
        self.cells: Cells = {}
        self.points: list[tuple[str, dict[int, float], dict[int, str]]] = []
        element, part = where
        if element is None:
            return
        links = [one.get(f"{_R}id") for one in element.iter(f"{_C}chart")]
        target = parts.relations(part).get(links[0] or "") if links else None
        if target is None or target[1] not in parts:
            return
        self._read(parts, target[1])

    def _read(self, parts: Parts, name: str) -> None:
        for series in parts.xml(name).iter(f"{_C}ser"):
            title = "".join(one.text or "" for one in series.findall(f"{_C}tx//{_C}v"))
            points = {
                _index(one.get("idx")): _number(one.findtext(f"{_C}v", ""))
                for one in series.findall(f"{_C}val//{_C}pt")
            }
            labels = {
                _index(one.find(f"{_C}idx").get("val")): "".join(
                    piece.text or "" for piece in one.iter(f"{_A}t")
                )
                for one in series.findall(f"{_C}dLbls/{_C}dLbl")
                if one.find(f"{_C}idx") is not None
            }
            self.points.append((title, points, labels))
        for book in parts.related(name, "package"):
            try:
                self._cells_of(Book(Parts(parts.raw(book), most=MOST_WORKBOOK)))
            except Unreadable:
                return

    def _cells_of(self, book: Book) -> None:
        for sheet in book.sheets:
            self.cells = book.cells(sheet)
            return

    def figure(
        self, figure: dict[str, Any], series: tuple[int, str], category: tuple[int, str]
    ) -> str:
        """Return the text as it was meant when workbook and drawing still say so, else what
        they say now.
        """
        meant, value = str(figure.get("text", "")), _number(str(figure.get("value", "")))
        held = self._in_workbook(series, category)
        if held is None:
            return ""
        if held != value:
            return _plain(held)
        if self.waterfall:
            drawn, label = self._drawn_step(category[0])
        else:
            drawn, label = self._drawn(series, category)
        if drawn is None:
            return ""
        wanted = abs(value) if self.waterfall else value
        if not math.isclose(drawn, wanted, rel_tol=1e-12, abs_tol=1e-12):
            return _plain(drawn)
        return meant if label is None or meant in label else label

    def _in_workbook(self, series: tuple[int, str], category: tuple[int, str]) -> float | None:
        heads = {text: at[1] for at, text in self.cells.items() if at[0] == 0}
        column = series[0] + 1
        if self.waterfall:
            column = heads.get(VALUE, 5)
        elif self.cells.get((0, column)) != series[1]:
            column = heads.get(series[1], -1)
        row = category[0] + 1
        if self.cells.get((row, 0), "") != category[1]:
            rows = [at[0] for at, text in self.cells.items() if at[1] == 0 and text == category[1]]
            row = rows[0] if len(rows) == 1 else -1
        held = self.cells.get((row, column))
        return _number(held) if held is not None else None

    def _drawn(
        self, series: tuple[int, str], category: tuple[int, str]
    ) -> tuple[float | None, str | None]:
        named = [one for one in self.points if one[0] == series[1]]
        at = series[0]
        if at < len(self.points) and self.points[at][0] == series[1]:
            named = [self.points[at]]
        if not named:
            return None, None
        _title, points, labels = named[0]
        return points.get(category[0]), labels.get(category[0])

    def _drawn_step(self, place: int) -> tuple[float | None, str | None]:
        """Of a waterfall the height of the column, above and below zero together."""
        if len(self.points) < 4:
            return None, None
        above, below = self.points[1][1].get(place), self.points[2][1].get(place)
        if above is None or below is None:
            return None, None
        return above - below, self.points[3][2].get(place)


def _index(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 9 else -1


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")


def _plain(value: float) -> str:
    return f"{value:.15g}"
