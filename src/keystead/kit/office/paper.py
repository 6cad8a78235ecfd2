"""A paper before it has a format: blocks that Word and PDF write alike.

Where a text may be a sentence with figures (``Words``) or a cell a figure (``Shown``), Word marks
each figure that has a proof, so that ``carried`` finds it again.
"""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import Literal, TypeAlias

from keystead.kit.office.slides import Part, Shown, Words


@dataclasses.dataclass(frozen=True)
class Heading:
    text: str | Words
    level: int = 1


@dataclasses.dataclass(frozen=True)
class Text:
    text: str | Words
    look: Literal["body", "small", "strong"] = "body"


@dataclasses.dataclass(frozen=True)
class Pairs:
    """Labels with what they stand for, in two columns without lines."""

    rows: tuple[tuple[str, Part | Words], ...]


@dataclasses.dataclass(frozen=True)
class GridColumn:
    """``share`` is the width against the other columns."""

    label: str
    numeric: bool = False
    share: float = 1.0


@dataclasses.dataclass(frozen=True)
class Grid:
    """A table; ``total``: the last row closes it."""

    columns: tuple[GridColumn, ...]
    rows: tuple[tuple[Part | Words, ...], ...]
    total: bool = False


@dataclasses.dataclass(frozen=True)
class Signatures:
    """A place to sign for each party: who, and the lines to fill in."""

    parties: tuple[str, ...]
    lines: tuple[str, ...]


Block: TypeAlias = Heading | Text | Pairs | Grid | Signatures


@dataclasses.dataclass(frozen=True, kw_only=True)
class Paper:
    """A paper: its title, its blocks, the language it is in. ``made_on`` dates the file."""

    title: str
    blocks: tuple[Block, ...]
    language: str
    made_on: date
    footer: str = ""
    landscape: bool = False


def parts(text: str | Words | Shown) -> Words:
    """Return what a text is made of."""
    return text if isinstance(text, tuple) else (text,)


def said(text: str | Words | Shown) -> str:
    """Return a text as it is read."""
    return "".join(part.text if isinstance(part, Shown) else part for part in parts(text))


def lines(text: str | Words) -> list[Words]:
    """Return the lines of a text; figures stay whole.

    >>> lines("a\nb"), lines(())
    ([('a',), ('b',)], [()])
    """
    found: list[Words] = [()]
    for part in parts(text):
        if isinstance(part, Shown):
            found[-1] = (*found[-1], part)
            continue
        pieces = part.splitlines() or [""]
        if part.endswith("\n"):
            pieces.append("")
        for place, piece in enumerate(pieces):
            if place:
                found.append(())
            found[-1] = (*found[-1], piece)
    return found if len(found) == 1 or any(said(found[-1])) else found[:-1]
