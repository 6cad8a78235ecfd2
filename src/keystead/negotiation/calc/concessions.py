"""The price of what was given, and whether it was answered."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from keystead.negotiation.calc.prices.paths import quotient
from keystead.negotiation.types.room import Balance, Concession, IssuePlan, Who

ZERO = Decimal(0)


def price(issue: IssuePlan, before: str, after: str) -> tuple[Decimal | None, Decimal | None]:
    """Return what moving from one option to another changes for us and for them, in money.

    None where the money of one of the options is not known.

    >>> from keystead.negotiation.types.room import OptionPlan
    >>> term = IssuePlan("Term", (OptionPlan("3", Decimal(9)), OptionPlan("1", Decimal(4))))
    >>> price(term, "3", "1")
    (Decimal('-5'), None)
    """
    first, last = issue.option(before), issue.option(after)
    if first is None or last is None:
        return None, None
    ours = (first.our_money, last.our_money)
    theirs = (first.their_money, last.their_money)
    return _moved(*ours), _moved(*theirs)


def _moved(before: Decimal | None, after: Decimal | None) -> Decimal | None:
    return None if before is None or after is None else after - before


def balance(lines: Sequence[Concession]) -> Balance:
    """Return what we gave and got at our own prices, and what of ours stands without an answer.

    A concession of ours is answered by one of theirs that names it, or by words on what was got
    for it. The ratio is got by given; None while nothing was given.
    """
    given = -sum((one.our_money or ZERO for one in lines if one.side is Who.US), ZERO)
    got = sum((one.our_money or ZERO for one in lines if one.side is Who.THEM), ZERO)
    answered = {one.answers for one in lines if one.side is Who.THEM}
    answered |= {
        one.id for one in lines if one.side is Who.US and (one.answers is not None or one.got)
    }
    left = tuple(one.id for one in lines if one.side is Who.US and one.id not in answered)
    return Balance(given, got, quotient(got, given, 2) if given > 0 else None, left)
