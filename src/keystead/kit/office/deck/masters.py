"""Which layout of a company's master takes which slide: by name, by kind, by what it holds."""

from __future__ import annotations

import dataclasses
import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from pptx.oxml.ns import qn

from keystead.kernel.errors import Invalid
from keystead.kit.office.deck.flow import Box
from keystead.kit.office.deck.ink import DARK, EMU, LIGHT, Palette

KINDS: Final = ("title", "section", "content", "two")
NAMES: Final[dict[str, tuple[str, ...]]] = {
    "title": (
        "title slide", "title", "cover", "cover slide", "front page", "opening", "标题幻灯片",
        "封面", "首页", "标题页", "diapositive de titre", "page de titre", "couverture", "titre",
    ),
    "section": (
        "section header", "section", "section divider", "divider", "chapter", "section title",
        "节标题", "章节", "章节页", "过渡页", "en-tête de section", "titre de section",
        "section titre", "intercalaire", "chapitre",
    ),
    "content": (
        "title and content", "title content", "content", "one column", "title and body", "text",
        "standard", "标题和内容", "标题与内容", "内容", "正文", "内容页", "titre et contenu",
        "contenu", "titre et texte",
    ),
    "two": (
        "two content", "two columns", "two column", "two contents", "content two columns",
        "comparison", "两栏内容", "两栏", "双栏", "比较", "deux contenus", "deux colonnes",
        "comparaison",
    ),
}  # fmt: skip
_TYPES: Final = {"title": ("title",), "section": ("secHead",), "content": ("obj", "tx"),
                 "two": ("twoObj", "twoTxTwoObj")}  # fmt: skip
_BODIES: Final = frozenset({"", "obj", "body", "tbl", "chart", "pic", "dgm", "media"})
_INSET: Final = 91440 / EMU
_INSET_HIGH: Final = 45720 / EMU


@dataclasses.dataclass(frozen=True)
class Slot:
    """A placeholder of a layout: its mark in the file, its box, the box of its text, its size."""

    mark: str
    outer: Box
    box: Box
    size: float


@dataclasses.dataclass(frozen=True)
class Frame:
    """What a layout offers to a kind of slide; ``regions`` is where the contents go."""

    layout: Any
    title: Slot | None
    subtitle: Slot | None
    bodies: tuple[Slot, ...]
    footer: Slot | None
    page: Slot | None
    regions: tuple[Box, ...]


def frames(made: Any, layouts: Mapping[str, str]) -> dict[str, Frame]:
    """Return the frame of each kind of slide; raises Invalid for a layout that is not there."""
    known = [layout for master in made.slide_masters for layout in master.slide_layouts]
    size = (made.slide_width / EMU, made.slide_height / EMU)
    chosen = {kind: _named(known, name) for kind, name in layouts.items() if name}
    return {
        kind: _frame(chosen.get(kind) or _choose(kind, known, size), kind, size) for kind in KINDS
    }


def palette(made: Any) -> Palette:
    """Return the colours that fit the ground of the master: paper, or a dark one.

    Ink is the master's own, unless it could not be read on that ground.
    """
    master = made.slide_masters[0]
    element = master._element
    related = master.part.rels.values()
    themes = (one.target_part.blob for one in related if one.reltype.endswith("/theme"))
    theme = next(themes, b"").decode("utf-8", "replace")
    mapped = element.find(qn("p:clrMap"))

    def code(name: str, usual: str) -> str:
        name = mapped.get(name, name) if mapped is not None else name
        colour = re.search(
            rf'<a:{re.escape(name)}>\s*<a:\w+ [^>]*?(?:lastClr|val)="([0-9A-Fa-f]{{6}})"', theme
        )
        return colour.group(1).upper() if colour else usual

    fill = element.find(f"{qn('p:cSld')}/{qn('p:bg')}")
    found = None if fill is None else next(fill.iter(qn("a:srgbClr"), qn("a:schemeClr")), None)
    if found is not None and found.tag == qn("a:srgbClr"):
        ground = found.get("val").upper()
    else:
        ground = code(found.get("val") if found is not None else "bg1", "FFFFFF")
    dark = _light(ground) < 110
    base = DARK if dark else LIGHT
    clear = abs(_light(code("tx1", "000000")) - _light(ground)) > 90
    ink = "tx1" if clear else ("ECECEA" if dark else "1D1F20")
    return dataclasses.replace(base, ground=ground, ink=ink)


def _light(code: str) -> float:
    """How light a colour is to the eye, 0 to 255."""
    red, green, blue = (int(code[at : at + 2], 16) for at in (0, 2, 4))
    return 0.299 * red + 0.587 * green + 0.114 * blue


