"""The numbers of a cycle as one table: series x months, for each layer."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import numpy as np
import numpy.typing as npt

from keystead.forecasting.types.cycle import TOP, Cycle, Key, Layer, Node

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
UNITS = Decimal("0.0001")


@dataclasses.dataclass(frozen=True, slots=True)
class Series:
    """What is known of one row: where it stands, its unit and price, its kind."""

    key: Key
    brand: str
    unit: str = ""
    price: Decimal | None = None
    currency: str = ""
    segment: str = ""
    recipe: str = ""
    last_year: Decimal | None = None
    mase_scale: Decimal | None = None
    rmsse_scale: Decimal | None = None


@dataclasses.dataclass(frozen=True, eq=False)
class CycleTable:
    """All numbers of a cycle that the reader may see.

    ``layers`` holds every layer, series x months; one that says nothing of its own equals the
    one below. ``named``: where a layer says something of its own. ``bands``: lo80, hi80, lo95,
    hi95 of the statistical layer. ``stamp``: the newest override that is in it; hand it back as
    ``seen`` with an override.
    """

    cycle: Cycle
    series: tuple[Series, ...]
    periods: tuple[date, ...]
    layers: Mapping[Layer, Floats]
    named: Mapping[Layer, Bools]
    bands: Mapping[str, Floats]
    stamp: int
    below: Mapping[int, frozenset[int]] = dataclasses.field(default_factory=dict, repr=False)

    def rows_of(self, node: Node) -> list[int]:
        """Return the places of the series at a node."""
        accounts = None
        if node.account_id is not None:
            accounts = self.below.get(node.account_id, frozenset()) | {node.account_id}
        return [
            place
            for place, one in enumerate(self.series)
            if (accounts is None or one.key.account_id in accounts)
            and (node.product_id is None or one.key.product_id == node.product_id)
            and (not node.brand or one.brand == node.brand)
        ]

    def quantity(self, layer: Layer, row: int, column: int) -> Decimal:
        """Return one cell at four decimals."""
        return exactly(self.layers[layer][row, column])

    def total(self, layer: Layer, node: Node = TOP) -> Decimal:
        """Return the sum of a node over all months."""
        return exactly(float(self.layers[layer][self.rows_of(node)].sum()))

    def value(self, layer: Layer, row: int, column: int) -> Decimal | None:
        """Return the cell in the currency of its series; None without a price."""
        price = self.series[row].price
        return None if price is None else self.quantity(layer, row, column) * price


def exactly(value: float) -> Decimal:
    """Return a quantity at the four decimals with which it is stored.

    >>> exactly(0.1 + 0.2)
    Decimal('0.3000')
    """
    return Decimal(f"{value:.4f}") + 0 if value else Decimal(0)
