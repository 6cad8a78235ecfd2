"""A vote as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from keystead.kernel.errors import Invalid
from keystead.negotiation.calc.votes import blocking, share, tally
from keystead.negotiation.calc.written.place import Place
from keystead.negotiation.types.votes import HEADS, Basis, Vote, Voter, VotingRule


def vote_answer(body: Any) -> dict[str, Any]:
    """Return what comes out of a vote, and the smallest groups that can stop it."""
    place = Place(body, "")
    rule = _rule(place.inner("rule", {}))
    voters = _voters(place)
    most = place.whole("groups", 50, least=1, most=1000)
    place.text("note", "")
    place.done()
    found, stops = tally(rule, voters), blocking(rule, voters, most)
    return {
        "passes": found.passes,
        "quorate": found.quorate,
        "yes": f"{found.yes:f}",
        "no": f"{found.no:f}",
        "abstained": f"{found.abstained:f}",
        "present_pct": f"{found.present_pct:f}",
        "yes_pct": None if found.yes_pct is None else f"{found.yes_pct:f}",
        "short": f"{found.short:f}",
        "vetoed_by": list(found.vetoed_by),
        "blocking": {
            "by_no": [list(group) for group in stops.by_no],
            "by_absence": [list(group) for group in stops.by_absence],
            "more": stops.more,
        },
    }


def _rule(place: Place) -> VotingRule:
    found = VotingRule(
        place.text("weight", HEADS),
        _share(place, "threshold", Fraction(1, 2)),
        place.truth("strict", True),
        place.choice("basis", Basis, Basis.CAST),
        _share(place, "quorum", Fraction(0)),
        place.text("quorum_weight", HEADS),
    )
    place.done()
    return found


def _share(place: Place, name: str, default: Fraction) -> Fraction:
    value = place.raw(name, default)
    if value is default:
        return default
    try:
        return share(str(value))
    except Invalid as error:
        place.refuse(name, error.message, code=error.code, hint=error.hint)


def _voters(top: Place) -> tuple[Voter, ...]:
    given = top.raw("voters")
    if isinstance(given, Mapping):
        places = [(str(code), top.inner("voters").inner(code)) for code in given]
    else:
        places = [(str(one.text("code")), one) for one in top.items("voters")]
    found = []
    for code, place in places:
        vote, veto = place.choice("vote", Vote, Vote.YES), place.truth("veto", False)
        measures = {
            name: place.decimal(name, least=0)
            for name in place
            if name not in ("code", "vote", "veto")
        }
        place.done()
        found.append(Voter(code, vote, measures, veto))
    return tuple(found)
