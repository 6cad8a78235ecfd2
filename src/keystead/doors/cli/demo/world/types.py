"""What the synthetic world is made of."""

from __future__ import annotations

import dataclasses
import random
from datetime import date, timedelta
from decimal import Decimal

SEED = 20261118
FIRST_DAY = date(2023, 10, 30)  # a Monday
LAST_DAY = date(2026, 11, 18)


@dataclasses.dataclass(frozen=True)
class User:
    """Somebody who signs in to the demo."""

    username: str
    name: str
    roles: tuple[str, ...]
    language: str
    manager: str = ""


@dataclasses.dataclass(frozen=True, kw_only=True)
class DemoAccount:
    """One account. ``alias`` is how its own files call it; ``team`` are usernames, owner first."""

    code: str
    name: str
    kind: str
    country: str
    currency: str
    segment: str = ""
    territory: str = ""
    channel: str = ""
    parent: str = ""
    member_of: str = ""
    alias: str = ""
    team: tuple[str, ...] = ()
    outlets: int = 0
    measures: tuple[tuple[str, int], ...] = ()
    weight: float = 0.0
    growth: float = 0.0
    ranges: tuple[str, ...] = ()
    discount_pct: int = 0


@dataclasses.dataclass(frozen=True, kw_only=True)
class DemoProduct:
    """One product. ``price`` is what we invoice before the account's discount, ``shelf`` what
    the consumer pays; ``line`` groups products that sell through the same kind of account."""

    sku: str
    name: str
    brand: str
    category: str
    kind: str
    line: str
    price: Decimal
    shelf: Decimal
    local_name: str = ""
    atc: str = ""
    gtin: str = ""
    unit: str = "box"
    case: int = 10
    weight: float = 1.0
    season: str = "flat"


@dataclasses.dataclass(frozen=True, kw_only=True)
class DemoFile:
    """A file that somebody sends, as bytes, in the order of arrival.

    ``mapping`` names columns that the desk cannot know by itself (field, header), ``constants``
    are values that the file leaves out, ``options`` how it is written. ``leave_open``: the batch
    stays unposted, with its questions.
    """

    name: str
    dataset: str
    source: str
    content: bytes
    arrived: date
    mapping: tuple[tuple[str, str], ...] = ()
    constants: tuple[tuple[str, str], ...] = ()
    options: tuple[tuple[str, str], ...] = ()
    leave_open: bool = False


@dataclasses.dataclass(frozen=True)
class Movement:
    """What happened to one product at one account in one week, in packs."""

    account: str
    sku: str
    week: date
    opening: int
    received: int
    returned: int
    sold: int
    lost: int
    customer_returned: int
    closing: int


def stream(*key: object) -> random.Random:
    """Return a source of chance of its own for a key, so that one change leaves the rest alone."""
    return random.Random(":".join([str(SEED), *map(str, key)]))  # noqa: S311 - not a secret


def weeks(beyond: int = 0) -> list[date]:
    """Return the Mondays of the world, and so many after its end."""
    count = (LAST_DAY - FIRST_DAY).days // 7 + 1 + beyond
    return [FIRST_DAY + timedelta(days=7 * number) for number in range(count)]


def month_of(day: date) -> date:
    """Return the first day of the month."""
    return day.replace(day=1)


def months(first: date = date(2023, 11, 1), last: date = LAST_DAY) -> list[date]:
    """Return the first days of the months from ``first`` to ``last``."""
    found = []
    year, month = first.year, first.month
    while date(year, month, 1) <= last:
        found.append(date(year, month, 1))
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return found


def gtin13(number: int) -> str:
    """Return a GTIN-13 of the range that is reserved for use inside a company (prefix 2).

    >>> gtin13(1)
    '2000000000015'
    """
    body = f"2{number:011d}"
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(body))
    return f"{body}{-total % 10}"
