"""Splits the difference of two figures into parts that add up to it exactly."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, localcontext
from typing import Final

from keystead.kernel.exact import round_half_up
from keystead.kernel.money import WORKING_PLACES

CAUSES: Final = ("undone", "restated", "released", "new")  # in the order they are applied
DIGITS: Final = 80  # enough that no difference of two stored figures is rounded

Number = Decimal | float | None


def exact(value: Number) -> Decimal:
    """Return the figure as an exact decimal; an empty one counts as zero.

    A ratio is a double: it is taken at twelve places, the working places of the house, so that
    parts with few digits add up in anybody's arithmetic.

    >>> exact(0.1).normalize(), exact(1e-113) == 0, exact(None)
    (Decimal('0.1'), True, Decimal('0'))
    """
    if value is None:
        return Decimal(0)
    if isinstance(value, Decimal):
        return value
    with localcontext(prec=DIGITS):
        return round_half_up(Decimal(repr(value)), WORKING_PLACES)


def steps(start: Number, path: Sequence[tuple[str, Number]]) -> tuple[tuple[str, Decimal], ...]:
    """Return what each step of a path adds: the parts of (last - start).

    Works for sums and ratios alike, because each part is the figure after its step minus the
    figure before.

    >>> steps(Decimal(100), [("undone", Decimal(80)), ("new", Decimal(95))])
    (('undone', Decimal('-20')), ('new', Decimal('15')))
    """
    found = []
    before = exact(start)
    with localcontext(prec=DIGITS):
        for cause, value in path:
            now = exact(value)
            found.append((cause, now - before))
            before = now
    return tuple(found)


def difference(before: Number, now: Number) -> Decimal | None:
    """Return now - before, exactly; None when both are empty."""
    if before is None and now is None:
        return None
    with localcontext(prec=DIGITS):
        return exact(now) - exact(before)
