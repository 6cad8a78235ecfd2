"""Caps, floors and guarantees: what is cut off and what is topped up."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from keystead.agreements.types import Cap, Floor

ZERO = Decimal(0)


def cap_cut(cap: Cap | None, amount: Decimal, base: Decimal) -> Decimal:
    """Return what a cap cuts off; of an amount and a percentage of the base the lower one binds.

    A base below zero caps at zero.

    >>> cap_cut(Cap(amount=Decimal(200)), Decimal(224), Decimal(0))
    Decimal('24')
    >>> cap_cut(Cap(pct_of_base=Decimal(2)), Decimal(224), Decimal(10000))
    Decimal('24.00')
    """
    if cap is None:
        return ZERO
    limits = [] if cap.amount is None else [cap.amount]
    if cap.pct_of_base is not None:
        limits.append((max(base, ZERO) * cap.pct_of_base).scaleb(-2))
    return max(amount - min(limits), ZERO) if limits else ZERO


def top_ups(floor: Floor, earned: Sequence[Decimal]) -> tuple[Decimal, ...]:
    """Return what is added in each period to reach the guarantee.

    Cumulative: what earlier periods earned above it lowers the guarantee of later ones.
    Source: field reference 1.1 (minimum guarantee).

    >>> [str(part) for part in top_ups(Floor(Decimal(10), True), [Decimal(12), Decimal(5)])]
    ['0', '3']
    >>> [str(part) for part in top_ups(Floor(Decimal(10)), [Decimal(12), Decimal(5)])]
    ['0', '5']
    """
    return tuple(
        max(due - amount, ZERO)
        for due, amount in zip(guarantees(floor, earned), earned, strict=True)
    )


def guarantees(floor: Floor, earned: Sequence[Decimal]) -> tuple[Decimal, ...]:
    """Return the guarantee that is left for each period, after the excess of earlier ones."""
    found, excess = [], ZERO
    for amount in earned:
        due = max(floor.amount - excess, ZERO) if floor.cumulative else floor.amount
        found.append(due)
        excess = max(excess + amount - floor.amount, ZERO)
    return tuple(found)


def excess_over_guarantee(guarantee: Decimal, earned: Decimal) -> Decimal:
    """Return what is still to be paid when the guarantee was paid at the beginning.

    >>> excess_over_guarantee(Decimal(10000), Decimal(12000))
    Decimal('2000')
    """
    return max(earned - guarantee, ZERO)
