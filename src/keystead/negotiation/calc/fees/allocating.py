"""The one way from a fee case to fees: targets, bounds, repair, whole units."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from keystead.kernel.errors import Invalid
from keystead.kernel.money import minor_units
from keystead.negotiation.calc.fees.methods import Ask, Wanted, fill, infeasible, spread, wanted
from keystead.negotiation.calc.fees.units import amount, units, whole_units
from keystead.negotiation.calc.prices.paths import quotient
from keystead.negotiation.types.fees import (
    Allocation,
    Bound,
    FeeCase,
    FeeLine,
    FeeNote,
    Limits,
    Member,
    Repair,
)


@dataclasses.dataclass(frozen=True)
class Room:
    """Between what whole units one fee must lie, and what set each side. No upper one: None."""

    low: int
    high: int | None
    low_by: Bound | None = None
    high_by: Bound | None = None
    reason: str = ""


def allocate(case: FeeCase) -> Allocation:
    """Return the fee of each member; together they are the total, to its smallest unit.

    The order in which members are given never changes a fee: equals are told apart by code.
    Raises Invalid: ``infeasible`` where the limits do not allow the total (``data`` has the
    totals from and to which they would), ``no_measure``, ``no_weights``, ``weights``, ``bounds``
    where one member's own limits contradict each other.

    >>> from keystead.kernel.money import Money
    >>> from keystead.negotiation.types.fees import Equal
    >>> found = allocate(FeeCase(Money("100.00", "EUR"), (Member("B"), Member("A")), Equal()))
    >>> {code: str(fee) for code, fee in found.fees.items()}
    {'A': '50.00', 'B': '50.00'}
    """
    members, places = _checked(case), minor_units(case.total.currency)
    total = units(case.total.amount, places)
    found = wanted(case.method, Ask(total, members, places))
    rooms = [_room(case, member, found, place, places) for place, member in enumerate(members)]
    lows = [Fraction(room.low) for room in rooms]
    highs = [None if room.high is None else Fraction(room.high) for room in rooms]
    least = sum(lows, Fraction(0))
    most = None if None in highs else sum((high for high in highs if high), Fraction(0))
    if total < least or (most is not None and total > most):
        raise infeasible(total, least, most, places, "the limits do not allow it")
    repair = case.limits.repair or (Repair.ROOM if _collared(case.limits) else Repair.WEIGHT)
    if kept_all(found.targets, lows, highs):
        parts = found.targets
    elif repair is Repair.ROOM:
        parts = spread(clamped(found.targets, lows, highs), lows, highs, total)
    else:
        parts = fill(found.targets, lows, highs, total)
    fees = whole_units(parts)
    whole = int(total)
    lines = tuple(
        _line(whole, member, target, fee, room, places)
        for member, target, fee, room in zip(members, found.targets, fees, rooms, strict=True)
    )
    return Allocation(
        case.total,
        lines,
        amount(int(least), places),
        None if most is None else amount(int(most), places),
        (*found.notes, *_override_notes(case)),
    )


def kept_all(
    targets: Sequence[Fraction], lows: Sequence[Fraction], highs: Sequence[Fraction | None]
) -> bool:
    """Return whether every target lies between its bounds, so that nothing is to repair."""
    return all(
        low <= target and (high is None or target <= high)
        for target, low, high in zip(targets, lows, highs, strict=True)
    )


def clamped(
    targets: Sequence[Fraction], lows: Sequence[Fraction], highs: Sequence[Fraction | None]
) -> list[Fraction]:
    """Return each target brought between its bounds; the sum may then miss the total."""
    return [
        max(low, target) if high is None else min(max(low, target), high)
        for target, low, high in zip(targets, lows, highs, strict=True)
    ]


def collar(previous: Decimal, limits: Limits, places: int = 2) -> tuple[int, int | None]:
    """Return the lowest and highest fee, in whole units, that the collar allows.

    Never a unit outside the percentage: the lower end is rounded up, the upper one down.
    """
    last = units(previous, places)
    low = 0
    if limits.down_pct is not None:
        low = max(0, math.ceil(last * (1 - Fraction(limits.down_pct) / 100)))
    high = None
    if limits.up_pct is not None:
        high = math.floor(last * (1 + Fraction(limits.up_pct) / 100))
    return low, high


def _checked(case: FeeCase) -> tuple[Member, ...]:
    if case.total.amount < 0:
        raise Invalid("A total below zero cannot be shared.", code="negative")
    if case.total != case.total.quantised():
        raise Invalid(
            f"{case.total} is finer than the smallest unit of the currency.", code="not_quantised"
        )
    members = tuple(sorted(case.members, key=lambda member: member.code))
    codes = [member.code for member in members]
    if not codes:
        raise Invalid("There is no member to share the fee.", code="no_members")
    twice = next((code for code, after in pairwise(codes) if code == after), None)
    if twice is not None:
        raise Invalid(f"{twice} is named twice.", code="named_twice", member=twice)
    unknown = sorted(set(case.overrides) - set(codes))
    if unknown:
        raise Invalid(f"{unknown[0]} is no member of this split.", code="unknown_member")
    for member in members:
        if member.previous is not None and member.previous < 0:
            raise Invalid(f"Last year's fee of {member.code} is below zero.", code="negative")
    return members


def _collared(limits: Limits) -> bool:
    return limits.up_pct is not None or limits.down_pct is not None


def _room(case: FeeCase, member: Member, found: Wanted, place: int, places: int) -> Room:
    override = case.overrides.get(member.code)
    if override is not None:
        return _by_hand(member, override.fee, override.reason, places)
    limits = case.limits
    lows: list[tuple[int, Bound | None]] = [(0, None)]
    highs: list[tuple[int, Bound]] = []
    if limits.floor is not None:
        lows.append((math.ceil(units(limits.floor, places)), Bound.FLOOR))
    if limits.cap is not None:
        highs.append((math.floor(units(limits.cap, places)), Bound.CAP))
    if member.previous is not None:
        low, high = collar(member.previous, limits, places)
        if limits.down_pct is not None:
            lows.append((low, Bound.COLLAR_DOWN))
        if high is not None:
            highs.append((high, Bound.COLLAR_UP))
    if found.ceilings is not None:
        highs.append((math.floor(found.ceilings[place]), Bound.CEILING))
    low, low_by = max(lows, key=lambda bound: bound[0])
    high_pair = min(highs, key=lambda bound: bound[0]) if highs else None
    if high_pair and high_pair[0] < low:
        raise Invalid(
            f"{member.code} would pay at least {amount(low, places)} ({_said(low_by)}) and at "
            f"most {amount(high_pair[0], places)} ({_said(high_pair[1])}).",
            code="bounds",
            hint="Loosen one of the two, or set this fee by hand.",
            member=member.code,
        )
    return Room(low, high_pair[0] if high_pair else None, low_by, high_pair and high_pair[1])


def _by_hand(member: Member, fee: Decimal, reason: str, places: int) -> Room:
    if not reason.strip():
        raise Invalid(f"The fee of {member.code} by hand needs a reason.", code="no_reason")
    whole = units(fee, places)
    if whole < 0 or whole.denominator != 1:
        raise Invalid(
            f"The fee of {member.code} by hand is {fee}: not an amount of zero or more in whole "
            "smallest units.",
            code="not_quantised",
            member=member.code,
        )
    return Room(int(whole), int(whole), Bound.MANUAL, Bound.MANUAL, reason)


def _said(bound: Bound | None) -> str:
    return bound.value.replace("_", " ") if bound else "zero"


def _line(
    whole: int, member: Member, target: Fraction, fee: int, room: Room, places: int
) -> FeeLine:
    paid, before = amount(fee, places), member.previous
    bound = None
    if room.low_by and fee == room.low and target < fee:
        bound = room.low_by
    elif room.high_by and fee == room.high and target > fee:
        bound = room.high_by
    if room.low_by is Bound.MANUAL:
        bound = Bound.MANUAL
    return FeeLine(
        code=member.code,
        fee=paid,
        share_pct=quotient(Decimal(fee * 100), Decimal(whole), 4) if whole else Decimal(0),
        wanted=amount(target, places),
        bound=bound,
        previous=before,
        change=None if before is None else paid - before,
        change_pct=change_pct(before, paid),
        reason=room.reason,
    )


def change_pct(before: Decimal | None, after: Decimal) -> Decimal | None:
    """Return the change in percent at two decimals; None where there was nothing before."""
    if not before:
        return None
    return quotient((after - before) * 100, before, 2)


def _override_notes(case: FeeCase) -> list[FeeNote]:
    return [
        FeeNote("manual", f"{code}: {one.fee:f} by hand, {one.reason}", {"member": code})
        for code, one in sorted(case.overrides.items())
    ]
