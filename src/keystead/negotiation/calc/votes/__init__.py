"""Votes of a consortium: what comes out, and which groups can stop it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction

from keystead.kernel.errors import Invalid
from keystead.kernel.exact import exact
from keystead.negotiation.calc.fees.units import decimal
from keystead.negotiation.types.votes import (
    HEADS,
    Basis,
    Blocking,
    Tally,
    Vote,
    Voter,
    VotingRule,
)

LOOKS = 200_000  # steps of the search for groups before it says that there are more


def tally(rule: VotingRule, voters: Sequence[Voter]) -> Tally:
    """Return what comes out of the votes; raises Invalid without voters or weights.

    Who is absent counts for neither side; with the basis *all*, absence works like a no.
    """
    weights, heads = weights_of(rule.weight, voters), weights_of(rule.quorum_weight, voters)

    def weigh(*votes: Vote) -> Fraction:
        return sum((weights[one.code] for one in voters if one.vote in votes), Fraction(0))

    yes, no, abstained = weigh(Vote.YES), weigh(Vote.NO), weigh(Vote.ABSTAIN)
    here = sum((heads[one.code] for one in voters if one.vote is not Vote.ABSENT), Fraction(0))
    whole = sum(heads.values(), Fraction(0))
    quorate = here >= rule.quorum * whole
    base = _base(rule.basis, yes + no, abstained, sum(weights.values(), Fraction(0)))
    vetoed = tuple(sorted(v.code for v in voters if v.veto and v.vote is Vote.NO))
    needed = rule.threshold * base
    enough = bool(base) and (yes > needed if rule.strict else yes >= needed)
    return Tally(
        passes=enough and quorate and not vetoed,
        quorate=quorate,
        yes=decimal(yes, 4),
        no=decimal(no, 4),
        abstained=decimal(abstained, 4),
        present_pct=decimal(here * 100 / whole, 4),
        yes_pct=decimal(yes * 100 / base, 4) if base else None,
        short=Decimal(0) if enough else decimal(needed - yes, 4),
        vetoed_by=vetoed,
    )


def _base(basis: Basis, cast: Fraction, abstained: Fraction, whole: Fraction) -> Fraction:
    if basis is Basis.CAST:
        return cast
    return cast + abstained if basis is Basis.PRESENT else whole


def blocking(rule: VotingRule, voters: Sequence[Voter], most: int = 50) -> Blocking:
    """Return the minimal groups that stop what all others want, the smallest groups first.

    By voting no, and by staying away (which works against a quorum, or where yes is counted of
    all). A group is minimal: without any one of it, the motion passes.
    """
    weights, heads = weights_of(rule.weight, voters), weights_of(rule.quorum_weight, voters)
    whole, here = sum(weights.values(), Fraction(0)), sum(heads.values(), Fraction(0))
    vetoes = tuple((one.code,) for one in sorted(voters, key=lambda v: v.code) if one.veto)
    rest = {code: weight for code, weight in weights.items() if (code,) not in vetoes}

    def stops(weight: Fraction) -> bool:
        yes, needed = whole - weight, rule.threshold * whole
        return yes <= needed if rule.strict else yes < needed

    by_no, more = groups(rest, stops, most)
    away: tuple[tuple[str, ...], ...] = ()
    if rule.basis is Basis.ALL:
        away, cut = groups(weights, stops, most)
        more |= cut
    if rule.quorum > 0:
        found, cut = groups(heads, lambda weight: here - weight < rule.quorum * here, most)
        away, more = _smallest({*away, *found}, most), more or cut
    return Blocking((*vetoes, *by_no), away, more)


def _smallest(found: set[tuple[str, ...]], most: int) -> tuple[tuple[str, ...], ...]:
    """Return the groups that contain no other of them, the smallest first."""
    kept = [g for g in found if not any(set(o) < set(g) for o in found)]
    return tuple(sorted(kept, key=lambda group: (len(group), group))[:most])


def groups(
    weights: dict[str, Fraction], stops: Callable[[Fraction], bool], most: int
) -> tuple[tuple[tuple[str, ...], ...], bool]:
    """Return minimal groups whose weight together stops, by size; and whether there are more."""
    order = sorted((code for code, w in weights.items() if w > 0), key=lambda c: (-weights[c], c))
    sizes = [weights[code] for code in order]
    reach = [Fraction(0)]
    for size in sizes:
        reach.append(reach[-1] + size)
    found: list[tuple[str, ...]] = []
    looks = 0

    def look(start: int, left: int, weight: Fraction, picked: tuple[int, ...]) -> bool:
        """Return whether the search may go on; groups of exactly ``left`` more are found."""
        nonlocal looks
        for place in range(start, len(order) - left + 1):
            looks += 1
            if looks > LOOKS:
                return False
            if not stops(weight + reach[place + left] - reach[place]):
                return True  # the heaviest that remain are too light: lighter ones too
            total = weight + sizes[place]
            if left == 1:
                if len(found) >= most:
                    return False
                found.append(tuple(sorted(order[one] for one in (*picked, place))))
            elif not stops(total) and not look(place + 1, left - 1, total, (*picked, place)):
                return False
        return True

    whole = all(look(0, size, Fraction(0), ()) for size in range(1, len(order) + 1))
    return tuple(found), not whole


def weights_of(measure: str, voters: Sequence[Voter]) -> dict[str, Fraction]:
    """Return each voter's weight: one each, or by a measure; raises Invalid without any."""
    codes = [one.code for one in voters]
    twice = next((code for code in codes if codes.count(code) > 1), None)
    if twice is not None:
        raise Invalid(f"{twice} is named twice.", code="named_twice", voter=twice)
    if measure == HEADS:
        found = dict.fromkeys(codes, Fraction(1))
    else:
        found = {}
        for one in voters:
            if measure not in one.measures:
                raise Invalid(f"{one.code} has no {measure}.", code="no_measure", voter=one.code)
            found[one.code] = Fraction(one.measures[measure])
    if any(weight < 0 for weight in found.values()) or not any(found.values()):
        raise Invalid(f"Nobody has a vote by {measure}.", code="no_weights")
    return found


def share(text: str) -> Fraction:
    """Return a share written as ``2/3``, ``66.7%``, ``0.667`` or ``50`` (percent, being above 1).

    >>> share("2/3"), share("50%")
    (Fraction(2, 3), Fraction(1, 2))
    """
    refusal = Invalid(f"{text[:40]!r} is no share.", code="share", hint="Write 2/3 or 50%.")
    above, slash, below = text.strip().removesuffix("%").partition("/")
    try:
        found = Fraction(exact(above)) / (Fraction(exact(below)) if slash else 1)
    except (Invalid, ZeroDivisionError):
        raise refusal from None
    found = found / 100 if text.strip().endswith("%") or found > 1 else found
    if not 0 <= found <= 1:
        raise refusal
    return found
