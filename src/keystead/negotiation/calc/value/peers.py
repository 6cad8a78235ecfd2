"""Quarters of a group of peers that nobody can be read from."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from keystead.kernel.errors import Invalid
from keystead.negotiation.types.value import Bands, Hidden

LEAST: Final = 5
MOST_SHARE: Final = Decimal("0.5")
DIGITS: Final = 2


def bands(peers: Sequence[tuple[Decimal, Decimal]], own: Decimal | None = None) -> Bands | Hidden:
    """Return the quarters of what a use costs, or why they are not shown.

    ``peers``: (fee, uses) of each, oneself not among them. Hidden below five peers, and where one
    peer holds more than half of all fees or of all uses: the middle would be its own price. The
    limits are rounded to two digits, since with five peers each is some peer's very price;
    quarters are linear between ranks. Raises Invalid for a peer without fee or use.

    >>> bands([(Decimal(100), Decimal(n)) for n in (10, 20, 25, 40, 50)], Decimal("4.7"))
    Bands(peers=5, lower=Decimal('2.5'), middle=Decimal('4'), upper=Decimal('5'), place=3)
    >>> bands([(Decimal(100), Decimal(10))] * 4)
    <Hidden.FEW: 'few'>
    """
    if any(fee <= 0 or uses <= 0 for fee, uses in peers):
        raise Invalid("A peer has a fee and uses above zero.", code="peer")
    if len(peers) < LEAST:
        return Hidden.FEW
    for at in (0, 1):
        sizes = [one[at] for one in peers]
        if max(sizes) > sum(sizes) * MOST_SHARE:
            return Hidden.DOMINATED
    costs = sorted(fee / uses for fee, uses in peers)
    lower, middle, upper = (
        _rounded(_quantile(costs, Decimal(part))) for part in ("0.25", "0.5", "0.75")
    )
    place = None if own is None else 1 + sum(own > limit for limit in (lower, middle, upper))
    return Bands(len(peers), lower, middle, upper, place)


def _quantile(ordered: Sequence[Decimal], part: Decimal) -> Decimal:
    at = part * (len(ordered) - 1)
    below = int(at)
    if below + 1 == len(ordered):
        return ordered[below]
    return ordered[below] + (ordered[below + 1] - ordered[below]) * (at - below)


def _rounded(value: Decimal) -> Decimal:
    """Return a value at two significant digits, without exponent.

    >>> str(_rounded(Decimal("1234.5"))), str(_rounded(Decimal("0.0456")))
    ('1200', '0.046')
    """
    shown = value.quantize(Decimal(1).scaleb(value.adjusted() - DIGITS + 1))
    return Decimal(f"{shown.normalize():f}")
