"""From rows of demand to a panel: every row is used or reported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from keystead.forecasting.calc.spans import between, floor
from keystead.forecasting.types.panel import Panel, Path, SeriesProblem


@dataclass(frozen=True, slots=True)
class Demand:
    """What was sold of one series on one day or in one period; nan is unknown."""

    key: str
    account: Path
    product: Path
    day: date
    quantity: float


def panel_of(
    rows: Sequence[Demand],
    *,
    freq: str = "M",
    until: date | None = None,
    masked: Sequence[tuple[str, date]] = (),
    once: bool = True,
) -> tuple[Panel, tuple[SeriesProblem, ...]]:
    """Return the panel of the rows up to the period before ``until``, and what was odd.

    Periods without a row count as zero after a series' first row and before it as not yet sold.
    With ``once`` a second row of a period is reported (both are added up); rows on or after
    ``until`` are reported and left out; ``masked`` periods (out of stock, delisted) are unknown.
    """
    problems: list[SeriesProblem] = []
    used = []
    for row in rows:
        if until is not None and floor(row.day, freq) >= floor(until, freq):
            text = f"{row.quantity:g} is dated after the cut-off {until}; it is left out."
            problems.append(SeriesProblem(row.key, "future", text, row.day))
        else:
            used.append(row)
    if not used:
        first = floor(until, freq) if until else date(1970, 1, 1)
        return Panel((), (), (), first, freq, np.zeros((0, 0))), tuple(problems)
    first = floor(min(row.day for row in used), freq)
    last = max(row.day for row in used)
    count = between(first, until, freq) if until else between(first, last, freq) + 1
    paths: dict[str, tuple[Path, Path]] = {}
    for row in used:
        paths.setdefault(row.key, (row.account, row.product))
    keys = tuple(sorted(paths))
    places = {key: place for place, key in enumerate(keys)}
    values = np.zeros((len(keys), count))
    seen = np.zeros((len(keys), count), dtype=int)
    for row in used:
        place, column = places[row.key], between(first, row.day, freq)
        seen[place, column] += 1
        values[place, column] += row.quantity
        if once and seen[place, column] == 2:
            text = "This period is there more than once; the quantities are added up."
            problems.append(SeriesProblem(row.key, "duplicate", text, floor(row.day, freq)))
    for key, day in masked:
        if key in places and 0 <= between(first, day, freq) < count:
            values[places[key], between(first, day, freq)] = np.nan
    accounts = tuple(paths[key][0] for key in keys)
    products = tuple(paths[key][1] for key in keys)
    return Panel(keys, accounts, products, first, freq, values), tuple(problems)
