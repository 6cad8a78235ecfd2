"""The words of what follows from the terms: traces, accruals, settlements, claims."""

from __future__ import annotations

import enum


class TraceKind(enum.StrEnum):
    """The steps that a traced amount is made of, in their order."""

    LINES = "lines"
    TIER_MEASURE = "tier_measure"
    BASELINE = "baseline"
    TARGET = "target"
    TIER = "tier"
    BENEFIT_MEASURE = "benefit_measure"
    REDUCTION = "reduction"
    RAW = "raw"
    GATE = "gate"
    CAP = "cap"
    FLOOR = "floor"
    STACK = "stack"
    ROUNDING = "rounding"
    AGREED = "agreed"
    PRICE_CUT = "price_cut"
    STOCK = "stock"
    COVERED = "covered"
    NOT_KNOWN = "not_known"


class AccrualKind(enum.StrEnum):
    """The entries of the accrual ledger. ``reverse`` takes back one entry, named by it."""

    ACCRUE = "accrue"
    TRUE_UP = "true_up"
    RELEASE = "release"
    SETTLE = "settle"
    WRITE_OFF = "write_off"
    REVERSE = "reverse"


class AccrualBasis(enum.StrEnum):
    """What the expected rate of an accrual was taken from."""

    FORECAST = "forecast"
    RUN_RATE = "run_rate"
    STRAIGHT_LINE = "straight_line"
    ACTUAL = "actual"


class SettlementState(enum.StrEnum):
    """Where a settlement stands."""

    OPEN = "open"
    CALCULATED = "calculated"
    PARTNER_AGREED = "partner_agreed"
    APPROVED = "approved"
    CREDIT_NOTE_ISSUED = "credit_note_issued"
    PAID = "paid"
    DISPUTED = "disputed"
    RESOLVED = "resolved"
    WRITTEN_OFF = "written_off"


class VolumeState(enum.StrEnum):
    """Where a volume of the customer stands: said by them, agreed by both, or disputed by us."""

    STATED = "stated"
    AGREED = "agreed"
    DISPUTED = "disputed"


class ClaimKind(enum.StrEnum):
    """How the customer asked for money."""

    DEDUCTION = "deduction"
    DEBIT_NOTE = "debit_note"
    CHARGEBACK = "chargeback"


class ClaimState(enum.StrEnum):
    """Where a claim stands."""

    RECEIVED = "received"
    MATCHED = "matched"
    UNMATCHED = "unmatched"
    VALIDATED = "validated"
    APPROVED = "approved"
    PARTLY = "partly"
    REJECTED = "rejected"
    SETTLED = "settled"


class ClaimReason(enum.StrEnum):
    """What the customer says the money is for."""

    REBATE = "rebate"
    PROMOTION = "promotion"
    SERVICE = "service"
    PRICE_DIFFERENCE = "price_difference"
    PRICE_PROTECTION = "price_protection"
    QUANTITY_DIFFERENCE = "quantity_difference"
    RETURN = "return"
    FREE_GOODS = "free_goods"
    EARLY_PAYMENT = "early_payment"
    LOGISTICS = "logistics"
    OTHER = "other"


class ClaimError(enum.StrEnum):
    """What can be wrong with a claim: the eight classes of the X12 849 answer."""

    CUSTOMER = "customer"
    PRODUCT = "product"
    CONTRACT = "contract"
    WHOLESALER = "wholesaler"
    PRICE = "price"
    QUANTITY = "quantity"
    REPEAT = "repeat"
    DATE = "date"


class ClaimFlag(enum.StrEnum):
    """What a claim is stopped for besides errors (rule R-25)."""

    DUPLICATE = "duplicate"
    OVER_ACCRUAL = "over_accrual"
    NO_PROOF = "no_proof"
