"""What a calculation answers: entitlements with their trace, accruals, settlements, claims."""

from __future__ import annotations

import dataclasses
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from keystead.agreements.types.choices import GateResult
from keystead.agreements.types.progress import (
    AccrualBasis,
    AccrualKind,
    ClaimError,
    ClaimFlag,
    ClaimKind,
    ClaimReason,
    ClaimState,
    SettlementState,
    TraceKind,
    VolumeState,
)
from keystead.kernel.money import Money
from keystead.kernel.periods import Period


@dataclasses.dataclass(frozen=True)
class SourceLine:
    """One line of sell-in that an entitlement was made from, with where it was read.

    ``conditions`` are the keys of those it counted for; a return has a negative value.
    """

    doc_no: str
    date: date
    account_id: int
    product_id: int | None
    quantity: Decimal
    unit: str
    value: Decimal
    currency: str
    is_return: bool
    batch_id: int
    sheet: str
    source_row: int
    channel: str = ""
    conditions: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True, eq=False)
class TraceStep:
    """One step of how an amount came about: what it is, and its named values as text.

    ``told`` holds the values as they were; the text is made when somebody reads it.
    """

    kind: TraceKind
    told: tuple[tuple[str, Any], ...] = ()

    @cached_property
    def values(self) -> tuple[tuple[str, str], ...]:
        return tuple((name, _text(value)) for name, value in self.told if value is not None)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, TraceStep):
            return NotImplemented
        return self.kind is other.kind and self.values == other.values

    def __hash__(self) -> int:
        return hash((self.kind, self.values))

    def get(self, name: str) -> str:
        return dict(self.values).get(name, "")

    def as_dict(self) -> dict[str, Any]:
        return {"step": self.kind.value, **dict(self.values)}


def _text(value: Any) -> str:
    """Return a value as plain text: decimals without exponent, dates as ISO."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value.isoformat() if isinstance(value, date) else str(value)


@dataclasses.dataclass(frozen=True)
class EntitlementLine:
    """What one condition earned in one of its periods, up to the day asked.

    ``tier`` counts from 0 (None: none was reached); ``raw`` is before gates, cap and floor;
    ``amount`` is rounded half-up to the minor unit of the currency.
    """

    condition: str
    period: Period
    amount: Money
    raw: Decimal
    tier_measure: Decimal | None = None
    tier: int | None = None
    tier_lower: Decimal | None = None
    rate: Decimal | None = None
    benefit_measure: Decimal | None = None
    reduction: Decimal = Decimal(0)
    gate: GateResult = GateResult.MET
    cap_cut: Decimal = Decimal(0)
    floor_top_up: Decimal = Decimal(0)
    stacked_out: bool = False
    free_units: Decimal | None = None
    trace: tuple[TraceStep, ...] = ()


@dataclasses.dataclass(frozen=True)
class EntitlementRun:
    """All lines of a version up to a day. The same ``inputs_hash`` always gives the same lines."""

    agreement_id: int
    version: int
    as_of: date
    currency: str
    inputs_hash: str
    lines: tuple[EntitlementLine, ...]
    cap_cut: Decimal = Decimal(0)
    floor_top_up: Decimal = Decimal(0)

    @property
    def total(self) -> Money:
        """The sum of the lines, after a cap and with a guarantee over the whole agreement."""
        lines = Money.total((line.amount for line in self.lines), self.currency)
        return lines + Money(self.floor_top_up - self.cap_cut, self.currency)

    def of(self, condition: str) -> Money:
        """Return what one condition earned in all its periods."""
        return Money.total(
            (line.amount for line in self.lines if line.condition == condition), self.currency
        )


@dataclasses.dataclass(frozen=True)
class AllocatedAmount:
    """A part of a line's amount, brought down to product and month."""

    condition: str
    month: date
    product_id: int | None
    account_id: int | None
    amount: Money


@dataclasses.dataclass(frozen=True)
class AccrualEntry:
    """One entry of the append-only accrual ledger; balance = sum of the amounts.

    Accrue and true up are positive; release, settle and write-off negative (a settlement that asks
    money back is positive); a reversal has the opposite sign of the entry it names.
    ``run_hash`` says which inputs it came from.
    """

    agreement_id: int
    condition: str
    month: date
    kind: AccrualKind
    amount: Money
    basis: AccrualBasis
    run_hash: str = ""
    reverses: int | None = None
    reason: str = ""
    id: int = 0


