"""A paper before it has a format: blocks that Word and PDF write alike."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import Literal, TypeAlias


@dataclasses.dataclass(frozen=True)
class Heading:
    text: str
    level: int = 1


@dataclasses.dataclass(frozen=True)
class Text:
    text: str
    look: Literal["body", "small", "strong"] = "body"


@dataclasses.dataclass(frozen=True)
class Pairs:
    """Labels with what they stand for, in two columns without lines."""

    rows: tuple[tuple[str, str], ...]


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
    rows: tuple[tuple[str, ...], ...]
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
