"""The contested garment for any number of claims (Aumann and Maschler 1985)."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from keystead.kernel.errors import Invalid


def equal_awards(estate: Fraction, claims: Sequence[Fraction]) -> tuple[Fraction, ...]:
    """Return the estate shared equally, nobody getting more than the claim.

    Raises Invalid (``infeasible``) where the claims do not reach the estate.

    >>> [str(part) for part in equal_awards(Fraction(60), [Fraction(10), Fraction(80)])]
    ['10', '50']
    """
    if sum(claims, Fraction(0)) < estate:
        raise Invalid(
            f"The claims add up to {float(sum(claims)):.2f}, less than {float(estate):.2f}.",
            code="infeasible",
        )
    awards = [Fraction(0)] * len(claims)
    left, order = estate, sorted(range(len(claims)), key=lambda place: claims[place])
    for turn, place in enumerate(order):
        awards[place] = min(claims[place], left / (len(order) - turn))
        left -= awards[place]
    return tuple(awards)


def contested_garment(estate: Fraction, claims: Sequence[Fraction]) -> tuple[Fraction, ...]:
    """Return the awards of the Talmud's rule: any two share what both claim equally.

    Up to half of all claims, equal awards on the half claims; above it, equal losses on them.

    >>> [str(part) for part in contested_garment(Fraction(200), [Fraction(n) for n in (100, 200)])]
    ['50', '150']
    """
    halves = [claim / 2 for claim in claims]
    total = sum(claims, Fraction(0))
    if estate <= total / 2:
        return equal_awards(estate, halves)
    losses = equal_awards(total - estate, halves) if estate <= total else ()
    if not losses:
        return equal_awards(estate, claims)  # told there: the claims do not reach the estate
    return tuple(claim - loss for claim, loss in zip(claims, losses, strict=True))
