"""The buyer's own calculation: what it assumes, what titles cost and bring, what it decides."""

from __future__ import annotations

import dataclasses
from decimal import Decimal


@dataclasses.dataclass(frozen=True)
class Assumptions:
    """What a library assumes; the published defaults of Unsub (ourresearch/jump-api).

    Money in the currency of the case; growth a year; weights count as so many downloads.
    """

    loan_cost: Decimal = Decimal(17)
    loan_share_pct: Decimal = Decimal(5)
    bundle_growth_pct: Decimal = Decimal(5)
    title_growth_pct: Decimal = Decimal(8)
    content_fee_pct: Decimal = Decimal("5.7")
    citation_weight: Decimal = Decimal(10)
    authorship_weight: Decimal = Decimal(100)


@dataclasses.dataclass(frozen=True)
class Title:
    """A title: its price alone, uses a year, and how much of the use is free without it."""

    name: str
    price: Decimal
    downloads: Decimal
    citations: Decimal = Decimal(0)
    authorships: Decimal = Decimal(0)
    open_pct: Decimal = Decimal(0)
    backfile_pct: Decimal = Decimal(0)


@dataclasses.dataclass(frozen=True)
class Keep:
    """Which titles stay when the bundle goes: exactly one of these.

    ``most_per_use``: while the net cost of a paid use is no more; ``count``: so many, the cheapest
    per use first; ``budget``: while their first-year cost fits; ``names``.
    """

    most_per_use: Decimal | None = None
    count: int | None = None
    budget: Decimal | None = None
    names: frozenset[str] | None = None


@dataclasses.dataclass(frozen=True)
class Bundle:
    """The bundle as it is: its price in the first year, its titles, for how many years."""

    price: Decimal
    titles: tuple[Title, ...]
    years: int = 5


@dataclasses.dataclass(frozen=True)
class TitleView:
    """A title as the buyer sees it. Costs are yearly means over the term."""

    name: str
    cost: Decimal
    paid_use: Decimal
    loans: Decimal
    loan_cost: Decimal
    per_use: Decimal | None
    kept: bool


@dataclasses.dataclass(frozen=True)
class YearView:
    """One year: the bundle against the kept titles plus loans."""

    year: int
    bundle: Decimal
    kept: Decimal
    loans: Decimal
    saving: Decimal


@dataclasses.dataclass(frozen=True)
class Unbundling:
    """What leaving the bundle comes to, title by title and year by year."""

    titles: tuple[TitleView, ...]
    years: tuple[YearView, ...]
    saving: Decimal
    saving_pct: Decimal | None
    kept: int
    price_per_kept: Decimal | None
    use: Decimal
    free_pct: Decimal | None
    instant_pct: Decimal | None
    lost_pct: Decimal | None
    loans: Decimal


@dataclasses.dataclass(frozen=True)
class Sensitivity:
    """How far one input moves the saving of the whole term, when it is lower and higher."""

    name: str
    low: Decimal
    high: Decimal

    @property
    def width(self) -> Decimal:
        return abs(self.high - self.low)


@dataclasses.dataclass(frozen=True)
class Alternative:
    """A supplier as a trading customer sees it: what is earned on its goods in a year."""

    name: str
    units: Decimal
    resale: Decimal
    purchase: Decimal
    rebate: Decimal = Decimal(0)
    funding: Decimal = Decimal(0)
    costs: Decimal = Decimal(0)


@dataclasses.dataclass(frozen=True)
class Earned:
    """What the customer earns with an alternative, and against the first one (ours)."""

    name: str
    margin: Decimal
    margin_pct: Decimal | None
    per_unit: Decimal | None
    against_ours: Decimal
