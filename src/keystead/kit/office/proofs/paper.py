"""The figures of a Word document: what stands between the ends of their bookmarks."""

from __future__ import annotations

import difflib
from typing import Any, Final

from keystead.kit.office.places import stable
from keystead.kit.office.proofs import trace
from keystead.kit.office.proofs.manifest import carried, listed, manifest
from keystead.kit.office.proofs.parts import Parts, unreadable
from keystead.kit.office.slides import Carried

_W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
MOST_LOST: Final = 100  # figures without their bookmarks that are looked for


def figures(parts: Parts) -> tuple[Carried, ...]:
    """Return each figure of the document as it is now."""
    main = next(iter(parts.related("", "officeDocument")), "word/document.xml")
    if main not in parts:
        raise unreadable()
    told = listed(manifest(parts, main).get("figures"))
    root = parts.xml(main)
    texts = _texts(root) if told else {}
    paragraphs = [_said(one)[:600] for one in root.iter(f"{_W}p")] if told else []
    found = []
    left = MOST_LOST
    for figure in told:
        held = texts.get(str(figure.get("bookmark")))
        if held is None:
            left -= 1
        around, text = held or _elsewhere(figure, paragraphs if left > 0 else [])
        found.append(carried(figure, stable("paragraph", around[:60]), text))
    return tuple(found)


def _elsewhere(figure: dict[str, Any], paragraphs: list[str]) -> tuple[str, str]:
    """Return where a figure went whose bookmark an editor took away, by its sentence."""
    around, text = str(figure.get("around", "")), str(figure.get("text", ""))
    begin = figure.get("from")
    if around == text or not isinstance(begin, int):
        return around, ""
    near = difflib.get_close_matches(around, paragraphs, 1, 0.5)
    if not near:
        return around, ""
    return near[0], trace.now(around, near[0], max(begin, 0), max(begin, 0) + len(text))


def _said(paragraph: Any) -> str:
    return "".join(one.text or "" for one in paragraph.iter(f"{_W}t"))


def _texts(root: Any) -> dict[str, tuple[str, str]]:
    """Return the text in each bookmark, with the paragraph that it is in."""
    found: dict[str, tuple[str, str]] = {}
    open_marks: dict[str, tuple[str, str, list[str]]] = {}
    paragraph = ""
    for node in root.iter():
        if node.tag == f"{_W}p":
            paragraph = _said(node)
            for _name, _around, pieces in open_marks.values():
                pieces.append("\n")
        elif node.tag == f"{_W}bookmarkStart":
            open_marks[node.get(f"{_W}id", "")] = (node.get(f"{_W}name", ""), paragraph, [])
        elif node.tag == f"{_W}bookmarkEnd":
            closed = open_marks.pop(node.get(f"{_W}id", ""), None)
            if closed:
                found[closed[0]] = (closed[1], "".join(closed[2]).strip("\n"))
        elif node.tag == f"{_W}t":
            for _name, _around, pieces in open_marks.values():
                pieces.append(node.text or "")
    return found
