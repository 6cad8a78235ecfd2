"""The agreed forecast of the accounts of a case, as of its state of the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from keystead.kernel.periods import Period, add_months
from keystead.kit.access import Actor
from keystead.metrics.queries import lines
from keystead.profitability.calc.whatif.foreseen import Foreseen, Told
from keystead.profitability.types.offers import OfferCase


def foreseen_of(
    actor: Actor,
    case: OfferCase,
    accounts: tuple[int, ...],
    shares: Mapping[tuple[int, int], Mapping[str, Decimal]] | None,
) -> Foreseen:
    """Return what is agreed for the months after the base, up to the end of the term.

    ``shares``: how the sales of a product go over channels, where the case tells them apart.
    """
    found = Foreseen()
    ends = add_months(case.span.month_starts()[-1], 1)
    if ends <= case.base.end:
        return found
    table = lines(
        actor=actor, dataset="forecast", period=Period(case.base.end, ends),
        accounts=frozenset(accounts), currency=case.currency, commit=case.commit,
    )  # fmt: skip
    names = ("account_id", "product_id", "channel", "month", "value", "quantity", "low", "high")
    columns = (table.column(name).to_pylist() for name in names)
    for account, product, channel, month, value, units, low, high in zip(*columns, strict=True):
        width = high - low if low is not None and high is not None and high > low else Decimal(0)
        cell = (account, product or 0, None if shares is None else channel)
        found.add(cell, month, Told(value, units, width))
    return found if shares is None else found.by_channel(shares)
