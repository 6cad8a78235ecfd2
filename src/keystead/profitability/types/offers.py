"""Offers: what is put side by side, the sales they are tried on, and what they would do.

Terms are those of ``agreements``; a price move says what changes against today's price. Results
of draws are expectations and so plain floats; what holds at the forecast is exact.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from keystead.agreements.types import Finding, Terms
from keystead.kernel.periods import Period
from keystead.profitability.types.waterfalls import CustomerView, Waterfall

NO_TERMS: Final = Terms()
Cell = tuple[int, int, str | None]  # account, product, channel (None: not told apart)


class Origin(StrEnum):
    """What a case was begun from."""

    BLANK = "blank"
    IN_FORCE = "in_force"
    LAST_YEAR = "last_year"
    DRAFT = "draft"


class Outlook(StrEnum):
    """Where the spread of the volumes comes from."""

    GIVEN = "given"  # a range that was typed for the case: P10, P50, P90
    FORECAST = "forecast"  # the agreed forecast, with its ranges where it has them
    HISTORY = "history"  # how the account's own months moved against the year before
    SHORT = "short"  # too few months for that: a spread is assumed


@dataclasses.dataclass(frozen=True)
class PriceMove:
    """A change of price: of a product, a brand, a category, or (none of them) everything.

    One of ``change_pct`` (percent of today's price) and ``new_price`` (only of a product).
    """

    product: int | None = None
    brand: str = ""
    category: str = ""
    change_pct: Decimal | None = None
    new_price: Decimal | None = None


@dataclasses.dataclass(frozen=True)
class Offer:
    """One offer of a case. ``volume_pct``: how much more they would buy because of it.

    ``reason``: why these terms may differ from those of comparable customers (rule R-22).
    """

    key: str
    name: str
    terms: Terms = NO_TERMS
    moves: tuple[PriceMove, ...] = ()
    volume_pct: Decimal = Decimal(0)
    reason: str = ""


@dataclasses.dataclass(frozen=True)
class Range:
    """The value of the whole term at today's prices: a low, a middle and a high one."""

    low: Decimal
    middle: Decimal
    high: Decimal


@dataclasses.dataclass(frozen=True)
class Setting:
    """What all offers of a case share, beside the sales.

    ``within_year``: how far the months of a year move together (0 to 1). ``common``: how far the
    brands do. ``seed`` makes the draws the same each time. ``resale``: recommended prices by
    product, with ``tax_pct`` inside; actual resale prices are never asked for (rule R-01).
    """

    seed: int
    within_year: Decimal = Decimal("0.5")
    common: Decimal = Decimal("0.5")
    forecast: Range | None = None
    dominant: bool = False
    resale: tuple[tuple[int, Decimal], ...] = ()
    tax_pct: Decimal = Decimal(0)


@dataclasses.dataclass(frozen=True)
class OfferCase:
    """Two to five offers for one account and term. ``today`` are the terms they start from.

    ``commit`` is the state of the ledger they are tried on: the same case, the same numbers.
    """

    id: int
    account_id: int
    name: str
    span: Period
    currency: str
    origin: Origin
    today: Terms
    offers: tuple[Offer, ...]
    setting: Setting
    commit: int
    base: Period
    version: int
    agreement_id: int | None = None
    made_agreement: int | None = None
    made_offer: str = ""
    discarded: bool = False

    def offer(self, key: str) -> Offer | None:
        return next((one for one in self.offers if one.key == key), None)


@dataclasses.dataclass(frozen=True)
class Sold:
    """What one account bought of one product, by month of the base."""

    account_id: int
    product_id: int
    sku: str
    name: str
    brand: str
    category: str
    quantity: tuple[Decimal, ...]
    value: tuple[Decimal, ...]
    before: tuple[
        Decimal, ...
    ] = ()  # a year before each month of the term: what growth counts from
    cost: Decimal | None = None  # of the whole base; None where it is not known, or not shown
    gross: tuple[Decimal, ...] = ()  # before returns; empty where nothing came back
    channel: str | None = None  # None: the book does not tell channels apart
    above: frozenset[int] = frozenset()  # the accounts above this one
    groups: frozenset[str] = frozenset()  # the product's groups when the term begins
    width: tuple[
        Decimal, ...
    ] = ()  # of the agreed forecast, by month: P90 less P10; zero: not told; empty: no forecast

    @property
    def units(self) -> Decimal:
        return sum(self.quantity, Decimal(0))

    @property
    def worth(self) -> Decimal:
        return sum(self.value, Decimal(0))


@dataclasses.dataclass(frozen=True)
class Book:
    """The sales an offer is tried on: month by month of the term, from the base.

    ``done``: how many months at the start are actual and no longer uncertain. ``level``: what
    the base is multiplied with to be the forecast of the months to come. ``spread``: standard
    deviation of the logarithm of a month. ``pairs``: how many months it was taken from.
    ``spreads``: the same by brand and month where the agreed forecast has ranges.
    """

    account_id: int
    currency: str
    span: Period
    months: tuple[date, ...]
    rows: tuple[Sold, ...]
    done: int
    level: Decimal
    spread: float
    outlook: Outlook
    pairs: int = 0
    trend: float = 0.0
    sees_cost: bool = False
    history: tuple[tuple[date, Decimal], ...] = ()
    shifting: frozenset[str] = frozenset()  # product groups that change within the term
    spreads: tuple[tuple[float, ...], ...] = ()


@dataclasses.dataclass(frozen=True)
class TierOdds:
    """One tier in one period: how likely it is reached, and what its bound means in sales.

    ``share`` is the whole term's volume at the bound against the forecast (1.04: 4 % more);
    ``jump`` what the payout of all terms together jumps by just there.
    """

    condition: str
    period: Period
    place: int
    lower: Decimal
    rate: Decimal
    odds: float
    near: float
    share: float | None
    jump: float
    dead: bool


@dataclasses.dataclass(frozen=True)
class Step:
    """How far the next bound is: in sales of the term, and what reaching it adds."""

    condition: str
    period: Period
    place: int
    gap: float
    gain: float


@dataclasses.dataclass(frozen=True)
class Paid:
    """What one condition pays: exactly at the forecast, and over the draws."""

    condition: str
    at_forecast: Decimal
    expected: float


@dataclasses.dataclass(frozen=True)
class Odds:
    """What the draws say of the payout: mean, P10, P50, P90, and the spread.

    ``apart`` is the spread if months and brands moved independently of each other.
    """

    expected: float
    low: float
    middle: float
    high: float
    spread: float
    apart: float
    draws: int


@dataclasses.dataclass(frozen=True)
class Curve:
    """The payout and what is left along the volume, around the forecast (share 1)."""

    shares: tuple[float, ...]
    sales: tuple[float, ...]
    paid: tuple[float, ...]
    likely: tuple[float, float, float]  # P10, P50, P90 of the volume as shares
    marginal: tuple[float, ...] = ()  # what one more unit of sales pays from here on, jumps aside
    flat: tuple[tuple[float, float], ...] = ()  # dead zones: sales between which nothing is added

    @property
    def effective(self) -> tuple[float, ...]:
        """The payout as a part of the sales, at each of them."""
        return tuple(paid / sales if sales > 0 else 0.0
                     for sales, paid in zip(self.sales, self.paid, strict=True))  # fmt: skip


@dataclasses.dataclass(frozen=True)
class BreakEven:
    """The volumes at which the offer leaves us at least as much as today's terms would.

    ``of``: margin, or net-net sales where costs are not known or not shown. Ranges are shares of
    the forecast; a range without an end is open.
    """

    of: str
    today: Decimal
    ranges: tuple[tuple[float, float | None], ...]


@dataclasses.dataclass(frozen=True)
class Answer:
    """What an offer would do."""

    offer: Offer
    currency: str
    span: Period
    units: Decimal
    list_sales: Decimal
    invoice: Decimal
    ours: Waterfall
    theirs: CustomerView | None
    paid: tuple[Paid, ...]
    total: Decimal
    net_net: Decimal
    margin: Decimal | None
    effective: Decimal | None
    marginal: float
    pull: float
    tiers: tuple[TierOdds, ...]
    ahead: Step | None
    odds: Odds
    curve: Curve
    break_even: BreakEven | None
    findings: tuple[Finding, ...]
    commitment: float | None = None
    labels: Mapping[str, str] = dataclasses.field(default_factory=dict)

    @property
    def dead(self) -> tuple[TierOdds, ...]:
        return tuple(one for one in self.tiers if one.dead)

    @property
    def cliffs(self) -> tuple[TierOdds, ...]:
        return tuple(one for one in self.tiers if abs(one.jump) > 0.005)


@dataclasses.dataclass(frozen=True)
class Made:
    """What an offer became: an agreement or an amendment, and when."""

    agreement_id: int
    number: str
    on: date | None = None
