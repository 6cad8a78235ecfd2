"""Funds: what is set aside for a customer's marketing, promised and spent."""

from __future__ import annotations

import dataclasses
import enum
from datetime import date, datetime
from decimal import Decimal

from keystead.agreements.types.results import FundBalance
from keystead.agreements.types.terms import Condition
from keystead.kernel.money import Money


class FundKind(enum.StrEnum):
    """Where the money of a fund comes from: a fixed sum, or a percentage of sell-in."""

    FIXED = "fixed"
    RATE = "rate"


class FundEntryKind(enum.StrEnum):
    """The movements of a fund: earned, promised, promise taken back, spent."""

    ACCRUE = "accrue"
    COMMIT = "commit"
    RELEASE = "release"
    SPEND = "spend"


@dataclasses.dataclass(frozen=True, kw_only=True)
class FundHead:
    """A fund as it is entered; ``expires`` is the last day on which it may be promised."""

    account_id: int
    name: str
    kind: FundKind
    currency: str
    starts: date
    expires: date
    budget: Decimal | None = None
    rate_pct: Decimal | None = None
    agreement_id: int | None = None
    note: str = ""


@dataclasses.dataclass(frozen=True)
class FundMove:
    """One movement of a fund, and what it belongs to."""

    id: int
    kind: FundEntryKind
    amount: Money
    on: date
    subject: str
    proof: str
    reason: str
    by_name: str
    at: datetime


@dataclasses.dataclass(frozen=True)
class Fund:
    """A fund with what is in it. ``balance.budget`` is what may be spent altogether."""

    id: int
    head: FundHead
    agreement_number: str
    accrued: Money
    balance: FundBalance
    version: int


@dataclasses.dataclass(frozen=True)
class LinkedFund:
    """A fund of an agreement, and the conditions that are paid from it."""

    fund: Fund
    conditions: tuple[Condition, ...]
