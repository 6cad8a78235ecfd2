"""Word documents: papers written whole, and templates whose placeholders are filled.

A template is a ``.docx`` with ``{{ placeholder }}``: words anywhere (body, tables, headers,
footers), blocks alone in their paragraph. There is no language in it that could run: a name is
known or it is refused. The same contents always give the same bytes.
"""

from __future__ import annotations

import dataclasses
import difflib
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from keystead.kit.office.paper import Block, Paper
from keystead.kit.office.templates import WORD, TemplateProblem, guard, problem, still
from keystead.kit.office.word_blocks import BlockWriter, Look, plain, write_words

__all__ = [
    "Fault", "TemplateProblem", "add_page_number", "check", "document", "faults", "fill", "opened",
    "saved",
]  # fmt: skip

FONT: Final = "Calibri"
FAR_EAST: Final = {"zh": "Microsoft YaHei"}
_PLACE: Final = re.compile(r"\{\{\s*([A-Za-z0-9_.]+)\s*\}\}")
_BROKEN: Final = re.compile(r"\{\{|\}\}|\{%|%\}")
_SAID: Final = {
    "template_unknown": "There is no placeholder {{ %(name)s }}.",
    "template_block": "{{ %(name)s }} stands alone in a paragraph of the text.",
    "template_broken": "A placeholder is not written as {{ name }}: %(name)s",
}


@dataclasses.dataclass(frozen=True)
class Fault:
    """What is wrong in a template, and where.

    ``place``: text (numbers: the paragraph), table (table, row, cell), box, header or footer.
    ``around`` is the beginning of the paragraph it stands in.
    """

    code: str
    name: str
    place: str
    numbers: tuple[int, ...] = ()
    near: str = ""
    around: str = ""


def document(paper: Paper) -> bytes:
    """Return a paper as a Word document."""
    made = Document()
    _page(made, paper)
    _fonts(made, paper.language)
    writer = BlockWriter(made)
    write_words(writer, made.add_paragraph(), paper.title, Look(18, bold=True))
    for block in paper.blocks:
        writer.write(block)
    _footer(writer, paper.footer)
    writer.proofs.keep(made, paper)
    return saved(made, paper.title, paper.made_on)


def fill(
    template: bytes,
    words: Mapping[str, str],
    blocks: Mapping[str, Sequence[Block]],
    *,
    paper: Paper,
) -> bytes:
    """Return a template with its placeholders filled: words in the text, blocks as paragraphs.

    Raises TemplateProblem for a file that is no Word document, brings code with it, or has a
    placeholder that is unknown, not closed, or a block inside a sentence. A paragraph of nothing
    but an empty word goes away.
    """
    made = opened(template)
    check(made, frozenset(words), frozenset(blocks))
    _east(made, paper.language)
    writer = BlockWriter(made)
    for paragraph in list(_paragraphs(made)):
        name = _alone(paragraph)
        if name in blocks:
            writer.replace(paragraph, blocks[name])
        elif name and not words[name] and _in_body(paragraph):
            paragraph.getparent().remove(paragraph)
        else:
            _replace(paragraph, words)
    writer.proofs.keep(made, paper)
    return saved(made, paper.title, paper.made_on)


def opened(template: bytes) -> Any:
    """Return the document of a template, looked at before it is unpacked."""
    guard(template, WORD)
    try:
        return Document(io.BytesIO(template))
    except Exception as error:  # whatever the library says of a file that is none
        raise problem(WORD, "template_unreadable") from error


def check(made: Any, words: frozenset[str], blocks: frozenset[str]) -> frozenset[str]:
    """Return the placeholders of a template; raises TemplateProblem for the first that is wrong."""
    for one in faults(made, words, blocks):
        raise problem(_SAID[one.code], one.code, placeholder=one.name, near=one.near)
    return frozenset(name for one in _paragraphs(made) for name in _PLACE.findall(_text(one)))


def faults(made: Any, words: frozenset[str], blocks: frozenset[str]) -> Iterator[Fault]:
    """Yield everything that is wrong with the placeholders of a template, in reading order."""
    for paragraph in _paragraphs(made):
        text = _text(paragraph)
        around = text.strip()[:60]
        for name in _PLACE.findall(text):
            code = near = ""
            if name not in words | blocks:
                code = "template_unknown"
                near = next(iter(difflib.get_close_matches(name, sorted(words | blocks), 1)), "")
            elif name in blocks and (_alone(paragraph) != name or not _in_body(paragraph)):
                code = "template_block"
            if code:
                yield Fault(code, name, *_where(made, paragraph), near, around)
        if _BROKEN.search(_PLACE.sub("", text)):
            yield Fault("template_broken", around, *_where(made, paragraph), "", around)


