"""Claims: matched with open accruals, checked for errors, duplicates and over-claims."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from keystead.agreements.types import (
    SERVICES,
    Agreement,
    Claim,
    ClaimError,
    ClaimFlag,
    ClaimMatch,
    ClaimReason,
    ClaimState,
    Condition,
    Family,
)
from keystead.kernel.money import Money

# Which families a reason can be about; other reasons are matched by the condition they name.
FAMILIES: Final = {
    ClaimReason.REBATE: frozenset(
        {Family.VOLUME_REBATE, Family.GROWTH_REBATE, Family.MIX_REBATE, Family.TARGET_BONUS}
    ),
    ClaimReason.PROMOTION: frozenset({Family.FUND, Family.PROMOTION_PRICE}),
    ClaimReason.SERVICE: SERVICES,
    ClaimReason.PRICE_PROTECTION: frozenset({Family.PRICE_PROTECTION}),
    ClaimReason.FREE_GOODS: frozenset({Family.FREE_GOODS}),
    ClaimReason.EARLY_PAYMENT: frozenset({Family.EARLY_PAYMENT}),
    ClaimReason.LOGISTICS: frozenset({Family.LOGISTICS_FEE, Family.LOGISTICS_DISCOUNT}),
    ClaimReason.PRICE_DIFFERENCE: frozenset({Family.CONTRACT_PRICE, Family.TENDER_PRICE}),
}
AGES: Final = (30, 60, 90)


@dataclasses.dataclass(frozen=True)
class Known:
    """What a claim is held against.

    ``open_accruals``: what is accrued and not settled, by agreement and condition. ``customers``
    and ``wholesalers``: those who may claim under the agreements. ``products``: those we sell to
    the account. ``prices``: list or invoice price less contract price per unit, by product.
    ``quantities``: units invoiced, by invoice and product. ``tolerance`` is money.
    """

    agreements: tuple[Agreement, ...] = ()
    open_accruals: Mapping[tuple[int, str], Money] = dataclasses.field(default_factory=dict)
    claims: tuple[Claim, ...] = ()
    customers: frozenset[int] = frozenset()
    wholesalers: frozenset[int] = frozenset()
    products: frozenset[int] = frozenset()
    prices: Mapping[int, Decimal] = dataclasses.field(default_factory=dict)
    quantities: Mapping[tuple[str, int], Decimal] = dataclasses.field(default_factory=dict)
    tolerance: Decimal = Decimal(0)


def match(claim: Claim, known: Known, today: date) -> ClaimMatch:
    """Return what the claim is for, what the accrual covers, and everything that is wrong.

    A claim with a duplicate is worth nothing; one above its accrual is payable up to it. Errors
    are the classes of the X12 849 answer: customer, product, contract, wholesaler, price,
    quantity, repeat, date. One condition must be the only one that fits, else it is unmatched.
    """
    agreement = agreement_of(claim, known.agreements)
    condition = condition_of(claim, agreement, known.open_accruals)
    repeated = duplicate_of(claim, known.claims)
    errors = tuple(_errors(claim, agreement, repeated, known))
    zero = Money.zero(claim.amount.currency)
    opened = zero
    if agreement is not None and condition is not None:
        opened = known.open_accruals.get((agreement.id, condition.key), zero)
    covered = max(opened, zero) if opened.currency == zero.currency else zero
    payable = zero if repeated is not None else min(claim.amount, covered)
    over = claim.amount.amount - covered.amount > known.tolerance
    flags = tuple(_flags(claim, condition, repeated, over=over))
    return ClaimMatch(
        ClaimState.UNMATCHED if condition is None else ClaimState.MATCHED,
        "" if condition is None else condition.key,
        None if agreement is None else agreement.id,
        opened,
        payable,
        claim.amount - payable,
        errors,
        flags,
        repeated,
        age_days(claim, today),
    )


def agreement_of(claim: Claim, agreements: Sequence[Agreement]) -> Agreement | None:
    """Return the agreement a claim names, or the only one of its account on its day."""
    if claim.agreement_id is not None:
        return next((a for a in agreements if a.id == claim.agreement_id), None)
    if claim.agreement_number:
        wanted = claim.agreement_number.strip().casefold()
        return next((a for a in agreements if a.number.strip().casefold() == wanted), None)
    day = claim.period.last if claim.period else claim.on
    fitting = [a for a in agreements if a.account_id == claim.account_id and day in a.valid]
    return fitting[0] if len(fitting) == 1 else None


def condition_of(
    claim: Claim, agreement: Agreement | None, open_accruals: Mapping[tuple[int, str], Money]
) -> Condition | None:
    """Return the condition a claim names, or the only one its reason can be about.

    Of several, the only one with an accrual that is still open.
    """
    if agreement is None:
        return None
    version = agreement.in_force(claim.period.last if claim.period else claim.on)
    if version is None:
        return None
    if claim.condition:
        return version.condition(claim.condition)
    families = FAMILIES.get(claim.reason, frozenset())
    fitting = [found for found in version.conditions if found.family in families]
    if len(fitting) > 1:
        fitting = [c for c in fitting if open_accruals.get((agreement.id, c.key))]
    return fitting[0] if len(fitting) == 1 else None


def duplicate_of(claim: Claim, others: Sequence[Claim]) -> int | None:
    """Return the earlier claim that this one repeats, or None.

    The same number of the same customer; or the same invoice, product, period and reason, which
    is how one debt is asked for under two numbers. A rejected claim may be sent again.
    """
    for other in others:
        if other.account_id != claim.account_id or other.state is ClaimState.REJECTED:
            continue
        if claim.id and other.id >= claim.id:
            continue
        same_number = claim.external_number and _text(other) == _text(claim)
        if same_number or (claim.invoice and _about(other) == _about(claim)):
            return other.id
    return None


def _text(claim: Claim) -> tuple[str, str]:
    return claim.kind.value, claim.external_number.strip().casefold()


def _about(claim: Claim) -> tuple[object, ...]:
    return claim.invoice.strip().casefold(), claim.product_id, claim.period, claim.reason


def _flags(
    claim: Claim, condition: Condition | None, repeated: int | None, *, over: bool
) -> list[ClaimFlag]:
    flags = [ClaimFlag.DUPLICATE] if repeated is not None else []
    if over:
        flags.append(ClaimFlag.OVER_ACCRUAL)
    service = claim.reason is ClaimReason.SERVICE or (
        condition is not None and condition.family in SERVICES
    )
    if service and not claim.evidence:
        flags.append(ClaimFlag.NO_PROOF)
    return flags


def _errors(
    claim: Claim, agreement: Agreement | None, repeated: int | None, known: Known
) -> list[ClaimError]:
    found = []
    if known.customers and claim.account_id not in known.customers:
        found.append(ClaimError.CUSTOMER)
    if (claim.product_code and claim.product_id is None) or (
        known.products and claim.product_id not in (None, *known.products)
    ):
        found.append(ClaimError.PRODUCT)
    if agreement is None:
        found.append(ClaimError.CONTRACT)
    if claim.wholesaler_id is not None and claim.wholesaler_id not in known.wholesalers:
        found.append(ClaimError.WHOLESALER)
    if _wrong_price(claim, known):
        found.append(ClaimError.PRICE)
    if _wrong_quantity(claim, known):
        found.append(ClaimError.QUANTITY)
    if repeated is not None:
        found.append(ClaimError.REPEAT)
    if agreement is not None and not _in_time(claim, agreement):
        found.append(ClaimError.DATE)
    return found


def _wrong_price(claim: Claim, known: Known) -> bool:
    if claim.product_id is None or claim.unit_price is None:
        return False
    agreed = known.prices.get(claim.product_id)
    return agreed is not None and abs(claim.unit_price - agreed) > known.tolerance


def _wrong_quantity(claim: Claim, known: Known) -> bool:
    if claim.product_id is None or claim.quantity is None or not claim.invoice:
        return False
    sold = known.quantities.get((claim.invoice, claim.product_id))
    return sold is not None and claim.quantity > sold


def _in_time(claim: Claim, agreement: Agreement) -> bool:
    return claim.period in agreement.valid if claim.period else claim.on in agreement.valid


def age_days(claim: Claim, today: date) -> int:
    """Return the days since a claim was made; 0 for one that lies ahead."""
    return max((today - claim.on).days, 0)


def age_band(days: int) -> str:
    """Return the band of an age, as lists of open items show it.

    >>> [age_band(days) for days in (0, 30, 31, 90, 91)]
    ['0-30', '0-30', '31-60', '61-90', '91+']
    """
    lower = 0
    for upper in AGES:
        if days <= upper:
            return f"{lower}-{upper}"
        lower = upper + 1
    return f"{lower}+"


def ageing(claims: Sequence[Claim], today: date, currency: str) -> dict[str, Money]:
    """Return what is open by age; settled and rejected claims are done."""
    done = (ClaimState.SETTLED, ClaimState.REJECTED)
    found: dict[str, Money] = {}
    for claim in claims:
        if claim.state not in done and claim.amount.currency == currency:
            band = age_band(age_days(claim, today))
            found[band] = found.get(band, Money.zero(currency)) + claim.amount
    return found
