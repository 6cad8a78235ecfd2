"""Today's list prices out of what was invoiced, and what an offer makes of them."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from decimal import Decimal, localcontext
from functools import lru_cache

from keystead.agreements.calc.invoice import Discount, discounts_of, invoice_price
from keystead.agreements.calc.prices import Asked, choose_price
from keystead.agreements.calc.tiers import WORKING
from keystead.agreements.rules.marking import gettext_noop as _
from keystead.agreements.types import (
    EVERYTHING,
    Condition,
    PriceRow,
    Scope,
    Selection,
    Terms,
    Timing,
)
from keystead.kernel.errors import Invalid
from keystead.profitability.types.offers import Book, Offer, PriceMove, Sold

ZERO, ONE, PLACES = Decimal(0), Decimal(1), Decimal("0.0001")


@dataclasses.dataclass(frozen=True)
class PricedRow:
    """One row under an offer: units, value at list, each discount, invoice value, by month.

    ``list_price`` and ``price`` are per unit; None where nothing was sold to tell them from.
    """

    sold: Sold
    quantity: tuple[Decimal, ...]
    listed: tuple[Decimal, ...]
    value: tuple[Decimal, ...]
    today: tuple[Decimal, ...]
    off: tuple[tuple[str, Decimal], ...]
    cost: Decimal | None
    list_price: Decimal | None
    price: Decimal | None
    gross: tuple[Decimal, ...] = ()  # invoice value before returns; empty: nothing came back

    @property
    def sold_value(self) -> tuple[Decimal, ...]:
        return self.gross or self.value


def within(scope: Scope, row: Sold) -> bool:
    """Return whether a row is in a scope; raises Invalid for what the sales do not tell apart.

    >>> row = Sold(1, 2, "A", "A", "Alpha", "", (), ())
    >>> within(Scope(Selection(brands=("Alpha",))), row), within(Scope(), row)
    (True, True)
    """
    if scope == EVERYTHING:
        return True
    inside = _named(scope.include, row)
    return inside and (scope.exclude.is_empty or not _named(scope.exclude, row))


def _named(chosen: Selection, row: Sold) -> bool:
    if chosen.channels and row.channel is None:
        raise Invalid(
            _("The terms tell lines apart in a way that the sales tried here do not say."),
            code="column_missing",
            column="channels",
        )
    here = chosen.accounts
    return (
        (not here or row.account_id in here or not row.above.isdisjoint(here))
        and (not chosen.ship_tos or row.account_id in chosen.ship_tos)
        and (not chosen.channels or row.channel in chosen.channels)
        and _of_products(chosen, row)
        and (not chosen.brands or row.brand in chosen.brands)
        and (not chosen.categories or row.category in chosen.categories)
    )


def _of_products(chosen: Selection, row: Sold) -> bool:
    if not (chosen.products or chosen.groups):
        return True
    return row.product_id in chosen.products or not row.groups.isdisjoint(chosen.groups)


def priced(book: Book, offer: Offer, today: Terms) -> tuple[PricedRow, ...]:
    """Return every row of the book at the forecast and at the prices of an offer.

    Today's list price is the invoiced price with today's discounts put back. A price row of the
    terms takes its place; then the narrowest price move. Raises Invalid where a new price is
    asked for a product without units (``price_missing``) or two rows fit equally.
    """
    level = book.level * (ONE + offer.volume_pct / 100)
    with localcontext(WORKING):
        return tuple(_priced(book, row, offer, today, level) for row in book.rows)


def _priced(book: Book, row: Sold, offer: Offer, today: Terms, level: Decimal) -> PricedRow:
    units, worth = row.units, row.worth
    now = worth / units if units > 0 and worth > 0 else None
    had, has = _discounts(today, row), _discounts(offer.terms, row)
    before = _factor(had)
    listed = None if now is None else (now - before[1]) / before[0]
    wanted = _listed(book, row, offer, listed)
    plain = ONE if listed is None or wanted is None else wanted / listed
    if listed is None:
        plain = ONE + (_pct(move_of(offer.moves, row)) / 100)
    price = None if wanted is None else invoice_price(wanted, has).net
    turned = price / now if price is not None and now else plain * _factor(has)[0] / before[0]
    gross = wanted / now if wanted is not None and now else plain / before[0]
    grown = [level if place >= book.done else ONE for place in range(len(book.months))]
    quantity = _times(row.quantity, grown)
    return PricedRow(
        sold=row,
        quantity=quantity,
        listed=_times(row.value, [part * gross for part in grown]),
        value=_times(row.value, [part * turned for part in grown]),
        today=_times(row.value, grown),
        off=_off(has, wanted, sum(quantity, ZERO)),
        cost=None if row.cost is None else _cost(row, grown),
        list_price=wanted,
        price=price,
        gross=_times(row.gross, [part * turned for part in grown]) if row.gross else (),
    )


def _cost(row: Sold, grown: Sequence[Decimal]) -> Decimal:
    """The cost of the base spread over months by their units, or by their value without units."""
    keys = row.quantity if row.units > 0 else row.value
    whole = sum(keys, ZERO)
    if row.cost is None or not whole:
        return row.cost or ZERO
    share = sum((key * part for key, part in zip(keys, grown, strict=True)), ZERO) / whole
    return (row.cost * share).quantize(PLACES)


def _times(values: Sequence[Decimal], factors: Sequence[Decimal]) -> tuple[Decimal, ...]:
    return tuple((v * f).quantize(PLACES) for v, f in zip(values, factors, strict=True))


def _listed(book: Book, row: Sold, offer: Offer, today: Decimal | None) -> Decimal | None:
    found = _row(offer.terms.prices, book, row)
    base = found.amount if found is not None and row.units > 0 else today
    move = move_of(offer.moves, row)
    if move is None:
        return base
    if move.new_price is not None:
        if row.units <= 0:
            raise Invalid(
                _("Nothing was sold to compare a new price with: say the change in percent."),
                code="price_missing",
                sku=row.sku,
            )
        return move.new_price
    return None if base is None else base * (ONE + _pct(move) / 100)


def _pct(move: PriceMove | None) -> Decimal:
    return ZERO if move is None or move.change_pct is None else move.change_pct


def _row(rows: Sequence[PriceRow], book: Book, row: Sold) -> PriceRow | None:
    for one in rows:
        if one.currency != book.currency:
            raise Invalid(
                _("A price of these terms is in another currency than the offer."),
                code="currency_mixed",
            )
    asked = Asked(row.product_id, book.span.start, row.account_id, row.channel or "", row.groups)
    return choose_price(list(rows), asked)


def move_of(moves: Sequence[PriceMove], row: Sold) -> PriceMove | None:
    """Return the narrowest move about a row: its product, brand, category, everything."""
    for name, held in (
        ("product", row.product_id),
        ("brand", row.brand),
        ("category", row.category),
    ):
        for move in moves:
            if getattr(move, name) and getattr(move, name) == held:
                return move
    return next((m for m in moves if not (m.product or m.brand or m.category)), None)


def _discounts(terms: Terms, row: Sold) -> tuple[Discount, ...]:
    return discounts_of([one for one in on_invoice(terms) if _applies(terms, one, row)])


def on_invoice(terms: Terms) -> tuple[Condition, ...]:
    """Return the conditions that come off on the invoice."""
    return tuple(one for one in terms.conditions if one.timing is Timing.ON_INVOICE and one.tiers)


def _applies(terms: Terms, condition: Condition, row: Sold) -> bool:
    return within(terms.scope, row) and within(condition.scope, row)


@lru_cache(maxsize=256)
def _factor(discounts: tuple[Discount, ...]) -> tuple[Decimal, Decimal]:
    """What discounts make of a list price: net = price x first + second."""
    flat = invoice_price(ZERO, discounts).net
    slope = invoice_price(ONE, discounts).net - flat
    return (slope or ONE), flat


def _off(
    discounts: Sequence[Discount], listed: Decimal | None, units: Decimal
) -> tuple[tuple[str, Decimal], ...]:
    if listed is None:
        return ()
    return tuple((key, amount * units) for key, amount in invoice_price(listed, discounts).amounts)
