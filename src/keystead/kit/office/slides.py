"""Slides before they have a format: what PowerPoint, Excel and a page write alike.

A figure is a ``Shown``: the text that a reader sees, the exact value, and the proof id behind it.
Nothing here knows a room, a file format or a language; the texts come ready.
"""

from __future__ import annotations

import dataclasses
from datetime import date
from decimal import Decimal
from typing import Literal, TypeAlias

Look: TypeAlias = Literal["actual", "last_year", "target", "forecast", "plain"]
Tone: TypeAlias = Literal["", "good", "bad", "quiet"]


@dataclasses.dataclass(frozen=True)
class Shown:
    """A figure as it is shown. ``proof``: its proof id, empty for words and typed numbers.

    ``value`` is the exact number in the unit of ``measure`` (a currency, a unit of quantity, or
    nothing); ``shape`` the Excel number format; ``tone`` colours a variance, beside its sign.
    """

    text: str
    value: Decimal | float | int | None = None
    proof: str = ""
    measure: str = ""
    shape: str = ""
    tone: Tone = ""


Part: TypeAlias = "str | Shown"
Words: TypeAlias = tuple[Part, ...]  # a sentence with figures in it


@dataclasses.dataclass(frozen=True)
class Line:
    """One paragraph; ``level`` 1 and above is a bullet."""

    words: Words
    level: int = 0
    strong: bool = False


@dataclasses.dataclass(frozen=True)
class Lines:
    lines: tuple[Line, ...]
    title: str = ""


@dataclasses.dataclass(frozen=True)
class Tile:
    """One figure of a strip with its label and what it is compared with."""

    label: str
    figure: Shown
    beside: Words = ()


@dataclasses.dataclass(frozen=True)
class Strip:
    tiles: tuple[Tile, ...]


@dataclasses.dataclass(frozen=True)
class Series:
    """Figures of one series, one per category; ``None`` leaves a gap."""

    name: str
    figures: tuple[Shown | None, ...]
    look: Look = "plain"


@dataclasses.dataclass(frozen=True)
class Chart:
    """``waterfall``: one series; ``totals`` says which categories stand on the axis (the first
    and the last, as a rule), the others float from where the one before ended.

    ``unit`` is said under the title; ``alternative`` says in words what the picture shows.
    ``shape``: the number format of labels and axis on a slide, where that of the figures is too
    long; ``scale`` is then said in place of the unit (thousands of euro).
    """

    kind: Literal["column", "bar", "line", "waterfall"]
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    title: str
    unit: str
    alternative: str
    totals: tuple[int, ...] = ()
    shape: str = ""
    scale: str = ""


@dataclasses.dataclass(frozen=True)
class TableColumn:
    """``share`` is the width against the other columns."""

    label: str
    numeric: bool = False
    share: float = 1.0


@dataclasses.dataclass(frozen=True)
class Table:
    """``total``: the last row closes the table. A long one goes on over the next slides."""

    columns: tuple[TableColumn, ...]
    rows: tuple[tuple[Part, ...], ...]
    title: str = ""
    total: bool = False
    empty: str = ""  # what stands there when there is no row


Content: TypeAlias = Lines | Strip | Chart | Table


@dataclasses.dataclass(frozen=True)
class Slide:
    """``title`` says the message, ``subtitle`` what is shown, its unit and its period.

    ``layout``: ``title`` (the first), ``section``, ``content`` (the contents below each other),
    ``two`` (side by side). ``inside``: never shown to the customer; a writer leaves it out
    unless it is told otherwise.
    """

    key: str
    title: Words
    contents: tuple[Content, ...] = ()
    subtitle: str = ""
    notes: tuple[str, ...] = ()
    layout: Literal["title", "section", "content", "two"] = "content"
    inside: bool = False


@dataclasses.dataclass(frozen=True)
class Facts:
    """The fact sheet that goes with every document: pairs, then the metrics it uses."""

    pairs: tuple[tuple[str, str], ...]
    metrics: tuple[tuple[str, str, str], ...] = ()  # name, formula in words, version
    title: str = ""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Deck:
    """``made_on`` dates the file; ``link`` is where proofs open, with ``{id}`` in it, or empty."""

    title: str
    slides: tuple[Slide, ...]
    language: str
    made_on: date
    facts: Facts
    footer: str = ""
    link: str = ""


@dataclasses.dataclass(frozen=True)
class Carried:
    """A figure found in a file: where, what is to be read there, what was meant, its proof id.

    ``place`` for people (``slide 4, table "Movers", row 2, column 3``); ``text`` what stands in
    the file now, ``meant`` what was written, ``value`` the exact number then, as text.
    """

    place: str
    text: str
    meant: str
    value: str
    proof: str
    measure: str = ""
