"""What an account leaves, with every rebate counted once."""

from __future__ import annotations

from decimal import Decimal

from keystead.metrics.calc.rebates import is_rebate
from keystead.metrics.calc.series.groups import NOTHING, Answer, Group

TAKEN = ("cost", "moved", "served")


def contribution(group: Group) -> Answer:
    """Return sell-in less costs, rebates and actual expenses.

    Inputs: ``sales``, ``cost``, ``moved``, ``served``; ``accrued`` rebates; ``spent`` by account,
    expense category and month. Extra ``accruing_since``: the month of an account's first accrual.
    From then on an expense that is a rebate pays what was accrued, and is left out; the part
    ``left_out`` says how much. Nothing without sales or without a cost of goods.

    >>> from datetime import date
    >>> from keystead.kernel.periods import Period
    >>> june = date(2026, 6, 1)
    >>> values = {"sales": {(): Decimal(100)}, "cost": {(): Decimal(50)},
    ...           "accrued": {(): Decimal(9)},
    ...           "spent": {(1, "Rebate", june): Decimal(7), (1, "Fair", june): Decimal(4)}}
    >>> contribution(Group(Period.parse("2026-06"), values,
    ...                    extras={"accruing_since": {1: june}})).value
    Decimal('37')
    """
    sums = {name: sum(values.values(), Decimal(0)) for name, values in group.values.items()}
    if not group.values.get("sales") or not group.values.get("cost"):
        return NOTHING
    since = group.extras.get("accruing_since", {})
    left_out = sum(
        (
            value
            for (account, category, month), value in group.values.get("spent", {}).items()
            if is_rebate(category or "") and account in since and month >= since[account]
        ),
        Decimal(0),
    )
    spent = sums.get("spent", Decimal(0)) - left_out
    taken = sum((sums.get(name, Decimal(0)) for name in TAKEN), Decimal(0))
    accrued = sums.get("accrued", Decimal(0))
    parts = (("left_out", left_out),) if left_out else ()
    return Answer(sums["sales"] - taken - accrued - spent, parts=parts)