def _named(known: Sequence[Any], name: str) -> Any:
    for layout in known:
        if _plain(layout.name) == _plain(name):
            return layout
    near = difflib.get_close_matches(name, [layout.name for layout in known], 1)
    raise Invalid(
        f"The template has no layout “{name}”.", code="layout_unknown", field="layouts",
        sentence="The template has no layout “%(name)s”.", name=name,
        hint=f"Did you mean “{near[0]}”?" if near else "",
    )  # fmt: skip


def _plain(name: str) -> str:
    """Return a name without numbers and signs: ``1_Title and Content`` is ``title and content``."""
    return re.sub(r"[\W\d_]+", " ", name.casefold()).strip()


def _choose(kind: str, known: Sequence[Any], size: tuple[float, float]) -> Any:
    names = [_plain(name) for name in NAMES[kind]]
    others = {_plain(name) for other in KINDS if other != kind for name in NAMES[other]}
    for wanted in names:
        for layout in known:
            if _plain(layout.name) == wanted:
                return layout
    for layout in known:
        if layout._element.get("type") in _TYPES[kind]:
            return layout
    for wanted in sorted(names, key=len, reverse=True):
        for layout in known:
            name = _plain(layout.name)
            if _within(wanted, name) and name not in others and not _odd(layout):
                return layout
    return max(known, key=lambda layout: _suits(kind, layout, size))


def _within(wanted: str, name: str) -> bool:
    return wanted in name if re.search(r"[^\x00-\u024f]", wanted) else f" {wanted} " in f" {name} "


def _odd(layout: Any) -> bool:
    """Whether a layout has text that runs downwards, or only room for a picture."""
    marks = [shape.element.ph for shape in layout.placeholders]
    return any(mark.get("orient") == "vert" for mark in marks)


def _suits(kind: str, layout: Any, size: tuple[float, float]) -> float:
    """How well a layout takes a kind of slide by its placeholders alone."""
    frame = _frame(layout, kind, size)
    bodies = len(frame.bodies)
    room = sum(slot.outer.w * slot.outer.h for slot in frame.bodies) / (size[0] * size[1])
    points = 4.0 * (frame.title is not None) - 6.0 * _odd(layout)
    middle = frame.title is not None and frame.title.outer.y > size[1] * 0.2
    match kind:
        case "title" | "section":
            points += 2 * middle - bodies * 0.5 + (frame.subtitle is not None)
            points += any(
                shape.element.ph.get("type") == "ctrTitle" for shape in layout.placeholders
            ) * (2 if kind == "title" else -1)
        case "content":
            points += 3 * (bodies == 1) + room * 2 - middle
        case "two":
            points += 3 * (bodies == 2) + room - middle
    return points


def _frame(layout: Any, kind: str, size: tuple[float, float]) -> Frame:
    slots: dict[str, list[Slot]] = {}
    for shape in layout.placeholders:
        if shape.width and shape.height:
            slots.setdefault(shape.element.ph.get("type") or "", []).append(_slot(shape))
    title = next((slot for name in ("title", "ctrTitle") for slot in slots.get(name, ())), None)
    texts = [slot for name in _BODIES for slot in slots.get(name, ())]
    texts.sort(key=lambda slot: (slot.outer.x, slot.outer.y))
    opening = kind in ("title", "section")
    subtitle = next(iter(slots.get("subTitle", ())), None) or _subtitle(texts, title, size, opening)
    bodies = tuple(
        slot for slot in texts
        if slot is not subtitle and slot.outer.w * slot.outer.h >= 0.08 * size[0] * size[1]
    )  # fmt: skip
    foot = next(iter(slots.get("ftr", ())), None)
    page = next(iter(slots.get("sldNum", ())), None)
    found = Frame(layout, title, subtitle, bodies, foot, page, ())
    return dataclasses.replace(found, regions=_regions(found, kind, size))


def _subtitle(
    texts: Iterable[Slot], title: Slot | None, size: tuple[float, float], opening: bool
) -> Slot | None:
    """The line below the title: a flat text between it and the contents."""
    low = [slot for slot in texts if slot.outer.h <= size[1] * (0.45 if opening else 0.13)]
    if opening:  # some masters have it above the title
        middle = title.outer.y + title.outer.h / 2 if title else 0.0
        return min(
            low, key=lambda slot: abs(slot.outer.y + slot.outer.h / 2 - middle), default=None
        )
    under = [slot for slot in low if title is None or slot.outer.y >= title.outer.y]
    near = [slot for slot in under if slot.outer.y < size[1] * 0.4]
    return min(near, key=lambda slot: slot.outer.y, default=None)


