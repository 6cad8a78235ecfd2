"""Settlement by recompute and delta: what is due is the entitlement less what was settled.

Posted settlements never change. A corrected sales file, a late return, a new agreed volume: the
entitlement is computed anew and the difference is one more line (field reference 0.3).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TypeAlias

from keystead.agreements.types import (
    AgreementVersion,
    EntitlementRun,
    NegativePolicy,
    SettlementLine,
)
from keystead.kernel.money import Money
from keystead.kernel.periods import Period

ZERO = Decimal(0)
Settled: TypeAlias = Mapping[tuple[str, Period], Money]


@dataclasses.dataclass(frozen=True, slots=True)
class Due:
    """What is paid now; ``carried`` is held against later payments, ``kept`` stays paid."""

    payment: Decimal
    carried: Decimal = ZERO
    kept: Decimal = ZERO


def due(
    entitlement: Decimal, settled: Decimal, policy: NegativePolicy = NegativePolicy.RECOVER
) -> Due:
    """Return what is due: the entitlement to date less all that was settled before.

    Where less is due than was settled: ``recover`` asks it back, ``carry_forward`` pays nothing
    and holds it, ``floor_zero`` pays nothing and lets it be. Whatever the policy, a later payment
    is only the excess over what was paid.

    >>> due(Decimal(9), Decimal(33)).payment, due(Decimal(36), Decimal(33)).payment
    (Decimal('-24'), Decimal('3'))
    >>> due(Decimal(9), Decimal(33), NegativePolicy.CARRY_FORWARD)
    Due(payment=Decimal('0'), carried=Decimal('24'), kept=Decimal('0'))
    """
    gap = entitlement - settled
    if gap >= 0 or policy is NegativePolicy.RECOVER:
        return Due(gap)
    if policy is NegativePolicy.CARRY_FORWARD:
        return Due(ZERO, carried=-gap)
    return Due(ZERO, kept=-gap)


def payments(
    entitlements: Sequence[Decimal], policy: NegativePolicy = NegativePolicy.RECOVER
) -> tuple[Decimal, ...]:
    """Return the payments of successive settlements from the entitlement at each.

    >>> [str(paid) for paid in payments([Decimal(0), Decimal(140), Decimal(1080)])]
    ['0', '140', '940']
    """
    settled, found = ZERO, []
    for entitlement in entitlements:
        payment = due(entitlement, settled, policy).payment
        found.append(payment)
        settled += payment
    return tuple(found)


def settle(
    run: EntitlementRun, version: AgreementVersion, settled: Settled
) -> tuple[SettlementLine, ...]:
    """Return the lines of a settlement: for each condition and period what is still due.

    ``settled`` sums all posted settlement lines, reversals included, by condition and period.
    What was settled for a condition or period that no longer exists is asked back (or carried)
    as well: nothing that was paid is ever forgotten. Limits over the whole agreement become a
    line of their own (condition ``""``).
    """
    policies = {found.key: found.negative_policy for found in version.conditions}
    earned = {(line.condition, line.period): line.amount for line in run.lines}
    limit = Money(run.floor_top_up - run.cap_cut, run.currency)
    whole = Period(version.effective.start, version.effective.end)
    if limit or ("", whole) in settled:
        earned["", whole] = limit
    zero = Money.zero(run.currency)
    found = []
    for key in sorted({*earned, *settled}):
        condition, period = key
        entitlement, before = earned.get(key, zero), settled.get(key, zero)
        policy = policies.get(condition, NegativePolicy.RECOVER)
        answer = due((entitlement - zero).amount, (before - zero).amount, policy)
        found.append(
            SettlementLine(
                condition,
                period,
                entitlement,
                before,
                due=Money(answer.payment, run.currency).quantised(),
                carried=Money(answer.carried, run.currency).quantised(),
                kept=Money(answer.kept, run.currency).quantised(),
            )
        )
    return tuple(line for line in found if line.due or line.carried or line.entitlement)
