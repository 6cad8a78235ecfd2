"""Measures of forecast error. A measure that is not defined is None, never zero."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from itertools import pairwise
from typing import Final

from keystead.kernel.errors import Invalid

WORKING: Final = Context(prec=40, rounding=ROUND_HALF_UP)
ZERO: Final = Decimal(0)


def mape_pct(actual: Sequence[Decimal], forecast: Sequence[Decimal]) -> Decimal | None:
    """Return the mean absolute error in percent of each actual; None where an actual is zero.

    Series of one length, one entry per item or step; raises Invalid (``series_length``) else.

    >>> mape_pct([Decimal(1000), Decimal(10)], [Decimal(950), Decimal(25)])
    Decimal('77.5')
    """
    pairs = _pairs(actual, forecast)
    if not pairs or any(not a for a, _f in pairs):
        return None
    with localcontext(WORKING):
        return sum((abs(a - f) * 100 / abs(a) for a, f in pairs), ZERO) / len(pairs)


def wape_pct(actual: Sequence[Decimal], forecast: Sequence[Decimal]) -> Decimal | None:
    """Return the sum of absolute errors in percent of the sum of absolute actuals.

    >>> wape_pct([Decimal(80), Decimal(20)], [Decimal(70), Decimal(20)])
    Decimal('10')
    """
    pairs = _pairs(actual, forecast)
    whole = sum((abs(a) for a, _f in pairs), ZERO)
    if not whole:
        return None
    with localcontext(WORKING):
        return sum((abs(a - f) for a, f in pairs), ZERO) * 100 / whole


def rmsse(
    history: Sequence[Decimal], actual: Sequence[Decimal], forecast: Sequence[Decimal]
) -> Decimal | None:
    """Return the root mean squared error over that of repeating the last value in the history.

    None where the history has fewer than two values or never moves. Source: M5 competition.

    >>> known = [Decimal(n) for n in (10, 12, 9, 13)]
    >>> round(rmsse(known, [Decimal(11), Decimal(14)], [Decimal(12), Decimal(12)]), 4)
    Decimal('0.5085')
    """
    pairs = _pairs(actual, forecast)
    steps = [(after - before) ** 2 for before, after in pairwise(history)]
    if not pairs or not any(steps):
        return None
    with localcontext(WORKING):
        error = sum(((a - f) ** 2 for a, f in pairs), ZERO) / len(pairs)
        return (error * len(steps) / sum(steps, ZERO)).sqrt()


def _pairs(actual: Sequence[Decimal], forecast: Sequence[Decimal]) -> list[tuple[Decimal, Decimal]]:
    if len(actual) != len(forecast):
        raise Invalid("Actual and forecast must have one length.", code="series_length")
    return list(zip(actual, forecast, strict=True))
