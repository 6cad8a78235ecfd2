"""What an option means for the agreement, where it is more than words."""

from __future__ import annotations

import dataclasses
from enum import StrEnum

from keystead.agreements.types import Cap, Condition, PriceRow


class TermKind(StrEnum):
    """``discount 3``: percent on the invoice. ``rebate 0:2; 100000:3``: percent from a yearly net
    value on. ``cap 50000``: the most that is paid a year. ``path 250000; 2; 2``: the price of the
    first year, then by how many percent it moves each year.
    """

    DISCOUNT = "discount"
    REBATE = "rebate"
    CAP = "cap"
    PATH = "path"


@dataclasses.dataclass(frozen=True)
class DealTerms:
    """The calculating terms of an agreed package; empty where all of it is words."""

    conditions: tuple[Condition, ...] = ()
    prices: tuple[PriceRow, ...] = ()
    cap: Cap | None = None
