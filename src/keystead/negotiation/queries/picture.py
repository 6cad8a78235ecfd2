"""The picture of a case: front, zone, named points, equal offers, trades. It is for us alone."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from keystead.kernel.errors import Invalid
from keystead.kit.access import Actor
from keystead.negotiation.calc.fees.units import amount
from keystead.negotiation.calc.packages.front import front
from keystead.negotiation.calc.packages.offers import equal_offers, trades
from keystead.negotiation.calc.packages.points import points, zone
from keystead.negotiation.calc.packages.values import Values, no_deal, values
from keystead.negotiation.calc.stored import case_to_work_out
from keystead.negotiation.queries.cases import negotiation_for
from keystead.negotiation.types.cases import Case, Measure, Package, Trade
from keystead.negotiation.types.room import Negotiation, Worth

DIGITS = {Measure.SCORE: 12, Measure.MONEY: 2}
TOLERANCE = Decimal(2)
ZERO = Decimal(0)


@dataclasses.dataclass(frozen=True)
class Choice:
    """A package by the names of its options, with its worth."""

    package: Mapping[str, str]
    worth: Worth
    in_zone: bool


@dataclasses.dataclass(frozen=True)
class Picture:
    """All that is worked out of a case; values as each side counts."""

    our_floor: Decimal
    their_floor: Decimal
    our_no_deal: Decimal | None
    their_no_deal: Decimal | None
    front: tuple[Choice, ...]
    exact: bool
    has_zone: bool
    named: Mapping[str, Choice]
    equal: tuple[Choice, ...]
    trades: tuple[Trade, ...]
    measures: tuple[Measure, Measure]
    gain_digits: tuple[int, int]


def picture(actor: Actor, negotiation_id: int) -> Picture | None:
    """Return the picture of a case, None without issues; needs ``negotiation.private``.

    Raises Invalid where money or weights are missing.
    """
    actor.require("negotiation.private")
    return picture_of(negotiation_for(actor, negotiation_id))


def picture_of(found: Negotiation) -> Picture | None:
    """Return the picture of a case, None without issues."""
    if not found.issues:
        return None
    case = case_to_work_out(found)
    known = values(case)
    made = front(known.ours, known.theirs)
    both = zone(made, known.our_floor, known.their_floor)

    def choice(one: Package) -> Choice:
        return _choice(case, known, one)

    named: dict[str, Choice] = {}
    aim = made.packages[len(made.packages) // 2].ours
    if both.exists:
        three = points(both)
        named = {
            "nash": choice(three.nash),
            "kalai_smorodinsky": choice(three.kalai_smorodinsky),
            "even": choice(three.even),
        }
        aim = three.nash.ours
    measures = (case.ours.measure, case.theirs.measure)
    return Picture(
        our_floor=amount(known.our_floor, DIGITS[measures[0]]),
        their_floor=amount(known.their_floor, DIGITS[measures[1]]),
        our_no_deal=no_deal(case.ours),
        their_no_deal=no_deal(case.theirs),
        front=tuple(choice(one) for one in made.packages),
        exact=not made.step,
        has_zone=both.exists,
        named=named,
        equal=tuple(choice(one) for one in equal_offers(known, aim, TOLERANCE)),
        trades=trades(case.issues, known),
        measures=measures,
        gain_digits=(DIGITS[measures[0]], DIGITS[measures[1]]),
    )


def worth_of(found: Negotiation, package: Mapping[str, str]) -> Worth | None:
    """Return what a package is worth, None where a value is not known.

    Raises Invalid for an issue or option that the case does not have.
    """
    chosen = checked(found, package)
    case = case_to_work_out(found)
    try:
        known = values(case)
    except Invalid:
        return None
    return _choice(case, known, _package(known, chosen)).worth


def checked(found: Negotiation, package: Mapping[str, str]) -> tuple[int, ...]:
    """Return the place of the option of each issue; raises Invalid where one is missing."""
    if not found.issues:
        raise Invalid(_("Write down the issues first."), code="no_issues")
    chosen = []
    for issue in found.issues:
        names = [one.name for one in issue.options]
        name = package.get(issue.name, "")
        if name not in names:
            text = _("Choose an option for “%(issue)s”.") % {"issue": issue.name}
            raise Invalid(text, code="option_missing")
        chosen.append(names.index(name))
    if len(package) != len(chosen):
        raise Invalid(_("The offer names an issue that the case does not have."), code="issue")
    return tuple(chosen)


def _package(known: Values, chosen: Sequence[int]) -> Package:
    ours = sum(row[at] for row, at in zip(known.ours, chosen, strict=True))
    theirs = sum(row[at] for row, at in zip(known.theirs, chosen, strict=True))
    return Package(tuple(chosen), ours, theirs)


def _choice(case: Case, known: Values, one: Package) -> Choice:
    options = [issue.options[at] for issue, at in zip(case.issues, one.choice, strict=True)]
    ours, theirs = DIGITS[case.ours.measure], DIGITS[case.theirs.measure]
    worth = Worth(
        amount(one.ours, ours),
        amount(one.theirs, theirs),
        _sum([option.our_money for option in options]),
        _sum([option.their_money for option in options]),
        amount(one.ours - known.our_floor, ours),
    )
    in_zone = one.ours >= known.our_floor and one.theirs >= known.their_floor
    names = {issue.name: option.name for issue, option in zip(case.issues, options, strict=True)}
    return Choice(names, worth, in_zone)


def _sum(amounts: list[Decimal | None]) -> Decimal | None:
    known = [one for one in amounts if one is not None]
    return sum(known, ZERO) if len(known) == len(amounts) else None
