"""Which price row counts: the most specific, then the latest, then the priority; else an error."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from keystead.agreements.types import PriceRow
from keystead.kernel.errors import Invalid


@dataclasses.dataclass(frozen=True, slots=True)
class Asked:
    """What a price is asked for. ``groups`` are the product groups of the product."""

    product: int | None
    on: date
    account: int | None = None
    channel: str = ""
    groups: frozenset[str] = frozenset()
    quantity: Decimal = Decimal(1)
    unit: str = ""


def specificity(row: PriceRow) -> tuple[int, int, int]:
    """Return how narrow a row is: its product before its account, before its channel.

    Item and account > item and channel > item > group and account > ... > everything.
    """
    thing = 2 if row.product is not None else 1 if row.group else 0
    return thing, 1 if row.account is not None else 0, 1 if row.channel else 0


def fits(row: PriceRow, asked: Asked) -> bool:
    """Return whether a row is about what is asked: thing, customer, day and quantity."""
    return (
        (row.product is None or row.product == asked.product)
        and (not row.group or row.group in asked.groups)
        and (row.account is None or row.account == asked.account)
        and (not row.channel or row.channel == asked.channel)
        and (not row.unit or not asked.unit or row.unit == asked.unit)
        and (row.valid is None or asked.on in row.valid)
        and in_window(row, asked.quantity)
    )


def in_window(row: PriceRow, quantity: Decimal) -> bool:
    """Return whether a quantity lies between the row's least and most (both may be it)."""
    most = row.max_quantity
    return quantity >= row.min_quantity and (most is None or quantity <= most)


def choose_price(rows: Sequence[PriceRow], asked: Asked) -> PriceRow | None:
    """Return the price row that counts, or None where no row fits.

    Order: most specific; the higher least quantity; the later first day; the lower priority
    number. Two rows that are still equal raise Invalid (code ``equal_rank``): it is never guessed.

    >>> from keystead.kernel.periods import Period
    >>> rows = [PriceRow(Decimal(10), "EUR", product=1), PriceRow(Decimal(9), "EUR", 1, account=7)]
    >>> choose_price(rows, Asked(1, date(2026, 5, 1), account=7)).amount
    Decimal('9')
    """
    fitting = sorted((row for row in rows if fits(row, asked)), key=_rank, reverse=True)
    if len(fitting) > 1 and _rank(fitting[0]) == _rank(fitting[1]):
        raise Invalid(
            "Two prices fit equally well.",
            code="equal_rank",
            hint="Give one of them a priority, or narrow it down.",
            first=fitting[0].key,
            second=fitting[1].key,
        )
    return fitting[0] if fitting else None


def _rank(row: PriceRow) -> tuple[tuple[int, int, int], Decimal, date, tuple[int, int]]:
    start = row.valid.start if row.valid else date.min
    order = (0, 0) if row.priority is None else (1, -row.priority)
    return specificity(row), row.min_quantity, start, order
