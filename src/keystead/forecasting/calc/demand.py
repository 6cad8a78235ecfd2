"""Which months of a history say nothing about demand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

import numpy as np
import numpy.typing as npt

from keystead.forecasting.types.rhythm import Rhythm

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

CENSORED: Final = 0.75  # of the usual month; below it an empty shelf kept sales down
USUAL_MONTHS: Final = 12


def stock_out(demand: Floats, closing: Floats) -> Bools:
    """Return the periods in which an empty shelf hid demand, for one series.

    The stock was nothing at the end of the period (``closing`` zero or less; nan is unknown) and
    the period stayed below three quarters of the median of the twelve periods before it.

    >>> stock_out(np.array([10.0, 10, 10, 2, 10]), np.array([5.0, 5, 5, 0, 0])).tolist()
    [False, False, False, True, False]
    """
    found = np.zeros(demand.size, dtype=np.bool_)
    for at in np.flatnonzero(np.nan_to_num(closing, nan=1.0) <= 0).tolist():
        before = demand[max(0, at - USUAL_MONTHS) : at][~found[max(0, at - USUAL_MONTHS) : at]]
        before = before[before > 0]
        found[at] = before.size > 0 and demand[at] < CENSORED * float(np.median(before))
    return found


def delisted(
    months: Iterable[date],
    changes: Iterable[tuple[date, str]],
    demand: Floats,
    rhythm: Rhythm = Rhythm.MONTH,
) -> Bools:
    """Return the periods in which a product was off the list from their first to their last day.

    ``changes``: day and status (listed, paused, delisted), in any order. A period with sales was
    not off the list, whatever was observed.

    >>> from datetime import date
    >>> months = [date(2026, n, 1) for n in (1, 2, 3)]
    >>> delisted(months, [(date(2026, 1, 15), "delisted")], np.array([5.0, 0, 0])).tolist()
    [False, True, True]
    """
    ordered = sorted(changes)
    found = []
    for month, sold in zip(months, demand.tolist(), strict=True):
        begun = [status for day, status in ordered if day <= month]
        during = [status for day, status in ordered if rhythm.start(day) == month]
        off = bool(begun) and begun[-1] != "listed" and "listed" not in during
        found.append(off and not sold > 0)
    return np.array(found, dtype=np.bool_)


def scales(values: Floats, season: int = 12) -> tuple[float | None, float | None]:
    """Return what errors of a series are scaled by: mean absolute and mean squared naive step.

    The first is of the seasonal naive (of the plain one under a season and a month of history),
    for MASE; the second of the plain naive, for RMSSE. None where the history never moves.

    >>> scales(np.array([1.0, 2.0, 4.0]))
    (1.5, 2.5)
    """
    known = values[~np.isnan(values)]
    sold = np.flatnonzero(known > 0)
    used = known[sold[0] :] if sold.size else known[:0]
    lag = season if used.size > season else 1
    wide, near = used[lag:] - used[:-lag], np.diff(used)
    mase = float(np.abs(wide).mean()) if wide.size else 0.0
    rmsse = float((near**2).mean()) if near.size else 0.0
    return mase or None, rmsse or None


def by_code(problems: Iterable[Mapping[str, object]]) -> dict[str, int]:
    """Return how many problems there are of each code.

    >>> by_code([{"code": "gaps"}, {"code": "gaps"}])
    {'gaps': 2}
    """
    found: dict[str, int] = {}
    for one in problems:
        code = str(one["code"])
        found[code] = found.get(code, 0) + 1
    return found
