"""How wide and how high text is, by the metrics of a real font that is wider than most.

Vera (the Latin of DejaVu and of Verdana) is 10 to 20 % wider than Arial or Calibri, so what fits
by it fits in the font of a company as well; a Chinese sign is one em. Line heights are set in the
file, so they are the same in every program.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from typing import Final

from reportlab.pdfbase.ttfonts import TTFont

from keystead.kit.office.slides import Shown, Words

LEADING: Final = 1.25  # of the size: the distance of lines that is written into the file
_CLOSING: Final = "，。、；：！？）》」』】〉”’％…,.;:!?)]}%"
_OPENING: Final = "（《「『【〈“‘([{"
_SLACK: Final = 1.02


@cache
def _widths(bold: bool) -> dict[int, float]:
    return dict(TTFont("measure", "VeraBd.ttf" if bold else "Vera.ttf").face.charWidths)


@lru_cache(maxsize=20_000)
def width(text: str, size: float, *, bold: bool = False) -> float:
    """Return how many points one line of text is wide.

    >>> width("中", 10) > 10, width("ill", 10) < width("WWW", 10)
    (True, True)
    """
    known = _widths(bold)
    total = sum(known.get(ord(sign)) or (0 if unicodedata.combining(sign) else 1000.0)
                for sign in text)  # fmt: skip
    return total * size / 1000 * _SLACK


def wrap(text: str, size: float, room: float, *, bold: bool = False) -> list[str]:
    """Return the lines of text in so many points of room; a word that is too long is cut."""
    return list(_all_wrapped(text, size, max(room, size * 1.1), bold))


@lru_cache(maxsize=20_000)
def _all_wrapped(text: str, size: float, room: float, bold: bool) -> tuple[str, ...]:
    lines: list[str] = []
    for given in text.split("\n"):
        short = width(given, size, bold=bold) <= room
        lines += [given] if short else _wrapped(given, size, room, bold)
    return tuple(lines)


def _wrapped(text: str, size: float, room: float, bold: bool) -> list[str]:
    lines, line, used = [], "", 0.0
    for piece in _pieces(text):
        wide, bare = width(piece, size, bold=bold), width(piece.rstrip(), size, bold=bold)
        if line and used + bare > room:
            lines.append(line)
            line, used = "", 0.0
        if bare > room:
            for sign in piece:
                step = width(sign, size, bold=bold)
                if line and used + step > room:
                    lines.append(line)
                    line, used = "", 0.0
                line, used = line + sign, used + step
            continue
        line, used = line + piece, used + wide
    return [*lines, line]


@lru_cache(maxsize=5_000)
def _pieces(text: str) -> tuple[str, ...]:
    """Cut text where a line may end: after spaces, around each sign of Chinese."""
    found: list[str] = []
    for word in re.findall(r"\S+\s*|\s+", text):
        if word.isascii():
            found.append(word)
            continue
        held, after_wide = "", False
        for sign in word:
            closing = sign in _CLOSING
            free = not closing and not sign.isspace() and held[-1:] not in _OPENING
            wide = _wide(sign)
            if held and free and (wide or after_wide):
                found.append(held)
                held = ""
            held += sign
            after_wide = after_wide if closing else wide
        found.append(held)
    return tuple(found)


@cache
def _wide(sign: str) -> bool:
    return unicodedata.east_asian_width(sign) in "WF"


def flat(words: Words) -> str:
    """Return the text of a sentence with figures."""
    return "".join(part.text if isinstance(part, Shown) else part for part in words)


def lines_high(text: str, size: float, room: float, *, bold: bool = False) -> float:
    """Return how many points a paragraph is high."""
    return len(wrap(text, size, room, bold=bold)) * size * LEADING


def cut(words: Words, size: float, room: float, lines: int, *, bold: bool) -> tuple[Words, Words]:
    """Return what of a sentence fits in so many lines, and the rest; figures stay whole.

    Where nothing fits at all, one piece is taken, so that a caller always gets on.
    """
    pieces = list(_words(words))
    fits, over = 1, len(pieces) + 1
    while fits + 1 < over:
        middle = (fits + over) // 2
        short = len(wrap(flat(tuple(pieces[:middle])), size, room, bold=bold)) <= lines
        fits, over = (middle, over) if short else (fits, middle)
    return _joined(pieces[:fits]), _joined(pieces[fits:])


def _words(words: Words) -> list[str | Shown]:
    found: list[str | Shown] = []
    for part in words:
        if isinstance(part, Shown):
            found.append(part)
        else:
            for piece in _pieces(part):
                found += [piece[at : at + 40] for at in range(0, len(piece), 40)]
    return found


def _joined(pieces: list[str | Shown]) -> Words:
    joined: list[str | Shown] = []
    for piece in pieces:
        last = joined[-1] if joined else None
        if isinstance(piece, str) and isinstance(last, str):
            joined[-1] = last + piece
        else:
            joined.append(piece)
    return tuple(joined)
