"""What agreements tell upper rooms."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import ClassVar

from keystead.kernel.events import Event


@dataclasses.dataclass(frozen=True, kw_only=True)
class AgreementActivated(Event):
    """A version of an agreement came into force; an amendment says which one it replaced."""

    name: ClassVar[str] = "agreements.activated"
    agreement_id: int
    account_id: int
    version_id: int
    version_number: int
    starts: date | str
    ends: date | str
    replaces: int | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class AgreementEnded(Event):
    """An agreement expired, was renewed by another, or was terminated."""

    name: ClassVar[str] = "agreements.ended"
    agreement_id: int
    account_id: int
    state: str
    on: date | str
    renewed_by: int | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class AccrualsPosted(Event):
    """Accrual entries of a month were written and posted to the ledger as facts."""

    name: ClassVar[str] = "agreements.accruals_posted"
    agreement_ids: tuple[int, ...] = ()
    account_ids: tuple[int, ...] = ()
    month: date | str
    batch_id: int | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class SettlementIssued(Event):
    """A settlement was approved and its credit note issued."""

    name: ClassVar[str] = "agreements.settlement_issued"
    settlement_id: int
    agreement_id: int
    account_id: int
    amount: str
    currency: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class ClaimDecided(Event):
    """A claim was approved, approved in part, or rejected."""

    name: ClassVar[str] = "agreements.claim_decided"
    claim_id: int
    account_id: int
    state: str
