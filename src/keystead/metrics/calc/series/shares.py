"""Shares and concentration: who makes how much of the whole."""

from __future__ import annotations

from decimal import Decimal

from keystead.metrics.calc.series.groups import NOTHING, Answer, Group, percent
from keystead.metrics.types import Note


def concentration(group: Group) -> Answer:
    """Return the Herfindahl-Hirschman index of the input ``sales``, from near 0 to 10,000.

    Things without positive sales have no share. Source: US Horizontal Merger Guidelines.

    >>> from keystead.kernel.periods import Period
    >>> halves = {"sales": {("a",): Decimal(5), ("b",): Decimal(5), ("c",): Decimal(-1)}}
    >>> concentration(Group(Period.parse("2026"), halves)).value
    5000.0
    """
    values = [value for value in group.values.get("sales", {}).values() if value > 0]
    if not values:
        return NOTHING
    total = sum(values)
    index = sum((value * 100 / total) ** 2 for value in values)
    return Answer(float(index), Note.NONE, (("things", Decimal(len(values))), ("whole", total)))


def top_five_share(group: Group, count: int = 5) -> Answer:
    """Return the share of the ``count`` largest things in the input ``sales``, in percent.

    >>> from keystead.kernel.periods import Period
    >>> sales = {"sales": {(i,): Decimal(10) for i in range(10)}}
    >>> top_five_share(Group(Period.parse("2026"), sales)).value
    50.0
    """
    values = sorted((v for v in group.values.get("sales", {}).values() if v > 0), reverse=True)
    return percent(sum(values[:count]), sum(values)) if values else NOTHING


def weighted_distribution(group: Group) -> Answer:
    """Return the share of turnover made by outlets that sold the product, in percent.

    Inputs: ``sold`` units and ``turnover`` of everything, both per (account, outlet). Source:
    NielsenIQ, all-commodity-volume weighted distribution.

    >>> from keystead.kernel.periods import Period
    >>> values = {"sold": {(1, "A"): Decimal(2), (1, "C"): Decimal(0)},
    ...           "turnover": {(1, "A"): Decimal(900), (1, "B"): Decimal(100)}}
    >>> weighted_distribution(Group(Period.parse("2026"), values)).value
    90.0
    """
    turnover = group.values.get("turnover", {})
    if not turnover:
        return NOTHING
    sold = {outlet for outlet, units in group.values.get("sold", {}).items() if units > 0}
    reached = sum((turnover.get(outlet, Decimal(0)) for outlet in sold), Decimal(0))
    return percent(reached, sum(turnover.values(), Decimal(0)))


def productivity_per_day(group: Group) -> Answer:
    """Return sell-in per working day that managers have for the accounts, as money per day.

    Input ``sales`` per (account,); extra ``manager_days``: days per account in the period.

    >>> from keystead.kernel.periods import Period
    >>> group = Group(Period.parse("2026-01"), {"sales": {(1,): Decimal(44000)}},
    ...               extras={"manager_days": {1: Decimal(11)}})
    >>> productivity_per_day(group).value
    Decimal('4000.0000')
    """
    sales = group.values.get("sales", {})
    if not sales:
        return NOTHING
    days = group.extras.get("manager_days", {})
    total_days = sum((days.get(account, Decimal(0)) for (account,) in sales), Decimal(0))
    total = sum(sales.values(), Decimal(0))
    parts = (("sales", total), ("manager_days", total_days))
    if not total_days:
        return Answer(None, Note.ZERO_DENOMINATOR, parts)
    return Answer((total / total_days).quantize(Decimal("0.0001")), Note.NONE, parts)
