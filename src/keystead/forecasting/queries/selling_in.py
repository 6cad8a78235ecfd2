"""Sell-in from an off-take cycle: what is sold on, and what the stock has to grow by."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from django.utils import timezone

from keystead.forecasting import models
from keystead.forecasting.calc.sellin import sell_in, usual_cover
from keystead.forecasting.queries.demand import closing_stock, demand_history
from keystead.forecasting.types.cycle import DemandKind, Key, Layer
from keystead.forecasting.types.demand import Demand
from keystead.forecasting.types.table import CycleTable, Floats
from keystead.kit.access import Actor


@dataclass(frozen=True, slots=True)
class Planned:
    """One series: both parts of its sell-in by period, and the stock they start from.

    ``cover`` is the usual closing stock in periods of the off-take that follows; None where the
    account tells no stock: then sell-in is the off-take. ``price`` is that of our own sell-in.
    """

    key: Key
    brand: str
    unit: str
    off_take: Floats
    stock_change: Floats
    opening: float | None
    cover: float | None
    price: Decimal | None
    currency: str

    @property
    def sell_in(self) -> Floats:
        whole: Floats = np.round(self.off_take + self.stock_change, 4)
        return whole


def planned_sell_in(actor: Actor, table: CycleTable) -> tuple[Planned, ...]:
    """Return the sell-in that serves the agreed off-take and keeps the usual stock cover.

    Stock, usual cover and prices are read as of the commit and the cut-off of the run.
    """
    cycle = table.cycle
    if not table.series:
        return ()
    run = models.RunRow.objects.get(pk=cycle.run_id or 0)
    accounts = frozenset(one.key.account_id for one in table.series)

    def history(kind: DemandKind) -> Demand:
        return demand_history(
            actor, kind=kind, cut_off=cycle.cut_off, accounts=accounts, commit=run.commit,
            rhythm=cycle.rhythm, today=timezone.localdate(run.created_at),
        )  # fmt: skip

    sold, bought = history(DemandKind.OFF_TAKE), history(DemandKind.SELL_IN)
    closing = {}
    if sold.keys:
        closing = closing_stock(actor, sold.months, accounts, sold.commit, cycle.rhythm)
    priced = bought.place
    found = []
    for row, one in enumerate(table.series):
        off_take = table.layers[Layer.AGREED][row]
        opening, cover = None, None
        if one.key in closing and one.key in sold.place:
            stock = closing[one.key]
            cover = usual_cover(sold.quantity[sold.place[one.key]], stock)
            counted = stock[np.isfinite(stock)]
            opening = float(counted[-1]) if counted.size else None
        change = np.zeros(off_take.size)
        if opening is not None and cover is not None:
            made = sell_in(off_take, opening, np.full(off_take.size, cover), off_take[-1:])
            change = made.stock_change
        at = priced.get(one.key)
        found.append(
            Planned(
                one.key, one.brand, one.unit, off_take, change, opening, cover,
                bought.prices[at] if at is not None else None,
                bought.currencies[at] if at is not None else "",
            )
        )  # fmt: skip
    return tuple(found)


def has_sell_in_cycle(row: models.CycleRow) -> bool:
    """Return whether sell-in of the same period and accounts has a cycle: that one is posted."""
    rows = models.CycleRow.objects.filter(
        kind=DemandKind.SELL_IN.value, rhythm=row.rhythm, month=row.month
    )
    return any(
        sorted(one.accounts) == sorted(row.accounts) for one in rows.exclude(state="cancelled")
    )
