"""What the account's own months say: how far a year moves, and in which direction."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from keystead.agreements.rules.marking import gettext_noop as _
from keystead.kernel.errors import Invalid
from keystead.kernel.periods import add_months
from keystead.profitability.calc.whatif.chance import Z90
from keystead.profitability.types.offers import Outlook, Range, Setting

FEWEST: Final = 6  # pairs of months below which a spread is assumed
ASSUMED: Final = 0.25
TREND_LIMIT: Final = 0.3
SPREAD_LIMITS: Final = (0.02, 1.0)


def own_spread(months: Mapping[date, Decimal]) -> tuple[Outlook, float, float, int]:
    """Return outlook, spread of a month, trend and the number of pairs behind them.

    A pair is a month and the same month a year before, both above zero; its change is a
    logarithm. The spread is the standard deviation of the changes, the trend their median, held
    within 30 per cent either way. Below six pairs a spread of 25 per cent is assumed and no trend.

    >>> own_spread({})
    (<Outlook.SHORT: 'short'>, 0.25, 0.0, 0)
    """
    changes = [
        math.log(value / before)
        for month, value in sorted(months.items())
        if (before := months.get(add_months(month, -12), Decimal(0))) > 0 and value > 0
    ]
    if len(changes) < FEWEST:
        return Outlook.SHORT, ASSUMED, 0.0, len(changes)
    spread = min(max(statistics.stdev(changes), SPREAD_LIMITS[0]), SPREAD_LIMITS[1])
    trend = min(max(statistics.median(changes), -TREND_LIMIT), TREND_LIMIT)
    return Outlook.HISTORY, spread, trend, len(changes)


def joint_variance(weights: Sequence[Sequence[float]], within_year: float, common: float) -> float:
    """Return the variance of a weighted sum of months and brands whose own variance is one.

    ``weights``: a row per brand, a column per month, adding up to one. Two months of a brand
    correlate by ``within_year``, two brands in a month by ``common``, both by their product.

    >>> joint_variance([[0.5, 0.5]], 0.0, 1.0), joint_variance([[0.5, 0.5]], 1.0, 1.0)
    (0.5, 1.0)
    """
    by_month = [sum(column) for column in zip(*weights, strict=True)]
    by_brand = [sum(row) for row in weights]
    each = sum(part * part for row in weights for part in row)
    whole = sum(by_brand) ** 2
    return (
        common * within_year * whole
        + common * (1 - within_year) * sum(part * part for part in by_month)
        + (1 - common) * within_year * sum(part * part for part in by_brand)
        + (1 - common) * (1 - within_year) * each
    )


def spread_of_range(
    asked: Range, sold: Decimal, weights: Sequence[Sequence[float]], setting: Setting
) -> float:
    """Return the spread of a month behind a range of the whole term; raises Invalid.

    ``sold`` is what is actual already, ``weights`` the shares of what is still to come.
    """
    low, middle, high = (value - sold for value in (asked.low, asked.middle, asked.high))
    if not 0 < low <= middle <= high:
        raise Invalid(
            _("A range rises from the low to the high value, above what is sold already."),
            code="range_order",
            fields={"low": _("A range rises from the low to the high value.")},
        )
    whole = math.log(high / low) / (2 * Z90)
    variance = joint_variance(weights, float(setting.within_year), float(setting.common))
    return whole / math.sqrt(variance) if variance else whole