def _where(made: Any, paragraph: Any) -> tuple[str, tuple[int, ...]]:
    """Return in what a paragraph stands, and its numbers there, counted from one."""
    body, inside = made.element.body, [one.tag for one in paragraph.iterancestors()]
    for tag, word in (("w:hdr", "header"), ("w:ftr", "footer"), ("w:txbxContent", "box")):
        if qn(tag) in inside:
            return word, ()
    cell = next(paragraph.iterancestors(qn("w:tc")), None)
    if cell is None:
        shown = [one for one in body.iter(qn("w:p")) if _text(one).strip()]
        return "text", (next(at for at, one in enumerate(shown, 1) if one is paragraph),)
    row = next(cell.iterancestors(qn("w:tr")))
    table = next(row.iterancestors(qn("w:tbl")))
    lines, cells = list(table.iterchildren(qn("w:tr"))), list(row.iterchildren(qn("w:tc")))
    number = list(body.iter(qn("w:tbl"))).index(table) + 1
    return "table", (number, lines.index(row) + 1, cells.index(cell) + 1)


def _paragraphs(made: Any) -> Iterator[Any]:
    """Every paragraph: of the body, of tables and text boxes, of headers and footers."""
    roots = [made.element.body]
    for section in made.sections:
        for part in (section.header, section.footer, section.first_page_header,
                     section.first_page_footer, section.even_page_header,
                     section.even_page_footer):  # fmt: skip
            if not part.is_linked_to_previous:
                roots.append(part._element)
    for root in roots:
        yield from root.iter(qn("w:p"))


def _texts(paragraph: Any) -> list[Any]:
    return [node for node in paragraph.iter(qn("w:t")) if _owner(node) is paragraph]


def _owner(node: Any) -> Any:
    while node is not None and node.tag != qn("w:p"):
        node = node.getparent()
    return node


def _text(paragraph: Any) -> str:
    return "".join(node.text or "" for node in _texts(paragraph))


def _alone(paragraph: Any) -> str:
    match = _PLACE.fullmatch(_text(paragraph).strip())
    return match.group(1) if match else ""


def _in_body(paragraph: Any) -> bool:
    return paragraph.getparent() is not None and paragraph.getparent().tag == qn("w:body")


def _replace(paragraph: Any, words: Mapping[str, str]) -> None:
    """Fill the words of a paragraph; Word may have cut a placeholder into several runs."""
    nodes = _texts(paragraph)
    while match := _PLACE.search("".join(node.text or "" for node in nodes)):
        start, end, at = match.start(), match.end(), 0
        text = words[match.group(1)].replace("{{", "{ {").replace("}}", "} }")
        for node in nodes:
            held = node.text or ""
            first, last = max(start - at, 0), min(end - at, len(held))
            if first < last and at < end:
                node.text = held[:first] + text + held[last:]
                node.set(qn("xml:space"), "preserve")
                text = ""
            at += len(held)


def _page(made: Any, paper: Paper) -> None:
    section = made.sections[0]
    width, height = Mm(210), Mm(297)
    if paper.landscape:
        width, height = height, width
        section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = width, height
    section.left_margin = section.right_margin = Mm(20)
    section.top_margin = section.bottom_margin = Mm(18)


def _fonts(made: Any, language: str) -> None:
    style = made.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(10.5)
    _east(made, language)


def _east(made: Any, language: str) -> None:
    """Name the font of Chinese text, which the font of Latin text does not hold."""
    name = FAR_EAST.get(language[:2], FAR_EAST["zh"])
    fonts = made.styles["Normal"].element.get_or_add_rPr().get_or_add_rFonts()
    fonts.set(qn("w:eastAsia"), name)


def _footer(writer: BlockWriter, text: str) -> None:
    paragraph = writer.made.sections[0].footer.paragraphs[0]
    write_words(writer, paragraph, f"{text}  " if text else "", Look(8, muted=True))
    add_page_number(paragraph)


def add_page_number(paragraph: Any) -> None:
    """Put a field with the number of the page at the end of a paragraph."""
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        run = paragraph.add_run()
        run.font.size = Pt(8)
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = text
        run._r.append(element)


def saved(made: Any, title: str, made_on: date) -> bytes:
    """Return the bytes, with the date of the paper in place of the clock."""
    moment = datetime(made_on.year, made_on.month, made_on.day)  # noqa: DTZ001 - a date, no clock
    core = made.core_properties
    core.title, core.author, core.last_modified_by = plain(title)[:200], "Keystead", "Keystead"
    core.created = core.modified = moment
    core.comments, core.revision = "", 1
    buffer = io.BytesIO()
    made.save(buffer)
    return still(buffer)
