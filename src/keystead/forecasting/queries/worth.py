"""What a unit is worth in one currency: prices of several are told at the rate of the month."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from keystead.forecasting.types.table import CycleTable, Series
from keystead.kernel.periods import month_start
from keystead.reference.queries import rate_table


@dataclass(frozen=True)
class Worth:
    """One currency and the rates into it, by month; without any price the currency is empty."""

    currency: str
    rates: Mapping[tuple[str, date], Decimal]

    def unit(self, series: Series, month: date) -> Decimal | None:
        """Return the value of one unit in that period; None without a price or a rate."""
        if series.price is None or not series.currency:
            return None
        if series.currency == self.currency:
            return series.price
        rate = self.rates.get((series.currency, month_start(month)))
        return None if rate is None else series.price * rate


def worth_of(tables: Iterable[CycleTable], last: date) -> Worth:
    """Return the worth of units in the currency that most of the series have.

    Rates are read up to the month of ``last``, and only where there is a second currency.
    """
    counts = Counter(
        one.currency for table in tables for one in table.series
        if one.currency and one.price is not None
    )  # fmt: skip
    if not counts:
        return Worth("", {})
    currency = min(counts, key=lambda code: (-counts[code], code))
    rates: dict[tuple[str, date], Decimal] = {}
    if len(counts) > 1:
        for row in rate_table(currency, through=last).to_pylist():
            rates[row["currency"], row["month"]] = row["rate"]
    return Worth(currency, rates)
