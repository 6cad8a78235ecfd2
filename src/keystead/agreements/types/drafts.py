"""What people write before it is signed: the head of an agreement, its terms, what differs."""

from __future__ import annotations

import dataclasses
from datetime import date
from decimal import Decimal

from keystead.agreements.types.choices import AgreementKind
from keystead.agreements.types.parts import (
    EVERYTHING,
    Baseline,
    Cap,
    Floor,
    Gate,
    PriceRow,
    Scope,
    Target,
)
from keystead.agreements.types.terms import Clause, Condition


@dataclasses.dataclass(frozen=True, kw_only=True)
class Head:
    """Who, what for, how long; ``last`` is the last day that is in. An empty number is made."""

    account_id: int
    kind: AgreementKind
    starts: date
    last: date
    currency: str
    number: str = ""
    title: str = ""
    maker_entity: str = ""
    customer_entity: str = ""
    law: str = ""
    owner_id: int | None = None
    notice_days: int | None = None


@dataclasses.dataclass(frozen=True)
class Terms:
    """The terms of a version as one value: what is written, compared, hashed and frozen."""

    conditions: tuple[Condition, ...] = ()
    scope: Scope = EVERYTHING
    prices: tuple[PriceRow, ...] = ()
    baselines: tuple[Baseline, ...] = ()
    targets: tuple[Target, ...] = ()
    gates: tuple[Gate, ...] = ()
    cap: Cap | None = None
    floor: Floor | None = None
    exclusive: bool = False
    share_of_wallet_pct: Decimal | None = None
    clauses: tuple[Clause, ...] = ()


@dataclasses.dataclass(frozen=True)
class RedlineEntry:
    """One difference between two versions as readable text; an empty side was or is not there."""

    place: str
    old: str
    new: str

    @property
    def mark(self) -> str:
        if not self.old:
            return "added"
        return "changed" if self.new else "removed"
