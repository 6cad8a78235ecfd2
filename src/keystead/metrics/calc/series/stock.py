"""How long the stock lasts, looking forward."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from keystead.kernel.periods import add_months
from keystead.metrics.calc.series.groups import NOTHING, Answer, Group
from keystead.metrics.types import Note

MOST_MONTHS: Final = 24


def forward_stock_days(group: Group) -> Answer:
    """Return the days until the stock is used up, if months sell like a year before.

    Inputs: ``closing`` units under the key ``()``, ``sold`` units under ``(0,)`` to ``(11,)``,
    the twelve months that end with the period, the oldest first. The month after the period
    sells what step 0 sold, and so on; a month without a last year sells the average of the last
    three. Empty without stock data or without any off-take; more than 24 months are not
    followed (note ``longer_than_known``).

    >>> from keystead.kernel.periods import Period
    >>> sold = {(step,): Decimal(310) for step in range(12)}
    >>> june = Period.parse("2026-06")
    >>> forward_stock_days(Group(june, {"closing": {(): Decimal(155)}, "sold": sold})).value
    15.5
    """
    closing = group.values.get("closing", {}).get(())
    if closing is None:
        return NOTHING
    sold = group.values.get("sold", {})
    recent = [max(sold.get((step,), Decimal(0)), Decimal(0)) for step in (9, 10, 11)]
    average = sum(recent, Decimal(0)) / 3
    left, days, end = max(closing, Decimal(0)), Decimal(0), group.period.end
    if left and not average and not any(units > 0 for units in sold.values()):
        return Answer(None, Note.ZERO_DENOMINATOR, (("closing", closing),))
    for month in range(MOST_MONTHS):
        length = (add_months(end, month + 1) - add_months(end, month)).days
        demand = max(sold.get((month % 12,), average), Decimal(0))
        if left <= demand:
            days += left / demand * length if left else Decimal(0)
            return Answer(float(days), Note.NONE, (("closing", closing),))
        left -= demand
        days += length
    return Answer(float(days), Note.LONGER_THAN_KNOWN, (("closing", closing),))
