"""What the catalog room hands to other rooms."""

from __future__ import annotations

import dataclasses
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar

from keystead.accounts.types import Span
from keystead.kernel.events import Event
from keystead.kernel.periods import add_months


class ProductKind(StrEnum):
    MEDICINE = "medicine"
    DIAGNOSTIC = "diagnostic"
    DEVICE = "device"
    COLLECTION = "collection"
    JOURNAL = "journal"
    DATABASE = "database"
    TOOL = "tool"
    OTHER = "other"


class ProductStatus(StrEnum):
    PLANNED = "planned"
    ACTIVE = "active"
    DISCONTINUED = "discontinued"


class Supply(StrEnum):
    """How a medicine may be sold; empty where it does not apply."""

    NONE = ""
    PRESCRIPTION = "rx"
    OVER_THE_COUNTER = "otc"


class ProductScheme(StrEnum):
    """Who issued a product code. ``alias`` is another name, for matching."""

    OWN_SKU = "own_sku"
    CUSTOMER_SKU = "customer_sku"
    PLATFORM_ID = "platform_id"
    GTIN = "gtin"
    APPROVAL_NUMBER = "approval_number"
    ISSN = "issn"
    ALIAS = "alias"
    OTHER = "other"


class PricePurpose(StrEnum):
    """What a price that holds for everybody is: ours, the one we recommend, the highest allowed."""

    LIST = "list"
    RECOMMENDED = "recommended"
    MAXIMUM = "maximum"


@dataclasses.dataclass(frozen=True)
class Product:
    """One product as other rooms see it; a pack holds ``pack_size`` units of ``unit``."""

    id: int
    sku: str
    name: str
    brand: str = ""
    category: str = ""
    kind: ProductKind = ProductKind.OTHER
    pack_size: Decimal = Decimal(1)
    unit: str = ""
    gtin: str = ""
    atc: str = ""
    status: ProductStatus = ProductStatus.ACTIVE
    version: int = 1
    merged_into: int | None = None
    spec: str = ""
    supply: Supply = Supply.NONE
    successor: int | None = None
    successor_from: date | None = None
    successor_share_pct: Decimal = Decimal(100)


@dataclasses.dataclass(frozen=True)
class ProductCode:
    """A code of the product in somebody's scheme."""

    id: int
    product_id: int
    scheme: ProductScheme
    value: str
    source: str
    span: Span
    version: int


@dataclasses.dataclass(frozen=True)
class Part:
    """``part`` is inside ``whole`` (a journal in a collection, a pack in a kit) over a span."""

    id: int
    whole_id: int
    whole_sku: str
    whole_name: str
    part_id: int
    part_sku: str
    part_name: str
    quantity: Decimal
    span: Span
    version: int


@dataclasses.dataclass(frozen=True)
class Listing:
    """A product on an account's range; ``agreed`` when a contract or list says so."""

    id: int
    account_id: int
    product_id: int
    sku: str
    product_name: str
    brand: str
    span: Span
    agreed: bool
    source: str
    note: str
    version: int


@dataclasses.dataclass(frozen=True)
class Price:
    """The price of one unit of a product over a span; ``tax_pct`` is inside the amount."""

    id: int
    product_id: int
    sku: str
    product_name: str
    purpose: PricePurpose
    amount: Decimal
    currency: str
    tax_pct: Decimal
    span: Span
    source: str
    version: int

    @property
    def net(self) -> Decimal:
        """The price without the tax inside it, unrounded."""
        return self.amount * 100 / (100 + self.tax_pct)


@dataclasses.dataclass(frozen=True)
class GroupMember:
    """What a product group holds over whole months: one product, a brand, or a category.

    Exactly one of ``product_id``, ``brand`` and ``category`` is set. ``span`` begins with the
    first day of a month and ends with one; None is open.
    """

    id: int
    group_id: int
    product_id: int | None
    sku: str
    product_name: str
    brand: str
    category: str
    span: Span
    version: int


@dataclasses.dataclass(frozen=True)
class ProductGroup:
    """A named group of products, as terms and price lists speak of it; its code never changes."""

    id: int
    code: str
    name: str
    note: str
    version: int
    members: tuple[GroupMember, ...] = ()


@dataclasses.dataclass(frozen=True)
class GroupSpan:
    """Which products are in a group over some months: [``first``, ``until``), None is open."""

    products: frozenset[int]
    first: date | None = None
    until: date | None = None

    def moved(self, months: int) -> GroupSpan:
        """Return the same products that many months later (earlier, if below zero).

        >>> GroupSpan(frozenset({1}), date(2027, 1, 1)).moved(-12).first
        datetime.date(2026, 1, 1)
        """
        first = None if self.first is None else add_months(self.first, months)
        until = None if self.until is None else add_months(self.until, months)
        return GroupSpan(self.products, first, until)


@dataclasses.dataclass(frozen=True)
class ProductMerge:
    """Product ``source`` lives on in ``target``; both ids stay, and it can be undone."""

    id: int
    source_id: int
    source_sku: str
    source_name: str
    target_id: int
    target_sku: str
    target_name: str
    merged_on: date
    merged_by: str
    why: str
    undone: bool


@dataclasses.dataclass(frozen=True, kw_only=True)
class ProductsMerged(Event):
    """Two products turned out to be one; the source lives on in the target."""

    name: ClassVar[str] = "catalog.merged"
    source_id: int
    target_id: int


@dataclasses.dataclass(frozen=True, kw_only=True)
class ProductsUnmerged(Event):
    """A merge was taken back; the source stands for itself again."""

    name: ClassVar[str] = "catalog.unmerged"
    source_id: int
    target_id: int
