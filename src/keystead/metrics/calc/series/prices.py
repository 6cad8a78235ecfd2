"""Shelf prices: level, spread, promotions, episodes.

They describe the market for our own planning. Nothing here names or ranks a seller, and no
metric of this file may feed a target, a task or a benefit.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal, localcontext
from typing import Final

from keystead.metrics.calc.series.groups import NOTHING, Answer, Group, Row, percent
from keystead.metrics.types import Note

PROMOTION_BELOW: Final = Decimal("0.95")  # of the regular price
Line = tuple[object, ...]


def line_of(row: Row) -> Line:
    """Return what is compared with itself over time: one item in one shop."""
    return (row["account"], row["shop"] or "", row["item"] or "", row["currency"])


def product_key(row: Row) -> Line:
    """Return what is compared between shops: the product, or the item where none is known."""
    return (row["product"] or ("item", row["item"]), row["currency"])


def modal_price(prices: Iterable[Decimal]) -> Decimal:
    """Return the most frequent price; of several the highest.

    >>> modal_price([Decimal(9), Decimal(10), Decimal(10), Decimal(9)])
    Decimal('10')
    """
    counts = Counter(prices)
    most = max(counts.values())
    return max(price for price, count in counts.items() if count == most)


def regular_prices(group: Group) -> dict[Line, Decimal]:
    """Return the regular price of each line: its modal price over the period asked."""
    seen: dict[Line, list[Decimal]] = defaultdict(list)
    for row in group.reference or group.rows:
        seen[line_of(row)].append(row["price"])
    return {line: modal_price(prices) for line, prices in seen.items()}


def _pairs(group: Group) -> Iterator[tuple[Row, Decimal, Decimal]]:
    modal = regular_prices(group)
    for row in group.rows:
        regular = row["regular"] if row["regular"] and row["regular"] > 0 else modal[line_of(row)]
        yield row, row["price"], regular


def price_index(group: Group) -> Answer:
    """Return observed prices against regular prices, 100 = level."""
    pairs = [(price, regular) for _row, price, regular in _pairs(group)]
    if not pairs:
        return NOTHING
    return percent(sum(price for price, _r in pairs), sum(regular for _p, regular in pairs))


def promo_depth(group: Group) -> Answer:
    """Return the average discount of observations on promotion, in percent."""
    depths = [1 - price / regular for _row, price, regular in _pairs(group)
              if price < regular * PROMOTION_BELOW]  # fmt: skip
    if not depths:
        return Answer(0.0) if group.rows else NOTHING
    return Answer(float(sum(depths, Decimal(0)) * 100 / len(depths)))


def promo_frequency(group: Group) -> Answer:
    """Return the share of observations on promotion, in percent."""
    flags = [price < regular * PROMOTION_BELOW for _row, price, regular in _pairs(group)]
    return percent(sum(flags), len(flags)) if flags else NOTHING


def price_episodes(group: Group) -> Answer:
    """Return how many unbroken runs below the regular price there were (gaps and islands).

    Rows in date order; a run ends with the first observation of its line at the regular price.
    """
    if not group.rows:
        return NOTHING
    below: dict[Line, bool] = {}
    episodes = 0
    for row, price, regular in _pairs(group):
        line, now = line_of(row), price < regular * PROMOTION_BELOW
        episodes += now and not below.get(line, False)
        below[line] = now
    return Answer(float(episodes))


def price_under_peak(group: Group) -> Answer:
    """Return the share of observations below the highest price of their own line, in percent."""
    highest: dict[Line, Decimal] = {}
    for row in group.reference or group.rows:
        line = line_of(row)
        highest[line] = max(row["price"], highest.get(line, row["price"]))
    flags = [row["price"] < highest[line_of(row)] for row in group.rows]
    return percent(sum(flags), len(flags)) if flags else NOTHING


def _by_product(group: Group) -> list[list[Decimal]]:
    found: dict[Line, list[Decimal]] = defaultdict(list)
    for row in group.rows:
        found[product_key(row)].append(row["price"])
    return list(found.values())


def price_dispersion(group: Group) -> Answer:
    """Return the coefficient of variation in percent: sample deviation / mean.

    Products with one observation say nothing about dispersion and are left out.
    """
    return _weighted(group, _variation)


def price_spread(group: Group) -> Answer:
    """Return (highest - lowest) / mean in percent, weighted by observations."""
    return _weighted(group, lambda prices: (max(prices) - min(prices)) / _mean(prices))


def _weighted(group: Group, measure: Callable[[list[Decimal]], Decimal]) -> Answer:
    total, weight = Decimal(0), 0
    for prices in _by_product(group):
        if len(prices) > 1:
            total += measure(prices) * len(prices)
            weight += len(prices)
    if not group.rows:
        return NOTHING
    return Answer(float(total * 100 / weight)) if weight else Answer(None, Note.NO_DATA)


def _variation(prices: list[Decimal]) -> Decimal:
    mean = _mean(prices)
    with localcontext(prec=40):
        squares = sum(((price - mean) ** 2 for price in prices), Decimal(0))
        return (squares / (len(prices) - 1)).sqrt() / mean


def _mean(prices: list[Decimal]) -> Decimal:
    return sum(prices, Decimal(0)) / len(prices)


def price_modal_share(group: Group) -> Answer:
    """Return the share of observations at the most frequent price of their product."""
    same = seen = 0
    for prices in _by_product(group):
        same += max(Counter(prices).values())
        seen += len(prices)
    return percent(same, seen) if seen else NOTHING
