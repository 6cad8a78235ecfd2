"""Places in a document: as stable words that are kept and told by the API, and as their parts.

``stable`` writes a part (``slide 3``, ``sheet 2``, ``cell B4``), ``place`` puts parts together, and
``parts_of`` takes what was written apart again: what nobody wrote here stays as it stands.
"""

from __future__ import annotations

import dataclasses
import re
from typing import Final

# kind -> how it is written; {} stands for a number, “{}” for a name, {}! for anything else
WRITTEN: Final = {
    "slide": "slide {}", "notes": "notes {}", "comment": "comment {}", "chart": "chart {}",
    "chart_workbook": "workbook of chart {}", "master": "master {}", "layout": "layout {}",
    "document": "document", "header": "header {}", "footer": "footer {}", "comments": "comments",
    "footnotes": "footnotes", "sheet": "sheet {}", "cells": "cells", "names": "names",
    "properties": "properties", "line": "line {}", "part": "part {}", "row": "row {}",
    "column": "column {}", "file_name": "name of the file",
    "named_table": "table “{}”", "named_chart": "chart “{}”", "named_sheet": "sheet “{}”",
    "paragraph": "paragraph “{}”", "named": "“{}”",
    "cell": "cell {}!", "attachment": "attachment {}!",
    "subject": "subject", "from": "from", "to": "to", "cc": "cc", "bcc": "bcc",
    "reply_to": "reply-to",
}  # fmt: skip
_CELL: Final = "!"  # “sheet 2!C5” is a cell of a sheet


@dataclasses.dataclass(frozen=True)
class Part:
    """One part of a place: ``kind`` of ``WRITTEN`` and its number or name; kind "" as it stands."""

    kind: str
    name: str = ""


def stable(kind: str, name: object = "") -> str:
    """Return a part of a place in its stable words.

    >>> stable("slide", 3), stable("named_table", "Movers"), stable("comment")
    ('slide 3', 'table “Movers”', 'comment')
    """
    return WRITTEN[kind].removesuffix("!").format(name).strip()


def parts_of(place: str) -> tuple[Part, ...]:
    """Return the parts of a place; what is not known stays as it stands, with no kind.

    >>> [(one.kind, one.name) for one in parts_of("slide 4, chart “Sales, net”, May")]
    [('slide', '4'), ('named_chart', 'Sales, net'), ('', 'May')]
    >>> [(one.kind, one.name) for one in parts_of("sheet 2!C5")]
    [('sheet', '2'), ('cell', 'C5')]
    """
    found: list[Part] = []
    rest = place.strip()
    while rest:
        part, rest = _first(rest)
        found.append(part)
    return tuple(found)


def _first(rest: str) -> tuple[Part, str]:
    for kind, pattern in _PATTERNS:
        match = pattern.match(rest)
        if match:
            return Part(kind, (match["name"] or "").strip()), _after(rest[match.end() :])
    before, _comma, after = rest.partition(", ")
    return Part("", before), after.strip()


def _after(rest: str) -> str:
    if rest.startswith(_CELL):
        return stable("cell", rest[1:])
    return rest.removeprefix(",").strip()


def _pattern(written: str) -> re.Pattern[str]:
    head, mark, tail = written.partition("{}")
    if not mark:
        name = "(?P<name>)"
    elif tail == "!":
        name, tail = r"(?P<name>[^,]+?)", ""
    else:
        name = r"(?P<name>.*?)" if tail == "”" else r"(?P<name>\d*)"
    head = re.escape(head.rstrip()) + (" ?" if head.endswith(" ") else "")
    return re.compile(rf"{head}{name}{re.escape(tail)}(?=$|, |{_CELL})", re.S)


_PATTERNS: Final = tuple((kind, _pattern(written)) for kind, written in WRITTEN.items())
