"""The ground offers are tried on: sales with their outlook, and draws that all of them share."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

import numpy as np
import pyarrow as pa

from keystead.agreements.calc.measures import Inputs
from keystead.agreements.calc.volumes import Volumes
from keystead.agreements.types import (
    AgreementVersion,
    Baseline,
    Condition,
    Measure,
    Terms,
    TransactionPoint,
)
from keystead.kernel.periods import Period
from keystead.profitability.calc.whatif.foreseen import ENOUGH, spreads_of
from keystead.profitability.calc.whatif.history import own_spread, spread_of_range
from keystead.profitability.calc.whatif.months import Factors, brands_of, drawn, spread_out
from keystead.profitability.calc.whatif.naming import scoped
from keystead.profitability.calc.whatif.paying import GROWTH
from keystead.profitability.calc.whatif.pricing import PricedRow, on_invoice, priced, within
from keystead.profitability.types.offers import Book, Offer, Outlook, Setting, Sold

DRAWS: Final = 10_000
REMEMBERED: Final = 24
ZERO, ONE = Decimal(0), Decimal(1)
MONEY: Final = pa.decimal128(24, 4)
KINDS: Final = {
    "account_id": pa.int64(), "ship_to": pa.int64(), "product_id": pa.int64(),
    "month": pa.date32(), "quantity": MONEY, "value": MONEY, "gross_value": MONEY,
    "is_return": pa.bool_(), "brand": pa.string(), "category": pa.string(), "channel": pa.string(),
}  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Trial:
    """A book with its draws: those that move together as set, and those that move apart."""

    book: Book
    setting: Setting
    places: tuple[int, ...]
    together: Factors
    apart: Factors
    kept: dict[Any, tuple[PricedRow, ...]] = dataclasses.field(default_factory=dict)
    levels: dict[Any, Decimal] = dataclasses.field(default_factory=dict)
    answers: dict[Any, Any] = dataclasses.field(default_factory=dict)

    def keep(self, key: Any, found: Any) -> None:
        """Remember an answer; the newest ones stay."""
        while len(self.answers) >= REMEMBERED:
            self.answers.pop(next(iter(self.answers)))
        self.answers[key] = found

    def priced(self, offer: Offer, today: Terms) -> tuple[PricedRow, ...]:
        """Return the rows at the prices of an offer; a changed tier changes none of them."""
        key = (
            offer.moves, offer.volume_pct, offer.terms.prices, offer.terms.scope, today.scope,
            on_invoice(offer.terms), on_invoice(today),
        )  # fmt: skip
        if key not in self.kept:
            if len(self.kept) >= 16:
                self.kept.clear()
            self.kept[key] = priced(self.book, offer, today)
        return self.kept[key]


def made_book(
    *,
    account_id: int,
    currency: str,
    span: Period,
    rows: Sequence[Sold],
    done: int,
    history: Mapping[date, Decimal],
    setting: Setting,
    sees_cost: bool,
) -> Book:
    """Return the book of rows: level and spread from the range given for the case, else from the
    agreed forecast (rows that have ``width`` are it), else from the history.
    """
    months = tuple(span.month_starts())
    outlook, spread, trend, pairs = own_spread(history)
    level = Decimal(repr(round(float(np.exp(trend)), 6)))
    foreseen = any(row.width for row in rows)
    if foreseen:
        outlook, level, trend = Outlook.FORECAST, ONE, 0.0
    made = Book(
        account_id, currency, span, months, tuple(rows), done, level, spread, outlook, pairs,
        trend, sees_cost, tuple(sorted(history.items())),
    )  # fmt: skip
    asked = setting.forecast
    sold = sum((value for row in rows for value in row.value[:done]), ZERO)
    ahead = sum((value for row in rows for value in row.value[done:]), ZERO)
    if asked is None or ahead <= 0:
        return _ranged(made, setting) if foreseen else made
    weights = spread_out(brands_of(made), [row.value for row in rows], len(months))
    weights[:, :done] = 0.0
    shares = (weights / float(ahead)).tolist()
    return dataclasses.replace(
        made,
        outlook=Outlook.GIVEN,
        spread=spread_of_range(asked, sold, shares, setting),
        level=((asked.middle - sold) / ahead).quantize(Decimal("0.00000001")),
        trend=0.0,
    )


def _ranged(book: Book, setting: Setting) -> Book:
    """Return the book with the ranges of its forecast, where enough of it has one."""
    places, months = brands_of(book), len(book.months)
    found, share = spreads_of(book.rows, places, months, book.done, float(setting.common))
    if share < ENOUGH:
        return book
    weights = spread_out(places, [row.value for row in book.rows], months)
    weights[:, : book.done] = 0.0
    mean = float((found * weights).sum() / weights.sum())
    spreads = tuple(tuple(line) for line in found.tolist())
    return dataclasses.replace(book, spread=mean, spreads=spreads)


def made_trial(book: Book, setting: Setting, *, count: int = DRAWS) -> Trial:
    """Return the draws of a book; made once for all its offers and all changes of their terms."""
    places = brands_of(book)
    weights = spread_out(places, [row.value for row in book.rows], len(book.months))
    weights[:, book.done :] *= float(book.level)
    together, apart = (
        drawn(book, weights, setting, count=count, apart=apart) for apart in (False, True)
    )
    return Trial(book, setting, places, together, apart)


def tried(book: Book, terms: Terms) -> AgreementVersion:
    """Return the version that is worked out: groups and accounts as what they stand for here."""
    return scoped(version_of(book, terms), book.rows)


def version_of(book: Book, terms: Terms) -> AgreementVersion:
    """Return terms as the version that is tried, every line counted as invoiced and paid.

    Baselines that are only named so far are read from the year before, as they will be at
    signing.
    """
    held = {field.name: getattr(terms, field.name) for field in dataclasses.fields(Terms)}
    held["conditions"] = tuple(
        dataclasses.replace(
            one,
            transaction_point=TransactionPoint.INVOICED,
            paid_only=False,
        )
        for one in terms.conditions
    )
    known = {one.key for one in terms.baselines}
    for condition in terms.conditions:
        if condition.tier_measure in GROWTH and condition.baseline not in known:
            known.add(condition.baseline)
            made = _baseline(book, terms, condition)
            held["baselines"] = (*held["baselines"], *([made] if made else []))
    return AgreementVersion(0, 1, book.span, book.currency, **held)


def _baseline(book: Book, terms: Terms, condition: Condition) -> Baseline | None:
    sums = [ZERO] * len(book.months)
    for row in book.rows:
        if within(terms.scope, row) and within(condition.scope, row):
            sums = [a + b for a, b in zip(sums, row.before or row.value, strict=True)]
    if not condition.baseline or sum(sums, ZERO) <= 0:
        return None
    months = tuple(zip(book.months, sums, strict=True))
    return Baseline(condition.baseline, Measure.NET_VALUE, months, currency=book.currency)


def inputs_of(book: Book, rows: Sequence[PricedRow]) -> Inputs:
    """Return the lines of the forecast as the exact engine reads them: sold, and come back."""
    columns: dict[str, list[object]] = {name: [] for name in KINDS}
    for row in rows:
        sold = row.sold
        same = {
            "account_id": sold.account_id, "ship_to": sold.account_id,
            "product_id": sold.product_id, "brand": sold.brand, "category": sold.category,
            "channel": sold.channel or None,
        }  # fmt: skip
        for place, month in enumerate(book.months):
            gross, net = row.sold_value[place], row.value[place]
            lines = [(row.quantity[place], gross, gross, False)]
            if gross != net:
                lines.append((ZERO, net - gross, ZERO, True))
            for quantity, value, before, is_return in lines:
                told = {
                    **same, "month": month, "quantity": quantity, "value": value,
                    "gross_value": before, "is_return": is_return,
                }  # fmt: skip
                for name, cell in told.items():
                    columns[name].append(cell)
    table = pa.table({name: pa.array(columns[name], kind) for name, kind in KINDS.items()})
    if any(row.sold.channel is None for row in rows):
        table = table.drop_columns("channel")  # not told apart: asked for, it is refused
    accounts = frozenset(row.sold.account_id for row in rows)
    return Inputs(Volumes.from_arrow(table), accounts)
