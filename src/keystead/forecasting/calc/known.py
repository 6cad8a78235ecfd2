"""What is known ahead, as numbers that a model can take: promotions and the list."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import numpy as np
import numpy.typing as npt

from keystead.forecasting.types.panel import RunResult, SeriesResult
from keystead.forecasting.types.rhythm import Rhythm

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Span = tuple[date, date | None]
STRONGEST = 3.0
ORDER = ("planned", "committed", "actual")


def planned_first(amounts: Mapping[str, float]) -> float:
    """Return the amount that was known ahead: planned, else committed, else actual.

    The past is told as the future will be, or a model learns from what it cannot have.

    >>> planned_first({"actual": 90.0, "planned": 100.0}), planned_first({"actual": 90.0})
    (100.0, 90.0)
    """
    return next((amounts[name] for name in ORDER if amounts.get(name)), 0.0)


def strength(spend: Floats) -> Floats:
    """Return the spend of each month in usual months with a campaign, at most three.

    Zero where none was; all zero where there never was one.

    >>> strength(np.array([0.0, 50.0, 150.0])).tolist()
    [0.0, 0.5, 1.5]
    """
    spent = np.maximum(spend, 0.0)
    if not (spent > 0).any():
        return np.zeros_like(spent)
    return np.minimum(spent / spent[spent > 0].mean(), STRONGEST)


def relative_price(prices: Floats, known: int) -> Floats:
    """Return the logarithm of each price over the mean of those of the history.

    >>> relative_price(np.array([10.0, 10.0, 5.0]), 2).round(3).tolist()
    [0.0, 0.0, -0.693]
    """
    logs = np.log(prices)
    found: Floats = logs - logs[:known].mean()
    return found


def useful(matrix: Floats, known: int) -> bool:
    """Return whether an input moves before the cut-off and is known to move after it.

    Without a past a model has nothing to learn from, without a future nothing to say.

    >>> useful(np.array([[0.0, 1.0, 0.0]]), 2), useful(np.array([[0.0, 1.0, 1.0]]), 2)
    (False, True)
    """
    return bool(np.ptp(matrix[:, :known], axis=1).any() and matrix[:, known:].any())


def off_list(months: Sequence[date], spans: Iterable[Span], rhythm: Rhythm = Rhythm.MONTH) -> Bools:
    """Return the periods that lie wholly after the last day of the list.

    ``spans``: first day and first day no longer listed, None where it goes on. A product that is
    on no list at all says nothing, and one that comes back is listed again.

    >>> from datetime import date
    >>> months = [date(2026, n, 1) for n in (1, 2, 3)]
    >>> off_list(months, [(date(2020, 1, 1), date(2026, 2, 1))]).tolist()
    [False, True, True]
    """
    held = list(spans)
    found = []
    for month in months:
        following = rhythm.step(month, 1)
        listed = any(first < following and (end is None or end > month) for first, end in held)
        ended = any(end is not None and end <= month for _first, end in held)
        found.append(ended and not listed)
    return np.array(found, dtype=np.bool_)


def without_off_list(result: RunResult, off: Mapping[str, Bools]) -> RunResult:
    """Return the result with nothing forecast for months in which a series is off the list.

    What was taken off stands among the parts as adjusted, so that they still add up.
    """
    series = tuple(
        _cut(one, off[one.key]) if one.key in off and off[one.key].any() else one
        for one in result.series
    )
    return dataclasses.replace(result, series=series)


def _cut(one: SeriesResult, off: Bools) -> SeriesResult:
    before = np.zeros(off.size) if one.parts.adjusted is None else one.parts.adjusted
    parts = dataclasses.replace(one.parts, adjusted=before - np.where(off, one.mean, 0.0))
    return dataclasses.replace(
        one, parts=parts, mean=np.where(off, 0.0, one.mean),
        lo80=np.where(off, 0.0, one.lo80), hi80=np.where(off, 0.0, one.hi80),
        lo95=np.where(off, 0.0, one.lo95), hi95=np.where(off, 0.0, one.hi95),
    )  # fmt: skip
