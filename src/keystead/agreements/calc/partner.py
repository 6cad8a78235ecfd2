"""Volumes both sides agreed on, beside ours: what they differ by, as lines of their own.

The difference counts like a sale of its product and month. So every condition whose scope holds
the product measures what was agreed, each share and each allocation too, and the statement shows
it as a line that both sides can add up.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal

from keystead.agreements.calc.volumes import Counting, Sums, Volumes
from keystead.agreements.types import AgreementVersion, PartnerVolume, Scope

ZERO = Decimal(0)
Place = tuple[date, int]  # month, product
NOTHING = Sums()


@dataclasses.dataclass(frozen=True)
class Difference:
    """What an agreed volume adds to ours (or takes from it), and where it counts."""

    month: date
    product: int
    account: int
    channel: str | None
    value: Decimal
    quantity: Decimal


def ours_by_place(
    volumes: Volumes, accounts: frozenset[int], scope: Scope
) -> dict[Place, dict[int, Sums]]:
    """Return our sales within a scope by month and product, and there by account."""
    found: dict[Place, dict[int, Sums]] = defaultdict(dict)
    for (month, product, account), sums in volumes.cells(accounts, (scope,), Counting()).items():
        if product is not None and account is not None:
            found[month, product][account] = sums
    return found


def differences(
    volumes: Volumes,
    accounts: frozenset[int],
    agreed: Iterable[PartnerVolume],
    ruling: Callable[[date], AgreementVersion],
    home: int,
) -> tuple[Difference, ...]:
    """Return what agreed volumes of a product and month add to ours, in their order.

    ``ruling`` gives the version of a month; ours is what its scope holds, returns off. What the
    customer did not state (no value, or no quantity) stays ours. The difference stands on the
    account that sold most of it; where nobody did, on ``home`` or the first account in scope.
    """
    kept: dict[Scope, Mapping[Place, Mapping[int, Sums]]] = {}
    found = []
    for one in sorted(agreed, key=lambda one: (one.month, one.product or 0)):
        if one.product is None:
            continue
        scope = ruling(one.month).scope
        if scope not in kept:
            kept[scope] = ours_by_place(volumes, accounts, scope)
        sold = kept[scope].get((one.month, one.product), {})
        ours = sum(sold.values(), NOTHING)
        value = ZERO if one.value is None else one.value - ours.value
        quantity = ZERO if one.quantity is None else one.quantity - ours.quantity
        if value or quantity:
            account = _account(sold, accounts, scope, home)
            channel = next(iter(scope.include.channels), None)
            found.append(Difference(one.month, one.product, account, channel, value, quantity))
    return tuple(found)


def _account(sold: Mapping[int, Sums], accounts: frozenset[int], scope: Scope, home: int) -> int:
    if sold:
        return max(sold, key=lambda account: (sold[account].value, -account))
    named = sorted(accounts & frozenset(scope.include.accounts))
    return home if home in named or not named else named[0]
