"""What the agreed forecast says of a term: its level by month, and how far each brand moves."""

from __future__ import annotations

import dataclasses
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Final

import numpy as np

from keystead.profitability.calc.whatif.chance import Z90
from keystead.profitability.calc.whatif.draws import Floats
from keystead.profitability.calc.whatif.months import spread_out
from keystead.profitability.types.offers import Cell, Sold

ZERO: Final = Decimal(0)
ENOUGH: Final = 0.5  # of the value ahead must come with a range, else the history says the spread
WIDEST: Final = 1.5  # of a month's logarithm: beyond it a range says nothing


@dataclasses.dataclass(frozen=True)
class Told:
    """What a forecast says of one cell and month; ``width``: P90 less P10, zero where not told."""

    value: Decimal
    units: Decimal | None
    width: Decimal = ZERO


@dataclasses.dataclass
class Foreseen:
    """A forecast by account, product and channel, and by month."""

    cells: dict[Cell, dict[date, Told]] = dataclasses.field(
        default_factory=lambda: defaultdict(dict)
    )

    def add(self, cell: Cell, month: date, told: Told) -> None:
        """Add a line; ranges of lines of one cell are taken to move together."""
        known = self.cells[cell].get(month)
        if known is not None:
            units = None if None in (known.units, told.units) else known.units + told.units  # type: ignore[operator]
            told = Told(known.value + told.value, units, known.width + told.width)
        self.cells[cell][month] = told

    def covers(self, months: Iterable[date], accounts: Iterable[int]) -> bool:
        """Say whether it speaks of every month, and of every account in at least one of them.

        >>> one = Foreseen()
        >>> one.add((1, 2, None), date(2027, 1, 1), Told(Decimal(5), None))
        >>> one.covers([date(2027, 1, 1)], [1]), one.covers([date(2027, 1, 1)], [1, 3])
        (True, False)
        """
        wanted = set(months)
        told = [(cell[0], month) for cell, held in self.cells.items() for month in held]
        inside = [(account, month) for account, month in told if month in wanted]
        return (
            bool(wanted)
            and {month for _, month in inside} == wanted
            and set(accounts) <= {account for account, _ in inside}
        )

    def by_channel(self, shares: Mapping[tuple[int, int], Mapping[str, Decimal]]) -> Foreseen:
        """Return it with what names no channel spread over channels by shares that add up to one.

        Keys of ``shares``: account and product; one without shares stays without a channel.
        """
        made = Foreseen()
        for (account, product, channel), held in self.cells.items():
            parts = {} if channel else shares.get((account, product), {})
            for month, told in held.items():
                for name, part in (parts or {channel or "": Decimal(1)}).items():
                    units = None if told.units is None else told.units * part
                    cell = (account, product, name)
                    made.add(cell, month, Told(told.value * part, units, told.width * part))
        return made


def spreads_of(
    rows: Sequence[Sold], places: Sequence[int], months: int, done: int, common: float
) -> tuple[Floats, float]:
    """Return the spread of each brand's month (brands x months), and how much came with a range.

    ``places``: the brand of each row. The standard deviation of a line is its width over 2 z90;
    lines of a brand correlate by ``common``; the spread is that of the logarithm with the same
    variance. A brand's month without a range takes the mean of those with one.

    >>> row = Sold(1, 2, "", "", "A", "", (), (Decimal(100),), width=(Decimal("51.2621"),))
    >>> made, share = spreads_of([row], [0], 1, 0, 0.5)
    >>> round(float(made[0, 0]), 4), share
    (0.198, 1.0)
    """
    wide = [[float(one) for one in row.width or (ZERO,) * months] for row in rows]
    value = [[float(one) for one in row.value] for row in rows]
    sigma = [[one / (2 * Z90) for one in line] for line in wide]
    known = [
        [v if w > 0 and v > 0 else 0.0 for v, w in zip(line, width, strict=True)]
        for line, width in zip(value, wide, strict=True)
    ]
    whole, told = spread_out(places, value, months), spread_out(places, known, months)
    whole[:, :done], told[:, :done] = 0.0, 0.0
    together = spread_out(places, sigma, months)
    each = spread_out(places, [[one * one for one in line] for line in sigma], months)
    varies = common * together**2 + (1 - common) * each
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.sqrt(np.log1p(np.where(told > 0, varies / told**2, 0.0)))
    has = told > 0
    if not has.any():
        return found, 0.0
    weights = np.where(has, told, 0.0)
    mean = float((found * weights).sum() / weights.sum())
    found = np.minimum(np.where(has, found, mean), WIDEST)
    share = float(told.sum() / whole.sum()) if whole.sum() > 0 else 0.0
    return found, min(share, 1.0) if math.isfinite(share) else 0.0
