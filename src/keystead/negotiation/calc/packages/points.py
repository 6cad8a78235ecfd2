"""The zone of agreement on a front, and the packages in it that theory names."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from keystead.kernel.errors import Invalid
from keystead.negotiation.types.cases import Front, Package, Points, Zone


def zone(found: Front, our_floor: int, their_floor: int) -> Zone:
    """Return the packages of the front that both take rather than no deal.

    Where the front has none, no package at all is one: what beats it would be on the front.
    """
    both = tuple(
        one for one in found.packages if one.ours >= our_floor and one.theirs >= their_floor
    )
    return Zone(both, our_floor, their_floor)


def points(found: Zone) -> Points:
    """Return Nash, Kalai-Smorodinsky and the most even package; raises Invalid without a zone.

    Nash: the largest product of both gains over no deal. Kalai-Smorodinsky: the largest smaller
    share of what each could gain at best in the zone. Even (Kalai): the largest smaller gain, of
    use where both count alike. Options are discrete, so the package nearest by that rule is
    named; among equals the larger sum of gains, then the better for us.
    """
    if not found.packages:
        raise Invalid("There is no zone of agreement.", code="no_zone")
    best_us = max(one.ours for one in found.packages) - found.our_floor
    best_them = max(one.theirs for one in found.packages) - found.their_floor

    def gains(one: Package) -> tuple[int, int]:
        return one.ours - found.our_floor, one.theirs - found.their_floor

    def product(one: Package) -> Fraction:
        us, them = gains(one)
        return Fraction(us * them)

    def shares(one: Package) -> Fraction:
        us, them = gains(one)
        return min(
            Fraction(us, best_us) if best_us else Fraction(1),
            Fraction(them, best_them) if best_them else Fraction(1),
        )

    def smaller(one: Package) -> Fraction:
        return Fraction(min(gains(one)))

    def first(rule: Callable[[Package], Fraction]) -> Package:
        return max(found.packages, key=lambda one: (rule(one), sum(gains(one)), one.ours))

    return Points(first(product), first(shares), first(smaller))
