"""What people enter as a claim, and what it can be matched with."""

from __future__ import annotations

import dataclasses
import enum
from datetime import date, datetime
from decimal import Decimal

from keystead.agreements.types.progress import ClaimKind, ClaimReason
from keystead.kernel.money import Money


@dataclasses.dataclass(frozen=True, kw_only=True)
class ClaimEntry:
    """A claim as the customer sent it; codes are looked up, ``last`` is the last day that is in.

    A product or wholesaler code that nobody knows is kept: it is one of the claim's errors.
    """

    account_id: int
    external_number: str
    kind: ClaimKind
    reason: ClaimReason
    amount: Decimal
    currency: str
    on: date
    agreement_number: str = ""
    condition: str = ""
    invoice: str = ""
    product_code: str = ""
    wholesaler_code: str = ""
    first: date | None = None
    last: date | None = None
    quantity: Decimal | None = None
    unit_price: Decimal | None = None
    due_on: date | None = None
    customer_code: str = ""
    note: str = ""


class MatchReason(enum.StrEnum):
    """Why an open accrual may be what a claim is for."""

    NAMED_CONDITION = "named_condition"
    NAMED_AGREEMENT = "named_agreement"
    REASON = "reason"
    PERIOD = "period"
    AMOUNT = "amount"
    PERIOD_AMOUNT = "period_amount"
    COVERS = "covers"
    ONLY_ONE = "only_one"


@dataclasses.dataclass(frozen=True)
class OpenAccrual:
    """What is accrued and neither settled nor promised to another claim, of one condition.

    ``in_period`` is what was accrued in the months that the claim is about; ``reason_fits`` and
    the names say what the claim and the condition have in common.
    """

    agreement_id: int
    agreement_number: str
    condition: str
    label: str
    open: Money
    in_period: Money | None = None
    in_force: bool = True
    reason_fits: bool = False
    named_agreement: bool = False
    named_condition: bool = False


@dataclasses.dataclass(frozen=True)
class Candidate:
    """An open accrual with the reasons that speak for it, and what of the claim it would take."""

    accrual: OpenAccrual
    reasons: tuple[MatchReason, ...]
    score: int
    share: Money


@dataclasses.dataclass(frozen=True)
class MatchPart:
    """A part of a claim that is set against the accrual of one condition."""

    agreement_id: int
    condition: str
    amount: Money
    agreement_number: str = ""
    label: str = ""
    id: int = 0


@dataclasses.dataclass(frozen=True)
class Evidence:
    """What was shown for a claim or an expense: words, or a file kept by its hash."""

    id: int
    text: str
    file_name: str
    sha256: str
    size_bytes: int
    by_name: str
    at: datetime
