"""An independent calculator: plain loops over rows, nothing of the compiler."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from keystead.kernel.periods import Period
from keystead.metrics.tests.worlds import Row

Key = tuple[Any, ...]
Group = Callable[[Row], Key]


def sell_in(rows: Iterable[Row], period: Period, group: Group) -> dict[Key, Decimal]:
    """Return net value per group."""
    found: dict[Key, Decimal] = {}
    for row in rows:
        if row["date"] in period:
            key = group(row)
            found[key] = found.get(key, Decimal(0)) + row["value"]
    return found


def closing(rows: list[Row], period: Period) -> Decimal | None:
    """Return stock on the last day each account and location reported."""
    inside = [row for row in rows if row["date"] in period]
    last: dict[Key, date] = {}
    for row in inside:
        place = (row["account_id"], row["location"] or "")
        last[place] = max(row["date"], last.get(place, row["date"]))
    kept = [
        row["quantity"]
        for row in inside
        if row["date"] == last[(row["account_id"], row["location"] or "")]
    ]
    return sum(kept, Decimal(0)) if kept else None


def growth(rows: list[Row], period: Period) -> float | None:
    """Return the change against the same days of last year in percent."""
    now = sell_in(rows, period, lambda _row: ()).get(())
    before = sell_in(rows, period.shift_years(-1), lambda _row: ()).get(())
    if now is None or not before:
        return None
    return float((now - before) * 100 / before)
