"""Terms taken over into a case, and an offer turned back into terms of a contract."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from decimal import Decimal

from keystead.agreements.types import Condition, PriceRow, Terms
from keystead.kernel.exact import round_half_up
from keystead.kernel.periods import Period
from keystead.profitability.calc.whatif.pricing import PricedRow
from keystead.profitability.types.offers import Offer

PRICE_PLACES = 4


def moved(terms: Terms, years: int) -> Terms:
    """Return terms some years later: their days move along, frozen baselines stay behind.

    >>> moved(Terms(), 1) == Terms()
    True
    """
    if not years:
        return terms
    return dataclasses.replace(
        terms,
        conditions=tuple(_condition(one, years) for one in terms.conditions),
        prices=tuple(
            dataclasses.replace(row, valid=_later(row.valid, years)) for row in terms.prices
        ),
        targets=tuple(
            dataclasses.replace(one, period=_later(one.period, years)) for one in terms.targets
        ),
        baselines=(),
    )


def _condition(condition: Condition, years: int) -> Condition:
    service = condition.service
    if service is not None:
        service = dataclasses.replace(service, due=_later(service.due, years))
    return dataclasses.replace(
        condition,
        service=service,
        valid=_later(condition.valid, years),
        tiers=tuple(
            dataclasses.replace(tier, valid=_later(tier.valid, years)) for tier in condition.tiers
        ),
        targets=tuple(
            dataclasses.replace(one, period=_later(one.period, years)) for one in condition.targets
        ),
    )


def _later(period: Period | None, years: int) -> Period | None:
    return None if period is None else period.shift_years(years)


def contract_terms(
    offer: Offer, rows: Sequence[PricedRow], moved_products: frozenset[int], currency: str
) -> Terms:
    """Return the terms of an offer with its price moves written out as prices per product.

    ``rows``: the offer at its prices; ``moved_products``: those a move is about. A price row of
    such a product that holds for everybody gives way; the price is rounded half-up to four places.
    """
    prices: dict[int, Decimal] = {}
    for row in rows:
        if row.sold.product_id in moved_products and row.list_price is not None:
            prices[row.sold.product_id] = round_half_up(row.list_price, PRICE_PLACES)
    kept = [row for row in offer.terms.prices if not _gives_way(row, prices)]
    made = [PriceRow(amount, currency, product) for product, amount in sorted(prices.items())]
    return dataclasses.replace(offer.terms, prices=(*kept, *made))


def _gives_way(row: PriceRow, prices: dict[int, Decimal]) -> bool:
    return row.product in prices and not (row.account or row.channel or row.min_quantity)
