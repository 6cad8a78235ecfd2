"""Price waterfalls and the view from the customer. Amounts are exact decimals."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum

from keystead.kernel.periods import Period
from keystead.profitability.types.statements import Amount, LineDef


class Base(StrEnum):
    """What the percentage of a waterfall step is taken of."""

    LIST = "list"
    RUNNING = "running"
    INVOICE = "invoice"


class Level(StrEnum):
    """The prices on the way down, in their order."""

    LIST = "list"
    INVOICE = "invoice"
    NET_NET = "net_net"
    CONTRIBUTION = "contribution"


@dataclasses.dataclass(frozen=True)
class Step:
    """One step down: an amount, or a percentage of the base that it names.

    ``leads_to`` is the level that the step counts into: on-invoice steps lead to the invoice
    price, conditions after the invoice to net-net, costs to the contribution.
    """

    name: str
    amount: Decimal | None = None
    rate_pct: Decimal | None = None
    base: Base = Base.RUNNING
    leads_to: Level = Level.NET_NET


@dataclasses.dataclass(frozen=True)
class StepResult:
    """A step with its amount (positive takes away) and what is left after it."""

    name: str
    base: Base | None
    base_amount: Decimal | None
    rate_pct: Decimal | None
    amount: Decimal
    after: Decimal
    leads_to: Level


@dataclasses.dataclass(frozen=True)
class Waterfall:
    """From the list price down; every level is what is left once its steps are taken."""

    list_amount: Decimal
    steps: tuple[StepResult, ...]
    levels: Mapping[Level, Decimal]

    @property
    def end(self) -> Decimal:
        return self.steps[-1].after if self.steps else self.list_amount

    @property
    def gross_to_net_pct(self) -> Decimal | None:
        """The share of the list amount that is gone at net-net, in per cent."""
        if not self.list_amount:
            return None
        return (self.list_amount - self.levels[Level.NET_NET]) * 100 / self.list_amount


@dataclasses.dataclass(frozen=True)
class CustomerView:
    """What the customer earns with us: buying price, rebates, resale at the recommended price."""

    resale: Decimal
    bought: Decimal
    rebates: Decimal

    @property
    def front_margin(self) -> Decimal:
        """Resale less the invoice: what they see on each sale."""
        return self.resale - self.bought

    @property
    def margin(self) -> Decimal:
        """The front margin and all that is paid afterwards."""
        return self.front_margin + self.rebates

    @property
    def margin_pct(self) -> Decimal | None:
        return self.margin * 100 / self.resale if self.resale else None


class Source(StrEnum):
    """Where the amount of a step comes from."""

    LIST_PRICES = "list_prices"
    INVOICES = "invoices"
    ACCRUALS = "accruals"
    EXPENSES = "expenses"
    COSTS = "costs"
    WORKED_OUT = "worked_out"


class Unknown(StrEnum):
    """Why a step has no amount. Nothing posted is not zero, and it is not said to be."""

    NO_LIST_PRICE = "no_list_price"
    NOTHING_POSTED = "nothing_posted"
    PART_UNKNOWN = "part_unknown"


@dataclasses.dataclass(frozen=True)
class Cut:
    """Which products a waterfall is of: everything, or one product, brand or category."""

    dimension: str = ""  # "" | "product" | "brand" | "category"
    value: int | str = ""
    label: str = ""

    @property
    def is_whole(self) -> bool:
        return not self.dimension


@dataclasses.dataclass(frozen=True)
class PriceStep:
    """One step of a price waterfall: what it takes away, of what, and where that is known from.

    ``amount``: as it counts, so what takes away is negative; a level is what is left. ``base`` is
    the line that ``share`` is a part of. ``spread``: the part of the amount that names no product
    and was spread over the products by their sales. ``details``: the kinds it is made of.
    """

    line: LineDef
    amount: Amount
    source: Source
    base: str
    share: Decimal | None
    per_unit: Decimal | None
    unknown: Unknown | None = None
    spread: Decimal = Decimal(0)
    details: tuple[tuple[str, Amount], ...] = ()

    @property
    def is_level(self) -> bool:
        return self.line.is_sum


@dataclasses.dataclass(frozen=True)
class PriceWaterfall:
    """From the list price, or the invoice where no list price is kept, down to the contribution.

    ``listed`` and ``unlisted``: how many products with sales have a list price and how many have
    none and start at their invoice price. ``units``: sold units, where they add up.
    """

    account_id: int
    account_code: str
    account_name: str
    period: Period
    currency: str
    cut: Cut
    steps: tuple[PriceStep, ...]
    listed: int
    unlisted: int
    units: Decimal | None
    unit: str
    sees_cost: bool
    hides_rebates: bool
    commit: int

    @property
    def starts_at_list(self) -> bool:
        return self.listed > 0

    @property
    def gross_to_net_pct(self) -> Decimal | None:
        """The share of what it starts from that is gone at net-net, in per cent."""
        start, end = self.amount("list_sales"), self.amount("net_net_sales")
        start = start if start is not None else self.amount("invoice_sales")
        return (start - end) * 100 / start if start and end is not None else None

    def amount(self, line: str) -> Decimal | None:
        """Return the amount of a step; None where it is unknown or not the reader's."""
        return next((one.amount.value for one in self.steps if one.line.id == line), None)


@dataclasses.dataclass(frozen=True)
class CustomerLine:
    """What a customer earns with one product: buying, rebates, resale at the recommended price.

    ``view`` is None where the recommended price, the units or the sales are not known.
    """

    product_id: int
    sku: str
    name: str
    units: Decimal | None
    unit: str
    bought: Amount
    rebates: Decimal | None
    recommended: Decimal | None
    view: CustomerView | None

    @property
    def buy_price(self) -> Decimal | None:
        if self.bought.value is None or not self.units:
            return None
        return self.bought.value / self.units


@dataclasses.dataclass(frozen=True)
class CustomerMargin:
    """The customer's own margin with us, at recommended prices and never at real ones.

    ``total`` adds up the lines that are known; ``unpriced`` and ``uncounted`` say how many have
    no recommended price or no units that add up. ``hides_rebates``: the margin is on the invoice
    alone, as rebates are for those who may read terms.
    """

    account_id: int
    account_code: str
    account_name: str
    period: Period
    currency: str
    lines: tuple[CustomerLine, ...]
    total: CustomerView | None
    unpriced: int
    uncounted: int
    hides_rebates: bool
    commit: int
