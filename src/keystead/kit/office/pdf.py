"""Papers as PDF; every sign prints, Chinese too: the fonts lie beside this file and go along."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final
from xml.sax.saxutils import escape

from reportlab import rl_config
from reportlab.lib import colors
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import KeepTogether, Paragraph, SimpleDocTemplate, Spacer, Table

from keystead.kit.office.paper import (
    Block,
    Grid,
    Heading,
    Pairs,
    Paper,
    Signatures,
    Text,
    lines,
    said,
)

FONTS: Final = Path(__file__).parent / "fonts"
LATIN, BOLD, EAST = "Vera", "VeraBd", "DroidSansFallback"
_INK, _MUTED, _LINE = (colors.HexColor(code) for code in ("#1D1B18", "#5F5B53", "#8A857A"))
_SPACES: Final = str.maketrans({"\u202f": "\u00a0", "\u2009": "\u00a0", "−": "-", "\u2011": "-"})


def document(paper: Paper) -> bytes:
    """Return a paper as PDF; the same paper always gives the same bytes."""
    _register()
    buffer = io.BytesIO()
    size = landscape(A4) if paper.landscape else A4
    made = SimpleDocTemplate(
        buffer, pagesize=size, title=paper.title, author="Keystead", lang=paper.language,
        leftMargin=18 * mm, rightMargin=18 * mm, topMargin=16 * mm, bottomMargin=18 * mm,
        invariant=1,
    )  # fmt: skip
    east = paper.language.startswith("zh")
    writer = _Writer(made.width, east)
    story = [writer.words(paper.title, 16, bold=True), Spacer(1, 4 * mm)]
    for block in paper.blocks:
        story += writer.write(block)

    def foot(canvas: Any, page: Any) -> None:
        canvas.saveState()
        note = writer.words(f"{paper.footer}   {page.page}", 7.5, muted=True)
        _width, height = note.wrap(made.width, 20 * mm)
        note.drawOn(canvas, 18 * mm, 12 * mm - height / 2)
        canvas.restoreState()

    made.build(story, onFirstPage=foot, onLaterPages=foot)
    return buffer.getvalue()


class _Writer:
    def __init__(self, width: float, east: bool) -> None:
        self.width, self.east = width, east

    def words(
        self,
        text: str,
        size: float = 9.5,
        *,
        bold: bool = False,
        muted: bool = False,
        right: bool = False,
    ) -> Paragraph:
        style = ParagraphStyle(
            "words", fontName=LATIN, fontSize=size, leading=size * 1.4,
            textColor=_MUTED if muted else _INK, wordWrap="CJK" if self.east else None,
            alignment=TA_RIGHT if right else 0, splitLongWords=1,
        )  # fmt: skip
        return Paragraph(marked(text, bold=bold), style)

    def write(self, block: Block) -> list[Any]:
        match block:
            case Heading():
                size = 12.0 if block.level == 1 else 10.0
                return [self._heading(said(block.text), size)]
            case Text():
                small = block.look == "small"
                bold = block.look == "strong"
                size = 8.0 if small else 9.5
                return [
                    self.words(said(line), size, bold=bold, muted=small)
                    for line in lines(block.text)
                ] + [Spacer(1, 1.5 * mm)]
            case Pairs():
                return self._pairs(block)
            case Grid():
                return self._grid(block)
            case Signatures():
                return self._signatures(block)

    def _heading(self, text: str, size: float) -> Paragraph:
        found = self.words(text, size, bold=True)
        found.style.spaceBefore, found.style.spaceAfter = 4 * mm, 1.5 * mm
        found.keepWithNext = True  # never alone at the foot of a page
        return found

    def _pairs(self, block: Pairs) -> list[Any]:
        rows = [
            [self.words(label, 9, muted=True), self.words(said(text), 9)]
            for label, text in block.rows
        ]
        return [self._table(rows, (0.28, 0.72)), Spacer(1, 2 * mm)] if rows else []

    def _grid(self, block: Grid) -> list[Any]:
        whole = sum(column.share for column in block.columns)
        shares = tuple(column.share / whole for column in block.columns)
        head = [self.words(c.label, 8, bold=True, right=c.numeric) for c in block.columns]
        rows = [head]
        for place, given in enumerate(block.rows, start=1):
            last = block.total and place == len(block.rows)
            rows.append(
                [
                    self.words(said(text), 8, bold=last, right=column.numeric)
                    for text, column in zip(given, block.columns, strict=True)
                ]
            )
        look: list[Any] = [
            ("LINEBELOW", (0, 0), (-1, 0), 0.8, _LINE),
            ("LINEBELOW", (0, 1), (-1, -1), 0.2, _LINE),
        ]
        if block.total:
            look.append(("LINEABOVE", (0, -1), (-1, -1), 0.8, _LINE))
        return [self._table(rows, shares, look, repeat=1), Spacer(1, 3 * mm)]

    def _signatures(self, block: Signatures) -> list[Any]:
        count = max(len(block.parties), 1)
        rows: list[list[Any]] = [[self.words(party, 9.5, bold=True) for party in block.parties]]
        for text in block.lines:
            rows.append([self.words(f"{text} _______________________", 9)] * count)
        table = self._table(rows, tuple(1 / count for _ in range(count)), [
            ("BOTTOMPADDING", (0, 1), (-1, -1), 12)])  # fmt: skip
        return [Spacer(1, 6 * mm), KeepTogether([table])]

    def _table(
        self,
        rows: Sequence[Sequence[Any]],
        shares: tuple[float, ...],
        look: Sequence[Any] = (),
        *,
        repeat: int = 0,
    ) -> Table:
        base = [
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (-1, -1), 3),
            ("RIGHTPADDING", (0, 0), (-1, -1), 3),
            ("TOPPADDING", (0, 0), (-1, -1), 2),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
        ]
        table = Table(rows, [self.width * share for share in shares], repeatRows=repeat)
        table.setStyle([*base, *look])
        return table


def marked(text: str, *, bold: bool = False) -> str:
    """Return the text as markup in which each run has a font that holds its signs."""
    plain = "".join(
        sign for sign in text.translate(_SPACES) if unicodedata.category(sign) not in ("Cc", "Cs")
    )
    parts = []
    for run in re.finditer(r"(?P<east>[^\x00-\x7f]+)|[\x00-\x7f]+", plain):
        parts += _east_runs(run.group(), bold) if run.group("east") else [
            _font(BOLD if bold else LATIN, run.group())
        ]  # fmt: skip
    return "".join(parts)


def _east_runs(text: str, bold: bool) -> list[str]:
    """Signs beyond ASCII: in the Latin font where it has them, else in the Chinese one."""
    known, found, held = _signs(BOLD if bold else LATIN), [], ""
    east = False
    for sign in text:
        now = ord(sign) not in known
        if held and now != east:
            found.append(_font(EAST if east else (BOLD if bold else LATIN), held))
            held = ""
        held, east = held + sign, now
    found.append(_font(EAST if east else (BOLD if bold else LATIN), held))
    return found


def _font(name: str, text: str) -> str:
    return f'<font name="{name}">{escape(text)}</font>'


@cache
def _signs(name: str) -> frozenset[int]:
    _register()
    return frozenset(pdfmetrics.getFont(name).face.charToGlyph)


@cache
def _register() -> None:
    rl_config.invariant = 1
    for name in (LATIN, BOLD):
        pdfmetrics.registerFont(TTFont(name, f"{name}.ttf"))
    pdfmetrics.registerFont(TTFont(EAST, str(FONTS / "DroidSansFallback.ttf")))
