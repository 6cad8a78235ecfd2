"""Rights and steps: cancellation, participation, joining late."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from keystead.kernel.errors import Invalid
from keystead.kernel.exact import round_half_up
from keystead.negotiation.calc.prices.paths import quotient
from keystead.negotiation.types.prices import (
    CancellationRight,
    LateJoin,
    ProRata,
    QuorumStep,
    QuorumSteps,
    Standing,
)


def cancellable(rule: CancellationRight, places: int = 2) -> Decimal:
    """Return for how much may be cancelled over the whole term."""
    return round_half_up(rule.base * rule.allowance_pct.scaleb(-2), places)


def cancellable_pct_per_year(rule: CancellationRight) -> Decimal:
    """Return the percentage that a year may take, spread evenly."""
    return quotient(rule.allowance_pct, Decimal(rule.years), 6)


def standing(rule: QuorumSteps, reached: Decimal) -> Standing:
    """Return the step that participation reached, the next one, and what is missing to it."""
    steps = sorted(rule.steps, key=lambda step: step.lower)
    done = [step for step in steps if step.lower <= reached]
    ahead = [step for step in steps if step.lower > reached]
    upcoming = ahead[0] if ahead else None
    return Standing(
        done[-1] if done else None, upcoming, None if upcoming is None else upcoming.lower - reached
    )


def fee_at(step: QuorumStep | None, fee: Decimal, places: int = 2) -> Decimal | None:
    """Return the fee at a step: its own, or the given one moved by its percentage.

    None where nothing is in force. A fee that the contract states wins over a percentage.
    """
    if step is None or not step.in_force:
        return None
    if step.fee is not None:
        return round_half_up(step.fee, places)
    return round_half_up(fee * (1 + (step.change_pct or Decimal(0)).scaleb(-2)), places)


def late_fee(rule: LateJoin, places: int = 2) -> Decimal:
    """Return what a member pays that joins within the year of the contract.

    By months, the month of joining counts whole; by days, the day of joining counts.

    >>> one = LateJoin(Decimal(1200), date(2026, 1, 1), date(2026, 12, 31), date(2026, 5, 20))
    >>> late_fee(one)
    Decimal('800.00')
    """
    if not rule.start <= rule.joined <= rule.end:
        raise Invalid(
            f"{rule.joined} is not between {rule.start} and {rule.end}.", code="outside_term"
        )
    if rule.by is ProRata.DAYS:
        whole, left = (rule.end - rule.start).days + 1, (rule.end - rule.joined).days + 1
    else:
        whole = _month(rule.end) - _month(rule.start) + 1
        left = _month(rule.end) - _month(rule.joined) + 1
    return quotient(rule.fee * left, Decimal(whole), places)


def _month(day: date) -> int:
    return day.year * 12 + day.month
