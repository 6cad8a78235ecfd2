"""Agreements as data: parties, versions, conditions. Amounts are exact decimals."""

from __future__ import annotations

import dataclasses
from datetime import date
from decimal import Decimal

from keystead.agreements.types.choices import (
    AgreementKind,
    AgreementState,
    Anchor,
    Boundary,
    DiscountBase,
    Every,
    Family,
    Measure,
    Method,
    NegativePolicy,
    RateKind,
    StackMode,
    Timing,
    TransactionPoint,
)
from keystead.agreements.types.parts import (
    EVERYTHING,
    Baseline,
    Cap,
    Example,
    Floor,
    FreeGoods,
    Gate,
    PriceProtection,
    PriceRow,
    Scope,
    Service,
    Target,
    Tier,
)
from keystead.kernel.periods import Period


@dataclasses.dataclass(frozen=True)
class Condition:
    """One term of an agreement, complete as data; ``calc.evaluate`` pays it, ``rules`` check it.

    ``key`` is unique in the version. ``tier_measure`` decides the tier, ``benefit_measure`` is
    what the rate is applied to. ``tier_period`` with ``reset``: each period counts for itself;
    without: it counts from the start of the agreement. ``settle_every`` may be shorter than the
    tier period: then what was settled in it is taken into account. ``sequence`` orders within a
    ``stack_group``; equal rank needs a ``priority``. ``reduce_by`` names conditions whose
    amounts are taken off the benefit measure first. ``returns_count``: credit notes and returns
    take volume away. ``uom`` of a measure is a unit code for quantities, else empty.
    """

    key: str
    family: Family
    label: str = ""
    timing: Timing = Timing.OFF_INVOICE
    scope: Scope = EVERYTHING
    focus: Scope | None = None

    tier_measure: Measure = Measure.NET_VALUE
    tier_metric: str = ""
    tier_uom: str = ""
    tier_period: Every = Every.YEAR
    anchor: Anchor = Anchor.CALENDAR
    reset: bool = True
    settle_every: Every | None = None
    benefit_measure: Measure = Measure.NET_VALUE
    benefit_metric: str = ""
    benefit_uom: str = ""
    benefit_on_focus: bool = False

    rate_kind: RateKind = RateKind.PERCENT
    method: Method = Method.ALL_UNITS
    boundary: Boundary = Boundary.GTE
    tiers: tuple[Tier, ...] = ()
    baseline: str = ""
    targets: tuple[Target, ...] = ()
    free_goods: FreeGoods | None = None
    price_protection: PriceProtection | None = None
    payment_terms: str = ""
    service: Service | None = None

    transaction_point: TransactionPoint = TransactionPoint.INVOICED
    returns_count: bool = True
    paid_only: bool = False
    negative_policy: NegativePolicy = NegativePolicy.RECOVER

    cap: Cap | None = None
    floor: Floor | None = None
    gates: tuple[Gate, ...] = ()

    sequence: int = 0
    discount_base: DiscountBase = DiscountBase.LIST
    stack_group: str = ""
    stack_mode: StackMode = StackMode.ADDITIVE
    priority: int | None = None
    reduce_by: tuple[str, ...] = ()

    valid: Period | None = None
    payout_lag_days: int = 0
    grace_days: int = 0
    currency: str = ""
    gl_code: str = ""
    fund: str = ""
    payee: str = ""
    examples: tuple[Example, ...] = ()
    note: str = ""


@dataclasses.dataclass(frozen=True)
class ClauseText:
    """A clause in one language (``zh-hans``, ``fr``)."""

    language: str
    heading: str
    text: str


@dataclasses.dataclass(frozen=True)
class Clause:
    """A clause of the text as data: its kind, its place, its words in one or more languages.

    ``heading`` and ``text`` are those that were written first; ``versions`` say the same in
    other languages. ``kind`` names the clause of the library it came from, if it did.
    """

    key: str
    heading: str = ""
    text: str = ""
    position: int = 0
    kind: str = ""
    versions: tuple[ClauseText, ...] = ()

    def told(self, language: str) -> tuple[str, str]:
        """Return heading and text in a language, or as they were written first."""
        for one in self.versions:
            if one.language == language and one.text:
                return one.heading or self.heading, one.text
        return self.heading, self.text


@dataclasses.dataclass(frozen=True)
class AgreementVersion:
    """The terms from a day on. Active terms never change: an amendment is a new version.

    ``effective`` is the span in which this version holds; ``gates`` hold for every condition;
    ``cap`` and ``floor`` are over the sum of all off-invoice conditions. ``exclusive`` and
    ``share_of_wallet_pct`` (what the customer undertakes to buy here) are looked at by rule R-10.
    """

    agreement_id: int
    number: int
    effective: Period
    currency: str
    conditions: tuple[Condition, ...]
    scope: Scope = EVERYTHING
    state: AgreementState = AgreementState.DRAFT
    prices: tuple[PriceRow, ...] = ()
    baselines: tuple[Baseline, ...] = ()
    targets: tuple[Target, ...] = ()
    gates: tuple[Gate, ...] = ()
    cap: Cap | None = None
    floor: Floor | None = None
    exclusive: bool = False
    share_of_wallet_pct: Decimal | None = None
    clauses: tuple[Clause, ...] = ()
    signed_on: date | None = None
    reason: str = ""
    id: int = 0

    def condition(self, key: str) -> Condition | None:
        return next((found for found in self.conditions if found.key == key), None)

    def baseline(self, key: str) -> Baseline | None:
        return next((found for found in self.baselines if found.key == key), None)


@dataclasses.dataclass(frozen=True)
class Agreement:
    """A contract with a customer: who, what for, how long, under which law; and its versions."""

    id: int
    number: str
    account_id: int
    kind: AgreementKind
    valid: Period
    currency: str
    title: str = ""
    maker_entity: str = ""
    customer_entity: str = ""
    law: str = ""
    owner_id: int | None = None
    state: AgreementState = AgreementState.DRAFT
    versions: tuple[AgreementVersion, ...] = ()
    renews: int | None = None
    notice_days: int | None = None
    version: int = 1

    def in_force(self, day: date) -> AgreementVersion | None:
        """Return the version that holds on a day: of several, the one with the highest number."""
        held = [found for found in self.versions if day in found.effective]
        return max(held, key=lambda found: found.number, default=None)
