"""Accounts and what hangs on them: enums, frozen values and events."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar

from keystead.kernel.events import Event


class AccountKind(StrEnum):
    GROUP = "group"
    LEGAL_ENTITY = "legal_entity"
    PLATFORM = "platform"
    SHOP = "shop"
    DISTRIBUTOR = "distributor"
    PHARMACY_CHAIN = "pharmacy_chain"
    HOSPITAL = "hospital"
    UNIVERSITY = "university"
    CONSORTIUM = "consortium"
    SITE = "site"


class AccountStatus(StrEnum):
    PROSPECT = "prospect"
    ACTIVE = "active"
    DORMANT = "dormant"
    CLOSED = "closed"


class Scheme(StrEnum):
    """Who issued an identifier. ``alias`` is another name of the account, for matching."""

    OWN_CODE = "own_code"
    CUSTOMER_CODE = "customer_code"
    ROR = "ror"
    TAX_NUMBER = "tax_number"
    PLATFORM_ID = "platform_id"
    ALIAS = "alias"
    OTHER = "other"


class MembershipRole(StrEnum):
    """What the member is to the group. ``parent`` builds the tree: one at a time, no cycle."""

    PARENT = "parent"
    CONSORTIUM_MEMBER = "consortium_member"
    SHIPS_TO = "ships_to"
    BUYS_FROM = "buys_from"
    BILLS_VIA = "bills_via"
    GOVERNED_BY = "governed_by"
    SUCCESSOR_OF = "successor_of"


class MeasureKind(StrEnum):
    BEDS = "beds"
    STUDENTS = "students"
    RESEARCHERS = "researchers"
    PHYSICIANS = "physicians"
    EMPLOYEES = "employees"
    OUTLETS = "outlets"
    MEMBERS = "members"
    PUBLICATIONS = "publications"
    BUDGET = "budget"
    REVENUE = "revenue"


MONEY_MEASURES = frozenset({MeasureKind.BUDGET, MeasureKind.REVENUE})


class Confidence(StrEnum):
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class TeamRole(StrEnum):
    OWNER = "owner"
    MEMBER = "member"
    BACKUP = "backup"
    JUNIOR = "junior"  # works on the account, but not on its terms and private notes


class Freshness(StrEnum):
    """State of a profile field: ``empty`` was never filled, ``stale`` is past its limit."""

    FRESH = "fresh"
    DUE = "due"
    STALE = "stale"
    EMPTY = "empty"


@dataclasses.dataclass(frozen=True)
class Span:
    """Half-open dates [``valid_from``, ``valid_to``); None means open on that side."""

    valid_from: date | None = None
    valid_to: date | None = None

    def covers(self, day: date) -> bool:
        """Say whether the day lies in the span.

        >>> Span(date(2026, 1, 1), date(2026, 2, 1)).covers(date(2026, 2, 1))
        False
        """
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day < self.valid_to
        )

    def overlaps(self, other: Span) -> bool:
        """Say whether the two spans share a day.

        >>> Span(None, date(2026, 1, 1)).overlaps(Span(date(2026, 1, 1), None))
        False
        """
        starts_before = (
            self.valid_from is None or other.valid_to is None or self.valid_from < other.valid_to
        )
        ends_after = (
            self.valid_to is None or other.valid_from is None or other.valid_from < self.valid_to
        )
        return starts_before and ends_after

    @property
    def last_day(self) -> date | None:
        """The last day inside, as people say and type it; None while open."""
        return self.valid_to - timedelta(days=1) if self.valid_to else None


@dataclasses.dataclass(frozen=True)
class Account:
    """One account as other rooms see it. ``merged_into`` is set when it lives on in another."""

    id: int
    code: str
    name: str
    kind: AccountKind
    country: str = ""
    currency: str = ""
    segment: str = ""
    territory: str = ""
    channel: str = ""
    status: AccountStatus = AccountStatus.ACTIVE
    version: int = 1
    merged_into: int | None = None


@dataclasses.dataclass(frozen=True)
class Scope:
    """The accounts an actor may see; ``everything`` means no limit (and ids are not listed)."""

    everything: bool
    account_ids: frozenset[int] = frozenset()

    def __contains__(self, account_id: object) -> bool:
        return self.everything or account_id in self.account_ids


@dataclasses.dataclass(frozen=True)
class Identifier:
    id: int
    account_id: int
    scheme: Scheme
    value: str
    source: str
    span: Span
    version: int


@dataclasses.dataclass(frozen=True)
class Membership:
    """``member`` belongs to ``group`` in a role over a span."""

    id: int
    member_id: int
    member_code: str
    member_name: str
    group_id: int
    group_code: str
    group_name: str
    role: MembershipRole
    span: Span
    weight: Decimal | None
    source: str
    version: int


@dataclasses.dataclass(frozen=True)
class Measure:
    """A size of the account on a day; money kinds carry a currency, others a unit."""

    id: int
    account_id: int
    kind: MeasureKind
    value: Decimal
    unit: str
    currency: str
    as_of: date
    source: str
    confidence: Confidence
    note: str
    version: int


@dataclasses.dataclass(frozen=True)
class ProfileEntry:
    """A profile field with its value, when it was last reviewed, and whether that is too long ago.

    ``id`` and ``version`` are 0 while the field is empty. ``group`` is the field group that only
    some may see (``kit.access.rules``).
    """

    id: int
    key: str
    label: str
    help: str
    value: str
    reviewed_on: date | None
    reviewed_by: str
    source: str
    freshness_days: int
    freshness: Freshness
    version: int
    group: str = ""


@dataclasses.dataclass(frozen=True)
class ProfileQuestion:
    """A field of the profile as it is set up; label and help as they were typed or shipped."""

    key: str
    label: str
    help: str
    kinds: tuple[AccountKind, ...]
    freshness_days: int
    position: int
    active: bool
    version: int
    group: str = ""


@dataclasses.dataclass(frozen=True)
class TeamMember:
    id: int
    account_id: int
    user_id: int
    username: str
    name: str
    role: TeamRole
    span: Span
    version: int


@dataclasses.dataclass(frozen=True)
class Merge:
    """Account ``source`` lives on in ``target``; both ids stay, and it can be undone."""

    id: int
    source_id: int
    source_code: str
    source_name: str
    target_id: int
    target_code: str
    target_name: str
    merged_on: date
    merged_by: str
    why: str
    undone: bool


@dataclasses.dataclass(frozen=True, kw_only=True)
class AccountsMerged(Event):
    """Two accounts turned out to be one; the source lives on in the target."""

    name: ClassVar[str] = "accounts.merged"
    source_id: int
    target_id: int


@dataclasses.dataclass(frozen=True, kw_only=True)
class AccountsUnmerged(Event):
    """A merge was taken back; the source stands for itself again."""

    name: ClassVar[str] = "accounts.unmerged"
    source_id: int
    target_id: int
