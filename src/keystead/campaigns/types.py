"""What crosses the room's door: campaigns, expenses and their life, budgets."""

from __future__ import annotations

import dataclasses
import enum
from datetime import date, datetime
from decimal import Decimal

from keystead.kernel.money import Money


class ExpenseState(enum.StrEnum):
    """Where an expense stands: plan > approve > commit > prove > post > pay."""

    PLANNED = "planned"
    APPROVED = "approved"
    COMMITTED = "committed"
    PROVED = "proved"
    POSTED = "posted"
    PAID = "paid"
    CANCELLED = "cancelled"


class PostingKind(enum.StrEnum):
    """The status with which an amount stands in the ledger."""

    PLANNED = "planned"
    COMMITTED = "committed"
    ACTUAL = "actual"


class RecipientKind(enum.StrEnum):
    """Whom the money reaches, where disclosure asks for it."""

    NONE = "none"
    HCP = "hcp"  # a healthcare professional
    HCO = "hco"  # a healthcare organisation


class TransferCategory(enum.StrEnum):
    """The categories in which transfers of value are disclosed (EFPIA code)."""

    DONATION = "donation"
    EVENT = "event"
    FEE = "fee"
    EXPENSES = "expenses"
    RESEARCH = "research"


@dataclasses.dataclass(frozen=True, kw_only=True)
class CampaignEntry:
    """A campaign as it is entered; ``last`` is the last day that is in."""

    account_id: int
    name: str
    starts: date
    last: date
    category: str = ""
    note: str = ""


@dataclasses.dataclass(frozen=True)
class Campaign:
    """A named row that expenses hang on."""

    id: int
    account_id: int
    name: str
    starts: date
    last: date
    category: str
    note: str
    version: int


@dataclasses.dataclass(frozen=True, kw_only=True)
class Transfer:
    """What a transfer of value to healthcare professionals or organisations must say (R-15)."""

    recipient: RecipientKind = RecipientKind.NONE
    recipient_id: str = ""
    recipient_country: str = ""
    category: str = ""
    consent: bool = False
    hospitality_per_person: Decimal | None = None

    @property
    def discloses(self) -> bool:
        return self.recipient is not RecipientKind.NONE


@dataclasses.dataclass(frozen=True, kw_only=True)
class Deliverable:
    """What a paid service must show before money moves (R-09)."""

    is_service: bool = False
    what: str = ""
    first: date | None = None
    last: date | None = None
    fair_value_note: str = ""


@dataclasses.dataclass(frozen=True, kw_only=True)
class ExpenseEntry:
    """An expense as it is planned; ``on`` is the day it is expected to fall on."""

    account_id: int
    title: str
    category: str
    amount: Decimal
    currency: str
    on: date
    campaign_id: int | None = None
    fund_id: int | None = None
    product_code: str = ""
    payee: str = ""
    ledger_code: str = ""
    note: str = ""
    transfer: Transfer = Transfer()
    service: Deliverable = Deliverable()


@dataclasses.dataclass(frozen=True, kw_only=True)
class Expense:
    """An expense with where it stands. Amounts are None until that step was taken."""

    id: int
    account_id: int
    title: str
    category: str
    currency: str
    on: date
    planned: Money
    committed: Money | None
    actual: Money | None
    state: ExpenseState
    waits: bool
    campaign_id: int | None
    campaign: str
    fund_id: int | None
    product_id: int | None
    product_code: str
    payee: str
    ledger_code: str
    note: str
    transfer: Transfer
    service: Deliverable
    posted_on: date | None
    document: str
    paid_on: date | None
    payment: str
    proofs: int
    version: int

    @property
    def amount(self) -> Money:
        """The best known amount: actual, else committed, else planned."""
        return self.actual or self.committed or self.planned


@dataclasses.dataclass(frozen=True)
class Proof:
    """What was shown for an expense: words, or a file kept by its hash."""

    id: int
    text: str
    file_name: str
    sha256: str
    size_bytes: int
    by_name: str
    at: datetime


@dataclasses.dataclass(frozen=True)
class Posting:
    """An amount of an expense in the ledger; a reversal names what it takes back."""

    id: int
    kind: PostingKind
    amount: Money
    on: date
    batch_id: int
    reverses: int | None
    reason: str
    by_name: str
    at: datetime


@dataclasses.dataclass(frozen=True)
class Budget:
    """What may be spent for an account in a category and year."""

    id: int
    account_id: int
    category: str
    year: int
    amount: Money
    version: int
