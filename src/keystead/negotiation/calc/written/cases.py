"""A negotiation case as JSON: read, worked out, written. Our own limits are in the answer: it is
for us alone."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from keystead.kernel.errors import Invalid
from keystead.negotiation.calc.fees.units import amount
from keystead.negotiation.calc.packages.front import front
from keystead.negotiation.calc.packages.offers import equal_offers, trades
from keystead.negotiation.calc.packages.points import points, zone
from keystead.negotiation.calc.packages.values import Values, no_deal, values
from keystead.negotiation.calc.written.place import Place
from keystead.negotiation.types.cases import (
    Case,
    Front,
    Issue,
    Measure,
    Option,
    Outcome,
    Package,
    Side,
    Zone,
)

DIGITS = {Measure.SCORE: 12, Measure.MONEY: 2}
ZERO = Decimal(0)


def case_of(place: Place) -> Case:
    """Return the case of a body; the caller reads what it wants besides and calls ``done``."""
    issues = []
    for one in place.items("issues"):
        issue = Issue(
            one.text("name"),
            tuple(_option(option) for option in one.items("options")),
            one.decimal("our_weight", Decimal(1), least=0),
            one.decimal("their_weight", Decimal(1), least=0),
        )
        one.done()
        issues.append(issue)
    return Case(tuple(issues), _side(place.inner("ours", {})), _side(place.inner("theirs", {})))


def _option(place: Place) -> Option:
    found = Option(
        place.text("name"),
        place.decimal("ours", ZERO, least=0),
        place.decimal("theirs", ZERO, least=0),
        place.decimal("our_money", None),
        place.decimal("their_money", None),
    )
    place.done()
    return found


def _side(place: Place) -> Side:
    outcomes = []
    for one in place.items("without_deal", ()):
        outcomes.append(
            Outcome(
                one.text("text", ""),
                one.decimal("amount"),
                one.decimal("probability_pct", Decimal(100), least=0),
            )
        )
        one.done()
    found = Side(
        place.choice("measure", Measure, Measure.SCORE),
        place.decimal("reservation", None),
        tuple(outcomes),
        place.decimal("margin", ZERO),
    )
    place.done()
    return found


def front_answer(body: Any) -> dict[str, Any]:
    """Return front, zone, named points, equal offers and trades of a case, as plain JSON."""
    place = Place(body, "")
    case = case_of(place)
    target = place.decimal("target", None)
    tolerance = place.decimal("tolerance_pct", Decimal(2), least=0)
    count = place.whole("offers", 3, least=1, most=10)
    place.text("note", "")
    place.done()
    found = _valued(case)
    made = front(found.ours, found.theirs)
    both = zone(made, found.our_floor, found.their_floor)
    answer = {
        "measures": {"ours": case.ours.measure.value, "theirs": case.theirs.measure.value},
        "without_deal": {"ours": _text(no_deal(case.ours)), "theirs": _text(no_deal(case.theirs))},
        "reservation": _pair(case, found.our_floor, found.their_floor),
        "packages": str(_count(case)),
        "exact": not made.step,
        "front": [_package(case, one, both) for one in made.packages],
        "zone": _zone(case, both),
        "points": None,
        "equal_offers": [],
        "trades": _trades(case, found),
    }
    if made.step:
        answer["step"] = f"{amount(made.step, DIGITS[case.ours.measure]):f}"
    if both.exists:
        named = points(both)
        answer["points"] = {
            "nash": _package(case, named.nash, both),
            "kalai_smorodinsky": _package(case, named.kalai_smorodinsky, both),
            "even": _package(case, named.even, both),
        }
    aim = _aim(case, target, both, made)
    offers = equal_offers(found, aim, tolerance, count)
    answer["target"] = f"{amount(aim, DIGITS[case.ours.measure]):f}"
    answer["equal_offers"] = [_package(case, one, both) for one in offers]
    return answer


def _valued(case: Case) -> Values:
    """Return the values; a fault in an issue is named by its place in the list."""
    try:
        return values(case)
    except Invalid as error:
        name = error.data.get("issue")
        place = next((n for n, one in enumerate(case.issues) if one.name == name), None)
        if place is not None:
            error.message = f"issues.{place}: {error.message}"
            error.data["place"] = f"issues.{place}"
        raise


def _aim(case: Case, target: Decimal | None, both: Zone, made: Front) -> int:
    """Return our value that offers shall have: the target, else Nash, else the middle."""
    if target is not None:
        return int(target.scaleb(DIGITS[case.ours.measure]))
    if both.exists:
        return points(both).nash.ours
    return made.packages[len(made.packages) // 2].ours


def _zone(case: Case, both: Zone) -> dict[str, Any]:
    if not both.exists:
        return {"exists": False, "ours": None, "theirs": None, "width": None}
    us, them = [one.ours for one in both.packages], [one.theirs for one in both.packages]
    return {
        "exists": True,
        "packages_on_front": len(both.packages),
        "ours": {"from": _ours(case, min(us)), "to": _ours(case, max(us))},
        "theirs": {"from": _theirs(case, min(them)), "to": _theirs(case, max(them))},
        "width": _pair(case, max(us) - both.our_floor, max(them) - both.their_floor),
    }


def _package(case: Case, one: Package, both: Zone) -> dict[str, Any]:
    options = [issue.options[at] for issue, at in zip(case.issues, one.choice, strict=True)]
    ours, theirs = [o.our_money for o in options], [o.their_money for o in options]
    return {
        "options": {
            issue.name: option.name for issue, option in zip(case.issues, options, strict=True)
        },
        "ours": _ours(case, one.ours),
        "theirs": _theirs(case, one.theirs),
        "our_money": _sum(ours),
        "their_money": _sum(theirs),
        "in_zone": one.ours >= both.our_floor and one.theirs >= both.their_floor,
    }


def _trades(case: Case, found: Values) -> list[dict[str, Any]]:
    return [
        {"win": one.win, "give": one.give, "gain": _pair(case, one.our_gain, one.their_gain)}
        for one in trades(case.issues, found)
    ]


def _count(case: Case) -> int:
    many = 1
    for issue in case.issues:
        many *= len(issue.options)
    return many


def _pair(case: Case, ours: int, theirs: int) -> dict[str, str]:
    return {"ours": _ours(case, ours), "theirs": _theirs(case, theirs)}


def _ours(case: Case, whole: int) -> str:
    return f"{amount(whole, DIGITS[case.ours.measure]):f}"


def _theirs(case: Case, whole: int) -> str:
    return f"{amount(whole, DIGITS[case.theirs.measure]):f}"


def _sum(amounts: list[Decimal | None]) -> str | None:
    known = [one for one in amounts if one is not None]
    return f"{sum(known, ZERO):f}" if len(known) == len(amounts) else None


def _text(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"
