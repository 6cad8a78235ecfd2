"""Segments of accounts: the cuts, what goes in, what comes out."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal


@dataclasses.dataclass(frozen=True)
class Cuts:
    """The borders of the segments. Shares and levels in per cent, ``cv`` a ratio."""

    metric: str = "sell_in"
    a_pct: Decimal = Decimal("80")
    b_pct: Decimal = Decimal("95")
    x_cv: Decimal = Decimal("0.5")
    y_cv: Decimal = Decimal("1.0")
    potential_mid_pct: Decimal = Decimal("25")
    potential_high_pct: Decimal = Decimal("100")
    relation_mid: Decimal = Decimal("40")
    relation_high: Decimal = Decimal("70")
    hysteresis_pct: Decimal = Decimal("10")


@dataclasses.dataclass(frozen=True)
class Inputs:
    """What is known of an account; None where nothing is.

    ``value``: money of twelve months. ``cv`` of de-seasonalised months. ``room_pct``: the open
    potential in per cent of the value. ``coverage_pct``: wanted roles that are covered.
    ``satisfaction``: 0 to 100.
    """

    value: Decimal
    cv: float | None = None
    room_pct: float | None = None
    coverage_pct: float | None = None
    satisfaction: float | None = None


@dataclasses.dataclass(frozen=True)
class Segment:
    """The segment of an account: A to C, X to Z, and two levels."""

    value: str
    variability: str
    potential: str
    relation: str

    @property
    def cell(self) -> str:
        return f"{self.value}{self.variability}"


@dataclasses.dataclass(frozen=True)
class Placed:
    """An account in a run; ``before``: its segment in the run of the quarter before."""

    account_id: int
    account_code: str
    account_name: str
    segment: Segment
    inputs: Inputs
    before: Segment | None = None

    @property
    def moved(self) -> bool:
        return self.before is not None and self.before != self.segment


@dataclasses.dataclass(frozen=True)
class Run:
    """A run with the accounts the reader may see; ``moved_pct`` over all of the house."""

    id: int
    quarter: str
    currency: str
    cuts: Cuts
    cuts_number: int
    commit: int
    at: datetime
    by_name: str
    moved_pct: Decimal | None
    left_out: Mapping[str, int]
    placed: tuple[Placed, ...] = ()
