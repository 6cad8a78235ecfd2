"""Shapes as DrawingML: text with figures in it, tables, lines. Sizes and heights are exact."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Sequence
from typing import Any, Final
from xml.sax.saxutils import escape, quoteattr

from pptx.oxml import parse_xml

from keystead.kit.office.deck.flow import CELL, INDENT, PAD, SIDE, Box, headed
from keystead.kit.office.deck.measure import LEADING
from keystead.kit.office.slides import Shown, Table, Words

EMU: Final = 12700
EAST: Final = "Microsoft YaHei"
_SPACES: Final = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
)
_TABLE: Final = "http://schemas.openxmlformats.org/drawingml/2006/table"
_KEEP: Final = (
    '<a:extLst><a:ext uri="{A12FA001-AC4F-418D-AE19-62706E023703}"><ahyp:hlinkClr '
    'xmlns:ahyp="http://schemas.microsoft.com/office/drawing/2018/hyperlinkcolor" val="tx"/>'
    "</a:ext></a:extLst>"
)  # the text keeps its colour, in place of the blue of links
LANGUAGES: Final = {"zh": "zh-CN", "fr": "fr-FR", "en": "en-GB"}


@dataclasses.dataclass(frozen=True)
class Palette:
    """Colours; ink and accent are those of the master, the rest fits its ground."""

    muted: str = "5A5E61"
    line: str = "E6E3DC"
    rule: str = "8F8C84"
    previous: str = "C9C6BE"
    good: str = "2A7548"
    bad: str = "B3402E"
    ground: str = "FFFFFF"
    ink: str = "tx1"


LIGHT: Final = Palette()
DARK: Final = Palette(
    muted="A8ACAE", line="2C2F31", rule="74787A", previous="6C7072", good="6FCF97", bad="F08A78",
    ground="151617",
)  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Look:
    """How a run looks; ``colour`` empty leaves that of the master."""

    size: float
    bold: bool = False
    colour: str = ""


@dataclasses.dataclass(frozen=True)
class Paragraph:
    words: Words
    look: Look
    before: float = 0.0
    level: int = 0
    align: str = "l"


Linked = Callable[[Shown], str]  # gives the relationship of the link behind a figure, or ""


class Ink:
    """Writes shapes of one slide; ``linked`` adds the link behind a figure."""

    def __init__(self, palette: Palette, language: str, linked: Linked) -> None:
        self.palette, self.linked = palette, linked
        self.language = LANGUAGES.get(language[:2], language)

    def runs(self, words: Words, look: Look) -> str:
        found = []
        for part in words:
            shown = part if isinstance(part, Shown) else None
            text = plain(shown.text if shown else str(part))
            if not text:
                continue
            link = self.linked(shown) if shown else ""
            colour = look.colour or (self.palette.ink if self.palette.ink != "tx1" else "")
            if shown and shown.tone:
                colour = {"good": self.palette.good, "bad": self.palette.bad,
                          "quiet": self.palette.muted}[shown.tone]  # fmt: skip
            found.append(
                f"<a:r>{self._properties(look, colour, link)}<a:t>{escape(text)}</a:t></a:r>"
            )
        return "".join(found)

    def _properties(self, look: Look, colour: str, link: str) -> str:
        fill = ""
        if colour:
            fill = f"<a:solidFill>{paint(colour)}</a:solidFill>"
        click = f'<a:hlinkClick r:id="{link}">{_KEEP}</a:hlinkClick>' if link else ""
        bold = ' b="1"' if look.bold else ""
        return (
            f'<a:rPr lang="{self.language}" sz="{round(look.size * 100)}"{bold} dirty="0">'
            f'{fill}<a:ea typeface="{EAST}"/>{click}</a:rPr>'
        )

    def paragraphs(self, given: Sequence[Paragraph]) -> str:
        found = []
        for one in given:
            bullet, margin = "<a:buNone/>", ""
            side = f' algn="{one.align}"' if one.align else ""
            if one.level:
                wide = round(one.level * INDENT * EMU)
                margin = f' marL="{wide}" indent="-{round(INDENT * 0.8 * EMU)}"'
                bullet = '<a:buFont typeface="Arial"/><a:buChar char="&#8226;"/>'
            else:
                margin = ' marL="0" indent="0"'
            found.append(
                f"<a:p><a:pPr{margin}{side}>"
                f'<a:lnSpc><a:spcPts val="{round(one.look.size * LEADING * 100)}"/></a:lnSpc>'
                f'<a:spcBef><a:spcPts val="{round(one.before * 100)}"/></a:spcBef>'
                f'<a:spcAft><a:spcPts val="0"/></a:spcAft>{bullet}</a:pPr>'
                f"{self.runs(one.words, one.look)}</a:p>"
            )
        return "".join(found) or "<a:p/>"

    def text_box(self, number: int, name: str, box: Box, given: Sequence[Paragraph]) -> Any:
        """Return a text box without margins that does not change its size."""
        return parse_xml(
            f'<p:sp {_SPACES}><p:nvSpPr><p:cNvPr id="{number}" name={quoteattr(name)}/>'
            f'<p:cNvSpPr txBox="1"/><p:nvPr/></p:nvSpPr><p:spPr>{_place(box, "a")}'
            '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:noFill/></p:spPr>'
            '<p:txBody><a:bodyPr wrap="square" lIns="0" tIns="0" rIns="0" bIns="0" anchor="t">'
            f"<a:noAutofit/></a:bodyPr><a:lstStyle/>{self.paragraphs(given)}</p:txBody></p:sp>"
        )

    def placeholder(
        self, number: int, name: str, mark: str, given: Sequence[Paragraph], box: Box | None = None
    ) -> Any:
        """Return a filled placeholder; ``mark`` is its ``type`` and ``idx``."""
        place = _place(box, "a") if box else ""
        return parse_xml(
            f'<p:sp {_SPACES}><p:nvSpPr><p:cNvPr id="{number}" name={quoteattr(name)}/>'
            f'<p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr><p:nvPr><p:ph{mark}/></p:nvPr>'
            f"</p:nvSpPr><p:spPr>{place}</p:spPr><p:txBody><a:bodyPr><a:noAutofit/></a:bodyPr>"
            f"<a:lstStyle/>{self.paragraphs(given)}</p:txBody></p:sp>"
        )

    def field(self, number: int, name: str, mark: str) -> Any:
        """Return the placeholder of the page number."""
        return parse_xml(
            f'<p:sp {_SPACES}><p:nvSpPr><p:cNvPr id="{number}" name={quoteattr(name)}/>'
            f'<p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr><p:nvPr><p:ph{mark}/></p:nvPr>'
            "</p:nvSpPr><p:spPr/><p:txBody><a:bodyPr/><a:lstStyle/><a:p>"
            '<a:fld id="{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}" type="slidenum">'
            f'<a:rPr lang="{self.language}"/><a:t>‹#›</a:t></a:fld></a:p></p:txBody></p:sp>'
        )

    def table(
        self, shape: tuple[int, str, str], box: Box, table: Table,
        sizes: tuple[Sequence[float], Sequence[float], float],
    ) -> Any:  # fmt: skip
        """Return a native table: ``shape`` is id, name and alternative text."""
        widths, heights, step = sizes
        number, name, alternative = shape
        size = CELL * step
        head: tuple[Words, ...] = tuple((column.label,) for column in table.columns)
        rows = []
        if headed(table):
            rows.append(self._row(table, head, heights[0], Look(size, bold=True), "head"))
        for place, row in enumerate(table.rows):
            last = table.total and place == len(table.rows) - 1
            look = Look(size, bold=last)
            cells: tuple[Words, ...] = tuple((cell,) for cell in row)
            rows.append(self._row(table, cells, heights[place + 1], look, "total" * last))
        if not table.rows:
            rows.append(self._empty(table, heights[1], Look(size, colour=self.palette.muted)))
        grid = "".join(f'<a:gridCol w="{round(wide * EMU)}"/>' for wide in widths)
        return parse_xml(
            f'<p:graphicFrame {_SPACES}><p:nvGraphicFramePr><p:cNvPr id="{number}" '
            f"name={quoteattr(name)} descr={quoteattr(plain(alternative))}/>"
            '<p:cNvGraphicFramePr><a:graphicFrameLocks noGrp="1"/></p:cNvGraphicFramePr><p:nvPr/>'
            f'</p:nvGraphicFramePr>{_place(box, "p")}<a:graphic><a:graphicData uri="{_TABLE}">'
            f'<a:tbl><a:tblPr firstRow="{int(headed(table))}"/><a:tblGrid>{grid}</a:tblGrid>'
            f"{''.join(rows)}</a:tbl>"
            "</a:graphicData></a:graphic></p:graphicFrame>"
        )

    def _row(
        self, table: Table, cells: Sequence[Words], height: float, look: Look, kind: str
    ) -> str:
        found = []
        for words, column in zip(cells, table.columns, strict=True):
            align = "r" if column.numeric else "l"
            text = self.paragraphs([Paragraph(words, look, align=align)])
            found.append(self._cell(text, kind))
        return f'<a:tr h="{round(height * EMU)}">{"".join(found)}</a:tr>'

    def _empty(self, table: Table, height: float, look: Look) -> str:
        span = len(table.columns)
        text = self.paragraphs([Paragraph((table.empty,), look)])
        cells = [self._cell(text, "", f' gridSpan="{span}"' if span > 1 else "")]
        cells += [self._cell("<a:p/>", "", ' hMerge="1"') for _ in range(span - 1)]
        return f'<a:tr h="{round(height * EMU)}">{"".join(cells)}</a:tr>'

    def _cell(self, text: str, kind: str, merged: str = "") -> str:
        strong = f"<a:solidFill>{paint(self.palette.rule)}</a:solidFill>"
        thin = f"<a:solidFill>{paint(self.palette.line)}</a:solidFill>"
        above = f'<a:lnT w="12700">{strong}</a:lnT>' if kind == "total" else ""
        below = (
            f'<a:lnB w="12700">{strong}</a:lnB>' if kind in ("head", "total")
            else f'<a:lnB w="6350">{thin}</a:lnB>'
        )  # fmt: skip
        side, pad = round(SIDE * EMU), round(PAD * EMU)
        return (
            f"<a:tc{merged}><a:txBody><a:bodyPr/><a:lstStyle/>{text}</a:txBody>"
            f'<a:tcPr marL="{side}" marR="{side}" marT="{pad}" marB="{pad}" anchor="t">'
            f'<a:lnL w="0"><a:noFill/></a:lnL><a:lnR w="0"><a:noFill/></a:lnR>{above}{below}'
            "<a:noFill/></a:tcPr></a:tc>"
        )


def paint(colour: str) -> str:
    """Return a colour: six digits as they are, a name as that of the theme."""
    kind = "srgbClr" if re.fullmatch(r"[0-9A-F]{6}", colour) else "schemeClr"
    return f'<a:{kind} val="{colour}"/>'


def plain(text: str) -> str:
    """Return text that XML can hold."""
    return re.sub(r"[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]", "", text)


def _place(box: Box, space: str) -> str:
    x, y, w, h = (round(one * EMU) for one in (box.x, box.y, box.w, box.h))
    return f'<{space}:xfrm><a:off x="{x}" y="{y}"/><a:ext cx="{w}" cy="{h}"/></{space}:xfrm>'
