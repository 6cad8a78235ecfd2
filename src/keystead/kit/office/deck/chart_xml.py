"""Pieces of the XML of charts: names of series, fills, text, the switches of labels."""

from __future__ import annotations

from typing import Final
from xml.sax.saxutils import escape

from keystead.kit.office.deck.flow import LABEL
from keystead.kit.office.deck.ink import EAST, paint, plain

SPACES: Final = (
    'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
NOTHING: Final = "<c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>"
SMALL: Final = LABEL * 0.9
SHOW: Final = (
    '<c:showLegendKey val="0"/><c:showVal val="{value}"/><c:showCatName val="0"/>'
    '<c:showSerName val="0"/><c:showPercent val="0"/><c:showBubbleSize val="0"/>'
)


def name_of(at: int, name: str) -> str:
    """Return number and name of a series."""
    letter = letter_of(at + 1)
    return (
        f'<c:idx val="{at}"/><c:order val="{at}"/><c:tx><c:strRef><c:f>Sheet1!${letter}$1</c:f>'
        f'<c:strCache><c:ptCount val="1"/><c:pt idx="0"><c:v>{escape(plain(name))}</c:v></c:pt>'
        "</c:strCache></c:strRef></c:tx>"
    )


def letter_of(column: int) -> str:
    """Return the letters of a column, from 0: ``B`` is 1."""
    found = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        found = chr(65 + rest) + found
    return found


def solid(colour: str) -> str:
    """Return a fill without a line."""
    return f"<c:spPr><a:solidFill>{paint(colour)}</a:solidFill><a:ln><a:noFill/></a:ln></c:spPr>"


def text_look(colour: str, turn: int | None = None) -> str:
    """Return how text looks, turned by so many 60,000ths of a degree."""
    body = f'<a:bodyPr rot="{turn}" vert="horz"/>' if turn is not None else "<a:bodyPr/>"
    return (
        f'{body}<a:lstStyle/><a:p><a:pPr><a:defRPr sz="{round(SMALL * 100)}"><a:solidFill>'
        f'{paint(colour)}</a:solidFill><a:ea typeface="{EAST}"/></a:defRPr></a:pPr>'
        '<a:endParaRPr lang="en-GB"/></a:p>'
    )
