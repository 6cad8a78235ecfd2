"""Puts each slide of a deck on as many slides of the file as it needs, with its notes."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Any, Final
from urllib.parse import quote

from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.oxml.ns import qn

from keystead.kit.office.deck import flow, traces
from keystead.kit.office.deck.charts import empty
from keystead.kit.office.deck.flow import GAP, LADDER, Box, Placed
from keystead.kit.office.deck.ink import Ink, Look, Paragraph, plain
from keystead.kit.office.deck.masters import Frame, Slot, frames, palette
from keystead.kit.office.deck.measure import LEADING, cut, flat, wrap
from keystead.kit.office.deck.shapes import ContentWriter
from keystead.kit.office.deck.tokens import Filled
from keystead.kit.office.deck.words import facts_slide, no_figures
from keystead.kit.office.slides import (
    Chart,
    Content,
    Deck,
    Line,
    Lines,
    Shown,
    Slide,
    Strip,
    Table,
    Words,
)

LONGEST_LINK: Final = 2_000
_TITLE: Final = {"title": (40.0, 18.0), "section": (32.0, 16.0)}  # largest, smallest
_LARGEST, _SMALLEST = 26.0, 14.0
_SUBTITLE, _SUBTITLE_LEAST = 16.0, 10.0


def shown_slides(deck: Deck, *, inside: bool, covered: bool) -> list[Slide]:
    """Return the slides to write: without what is for inside, with the fact sheet at the end.

    ``covered``: a slide of the template has the title already, so a bare title slide goes.
    """
    slides = [slide for slide in deck.slides if inside or not slide.inside]
    bare = slides and slides[0].layout == "title" and not slides[0].contents
    if covered and bare and not any(isinstance(part, Shown) for part in slides[0].title):
        slides = slides[1:]
    facts = facts_slide(deck)
    slides += [facts] if facts else []
    return slides or [Slide(key="empty", title=(deck.title,))]


@dataclasses.dataclass(frozen=True)
class Fit:
    """What of a heading stands in its box, in which size, and what goes on below."""

    words: Words
    size: float
    rest: Words = ()


class SlideWriter:
    """Writes slides into a presentation; ``shapes`` collects the figures by slide part."""

    def __init__(self, made: Any, deck: Deck, layouts: Mapping[str, str]) -> None:
        self.made, self.deck = made, deck
        self.frames = frames(made, layouts)
        self.palette = palette(made)
        self.shapes: dict[Any, list[traces.Shape]] = {}

    def sample(self, slide: Any, filled: Sequence[Filled]) -> None:
        """Keep the figures of a filled slide of the template."""
        shapes: dict[int, traces.Shape] = {}
        for one in filled:
            holder = next(
                node for node in one.paragraph.iterancestors() if _properties(node) is not None
            )
            marks = _properties(holder)
            number = int(marks.get("id"))
            texts = [_paragraph_text(node) for node in holder.iter(one.paragraph.tag)]
            shape = shapes.setdefault(
                number,
                traces.Shape(number, marks.get("name"), "text", "", {"paragraphs": texts}),
            )
            place = list(holder.iter(one.paragraph.tag)).index(one.paragraph)
            for start, figure in one.figures:
                shape.add((place, start), figure)
        self.shapes[slide.part] = list(shapes.values())
        self._notes(slide, (), list(shapes.values()))

    def write(self, slide: Slide) -> None:
        """Write one slide of the deck."""
        frame = self.frames[slide.layout]
        contents = [self._honest(content) for content in slide.contents]
        if not contents and slide.layout in ("content", "two"):
            contents = [Lines((Line((no_figures(self.deck.language),)),))]
        title, subtitle, contents = self._heads(slide, frame, contents)
        if slide.layout in ("title", "section") and contents:
            found = self._pages(frame, contents, slide.layout)
            if len(found) > 1 or any(one.step < LADDER[-2] for one in found[0]):
                self._page(slide, frame, title, subtitle, (), (1, 1))
                rest = dataclasses.replace(
                    slide, layout="content", contents=tuple(contents), notes=(), subtitle=""
                )
                return self.write(rest)
        regions = frame.regions
        if slide.subtitle and frame.subtitle is None:
            regions = self._under(subtitle, regions)
        found = self._pages(dataclasses.replace(frame, regions=regions), contents, slide.layout)
        for place, page in enumerate(found, start=1):
            self._page(slide, frame, title, subtitle, page, (place, len(found)))
        return None

    def _honest(self, content: Content) -> Content:
        """A chart or strip without figures says so."""
        if isinstance(content, Chart) and empty(content):
            return Lines((Line((no_figures(self.deck.language),)),), title=content.title)
        if isinstance(content, Strip) and not content.tiles:
            return Lines((Line((no_figures(self.deck.language),)),))
        if isinstance(content, Table) and not content.rows and not content.empty:
            return dataclasses.replace(content, empty=no_figures(self.deck.language))
        return content

    def _heads(
        self, slide: Slide, frame: Frame, contents: list[Content]
    ) -> tuple[Fit | None, Fit | None, list[Content]]:
        """Fit title and subtitle; what does not fit begins the contents."""
        over: list[Line] = []
        title = subtitle = None
        if frame.title is None:
            over.append(Line(slide.title, strong=True))
        else:
            largest, least = _TITLE.get(slide.layout, (_LARGEST, _SMALLEST))
            title = fit(slide.title, frame.title, largest, least, bold=True)
            over += [Line(title.rest, strong=True)] if title.rest else []
        if slide.subtitle:
            slot = frame.subtitle or Slot("", *(_strip_of(frame.regions),) * 2, 13.0)
            largest = _SUBTITLE if slide.layout not in ("title", "section") else 20.0
            subtitle = fit((slide.subtitle,), slot, largest, _SUBTITLE_LEAST, bold=False)
            over += [Line(subtitle.rest)] if subtitle.rest else []
        return title, subtitle, [Lines(tuple(over)), *contents] if over else contents

    def _under(self, subtitle: Fit | None, regions: tuple[Box, ...]) -> tuple[Box, ...]:
        """Return the regions without the line that the subtitle takes of them."""
        if subtitle is None:
            return regions
        whole = _strip_of(regions)
        used = len(wrap(flat(subtitle.words), subtitle.size, whole.w)) * subtitle.size * LEADING
        return tuple(Box(one.x, one.y + used + 6, one.w, one.h - used - 6) for one in regions)

    def _pages(
        self, frame: Frame, contents: Sequence[Content], layout: str
    ) -> list[tuple[Placed, ...]]:
        regions = frame.regions
        if len(regions) == 1 or layout != "two":
            return flow.pages(self._steady(contents, regions[0].w), regions[0])
        whole = Box(regions[0].x, regions[0].y, regions[1].x + regions[1].w - regions[0].x,
                    regions[0].h)  # fmt: skip
        if len(contents) == 1:
            return flow.pages(self._steady(contents, whole.w), whole)
        lead: tuple[Placed, ...] = ()
        if isinstance(contents[0], Strip | Lines) and len(contents) > 2:
            high = flow.high(contents[0], whole.w, LADDER[1])
            if high < whole.h * 0.4:
                lead = (Placed(contents[0], Box(whole.x, whole.y, whole.w, high), LADDER[1]),)
                contents, used = contents[1:], high + GAP
                regions = tuple(Box(r.x, r.y + used, r.w, r.h - used) for r in regions)
        left = flow.pages(self._steady(contents[:1], regions[0].w), regions[0])
        right = flow.pages(self._steady(contents[1:], regions[1].w), regions[1])
        found = [(*(one or ()), *(two or ())) for one, two in zip_longest(left, right)]
        return [(*lead, *found[0]), *found[1:]]

    def _steady(self, contents: Sequence[Content], room: float) -> list[Content]:
        """Columns keep their widths over all slides of a table."""
        return [
            dataclasses.replace(content, columns=tuple(
                dataclasses.replace(column, share=wide)
                for column, wide in zip(
                    content.columns, flow.column_widths(content, room, LADDER[1]), strict=True
                )
            )) if isinstance(content, Table) else content
            for content in contents
        ]  # fmt: skip

    def _page(
        self,
        slide: Slide,
        frame: Frame,
        title: Fit | None,
        subtitle: Fit | None,
        page: Sequence[Placed],
        place: tuple[int, int],
    ) -> None:
        made = self.made.slides.add_slide(frame.layout)
        tree = made.shapes._spTree
        for old in list(tree)[2:]:
            tree.remove(old)
        ink = Ink(self.palette, self.deck.language, self._linker(made))
        content = ContentWriter(made, ink, len(self.made.slides), self.deck.made_on)
        if title and frame.title:
            content.placed("Title", frame.title, [self._heading(title, frame.title, place)])
        if subtitle:
            look = Look(subtitle.size, colour="" if frame.subtitle else self.palette.muted)
            line = [Paragraph(subtitle.words, look, align="")]
            if frame.subtitle:
                content.placed("Subtitle", frame.subtitle, line)
            else:
                content.boxed("Subtitle", _strip_of(frame.regions), line)
        body = None
        if len(page) == 1 and isinstance(page[0].content, Lines):
            body = next((s for s in frame.bodies if s.box == dataclasses.replace(
                page[0].box, h=s.box.h)), None)  # fmt: skip
        for one in page:
            content.draw(one, body)
        self._feet(content, frame)
        self.shapes[made.part] = content.shapes
        self._notes(made, slide.notes if place[0] == 1 else (), content.shapes)

    def _heading(self, title: Fit, slot: Slot, place: tuple[int, int]) -> Paragraph:
        """The title, with the number of the slide where it takes several."""
        words, size = title.words, title.size
        if place[1] > 1:
            longer = (*words, f" ({place[0]}/{place[1]})")
            while size > _SMALLEST and _too_high(longer, slot, size):
                size -= 1
            words = words if _too_high(longer, slot, size) else longer
        return Paragraph(words, Look(size), align="")

    def _feet(self, content: ContentWriter, frame: Frame) -> None:
        if frame.footer and self.deck.footer:
            size = min(frame.footer.size, 10.0)
            words = fit((self.deck.footer,), frame.footer, size, 7.0, bold=False)
            text = flat(words.words).rstrip() + ("…" if words.rest else "")
            content.placed("Footer", frame.footer, [Paragraph((text,), Look(words.size), align="")])
        if frame.page:
            content.page_number(frame.page)

    def _linker(self, made: Any) -> Any:
        known: dict[str, str] = {}

        def linked(figure: Shown) -> str:
            if not self.deck.link or not figure.proof:
                return ""
            if figure.proof not in known:
                url = self.deck.link.replace("{id}", quote(figure.proof, safe=""))
                known[figure.proof] = "" if len(url) > LONGEST_LINK else made.part.relate_to(
                    url, RELATIONSHIP_TYPE.HYPERLINK, is_external=True
                )  # fmt: skip
            return known[figure.proof]

        return linked

    def _notes(self, made: Any, notes: Sequence[str], shapes: Sequence[traces.Shape]) -> None:
        found = [plain(one) for one in (*notes, *traces.lines(shapes))]
        if not found:
            return
        frame = made.notes_slide.notes_text_frame
        if frame is not None:
            before = frame.text
            frame.text = "\n".join([before, *found] if before else found)


def fit(words: Words, slot: Slot, largest: float, least: float, *, bold: bool) -> Fit:
    """Return a heading in the largest size in which it fits, cut where the least is too large."""
    size = min(slot.size, largest)
    least = min(least, size)
    while size > least and _too_high(words, slot, size, bold=bold):
        size = max(size - 1, least)
    if not _too_high(words, slot, size, bold=bold):
        return Fit(words, size)
    count = max(int(slot.box.h / (size * LEADING)), 1)
    here, rest = cut(words, size, slot.box.w - size, count, bold=bold)
    return Fit((*here, "…"), size, rest) if rest else Fit(words, size)


def _too_high(words: Words, slot: Slot, size: float, *, bold: bool = True) -> bool:
    lines = wrap(flat(words), size, slot.box.w, bold=bold)
    return len(lines) > 1 and len(lines) * size * LEADING > slot.box.h + 0.5


def _strip_of(regions: Sequence[Box]) -> Box:
    """The line over all regions where a subtitle stands that has no place of its own."""
    first, last = regions[0], regions[-1]
    return Box(first.x, first.y, last.x + last.w - first.x, 32)


def _properties(node: Any) -> Any:
    """The name and id of a shape, where the node is one."""
    for child in node:
        if child.tag.endswith(("}nvSpPr", "}nvGraphicFramePr")):
            return child[0]
    return None


def _paragraph_text(node: Any) -> str:
    return "".join(one.text or "" for one in node.iter(qn("a:t")))
