"""Members that leave, and who then pays more."""

from __future__ import annotations

import dataclasses
from collections.abc import Set
from decimal import Decimal

from keystead.kernel.errors import Invalid
from keystead.kernel.money import Money
from keystead.negotiation.calc.fees.allocating import allocate, change_pct
from keystead.negotiation.types.fees import FeeCase, Moved, OnOptOut, OptOut


def opt_out(
    case: FeeCase, leaving: Set[str], on_opt_out: OnOptOut = OnOptOut.TOTAL_STAYS
) -> OptOut:
    """Return the split with everybody, without those that leave, and each member's change.

    The total stays, or goes down by the fees of those that leave. Raises Invalid for a code that
    is no member, and what ``allocate`` raises.
    """
    strange = sorted(leaving - {member.code for member in case.members})
    if strange:
        raise Invalid(
            f"{strange[0]} is no member of this split.", code="unknown_member", member=strange[0]
        )
    before = allocate(case)
    total = case.total
    if on_opt_out is OnOptOut.FEE_LEAVES:
        gone = sum((before.fees[code] for code in leaving), Decimal(0))
        total = total - Money(gone, total.currency)
    stays = dataclasses.replace(
        case,
        total=total,
        members=tuple(member for member in case.members if member.code not in leaving),
        overrides={code: one for code, one in case.overrides.items() if code not in leaving},
    )
    after = allocate(stays)
    moved = []
    for code, fee in before.fees.items():
        new = after.fees.get(code)
        pct = None if new is None else change_pct(fee, new)
        moved.append(Moved(code, fee, new, (new or Decimal(0)) - fee, pct))
    return OptOut(before, after, tuple(moved))
