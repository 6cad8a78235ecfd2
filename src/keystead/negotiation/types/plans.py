"""A split of a consortium's fee as it is stored, agreed, and planned to be invoiced.

A draft is ours alone: who may not see private fields does not see it at all.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from keystead.kernel.money import Money
from keystead.kernel.periods import Period
from keystead.negotiation.types.fees import (
    Allocation,
    Bound,
    FeeCase,
    Limits,
    OnOptOut,
    OptOut,
    Override,
)
from keystead.negotiation.types.privacy import Private

HEADS = "members"  # a quorum of heads


class PlanState(StrEnum):
    DRAFT = "draft"
    AGREED = "agreed"


class Answer(StrEnum):
    """What a member said to the offer; ``open`` counts as the split says."""

    OPEN = "open"
    IN = "in"
    OUT = "out"


@dataclasses.dataclass(frozen=True)
class PlanMember:
    """A member with the figures it is measured by, as they were read or typed.

    ``proofs`` leads from a figure to its proof; ``hidden``: the reader may not see this account.
    """

    account_id: int
    code: str
    name: str
    figures: Mapping[str, Decimal] = dataclasses.field(default_factory=dict)
    previous: Decimal | None = None
    answer: Answer = Answer.OPEN
    by_hand: Override | None = None
    proofs: Mapping[str, str] = dataclasses.field(default_factory=dict)
    hidden: bool = False


@dataclasses.dataclass(frozen=True)
class PlanQuorum:
    """What must take part: so many members, or percent of a figure."""

    measure: str = HEADS
    least: Decimal = Decimal(0)


@dataclasses.dataclass(frozen=True)
class Rules:
    """How the total is shared. ``method`` as ``keystead allocate`` reads it."""

    method: Mapping[str, Any] = dataclasses.field(default_factory=lambda: {"kind": "equal"})
    limits: Limits = dataclasses.field(default_factory=Limits)
    on_opt_out: OnOptOut = OnOptOut.TOTAL_STAYS
    open_joins: bool = True
    quorum: PlanQuorum | None = None


@dataclasses.dataclass(frozen=True)
class FeePlan:
    """A split of a fee: who, what for, how; ``number`` counts its versions."""

    id: int
    account_id: int
    name: str
    number: int
    state: PlanState
    period: Period
    total: Money
    members: tuple[PlanMember, ...]
    rules: Rules
    version: int
    replaces: int | None = None
    read_on: date | None = None
    note: Private[str] = ""

    @property
    def currency(self) -> str:
        return self.total.currency

    @property
    def measures(self) -> tuple[str, ...]:
        """The figures that any member has, by name."""
        return tuple(sorted({name for one in self.members for name in one.figures}))


@dataclasses.dataclass(frozen=True)
class Participation:
    """Where a quorum stands: members, or percent of a figure."""

    measure: str
    reached: Decimal
    least: Decimal
    in_force: bool
    waiting: int

    @property
    def missing(self) -> Decimal:
        return max(self.least - self.reached, Decimal(0))


@dataclasses.dataclass(frozen=True)
class Split:
    """A plan worked out: who joined and pays what, who left, where the quorum stands."""

    case: FeeCase
    allocation: Allocation
    left: OptOut | None
    quorum: Participation | None


@dataclasses.dataclass(frozen=True)
class Compared:
    """One method beside others; ``problem`` has the code and data of what stands against it."""

    key: str
    measure: str = ""
    allocation: Allocation | None = None
    problem: str = ""
    data: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    message: str = ""


@dataclasses.dataclass(frozen=True)
class MemberShare:
    """What a member pays in an agreed split. It never changes."""

    account_id: int
    code: str
    name: str
    joined: bool
    fee: Decimal
    share_pct: Decimal
    previous: Decimal | None = None
    bound: Bound | None = None
    reason: str = ""
    hidden: bool = False


@dataclasses.dataclass(frozen=True)
class AgreedSplit:
    """An agreed split with the hash of all it was made of."""

    plan_id: int
    total: Money
    agreed_on: date
    content_hash: str
    shares: tuple[MemberShare, ...]
    by_name: Private[str] = ""


@dataclasses.dataclass(frozen=True)
class PlannedInvoice:
    """An invoice to come: who pays how much on which day."""

    account_id: int
    code: str
    name: str
    due: date
    amount: Decimal
    number: int = 0
    hidden: bool = False


@dataclasses.dataclass(frozen=True)
class Difference:
    """What an agreement says otherwise than what was agreed; an empty side says nothing."""

    place: str
    agreed: str
    written: str


@dataclasses.dataclass(frozen=True)
class Signing:
    """How an agreed offer became a version of an agreement."""

    id: int
    negotiation_id: int
    offer_id: int
    agreement_id: int
    version_number: int
    plan_id: int | None
    currency: str
    on: date
    invoices: tuple[PlannedInvoice, ...] = ()
    by_name: Private[str] = ""


@dataclasses.dataclass(frozen=True)
class BuyerModel:
    """The buyer's calculation of a case, as ``keystead negotiate buyer`` reads it. Ours alone."""

    negotiation_id: int
    version: int
    body: Private[Mapping[str, Any]] = dataclasses.field(default_factory=dict)
