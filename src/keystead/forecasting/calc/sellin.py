"""Sell-in from off-take: what is sold on, plus what the stock has to grow by."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from keystead.forecasting.types.panel import Floats


@dataclass(frozen=True, slots=True, eq=False)
class SellIn:
    """The two parts of sell-in per period, and the stock they lead to.

    ``short`` is what could not be taken back where the stock is above its target: sell-in cannot
    be negative, the rest is carried to the next period.
    """

    off_take: Floats
    stock_change: Floats
    sell_in: Floats
    closing: Floats
    short: Floats


def sell_in(off_take: Floats, opening: float, cover: Floats, after: Floats) -> SellIn:
    """Return the sell-in that serves the off-take and moves the stock to its target cover.

    ``cover`` is the wanted closing stock of each period in periods of the off-take that follows;
    ``after`` is the off-take of the periods after the last one, at least as long as the cover.

    >>> made = sell_in(np.array([10.0, 10.0]), 5.0, np.array([1.0, 1.0]), np.array([20.0]))
    >>> made.sell_in.tolist(), made.closing.tolist()
    ([15.0, 20.0], [10.0, 20.0])
    """
    ahead = np.concatenate([off_take, after])
    stock = float(opening)
    bought, closing, short = [], [], []
    for place, sold in enumerate(off_take.tolist()):
        wanted = _cover_of(ahead[place + 1 :], float(cover[place]))
        need = sold + wanted - stock
        bought.append(max(need, 0.0))
        short.append(max(-need, 0.0))
        stock = stock + bought[-1] - sold
        closing.append(stock)
    made = np.array(bought)
    return SellIn(off_take, made - off_take, made, np.array(closing), np.array(short))


def _cover_of(ahead: Floats, periods: float) -> float:
    """Return the off-take of so many periods ahead; the last known one goes on if they run out."""
    if not ahead.size or periods <= 0:
        return 0.0
    whole = int(periods)
    long = np.concatenate([ahead, np.full(max(whole + 1 - ahead.size, 0), ahead[-1])])
    return float(long[:whole].sum() + (periods - whole) * long[whole])


def usual_cover(off_take: Floats, closing: Floats, months: int = 12) -> float | None:
    """Return the usual closing stock in periods of the off-take that followed, or None.

    The median of the last ``months`` closings that were counted and followed by a sale.

    >>> usual_cover(np.array([10.0, 10.0, 20.0]), np.array([20.0, 10.0, 5.0]))
    1.25
    >>> usual_cover(np.array([10.0]), np.array([20.0])) is None
    True
    """
    ratios = [
        float(stock) / float(sold)
        for stock, sold in zip(closing[:-1], off_take[1:], strict=True)
        if np.isfinite(stock) and np.isfinite(sold) and sold > 0 and stock >= 0
    ]
    return float(np.median(ratios[-months:])) if ratios else None
