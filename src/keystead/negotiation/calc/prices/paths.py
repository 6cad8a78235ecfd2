"""What later years cost: compound percentages, exact; caps that are never passed by a cent."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_DOWN, ROUND_HALF_UP, Context, Decimal, localcontext

from keystead.kernel.errors import Invalid
from keystead.kernel.exact import round_half_up
from keystead.negotiation.types.prices import Banded, CpiLinked, Escalator, Path

_WIDE = Context(prec=80, rounding=ROUND_HALF_UP)


def _moved(base: Decimal, pct: Decimal) -> Decimal:
    return _WIDE.multiply(base, _WIDE.add(1, pct.scaleb(-2)))


def path(rule: Path) -> tuple[Decimal, ...]:
    """Return the price of each year, unrounded.

    >>> [str(p) for p in path(Path(Decimal(100), (Decimal(-5), Decimal(-4))))]
    ['95.00', '91.2000']
    """
    found, now = [], rule.base
    for step in rule.steps_pct:
        now = _moved(now, step)
        found.append(now)
    return tuple(found)


def total_change_pct(rule: Path) -> Decimal:
    """Return by how many percent the last year differs from the base, at six decimals."""
    if not rule.base:
        raise Invalid("A path from zero has no percentage.", code="zero_base")
    last = path(rule)[-1] if rule.steps_pct else rule.base
    return round_half_up(_WIDE.divide((last - rule.base) * 100, rule.base), 6)


def escalated(rule: Escalator, places: int = 2) -> tuple[Decimal, ...]:
    """Return the total of each year to the cent; the compound itself stays unrounded."""
    found, now = [], rule.first
    for _ in range(rule.years):
        shown = round_half_up(now, places)
        found.append(shown if rule.cap is None else min(shown, rule.cap))
        now = _moved(now, rule.escalator_pct)
    return tuple(found)


def cpi_steps(rule: CpiLinked) -> tuple[Decimal, ...]:
    """Return the percentage that applies each year, after the lowest and the highest."""
    low, high = rule.lowest_pct, rule.highest_pct
    if low is not None and high is not None and low > high:
        raise Invalid("The lowest increase is above the highest.", code="bounds")
    found = []
    for cpi in rule.cpi_pct:
        step = cpi + rule.plus_pct
        step = step if low is None else max(step, low)
        found.append(step if high is None else min(step, high))
    return tuple(found)


def cpi_path(rule: CpiLinked) -> tuple[Decimal, ...]:
    """Return the price of each year, unrounded."""
    return path(Path(rule.base, cpi_steps(rule)))


def banded(rule: Banded, value: Decimal) -> Decimal:
    """Return the price of the band the value falls into; raises Invalid below the first."""
    found = [price for lower, price in sorted(rule.bands) if lower <= value]
    if not found:
        raise Invalid(f"{value} is below the first band.", code="no_band")
    return found[-1]


def highest_within_cap(previous: Decimal, cap_pct: Decimal, places: int = 2) -> Decimal:
    """Return the highest price a cap on the increase allows; never a cent above it."""
    with localcontext(_WIDE):
        return _moved(previous, cap_pct).quantize(Decimal(1).scaleb(-places), rounding=ROUND_DOWN)


def within_cap(previous: Decimal, offer: Decimal, cap_pct: Decimal) -> bool:
    """Return whether an offer keeps the cap on the increase, unrounded."""
    return offer <= _moved(previous, cap_pct)


def projected(base: Decimal, growth_pct: Decimal, offsets: Sequence[int]) -> tuple[Decimal, ...]:
    """Return the base grown by a yearly percentage, at each offset in years, unrounded."""
    return tuple(
        _WIDE.multiply(base, _WIDE.power(_WIDE.add(1, growth_pct.scaleb(-2)), offset))
        for offset in offsets
    )


def mean(amounts: Sequence[Decimal]) -> Decimal:
    """Return the plain mean at twelve decimals; raises Invalid for nothing."""
    if not amounts:
        raise Invalid("Nothing has no mean.", code="empty")
    return quotient(sum(amounts, Decimal(0)), Decimal(len(amounts)), 12)


def quotient(above: Decimal, below: Decimal, places: int) -> Decimal:
    """Return above / below rounded half-up; raises Invalid where below is zero.

    >>> quotient(Decimal("100983.75"), Decimal(10), 2)
    Decimal('10098.38')
    """
    if not below:
        raise Invalid("Nothing can be divided by zero.", code="division_by_zero")
    return round_half_up(_WIDE.divide(above, below), places)
