"""The whitespace grid: sites by products or brands, and what stands in each cell."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal


class CellState(enum.StrEnum):
    """What somebody said of a cell: it could be sold, somebody else sells it, it is not for it."""

    OPEN = "open"
    COMPETITOR = "competitor"
    UNSUITED = "unsuited"


class Shown(enum.StrEnum):
    """What a cell shows; ``current``: it is bought already, with or without room for more."""

    CURRENT = "current"
    POTENTIAL = "potential"
    COMPETITOR = "competitor"
    OPEN = "open"
    UNSUITED = "unsuited"


@dataclasses.dataclass(frozen=True)
class Column:
    """A column of the grid: a brand, or a product (``product_id``)."""

    key: str
    label: str
    brand: str = ""
    product_id: int | None = None


@dataclasses.dataclass(frozen=True)
class Site:
    """A row of the grid: an account below the one that is looked at, or itself."""

    id: int
    code: str
    name: str
    kind: str = ""
    level: int = 0


@dataclasses.dataclass(frozen=True, kw_only=True)
class CellEntry:
    """What somebody says of a cell; ``potential`` is money of a year, what is bought included."""

    account_id: int
    brand: str = ""
    product_id: int | None = None
    state: CellState = CellState.OPEN
    potential: Decimal | None = None
    competitor: str = ""
    owner_id: int | None = None
    note: str = ""
    stated_on: date | None = None
    stale_days: int = 180


@dataclasses.dataclass(frozen=True, kw_only=True)
class Said:
    """What is stored of a cell."""

    id: int
    account_id: int
    brand: str
    product_id: int | None
    state: CellState
    potential: Decimal | None
    currency: str
    competitor: str
    owner_id: int | None
    owner_name: str
    note: str
    stated_on: date
    stale_days: int
    version: int

    def stale(self, today: date) -> bool:
        return today >= self.stated_on + timedelta(days=self.stale_days)


@dataclasses.dataclass(frozen=True)
class Cell:
    """One cell: what is bought (with its proof), what is left to win, and who has it.

    ``room``: the potential that is not bought yet. ``other``: room that a competitor holds.
    """

    site_id: int
    column: str
    shown: Shown
    current: Decimal = Decimal(0)
    room: Decimal = Decimal(0)
    other: Decimal = Decimal(0)
    proof_id: str = ""
    said: Said | None = None
    said_in_other: bool = False

    @property
    def unowned(self) -> bool:
        """Room to win that nobody looks after."""
        held = self.said is not None and self.said.owner_id is not None
        return (self.room > 0 or self.other > 0) and not held


@dataclasses.dataclass(frozen=True)
class Sum:
    """The cells of a row, a column or the grid together."""

    current: Decimal = Decimal(0)
    room: Decimal = Decimal(0)
    other: Decimal = Decimal(0)
    states: Mapping[str, int] = dataclasses.field(default_factory=dict)

    @property
    def whole(self) -> Decimal:
        return self.current + self.room + self.other


@dataclasses.dataclass(frozen=True)
class Grid:
    """The grid of an account with its sums both ways."""

    account_id: int
    account_code: str
    account_name: str
    currency: str
    period: str
    by: str
    sites: tuple[Site, ...]
    columns: tuple[Column, ...]
    cells: Mapping[tuple[int, str], Cell]
    rows: Mapping[int, Sum]
    totals: Mapping[str, Sum]
    total: Sum
    left_out: int = 0