def _regions(frame: Frame, kind: str, size: tuple[float, float]) -> tuple[Box, ...]:
    if kind in ("content", "two") and frame.bodies:
        large = sorted(frame.bodies, key=lambda slot: -slot.outer.w * slot.outer.h)
        if kind == "content" or len(large) == 1:
            return (large[0].box,) if kind == "content" else _halves(large[0].box)
        pair = sorted(large[:2], key=lambda slot: slot.outer.x)
        if pair[0].outer.x + pair[0].outer.w <= pair[1].outer.x + 8:
            return (pair[0].box, pair[1].box)
        return _halves(large[0].box)
    above = [slot for slot in (frame.title, frame.subtitle) if slot]
    top = max((slot.outer.y + slot.outer.h for slot in above), default=size[1] * 0.08) + 8
    feet = [slot.outer.y for slot in (frame.footer, frame.page) if slot]
    bottom = min([y for y in feet if y > size[1] * 0.7], default=size[1] * 0.94) - 8
    x, wide = (above[0].box.x, above[0].box.w) if above else (size[0] * 0.05, size[0] * 0.9)
    if bottom - top < 60:  # the title sits at the foot of the slide
        top, bottom = size[1] * 0.06, min((slot.outer.y for slot in above), default=bottom) - 8
    whole = Box(x, top, wide, max(bottom - top, 40))
    return _halves(whole) if kind == "two" else (whole,)


def _halves(box: Box) -> tuple[Box, Box]:
    wide = (box.w - 24) / 2
    return (Box(box.x, box.y, wide, box.h), Box(box.x + wide + 24, box.y, wide, box.h))


def _slot(shape: Any) -> Slot:
    mark = shape.element.ph
    outer = Box(*(one / EMU for one in (shape.left, shape.top, shape.width, shape.height)))
    left, top, right, bottom = _insets(shape)
    box = Box(outer.x + left, outer.y + top, max(outer.w - left - right, 20),
              max(outer.h - top - bottom, 10))  # fmt: skip
    if _capitals(shape):
        box = dataclasses.replace(box, w=box.w * 0.8)  # capitals are that much wider
    attributes = "".join(f' {name}="{value}"' for name, value in mark.attrib.items())
    return Slot(attributes, outer, box, _size(shape))


def _elements(shape: Any) -> list[Any]:
    """The placeholder of the layout, then the one of the master it follows."""
    found = [shape.element]
    base = shape._base_placeholder
    return [*found, base.element] if base is not None else found


def _insets(shape: Any) -> tuple[float, float, float, float]:
    found = []
    names = (("lIns", _INSET), ("tIns", _INSET_HIGH), ("rIns", _INSET), ("bIns", _INSET_HIGH))
    for name, usual in names:
        given = [body.get(name) for one in _elements(shape) for body in one.iter(qn("a:bodyPr"))]
        known = [value for value in given if value is not None]
        found.append(int(known[0]) / EMU if known else usual)
    return found[0], found[1], found[2], found[3]


def _capitals(shape: Any) -> bool:
    """Whether the master writes this in capitals."""
    levels = [one for element in _elements(shape) for one in element.iter(qn("a:lvl1pPr"))]
    if shape.element.ph.get("type") in ("title", "ctrTitle"):
        master = shape.part.slide_layout.slide_master._element
        levels += [one for style in master.iter(qn("p:titleStyle")) for one in style]
    given = [one.get("cap") for level in levels for one in level.iter(qn("a:defRPr"))]
    return next((cap for cap in given if cap), "none") == "all"


def _size(shape: Any) -> float:
    """The size of its first level of text: its own, the master's, or that of the style."""
    for element in _elements(shape):
        for level in element.iter(qn("a:lvl1pPr")):
            properties = level.find(qn("a:defRPr"))
            if properties is not None and properties.get("sz"):
                return int(properties.get("sz")) / 100
    kind = shape.element.ph.get("type") or ""
    style = "p:titleStyle" if kind in ("title", "ctrTitle") else "p:bodyStyle"
    master = shape.part.slide_layout.slide_master._element
    for level in master.iter(qn(style)):
        properties = level.find(f"{qn('a:lvl1pPr')}/{qn('a:defRPr')}")
        if properties is not None and properties.get("sz"):
            return int(properties.get("sz")) / 100
    return 24.0 if style == "p:titleStyle" else 16.0
