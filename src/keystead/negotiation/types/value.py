"""What an offer is worth to the customer: lines with driver, inputs, source, owner, and who agreed.

The definition (economic value): the price of the next best alternative, plus what is better with
us, less what is worse; each in money a year, from inputs that each have a range.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum

from keystead.kernel.periods import Period

ZERO = Decimal(0)


class LineKind(StrEnum):
    REFERENCE = "reference"  # what the next best alternative costs
    PLUS = "plus"
    MINUS = "minus"


class Basis(StrEnum):
    """How a fee in all is shared over titles, so that one title has a cost per use."""

    EQUAL = "equal"
    LIST_PRICE = "list_price"
    USAGE = "usage"


@dataclasses.dataclass(frozen=True)
class Factor:
    """One input of a line: multiplied with the others, or divided by.

    ``low`` and ``high`` default to the value. ``metric`` names what was measured, ``proof`` where.
    """

    name: str
    value: Decimal
    low: Decimal | None = None
    high: Decimal | None = None
    unit: str = ""
    divides: bool = False
    metric: str = ""
    proof: str = ""


@dataclasses.dataclass(frozen=True)
class Confirmation:
    """The customer agreed to a line: who, when, and where that can be read."""

    who: str
    on: date
    evidence: str
    by_name: str = ""


@dataclasses.dataclass(frozen=True)
class ValueLine:
    """One line of the value. ``shown``: may stand in what the customer sees.

    A change of anything but ``shown`` and ``owner`` takes the confirmation away.
    """

    key: str
    kind: LineKind
    name: str
    factors: tuple[Factor, ...]
    driver: str = ""
    source: str = ""
    owner: str = ""
    shown: bool = True
    confirmed: Confirmation | None = None


@dataclasses.dataclass(frozen=True)
class Article:
    """An article whose fee was invoiced: for which year, how much, in which group."""

    doi: str
    year: int
    fee: Decimal
    group: str = ""


@dataclasses.dataclass(frozen=True)
class ValueStory:
    """The value of our offer to an account, or of one deal with it (``negotiation_id``)."""

    account_id: int
    currency: str
    negotiation_id: int | None = None
    price: Decimal | None = None
    lines: tuple[ValueLine, ...] = ()
    basis: Basis = Basis.EQUAL
    prices: Mapping[str, Decimal] = dataclasses.field(default_factory=dict)
    articles: tuple[Article, ...] = ()
    read_fees: Mapping[int, Decimal] = dataclasses.field(default_factory=dict)
    hidden: int = 0
    id: int | None = None
    version: int | None = None

    def line(self, key: str) -> ValueLine | None:
        return next((one for one in self.lines if one.key == key), None)


@dataclasses.dataclass(frozen=True)
class Spread:
    """An amount with its range."""

    low: Decimal = ZERO
    likely: Decimal = ZERO
    high: Decimal = ZERO


@dataclasses.dataclass(frozen=True)
class EconomicValue:
    """The total with its parts. ``total`` None: no alternative is priced yet.

    ``confirmed_pct``: the part of all lines, by amount, that the customer confirmed.
    ``customers_share``: the total less our price, None without either.
    """

    lines: tuple[tuple[ValueLine, Spread], ...]
    reference: Spread | None
    plus: Spread
    minus: Spread
    total: Spread | None
    confirmed_pct: Decimal
    customers_share: Spread | None = None


class Hidden(StrEnum):
    """Why a comparison with peers is not shown."""

    FEW = "few"  # fewer peers than five
    DOMINATED = "dominated"  # one peer is more than half of all
    OWN = "own"  # nothing of one's own to compare


@dataclasses.dataclass(frozen=True)
class Bands:
    """Where the quarters of a group of peers lie, rounded so that no peer can be read from it.

    ``place``: in which quarter oneself stands, 1 the lowest; None without a figure of one's own.
    """

    peers: int
    lower: Decimal
    middle: Decimal
    upper: Decimal
    place: int | None = None


@dataclasses.dataclass(frozen=True)
class PublishingYear:
    """What publishing and reading cost in a year. ``each``: fees over articles counted once.

    ``repeated``: articles that stand twice or were invoiced in a year before; ``as_invoiced`` is
    the price without taking them out. A price over few articles says little: show the count.
    """

    year: int
    articles: int
    repeated: int
    fees: Decimal
    read_fee: Decimal
    each: Decimal | None
    as_invoiced: Decimal | None

    @property
    def total(self) -> Decimal:
        return self.fees + self.read_fee


@dataclasses.dataclass(frozen=True)
class Used:
    """What something cost and how often it was used. ``each`` None: no fee, or no use."""

    name: str
    fee: Decimal | None
    uses: Decimal
    each: Decimal | None
    turnaways: Decimal = ZERO
    open_pct: Decimal | None = None
    proof: str = ""  # of the uses
    turnaways_proof: str = ""
    open_proof: str = ""
    account_id: int | None = None
    each_proof: str = ""


@dataclasses.dataclass(frozen=True)
class ValueOfUse:
    """The use of twelve months beside what was paid for it.

    ``fee_from``: ``split`` (the agreed split), ``sales`` or "" (nothing known). Where title lists
    are known (``entitled`` titles), the fee is shared over them: ``unused`` were not read,
    ``beyond`` was read and is in no list. A title in two packages counts in both.
    """

    period: Period
    currency: str
    fee: Decimal | None
    fee_from: str
    fee_proof: str
    basis: Basis
    titles: tuple[Used, ...]
    members: tuple[Used, ...]
    packages: tuple[Used, ...] = ()
    unused: tuple[str, ...] = ()
    beyond: tuple[Used, ...] = ()
    entitled: int = 0
