"""Tier mathematics: which tier a measure reaches, and what the tiers pay."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from itertools import pairwise
from typing import Final

from keystead.agreements.types import Boundary, Method, RateKind, Tier
from keystead.kernel.errors import Invalid

WORKING: Final = Context(prec=60, rounding=ROUND_HALF_UP)
ZERO: Final = Decimal(0)


@dataclasses.dataclass(frozen=True, slots=True)
class Table:
    """Tiers with all that is needed to pay them. Lower bounds rise strictly (else Invalid)."""

    tiers: tuple[Tier, ...]
    method: Method = Method.ALL_UNITS
    rate_kind: RateKind = RateKind.PERCENT
    boundary: Boundary = Boundary.GTE

    def __post_init__(self) -> None:
        for before, after in pairwise(self.tiers):
            if not before.lower < after.lower:
                raise Invalid("Lower bounds of tiers must rise.", code="tier_order")


@dataclasses.dataclass(frozen=True, slots=True)
class TierPay:
    """What the tiers pay, unrounded. ``tier`` counts from 0; None: none is reached.

    ``rate`` is the rate of the tier reached; with ``linear`` the interpolated one. ``parts``
    pairs, per tier that paid, its place and the share of the benefit measure it was paid on.
    """

    amount: Decimal
    tier: int | None
    rate: Decimal | None
    parts: tuple[tuple[int, Decimal], ...] = ()


NOTHING: Final = TierPay(ZERO, None, None)


def tier_reached(tiers: Sequence[Tier], measure: Decimal, boundary: Boundary) -> int | None:
    """Return the place of the highest tier the measure reaches, or None.

    The measure is never rounded: 999,999.995 does not reach 1,000,000.

    >>> steps = (Tier(Decimal(0), Decimal(1)), Tier(Decimal(100), Decimal(2)))
    >>> [tier_reached(steps, Decimal(100), rule) for rule in (Boundary.GTE, Boundary.GT)]
    [1, 0]
    """
    found = None
    for place, tier in enumerate(tiers):
        if measure < tier.lower or (measure == tier.lower and boundary is Boundary.GT):
            break
        found = place
    return found


def pay(table: Table, tier_measure: Decimal, benefit_measure: Decimal | None = None) -> TierPay:
    """Return what the tiers pay for a tier measure, on a benefit measure (default: the same).

    ``percent`` pays per hundred of the benefit measure, ``per_unit`` per one of it, ``fixed`` the
    rate itself. With ``incremental`` and a benefit measure of its own, the benefit is spread over
    the tiers as the tier measure is. Nothing reached, no tiers, a zero: nothing paid.
    Source: field reference 1.2 (SAP scale basis and condition basis; Dynamics total, rolling).

    >>> steps = (Tier(Decimal(0), Decimal(10)), Tier(Decimal(1000), Decimal(25)))
    >>> [str(pay(Table(steps, method), Decimal(2000)).amount) for method in
    ...  (Method.ALL_UNITS, Method.INCREMENTAL, Method.ADDITIVE, Method.ADDITIVE_CAPPED)]
    ['500.00', '350.00', '700.00', '600.00']
    """
    reached = tier_reached(table.tiers, tier_measure, table.boundary)
    if reached is None:
        return NOTHING
    with localcontext(WORKING):
        return _pay_at(table, reached, tier_measure, benefit_measure)


def _pay_at(
    table: Table, reached: int, tier_measure: Decimal, benefit_measure: Decimal | None
) -> TierPay:
    benefit = tier_measure if benefit_measure is None else benefit_measure
    if table.rate_kind is RateKind.FIXED:
        return _fixed(table, reached)
    rate = table.tiers[reached].rate
    parts: tuple[tuple[int, Decimal], ...] = ((reached, benefit),)
    match table.method:
        case Method.LINEAR:
            rate = _linear_rate(table.tiers, reached, tier_measure)
            return TierPay(
                _of(rate, benefit, table.rate_kind), reached, rate, ((reached, benefit),)
            )
        case Method.INCREMENTAL:
            rate, parts = table.tiers[reached].rate, _slices(table, reached, tier_measure, benefit)
        case Method.ADDITIVE:
            rate = table.tiers[reached].rate
            parts = tuple((place, benefit) for place in range(reached + 1))
        case Method.ADDITIVE_CAPPED:
            parts = _capped(table, reached, tier_measure, benefit)
    amount = sum(
        (_of(table.tiers[place].rate, part, table.rate_kind) for place, part in parts), ZERO
    )
    return TierPay(amount, reached, rate, parts)


def _of(rate: Decimal, measure: Decimal, kind: RateKind) -> Decimal:
    return (rate * measure).scaleb(-2) if kind is RateKind.PERCENT else rate * measure


def _fixed(table: Table, reached: int) -> TierPay:
    rate = table.tiers[reached].rate
    if table.method in (Method.ALL_UNITS, Method.LINEAR):
        return TierPay(rate, reached, rate, ((reached, Decimal(1)),))
    amount = sum((tier.rate for tier in table.tiers[: reached + 1]), ZERO)
    return TierPay(
        amount, reached, rate, tuple((place, Decimal(1)) for place in range(reached + 1))
    )


def _slices(
    table: Table, reached: int, measure: Decimal, benefit: Decimal
) -> tuple[tuple[int, Decimal], ...]:
    """The part of the benefit inside each tier; what lies below the first bound earns nothing."""
    found = []
    for place in range(reached + 1):
        lower = table.tiers[place].lower
        upper = measure if place == reached else table.tiers[place + 1].lower
        part = upper - lower
        if not part:
            continue
        found.append((place, part if benefit == measure else benefit * part / measure))
    return tuple(found)


def _capped(
    table: Table, reached: int, measure: Decimal, benefit: Decimal
) -> tuple[tuple[int, Decimal], ...]:
    found = []
    for place in range(reached + 1):
        upper = measure if place == reached else min(table.tiers[place + 1].lower, measure)
        found.append((place, benefit * upper / measure if measure else ZERO))
    return tuple(found)


def _linear_rate(tiers: Sequence[Tier], reached: int, measure: Decimal) -> Decimal:
    here = tiers[reached]
    if reached + 1 >= len(tiers):
        return here.rate
    after = tiers[reached + 1]
    return here.rate + (after.rate - here.rate) * (measure - here.lower) / (
        after.lower - here.lower
    )


def live_tiers(tiers: Sequence[Tier], on: date) -> tuple[Tier, ...]:
    """Return the rows that hold on a day (a ramp has rows with spans), by rising lower bound.

    >>> from keystead.kernel.periods import Period
    >>> ramp = (Tier(Decimal(0), Decimal(1), Period.parse("2026")),
    ...         Tier(Decimal(0), Decimal(2), Period.parse("2027")))
    >>> [str(tier.rate) for tier in live_tiers(ramp, date(2027, 6, 30))]
    ['2']
    """
    if all(tier.valid is None for tier in tiers) and _rising(tiers):
        return tuple(tiers)
    held = (tier for tier in tiers if tier.valid is None or on in tier.valid)
    return tuple(sorted(held, key=lambda tier: tier.lower))


def _rising(tiers: Sequence[Tier]) -> bool:
    return all(before.lower <= after.lower for before, after in pairwise(tiers))


@dataclasses.dataclass(frozen=True, slots=True)
class NextTier:
    """A tier not reached yet: how far it is, what it would pay, how much more that is."""

    place: int
    threshold: Decimal
    gap: Decimal
    amount: Decimal
    additional: Decimal


def next_tiers(
    table: Table, tier_measure: Decimal, price: Decimal | None = None
) -> tuple[NextTier, ...]:
    """Return the tiers still ahead, each as if its threshold had just been reached.

    ``price`` turns the tier measure into the benefit measure where they differ (value per unit).
    With the boundary ``gt`` the amounts are those just above the threshold.

    >>> steps = (Tier(Decimal(100), Decimal(1)), Tier(Decimal(200), Decimal(2)))
    >>> ahead = next_tiers(Table(steps), Decimal(190))[0]
    >>> str(ahead.gap), str(ahead.amount), str(ahead.additional)
    ('10', '4.00', '2.10')
    """
    with localcontext(WORKING):
        factor = Decimal(1) if price is None else price
        reached = tier_reached(table.tiers, tier_measure, table.boundary)
        now = pay(table, tier_measure, tier_measure * factor).amount
        found = []
        for place in range(0 if reached is None else reached + 1, len(table.tiers)):
            bound = table.tiers[place].lower
            amount = _pay_at(table, place, bound, bound * factor).amount
            found.append(NextTier(place, bound, bound - tier_measure, amount, amount - now))
    return tuple(found)


def marginal_rate(table: Table, tier_measure: Decimal) -> Decimal:
    """Return the rate that one more unit of the tier measure earns, without any jump.

    >>> marginal_rate(Table((Tier(Decimal(0), Decimal(3)),)), Decimal(5))
    Decimal('3')
    """
    found = pay(table, tier_measure)
    return ZERO if found.rate is None or table.rate_kind is RateKind.FIXED else found.rate


def cliffs(table: Table) -> tuple[tuple[Decimal, Decimal], ...]:
    """Return the jumps of the payout: threshold and how much is paid more just there.

    Incremental and linear tables have none, unless what is below the first tier earns nothing.

    >>> cliffs(Table((Tier(Decimal(0), Decimal(1)), Tier(Decimal(1000), Decimal(3)))))
    ((Decimal('1000'), Decimal('20.00')),)
    """
    found = []
    with localcontext(WORKING):
        for place, tier in enumerate(table.tiers):
            here = _pay_at(table, place, tier.lower, None).amount
            below = _pay_at(table, place - 1, tier.lower, None).amount if place else ZERO
            if here != below:
                found.append((tier.lower, here - below))
    return tuple(found)
