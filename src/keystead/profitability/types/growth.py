"""Why a figure of an account moved. Amounts are exact decimals."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from keystead.kernel.periods import Period
from keystead.profitability.types.bridges import Bridge, Part
from keystead.profitability.types.statements import Amount, Driver


class Measure(StrEnum):
    """What moved."""

    SELL_IN = "sell_in"
    GROSS_MARGIN = "gross_margin"


class Against(StrEnum):
    """What a period is compared with."""

    LAST_YEAR = "last_year"
    PREVIOUS = "previous"


@dataclasses.dataclass(frozen=True)
class GrowthLine:
    """A product in a bridge: its name, its two figures with their proofs, its parts."""

    name: str
    base: Amount
    actual: Amount
    parts: Mapping[Part, Decimal]


@dataclasses.dataclass(frozen=True)
class Growth:
    """Why a figure of an account moved between two periods.

    ``drivers``: on to the contribution, for those who may see costs. ``without_cost``: how many
    products with sales have no cost, so that their whole sales count as margin. ``asked`` is the
    currency it was converted into at the rates recorded by ``rates_at``; else both are empty.
    """

    account_id: int
    account_code: str
    account_name: str
    measure: Measure
    period: Period
    before: Period
    currency: str
    base: Amount
    actual: Amount
    bridge: Bridge
    lines: tuple[GrowthLine, ...]
    drivers: tuple[Driver, ...]
    without_cost: int
    sees_cost: bool
    commit: int
    against: Against = Against.LAST_YEAR
    asked: str = ""
    rates_at: datetime | None = None