@dataclasses.dataclass(frozen=True)
class SettlementLine:
    """One condition in a settlement: entitlement so far, settled before, the difference due.

    ``carried`` is what is held against later payments (carry forward), ``kept`` what stays with
    the customer although it is no longer due (floor at zero).
    """

    condition: str
    period: Period
    entitlement: Money
    settled_before: Money
    due: Money
    carried: Money
    kept: Money
    reason: str = ""


@dataclasses.dataclass(frozen=True)
class Settlement:
    """What is paid, or asked back, for a period. Posted lines are never edited, only reversed."""

    agreement_id: int
    period: Period
    currency: str
    lines: tuple[SettlementLine, ...]
    state: SettlementState = SettlementState.OPEN
    run_hash: str = ""
    due_on: date | None = None
    credit_note: str = ""
    reverses: int | None = None
    id: int = 0
    version: int = 1
    posted: bool = False
    content_hash: str = ""
    payee: str = ""
    partner: str = ""
    partner_on: date | None = None
    issued_on: date | None = None
    paid_on: date | None = None
    reference: str = ""
    reason: str = ""
    commit: int | None = None
    calculated_at: datetime | None = None
    versions: tuple[int, ...] = ()

    @property
    def total(self) -> Money:
        return Money.total((line.due for line in self.lines), self.currency)


@dataclasses.dataclass(frozen=True)
class PartnerVolume:
    """What the customer counted for a month; once both sides agree it takes the place of ours.

    Of one ``product``, for all conditions; or of a whole ``condition`` (no product). What is None
    was not stated and stays ours. ``document_id`` is the evidence of a dispute.
    """

    condition: str
    month: date
    value: Decimal | None = None
    quantity: Decimal | None = None
    agreed_by: str = ""
    agreed_on: date | None = None
    product: int | None = None
    state: VolumeState = VolumeState.AGREED
    note: str = ""
    document_id: int | None = None


@dataclasses.dataclass(frozen=True)
class Claim:
    """Money the customer asked for or already took: a deduction, debit note or chargeback.

    ``customer_code`` is their own reason code. ``proposed`` waits for approval, ``granted`` is
    what was approved (zero: rejected), ``giving_up`` and
    ``written_off`` what we (want to) give up of the rest.
    """

    account_id: int
    external_number: str
    kind: ClaimKind
    reason: ClaimReason
    amount: Money
    on: date
    agreement_id: int | None = None
    agreement_number: str = ""
    condition: str = ""
    invoice: str = ""
    product_id: int | None = None
    product_code: str = ""
    wholesaler_id: int | None = None
    period: Period | None = None
    quantity: Decimal | None = None
    unit_price: Decimal | None = None
    evidence: tuple[str, ...] = ()
    due_on: date | None = None
    state: ClaimState = ClaimState.RECEIVED
    id: int = 0
    version: int = 1
    wholesaler_code: str = ""
    customer_code: str = ""
    note: str = ""
    proposed: Money | None = None
    granted: Money | None = None
    giving_up: Money | None = None
    written_off: Money | None = None
    decision_reason: str = ""
    credit_note: str = ""
    settled_on: date | None = None

    @property
    def is_open(self) -> bool:
        """Say whether somebody still has to do something about it."""
        return self.state not in (ClaimState.SETTLED, ClaimState.REJECTED)


@dataclasses.dataclass(frozen=True)
class ClaimMatch:
    """What a claim was matched with, and what is wrong with it.

    ``open_before`` is the accrual still open for the condition; ``payable`` what of the claim it
    covers; ``excess`` the rest. A claim with errors or flags waits for a person.
    """

    state: ClaimState
    condition: str = ""
    agreement_id: int | None = None
    open_before: Money | None = None
    payable: Money | None = None
    excess: Money | None = None
    errors: tuple[ClaimError, ...] = ()
    flags: tuple[ClaimFlag, ...] = ()
    duplicate_of: int | None = None
    age_days: int = 0


@dataclasses.dataclass(frozen=True)
class FundBalance:
    """A fund: what it may spend, what is promised, what is gone, and until when."""

    fund: str
    budget: Money
    committed: Money
    spent: Money
    expires: date | None = None

    @property
    def available(self) -> Money:
        """What can still be promised: the budget less the larger of promised and gone."""
        used = self.committed if self.committed >= self.spent else self.spent
        return self.budget - used


@dataclasses.dataclass(frozen=True)
class StatementLine:
    """One line of the statement: everything needed to compute the amount again by hand."""

    condition: str
    label: str
    period: Period
    tier_measure: Decimal | None
    tier_lower: Decimal | None
    rate: Decimal | None
    benefit_measure: Decimal | None
    adjustment: Decimal
    entitlement: Money
    settled_before: Money
    due: Money
    formula: str = ""
