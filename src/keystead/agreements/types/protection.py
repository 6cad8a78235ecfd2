"""What a price protection is worked out from: price cuts, reported stock, what moved since."""

from __future__ import annotations

import dataclasses
import enum
from datetime import date
from decimal import Decimal
from typing import Final

ZERO: Final = Decimal(0)


class ProtectionGap(enum.StrEnum):
    """Why a price cut pays nothing although it is protected: what is not known."""

    NO_REPORT = "no_report"
    OFF_TAKE_MISSING = "off_take_missing"
    UNITS = "units"
    CHANNELS = "channels"


@dataclasses.dataclass(frozen=True)
class PriceCut:
    """A price that fell: ``old`` held on the day before ``on``; ``agreed``: by the agreement."""

    product_id: int
    on: date
    old: Decimal
    new: Decimal
    agreed: bool = False


@dataclasses.dataclass(frozen=True)
class StockLine:
    """One row of a stock report, with where it was read."""

    account_id: int
    product_id: int
    day: date
    quantity: Decimal
    unit: str
    location: str = ""
    in_transit: bool = False
    batch_id: int = 0
    sheet: str = ""
    source_row: int = 0


@dataclasses.dataclass(frozen=True)
class ReportedStock:
    """What one account reported last before a cut, and what moved between then and the cut.

    ``invoiced_since``: what we invoiced to it; ``sold_since``: its off-take, None where it told no
    off-take at all in the days that are looked at.
    """

    account_id: int
    day: date
    lines: tuple[StockLine, ...]
    invoiced_since: Decimal = ZERO
    sold_since: Decimal | None = ZERO

    @property
    def on_hand(self) -> Decimal:
        return sum((one.quantity for one in self.lines if not one.in_transit), ZERO)

    @property
    def in_transit(self) -> Decimal:
        return sum((one.quantity for one in self.lines if one.in_transit), ZERO)


@dataclasses.dataclass(frozen=True)
class ProtectedCut:
    """A price cut that a condition protects, with all that its credit is worked out from.

    ``stocks``: the last report of each account within the agreed days; ``left_out``: accounts
    whose last report is older. ``off_take``: units sold on in the days the pace is taken from
    (None: none told), ``sell_in``: units bought in the look-back days.
    """

    version: int
    condition: str
    cut: PriceCut
    stocks: tuple[ReportedStock, ...] = ()
    left_out: int = 0
    off_take: Decimal | None = None
    sell_in: Decimal = ZERO
    gap: ProtectionGap | None = None
