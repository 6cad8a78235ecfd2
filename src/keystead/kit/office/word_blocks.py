"""The blocks of a paper as Word: paragraphs, tables, places to sign; figures keep their proofs.

A figure with a proof stands between the two ends of a bookmark, and a part of the file says what
each bookmark means; an edit inside it is seen when the file comes back.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from typing import Any, Final

from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.part import Part as FilePart
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from keystead.kit.office.deck.traces import SPACE, entry, part
from keystead.kit.office.paper import (
    Block,
    Grid,
    Heading,
    Pairs,
    Paper,
    Signatures,
    Text,
    lines,
    parts,
    said,
)
from keystead.kit.office.slides import Part, Shown, Words

MARK: Final = "ks_"
_MUTED: Final = RGBColor(0x5F, 0x5B, 0x53)
_TONES: Final = {
    "good": RGBColor(0x2A, 0x75, 0x48), "bad": RGBColor(0xB3, 0x40, 0x2E), "quiet": _MUTED,
}  # fmt: skip
_FIRST_ID: Final = 70_000  # clear of the bookmarks of a template


@dataclasses.dataclass(frozen=True)
class Look:
    size: float
    bold: bool = False
    muted: bool = False


class Proofs:
    """The figures of one document and the bookmarks they stand in."""

    def __init__(self, made: Any) -> None:
        names = (one.get(qn("w:name"), "") for one in made.element.iter(qn("w:bookmarkStart")))
        taken = [
            int(name[3:]) for name in names if re.fullmatch(re.escape(MARK) + r"\d{1,6}", name)
        ]
        self._next = max(taken, default=0) + 1
        self.figures: list[dict[str, Any]] = []

    def around(self, run: Any, figure: Shown, sentence: Words, begin: int) -> None:
        """Put a bookmark around the run of a figure, and keep the sentence it is said in: an
        editor may take the bookmark away with what it held.
        """
        name = f"{MARK}{self._next:05d}"
        for kind, place in (("bookmarkStart", run.addprevious), ("bookmarkEnd", run.addnext)):
            mark = OxmlElement(f"w:{kind}")
            mark.set(qn("w:id"), str(_FIRST_ID + self._next))
            if kind == "bookmarkStart":
                mark.set(qn("w:name"), name)
            place(mark)
        self._next += 1
        self.figures.append(
            {"bookmark": name, "around": plain(said(sentence)), "from": begin, **entry(figure)}
        )

    def keep(self, made: Any, paper: Paper) -> None:
        """Add the part that says what the bookmarks mean, in place of that of a former one."""
        related = made.part.rels
        for name, target in list(related.items()):
            if target.reltype == RELATIONSHIP_TYPE.CUSTOM_XML and (
                SPACE.encode() in target.target_part.blob[:300]
            ):
                related.pop(name)
        if not self.figures:
            return
        contents = {
            "language": paper.language, "made_on": paper.made_on.isoformat(),
            "figures": self.figures,
        }  # fmt: skip
        package = made.part.package
        name = package.next_partname("/customXml/item%d.xml")
        held = FilePart(name, "application/xml", part(contents), package)
        made.part.relate_to(held, RELATIONSHIP_TYPE.CUSTOM_XML)


class BlockWriter:
    """Writes blocks at the end of a document, or in the place of a paragraph."""

    def __init__(self, made: Any) -> None:
        self.made = made
        self.proofs = Proofs(made)
        section = made.sections[-1]
        self.width = section.page_width - section.left_margin - section.right_margin

    def replace(self, paragraph: Any, blocks: Sequence[Block]) -> None:
        body = self.made.element.body
        before = set(body)
        for block in blocks:
            self.write(block)
        for element in [one for one in body if one not in before]:
            paragraph.addprevious(element)
        paragraph.getparent().remove(paragraph)

    def write(self, block: Block) -> None:
        match block:
            case Heading():
                self._heading(block)
            case Text():
                self._words(block)
            case Pairs():
                self._pairs(block)
            case Grid():
                self._grid(block)
            case Signatures():
                self._signatures(block)

    def _heading(self, block: Heading) -> None:
        paragraph = self.made.add_paragraph()
        paragraph.paragraph_format.space_before = Pt(14 if block.level == 1 else 8)
        paragraph.paragraph_format.space_after = Pt(3)
        paragraph.paragraph_format.keep_with_next = True
        look = Look(13 if block.level == 1 else 11, bold=True)
        write_words(self, paragraph, block.text, look)

    def _words(self, block: Text) -> None:
        for line in lines(block.text):
            paragraph = self.made.add_paragraph()
            paragraph.paragraph_format.space_after = Pt(4)
            small = block.look == "small"
            look = Look(9 if small else 10.5, bold=block.look == "strong", muted=small)
            write_words(self, paragraph, line, look)

    def _pairs(self, block: Pairs) -> None:
        table = self._table(len(block.rows), (0.28, 0.72))
        for row, (label, text) in zip(table.rows, block.rows, strict=True):
            self._cell(row.cells[0], label, Look(10, muted=True))
            self._cell(row.cells[1], text, Look(10))
        self._gap()

    def _grid(self, block: Grid) -> None:
        whole = sum(column.share for column in block.columns)
        shares = tuple(column.share / whole for column in block.columns)
        table = self._table(len(block.rows) + 1, shares)
        _repeat(table.rows[0])
        for cell, column in zip(table.rows[0].cells, block.columns, strict=True):
            self._cell(cell, column.label, Look(9, bold=True), right=column.numeric)
            _line(cell, "bottom", 8)
        for place, given in enumerate(block.rows, start=1):
            last = block.total and place == len(block.rows)
            for cell, text, column in zip(
                table.rows[place].cells, given, block.columns, strict=True
            ):
                self._cell(cell, text, Look(9, bold=last), right=column.numeric)
                _line(cell, "top" if last else "bottom", 8 if last else 2)
            _whole(table.rows[place])
        self._gap()

    def _signatures(self, block: Signatures) -> None:
        count = max(len(block.parties), 1)
        table = self._table(len(block.lines) + 1, tuple(1 / count for _ in range(count)))
        for cell, party in zip(table.rows[0].cells, block.parties, strict=True):
            self._cell(cell, party, Look(10, bold=True))
        for row, text in zip(table.rows[1:], block.lines, strict=True):
            row.height = Mm(13)
            for cell in row.cells:
                self._cell(cell, f"{text} ____________________________", Look(10))
        for row in table.rows:
            _whole(row)

    def _table(self, rows: int, shares: tuple[float, ...]) -> Any:
        table = self.made.add_table(rows, len(shares))
        table.autofit = False
        for column, share in zip(table.columns, shares, strict=True):
            column.width = int(self.width * share)
            for cell in column.cells:
                cell.width = int(self.width * share)
        return table

    def _cell(self, cell: Any, text: Part | Words, look: Look, *, right: bool = False) -> None:
        paragraph = cell.paragraphs[0]
        paragraph.paragraph_format.space_after = Pt(2)
        if right:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        write_words(self, paragraph, text, look)

    def _gap(self) -> None:
        paragraph = self.made.add_paragraph()
        paragraph.paragraph_format.space_after = Pt(0)
        paragraph.paragraph_format.line_spacing = Pt(6)


def _line(cell: Any, side: str, eighths: int) -> None:
    properties = cell._tc.get_or_add_tcPr()
    borders = properties.find(qn("w:tcBorders"))
    if borders is None:
        borders = OxmlElement("w:tcBorders")
        properties.append(borders)
    border = OxmlElement(f"w:{side}")
    for name, value in (("val", "single"), ("sz", str(eighths)), ("color", "8A857A")):
        border.set(qn(f"w:{name}"), value)
    borders.append(border)


def _repeat(row: Any) -> None:
    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)


def _whole(row: Any) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def write_words(writer: BlockWriter, paragraph: Any, text: str | Words | Shown, look: Look) -> None:
    """Write a sentence at the end of a paragraph; its figures are marked."""
    begin = 0
    for one in parts(text):
        shown = one if isinstance(one, Shown) else None
        run = paragraph.add_run(plain(shown.text if shown else str(one)))
        run.font.size, run.bold = Pt(look.size), look.bold or None
        if look.muted:
            run.font.color.rgb = _MUTED
        if shown and shown.tone:
            run.font.color.rgb = _TONES[shown.tone]
        if shown and shown.proof:
            writer.proofs.around(run._r, shown, parts(text), begin)
        begin += len(run.text)


def plain(text: str) -> str:
    """Return text that XML can hold."""
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", "", text)
