"""``{{ name }}`` in the slides of a template: filled where it stands, in the look it stands in.

PowerPoint may have cut a placeholder into several runs; the first one keeps the text. A name is
known or the template is refused, as in Word.
"""

from __future__ import annotations

import dataclasses
import difflib
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from pptx.oxml.ns import qn

from keystead.kit.office.deck.ink import plain
from keystead.kit.office.slides import Part, Shown
from keystead.kit.office.templates import problem

HERE: Final = "slides"  # the slide that holds nothing else marks where the deck goes
_PLACE: Final = re.compile(r"\{\{\s*([A-Za-z0-9_.]+)\s*\}\}")
_BROKEN: Final = re.compile(r"\{\{|\}\}|\{%|%\}")


@dataclasses.dataclass
class Filled:
    """A paragraph that was filled: where each figure stands in it."""

    paragraph: Any
    figures: list[tuple[int, Shown]]


def has_tokens(slide: Any) -> bool:
    return any(_PLACE.search(_text(one)) for one in _paragraphs(slide._element))


def marks_place(slide: Any) -> bool:
    """Whether a slide says nothing but where the deck goes."""
    texts = [_text(one).strip() for one in _paragraphs(slide._element)]
    found = [_PLACE.fullmatch(text) for text in texts if text]
    return len(found) == 1 and found[0] is not None and found[0].group(1) == HERE


def names(slides: Iterable[Any]) -> frozenset[str]:
    """Return every name that the slides use."""
    return frozenset(
        name
        for slide in slides
        for paragraph in _paragraphs(slide._element)
        for name in _PLACE.findall(_text(paragraph))
    )


def check(slides: Iterable[Any], known: Iterable[str]) -> None:
    """Raise TemplateProblem for a placeholder that is unknown or not closed."""
    allowed = sorted({*known, HERE})
    for slide in slides:
        for paragraph in _paragraphs(slide._element):
            text = _text(paragraph)
            for name in _PLACE.findall(text):
                if name not in allowed:
                    near = difflib.get_close_matches(name, allowed, 1)
                    raise problem(
                        "There is no placeholder {{ %(name)s }}.", "template_unknown",
                        placeholder=name, near=near[0] if near else "",
                    )  # fmt: skip
            if _BROKEN.search(_PLACE.sub("", text)):
                raise problem(
                    "A placeholder is not written as {{ name }}: %(name)s", "template_broken",
                    placeholder=text.strip()[:60],
                )  # fmt: skip


def fill(slide: Any, values: Mapping[str, Part]) -> list[Filled]:
    """Fill a slide and its notes; return the paragraphs that hold figures now."""
    found = []
    for paragraph in _paragraphs(slide._element):
        figures = _fill(paragraph, values)
        if figures:
            found.append(Filled(paragraph, figures))
    if slide.has_notes_slide:
        for paragraph in _paragraphs(slide.notes_slide._element):
            _fill(paragraph, values)
    return found


def _fill(paragraph: Any, values: Mapping[str, Part]) -> list[tuple[int, Shown]]:
    nodes, figures, begin = list(paragraph.iter(qn("a:t"))), [], 0
    while match := _PLACE.search("".join(node.text or "" for node in nodes), begin):
        value = values.get(match.group(1), "")
        text = plain(value.text if isinstance(value, Shown) else value).replace("\n", " ")
        if isinstance(value, Shown):
            figures.append((match.start(), value))
        start, end, at = match.start(), match.end(), 0
        begin, left = start + len(text), text
        for node in nodes:
            held = node.text or ""
            first, last = max(start - at, 0), min(end - at, len(held))
            if first < last and at < end:
                node.text = held[:first] + left + held[last:]
                left = ""
            at += len(held)
    return figures


def _paragraphs(element: Any) -> list[Any]:
    return list(element.iter(qn("a:p")))


def _text(paragraph: Any) -> str:
    return "".join(node.text or "" for node in paragraph.iter(qn("a:t")))
