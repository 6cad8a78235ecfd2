"""The days on which a price fell: by the price rows of an agreement, else by the price list."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal

from keystead.agreements.calc.prices import Asked, choose_price
from keystead.agreements.types import AgreementVersion, PriceCut, PriceRow
from keystead.kernel.periods import Period

ONE_DAY = timedelta(days=1)


@dataclasses.dataclass(frozen=True)
class Priced:
    """What a product costs by whom: ``listed`` pairs the net list price with the days it holds.

    ``groups`` names the product groups of the product on a day, ``moves`` the days they change.
    """

    product_id: int
    unit: str
    listed: tuple[tuple[Decimal, date, date | None], ...] = ()
    groups: Callable[[date], frozenset[str]] = lambda _day: frozenset()
    moves: tuple[date, ...] = ()


def cuts_of(
    priced: Priced, versions: Sequence[AgreementVersion], span: Period, account: int
) -> tuple[PriceCut, ...]:
    """Return the price cuts of a product inside a span, the first day apart, in order of time.

    The price of a day: the row of the version in force (the highest number of those that hold),
    for one unit; without a row the list price. A day without any price is no cut, and neither is
    the first price. Prices are in the currency of the versions; rows in another one are left out.
    Raises Invalid (``equal_rank``) where two rows fit equally well.
    """
    found = []
    for day in _days(priced, versions, span):
        before = _price(priced, versions, day - ONE_DAY, account)
        now = _price(priced, versions, day, account)
        if before is not None and now is not None and now[0] < before[0]:
            found.append(PriceCut(priced.product_id, day, before[0], now[0], now[1] or before[1]))
    return tuple(found)


def _days(priced: Priced, versions: Sequence[AgreementVersion], span: Period) -> list[date]:
    """The days on which a price may change."""
    days: set[date] = set(priced.moves)
    for _amount, start, end in priced.listed:
        days |= {start} | ({end} if end else set())
    for version in versions:
        days.add(version.effective.start)
        days |= {
            day
            for row in version.prices
            if row.valid is not None and row.product in (None, priced.product_id)
            for day in (row.valid.start, row.valid.end)
        }
    return sorted(day for day in days if span.start < day < span.end)


def _price(
    priced: Priced, versions: Sequence[AgreementVersion], day: date, account: int
) -> tuple[Decimal, bool] | None:
    held = max((one for one in versions if day in one.effective), key=_number, default=None)
    if held is not None and (row := _row(priced, held, day, account)) is not None:
        return row.amount, True
    for amount, start, end in reversed(priced.listed):
        if start <= day and (end is None or day < end):
            return amount, False
    return None


def _row(priced: Priced, version: AgreementVersion, day: date, account: int) -> PriceRow | None:
    rows = [
        row
        for row in version.prices
        if row.product in (None, priced.product_id) and row.currency == version.currency
    ]
    if not rows:
        return None
    asked = Asked(priced.product_id, day, account, groups=priced.groups(day), unit=priced.unit)
    return choose_price(rows, asked)


def _number(version: AgreementVersion) -> int:
    return version.number
