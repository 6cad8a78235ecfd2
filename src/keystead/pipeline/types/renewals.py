"""Renewals as values: the term that ends, the notice it asks for, where the next one stands."""

from __future__ import annotations

import dataclasses
import enum
from datetime import date, datetime
from decimal import Decimal


class RenewalState(enum.StrEnum):
    """Where a renewal stands, in the order of its life."""

    NOT_STARTED = "not_started"
    PREPARING = "preparing"
    STRATEGY_APPROVED = "strategy_approved"
    OFFERED = "offered"
    NEGOTIATING = "negotiating"
    AGREED = "agreed"
    POSTPONED = "postponed"
    SIGNED = "signed"
    AUTO_RENEWED = "auto_renewed"
    LOST = "lost"


class NoticeUnit(enum.StrEnum):
    """What the notice is counted in."""

    DAYS = "days"
    MONTHS = "months"
    BUSINESS_DAYS = "business_days"


class OnClosedDay(enum.StrEnum):
    """What the contract says about a last day on a weekend or holiday."""

    STANDS = "stands"
    BEFORE = "before"  # the last working day before it
    AFTER = "after"  # the next working day


class Booking(enum.StrEnum):
    """How a renewal counts once it is closed."""

    RENEWAL = "renewal"
    UPSELL = "upsell"
    DOWNSELL = "downsell"
    CHURN = "churn"


class Reason(enum.StrEnum):
    """Why a renewal was won or lost."""

    VALUE = "value"
    PRICE = "price"
    RELATION = "relation"
    COMPETITOR = "competitor"
    BUDGET = "budget"
    USAGE = "usage"
    SERVICE = "service"
    STRATEGY = "strategy"
    OTHER = "other"


@dataclasses.dataclass(frozen=True)
class NoticeRule:
    """How a contract may be stopped. ``amount`` None: nothing was agreed.

    ``country`` (two letters) is asked where business days count or a closed day moves. With
    ``must_arrive`` the notice has to be there on the last day: it is sent ``transit_days``
    (calendar days) before. ``auto_renew_months`` None: the contract simply ends.
    """

    amount: int | None = None
    unit: NoticeUnit = NoticeUnit.DAYS
    country: str = ""
    closed_day: OnClosedDay = OnClosedDay.STANDS
    must_arrive: bool = False
    transit_days: int = 0
    auto_renew_months: int | None = None


@dataclasses.dataclass(frozen=True)
class NoticeDates:
    """The last day on which notice counts, and the last day to send it."""

    deadline: date
    send_by: date


@dataclasses.dataclass(frozen=True)
class Gate:
    """A step of the preparation so many months before the end, and what belongs to it."""

    months: int
    on: date
    items: tuple[str, ...]


@dataclasses.dataclass(frozen=True)
class Evidence:
    """What somebody showed for an item of a checklist; the newest of an item counts."""

    item: str
    text: str
    done: bool
    by_name: str
    at: datetime


@dataclasses.dataclass(frozen=True)
class Outcome:
    """How a renewal ended: written once, never changed."""

    state: RenewalState
    booking: Booking
    closed_on: date
    term_end: date
    currency: str
    target: Decimal
    forecast: Decimal | None
    final: Decimal
    manager_pct: Decimal | None
    model_pct: Decimal | None
    reason: Reason
    note: str = ""
    by_name: str = ""
    at: datetime | None = None
    account_id: int = 0
    account_kind: str = ""
    auto_renews: bool = False
    open_items: int = 0

    @property
    def won(self) -> bool:
        return self.booking is not Booking.CHURN


@dataclasses.dataclass(frozen=True)
class Renewal:
    """The next term of a contract. ``last`` is the last day of the one that ends."""

    id: int
    account_id: int
    contract: str
    title: str
    agreement_id: int | None
    agreement_version: int | None
    starts: date | None
    last: date
    currency: str
    notice: NoticeRule
    state: RenewalState
    target: Decimal | None
    forecast: Decimal | None
    manager_pct: Decimal | None
    owner_id: int | None
    owner_name: str
    note: str
    paused_until: date | None
    version: int
    outcome: Outcome | None = None
    account_name: str = ""
    account_kind: str = ""
    territory: str = ""

    @property
    def open(self) -> bool:
        return self.outcome is None


@dataclasses.dataclass(frozen=True, kw_only=True)
class RenewalEntry:
    """What a person enters or changes."""

    account_id: int
    contract: str
    last: date
    currency: str
    title: str = ""
    agreement_id: int | None = None
    agreement_version: int | None = None
    starts: date | None = None
    notice: NoticeRule = NoticeRule()
    target: Decimal | None = None
    forecast: Decimal | None = None
    manager_pct: Decimal | None = None
    owner_id: int | None = None
    note: str = ""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Closing:
    """How a renewal ends: the amount and why; a signature names its document."""

    state: RenewalState
    on: date
    final: Decimal = Decimal(0)
    reason: Reason
    note: str = ""
    document: str = ""


@dataclasses.dataclass(frozen=True)
class Retention:
    """What was kept of what was up for renewal, in percent; None where nothing was.

    ``open`` are renewals of the period that are not closed: they are in no figure.
    """

    gross_pct: Decimal | None
    net_pct: Decimal | None
    target: Decimal
    kept: Decimal
    final: Decimal
    closed: int
    open: int
    unrated: int = 0


@dataclasses.dataclass(frozen=True)
class ChanceRule:
    """One rule of the model: closed renewals like this one, and what they say."""

    code: str
    value: str
    closed: int
    won: int
    pct: Decimal


@dataclasses.dataclass(frozen=True)
class Chance:
    """What the record says about a renewal. ``pct`` None: not enough data.

    ``proved`` only with fifty closed renewals and ten losses.
    """

    pct: Decimal | None
    closed: int
    won: int
    needed: int
    base_pct: Decimal | None = None
    rules: tuple[ChanceRule, ...] = ()
    proved: bool = False
