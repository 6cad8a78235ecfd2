"""The words of an agreement: what may be chosen, and nothing else."""

from __future__ import annotations

import enum


class AgreementKind(enum.StrEnum):
    """What the agreement is for."""

    ANNUAL = "annual"
    FRAMEWORK = "framework"
    PROMOTION = "promotion"
    TENDER = "tender"
    DATA = "data"
    SERVICE = "service"
    LICENCE = "licence"


class AgreementState(enum.StrEnum):
    """Where an agreement (or one of its versions) stands, in the order of its life."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    OFFERED = "offered"
    SIGNED = "signed"
    ACTIVE = "active"
    EXPIRING = "expiring"
    RENEWED = "renewed"
    EXPIRED = "expired"
    TERMINATED = "terminated"


class Family(enum.StrEnum):
    """What kind of term a condition is (the catalogue of the field reference, 1.1)."""

    CONTRACT_PRICE = "contract_price"
    TENDER_PRICE = "tender_price"
    PRICE_PROTECTION = "price_protection"
    INVOICE_DISCOUNT = "invoice_discount"
    LOGISTICS_DISCOUNT = "logistics_discount"
    PROMOTION_PRICE = "promotion_price"
    FREE_GOODS = "free_goods"
    VOLUME_REBATE = "volume_rebate"
    GROWTH_REBATE = "growth_rebate"
    MIX_REBATE = "mix_rebate"
    TARGET_BONUS = "target_bonus"
    LISTING_FEE = "listing_fee"
    PLACEMENT_FEE = "placement_fee"
    DATA_FEE = "data_fee"
    LOGISTICS_FEE = "logistics_fee"
    DISPLAY_FEE = "display_fee"
    EVENT_FEE = "event_fee"
    FUND = "fund"
    EARLY_PAYMENT = "early_payment"
    EXTENDED_TERMS = "extended_terms"


# A service is paid for only against proof (rule R-09).
SERVICES = frozenset(
    {
        Family.LISTING_FEE,
        Family.PLACEMENT_FEE,
        Family.DATA_FEE,
        Family.LOGISTICS_FEE,
        Family.DISPLAY_FEE,
        Family.EVENT_FEE,
    }
)


class Treatment(enum.StrEnum):
    """Where the P&L shows a condition: as less revenue, or as a service that was bought."""

    REVENUE = "revenue"
    SERVICE = "service"


class Timing(enum.StrEnum):
    """When the benefit is given: on the invoice, after it, or as a sum of its own."""

    ON_INVOICE = "on_invoice"
    OFF_INVOICE = "off_invoice"
    LUMP = "lump"


class Measure(enum.StrEnum):
    """What is measured, for reaching a tier or for paying on.

    The customer's resale price is none of them, on purpose (rule R-01). ``METRIC`` is any metric
    of the catalogue that does not read resale prices; its value is handed in.
    """

    NET_VALUE = "net_value"
    GROSS_VALUE = "gross_value"
    QUANTITY = "quantity"
    GROWTH_PCT = "growth_pct"
    GROWTH_VALUE = "growth_value"
    SHARE_PCT = "share_pct"
    TARGETS_REACHED = "targets_reached"
    METRIC = "metric"
    NONE = "none"  # a fixed sum that hangs on nothing measured


class Every(enum.StrEnum):
    """How long a period of an agreement is."""

    MONTH = "month"
    QUARTER = "quarter"
    HALF = "half"
    YEAR = "year"
    CONTRACT = "contract"


MONTHS_IN = {Every.MONTH: 1, Every.QUARTER: 3, Every.HALF: 6, Every.YEAR: 12}


class Anchor(enum.StrEnum):
    """Where periods begin: with the calendar's, or with the first day of the agreement."""

    CALENDAR = "calendar"
    AGREEMENT = "agreement"


class RateKind(enum.StrEnum):
    """What a rate is: percent of the benefit measure, money per unit of it, a sum, or goods."""

    PERCENT = "percent"
    PER_UNIT = "per_unit"
    FIXED = "fixed"
    FREE_GOODS = "free_goods"


class Method(enum.StrEnum):
    """How tiers pay.

    ``all_units``: the rate of the tier reached, on everything. ``incremental``: each rate on the
    part inside its own tier. ``linear``: the rate is interpolated between the tiers, on
    everything. ``additive`` and ``additive_capped`` exist for imports of other systems' terms:
    every tier reached pays its rate on everything, or on everything up to its upper end.
    """

    ALL_UNITS = "all_units"
    INCREMENTAL = "incremental"
    ADDITIVE = "additive"
    ADDITIVE_CAPPED = "additive_capped"
    LINEAR = "linear"


class Boundary(enum.StrEnum):
    """Whether a measure equal to a lower bound reaches the tier (gte) or not yet (gt)."""

    GTE = "gte"
    GT = "gt"


class TransactionPoint(enum.StrEnum):
    """What makes a line count."""

    ORDERED = "ordered"
    DELIVERED = "delivered"
    INVOICED = "invoiced"
    PAID = "paid"


class NegativePolicy(enum.StrEnum):
    """What happens when less is due than was settled.

    ``recover``: it is asked back. ``carry_forward``: it is held against later payments.
    ``floor_zero``: what was paid stays paid, and later payments are still the excess only.
    """

    RECOVER = "recover"
    CARRY_FORWARD = "carry_forward"
    FLOOR_ZERO = "floor_zero"


class StackMode(enum.StrEnum):
    """How the conditions of one group go together."""

    ADDITIVE = "additive"
    CASCADE = "cascade"
    BEST_OF = "best_of"
    FIRST_MATCH = "first_match"


class DiscountBase(enum.StrEnum):
    """What an on-invoice percentage is taken of: the list price or the running net."""

    LIST = "list"
    RUNNING = "running"


class GateKind(enum.StrEnum):
    """What a gate looks at: a yes or no, a number, or the share of a focus range."""

    FLAG = "flag"
    NUMBER = "number"
    SHARE = "share"


class GateEffect(enum.StrEnum):
    """What a gate that is not met does: nothing is paid, or only a part."""

    STOP = "stop"
    SCALE = "scale"


class GateResult(enum.StrEnum):
    """How a gate answered; ``unknown`` stops a settlement and is passed by an accrual."""

    MET = "met"
    NOT_MET = "not_met"
    UNKNOWN = "unknown"


class Partial(enum.StrEnum):
    """What a part of a full multiple earns in free goods."""

    FLOOR = "floor"
    HALF_UP = "half_up"
    CEILING = "ceiling"
    PRORATED = "prorated"
