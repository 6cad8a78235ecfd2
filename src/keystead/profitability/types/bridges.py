"""Bridges: lines in, parts out, by a named convention. Amounts are exact decimals."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum


class Convention(StrEnum):
    """How a change of price and a change of quantity are told apart. Named on every bridge."""

    ACTUAL_QUANTITY = "actual_quantity_price"
    BASE_QUANTITY = "base_quantity_price"
    AVERAGE = "symmetric_average"


class Part(StrEnum):
    """One bar of a bridge, in the order in which they are drawn."""

    VOLUME = "volume"
    MIX = "mix"
    PRICE = "price"
    JOINT = "joint"
    NEW = "new"
    LOST = "lost"
    WITHOUT_UNITS = "without_units"
    CURRENCY = "currency"


@dataclasses.dataclass(frozen=True)
class Line:
    """One product (or product x account) in the two periods that are compared.

    ``value`` is at the exchange rates of the base; ``reported`` at its own rates, where they
    differ. ``family`` is the unit the quantities are counted in: only within one family is there
    a mix. None for units that are unknown or do not add up. ``base_price`` and ``price`` state the
    price of a period in which nothing was sold: the line was offered then, so it is not new (or
    lost) but a matter of the mix.
    """

    key: str
    base_units: Decimal | None
    base_value: Decimal
    units: Decimal | None
    value: Decimal
    reported: Decimal | None = None
    family: str = ""
    base_price: Decimal | None = None
    price: Decimal | None = None


@dataclasses.dataclass(frozen=True)
class LineBridge:
    """The bridge of one line; its parts add up to ``actual - base``."""

    key: str
    base: Decimal
    actual: Decimal
    parts: Mapping[Part, Decimal]

    @property
    def change(self) -> Decimal:
        return self.actual - self.base


@dataclasses.dataclass(frozen=True)
class Bridge:
    """From the base to the actual; ``parts`` and the parts of all lines add up to the change."""

    convention: Convention
    base: Decimal
    actual: Decimal
    parts: Mapping[Part, Decimal]
    lines: tuple[LineBridge, ...]

    @property
    def change(self) -> Decimal:
        return self.actual - self.base
