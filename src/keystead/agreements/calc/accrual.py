"""Accruals: what is owed to date at the rate that the whole period is expected to reach."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, localcontext

from keystead.agreements.calc.tiers import WORKING
from keystead.agreements.types import (
    AccrualBasis,
    AccrualEntry,
    AccrualKind,
    EntitlementRun,
)
from keystead.kernel.errors import Invalid
from keystead.kernel.money import Money

ZERO = Decimal(0)


@dataclasses.dataclass(frozen=True, slots=True)
class Accrued:
    """What should be accrued to date and how much of it is new; unrounded."""

    effective_rate_pct: Decimal
    target: Decimal
    movement: Decimal


def accrue_to(
    expected: Decimal, expected_base: Decimal, base_to_date: Decimal, accrued: Decimal
) -> Accrued:
    """Return the accrual to date: expected amount / expected base x base to date.

    ``expected`` is what the whole period would pay on ``expected_base``; a base of zero accrues
    nothing. A falling forecast gives a negative movement: a release.

    >>> accrue_to(Decimal(9000), Decimal(900000), Decimal(600000), Decimal(18000)).movement
    Decimal('-12000')
    """
    with localcontext(WORKING):
        if expected_base <= 0:
            return Accrued(ZERO, ZERO, -accrued)
        target = expected * base_to_date / expected_base
        return Accrued(expected * 100 / expected_base, target, target - accrued)


def straight_line(total: Decimal, days: int, day: int) -> Decimal:
    """Return what of a fixed sum is accrued by the end of a day (1 = the first of ``days``).

    >>> straight_line(Decimal(1000), 100, 11)
    Decimal('110')
    """
    if days <= 0:
        raise Invalid("A sum is spread over at least one day.", code="days")
    with localcontext(WORKING):
        return total * min(max(day, 0), days) / days


def run_rate(to_date: Decimal, months_gone: int, months: int) -> Decimal:
    """Return the whole period at the pace so far: to date / months gone x months.

    >>> run_rate(Decimal(300), 3, 12)
    Decimal('1200')
    """
    if months_gone <= 0:
        return ZERO
    with localcontext(WORKING):
        return to_date * months / months_gone


def accrue(
    to_date: EntitlementRun,
    expected: EntitlementRun,
    balances: Mapping[str, Money],
    month: date,
    basis: AccrualBasis,
) -> tuple[AccrualEntry, ...]:
    """Return the entries that bring each condition's accrual to where it should be.

    ``to_date`` is the evaluation with what has happened, ``expected`` the one of the same
    periods with the forecast (or run rate) for the rest, gates assumed met. Per line: expected
    amount / expected benefit measure x benefit measure to date; fixed sums by days gone. Limits
    over the whole agreement (condition ``""``) follow the share of what is accrued of all.
    ``balances``: sum of the entries so far by condition, settlements and write-offs apart. The
    first entries of a condition are ``accrue``, later rises ``true_up``, falls ``release``;
    nothing moved, nothing written: run twice, the second run is empty.
    """
    targets: dict[str, Decimal] = {}
    whole = {(line.condition, line.period): line for line in expected.lines}
    for line in to_date.lines:
        full = whole.get((line.condition, line.period), line)
        base = full.benefit_measure or ZERO
        if base > 0 and (line.benefit_measure or ZERO) >= 0:
            found = accrue_to(full.amount.amount, base, line.benefit_measure or ZERO, ZERO).target
        else:
            gone = (min(to_date.as_of, line.period.last) - line.period.start).days + 1
            found = straight_line(full.amount.amount, line.period.days, gone)
        targets[line.condition] = targets.get(line.condition, ZERO) + found
    limit = expected.floor_top_up - expected.cap_cut
    if limit or "" in balances:
        earned = sum((line.amount.amount for line in expected.lines), ZERO)
        so_far = sum(targets.values(), ZERO)
        with localcontext(WORKING):
            targets[""] = limit * so_far / earned if earned > 0 else limit
    entries = []
    for key in sorted({*targets, *balances}):
        had = balances.get(key, Money.zero(to_date.currency))
        now = Money(targets.get(key, ZERO), to_date.currency).quantised()
        if moved := now - had:
            kind = _kind(moved, first=key not in balances)
            entries.append(
                AccrualEntry(to_date.agreement_id, key, month, kind, moved, basis,
                             expected.inputs_hash)
            )  # fmt: skip
    return tuple(entries)


def _kind(moved: Money, *, first: bool) -> AccrualKind:
    if moved.amount < 0:
        return AccrualKind.RELEASE
    return AccrualKind.ACCRUE if first else AccrualKind.TRUE_UP
