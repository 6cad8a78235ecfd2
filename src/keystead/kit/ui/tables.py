"""A table as data: columns that know their kind and unit, rows of plain values or cells."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Literal

from django.utils.translation import gettext

Kind = Literal[
    "text", "number", "figure", "money", "percent", "pct", "points", "date", "month", "moment",
    "variance", "variance_percent", "variance_points", "spark", "bar", "variance_bar",
    "code", "tag", "link",
]  # fmt: skip
LEFT: frozenset[str] = frozenset({"text", "code", "tag", "link", "spark", "bar", "variance_bar"})
PLAIN: frozenset[str] = frozenset({"text", "number", "money", "percent", "points", "date", "month"})


@dataclasses.dataclass(frozen=True)
class Column:
    """One column: ``unit`` stands under the label, ``scale`` divides (1000 for "¥ thousand").

    Plain numbers in ``percent`` columns are ratios (0.971), in ``pct`` columns per cent (97.1).
    Cells may hold figures (anything with ``value``, ``unit`` and ``proof_id``): they bring their
    proof, and per cent is understood. A ``figure`` column writes each in its own short form.

    ``digits`` are decimals; ``good`` says which direction of a variance is favourable
    (``up``, ``down`` or ``none``); ``hide`` is ``phone`` for columns a narrow screen drops.
    """

    key: str
    label: str
    kind: Kind = "text"
    unit: str = ""
    currency: str = ""
    digits: int | None = None
    scale: int = 1
    good: Literal["up", "down", "none"] = "up"
    sortable: bool = True
    hide: str = ""
    most: Any = None
    wide: bool = False

    @property
    def numeric(self) -> bool:
        return self.kind not in LEFT


@dataclasses.dataclass(frozen=True)
class Cell:
    """A value with what hangs on it: a link, a proof id, a second line, a tone, a title.

    ``phone`` is a further line on a narrow screen: what the columns say that it drops.
    """

    value: Any
    href: str = ""
    proof: str = ""
    sub: str = ""
    tone: str = ""
    title: str = ""
    spark: Sequence[Any] = ()
    phone: str = ""


@dataclasses.dataclass(frozen=True)
class Row:
    """One row; ``level`` indents, ``head`` starts a group, ``total`` closes the table."""

    cells: Mapping[str, Any]
    level: int = 0
    head: bool = False
    total: bool = False
    id: str = ""
    tone: str = ""


@dataclasses.dataclass(frozen=True)
class Table:
    """What ``{% data_table table %}`` draws.

    ``sort_url`` makes the head sort on the server (it gets ``?sort=key`` or ``-key``); without
    it the browser sorts. ``caption`` names the table for those who cannot see it.
    """

    columns: Sequence[Column]
    rows: Sequence[Row | Mapping[str, Any]]
    caption: str
    id: str = ""
    sort: str = ""
    sort_url: str = ""
    sort_target: str = ""
    tall: bool = False
    sortable: bool = True
    empty: str = ""

    def full_rows(self) -> list[Row]:
        """Return every row as a ``Row``."""
        return [row if isinstance(row, Row) else Row(row) for row in self.rows]

    def largest(self, column: Column) -> Any:
        """Return what a bar in this column is measured against."""
        if column.most is not None:
            return column.most
        values = [raw_value(row.cells.get(column.key)) for row in self.full_rows() if not row.total]
        return max((abs(value) for value in values if value is not None), default=None)


def as_cell(given: Any) -> Cell:
    """Return a cell: as given, around a plain value, or made from a figure with its proof."""
    if isinstance(given, Cell):
        return given
    if hasattr(given, "proof_id"):
        return Cell(figure_value(given), proof=given.proof_id or "", title=note_words(given.note))
    return Cell(given)


def figure_value(figure: Any) -> Any:
    """Return the number inside a figure, a percentage as a ratio."""
    if figure.value is not None and str(getattr(figure, "unit", "")) == "percent":
        return Decimal(str(figure.value)) / 100
    return figure.value


def note_words(note: Any) -> str:
    """Return why a figure is empty, or what to know about it, in words."""
    word = _NOTES.get(str(note)) if note else None
    return word() if word else str(note or "")


_NOTES: dict[str, Callable[[], str]] = {
    "no_data": lambda: gettext("No data"),
    "mixed_currencies": lambda: gettext("Several currencies: choose one to add them up"),
    "mixed_units": lambda: gettext("Several units that do not add up"),
    "no_rate": lambda: gettext("An exchange rate is missing"),
    "zero_denominator": lambda: gettext("Nothing to compare with"),
    "converted": lambda: gettext("Converted at the rates of each month"),
    "longer_than_known": lambda: gettext("Longer than the data reach"),
}


def raw_value(cell: Any) -> Any:
    """Return the value inside a cell."""
    return as_cell(cell).value


def scale_for(values: Sequence[Any], *, language: str, drawn: bool = False) -> int:
    """Return the divisor that keeps a column readable: 1, a thousand, a million; 万 in Chinese.

    A chart (``drawn``) has less room for digits, so it changes to the next step earlier.
    """
    most = max((abs(value) for value in values if value is not None), default=0)
    if language.startswith("zh"):
        return 10_000 if most >= 1_000_000 else 1
    if most >= (1_000_000 if drawn else 1_000_000_000):
        return 1_000_000
    return 1_000 if most >= (10_000 if drawn else 1_000_000) else 1
