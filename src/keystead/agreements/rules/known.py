"""What the rules are told besides the terms."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import date
from decimal import Decimal


@dataclasses.dataclass(frozen=True)
class Known:
    """Facts around an agreement on the day it is checked.

    ``resale_price_metrics``: metrics that read what resellers charge. ``unit_price`` is the
    invoice price of a unit, ``unit_cost`` its cost (or the agreed floor, if higher); without them
    nothing is said about cost. ``other_rates_pct``: what else comes off, by condition.
    """

    today: date
    resale_price_metrics: frozenset[str] = frozenset()
    customer_entity: str = ""
    unit_price: Decimal | None = None
    unit_cost: Decimal | None = None
    other_rates_pct: Mapping[str, Decimal] = dataclasses.field(default_factory=dict)
    dominant_product: bool = False
