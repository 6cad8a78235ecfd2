"""The buyer's model as JSON: unbundling side by side with ours, or a trading customer's margin."""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from typing import Any

from keystead.negotiation.calc.buyer.trade import earned
from keystead.negotiation.calc.buyer.unbundling import ASSUMED, sensitivity, unbundle
from keystead.negotiation.calc.written.place import Place
from keystead.negotiation.types.buying import (
    Alternative,
    Assumptions,
    Bundle,
    Keep,
    Title,
    Unbundling,
)

ZERO = Decimal(0)
MOST_MOVED = 90  # an input moved by more would turn into its opposite
RULES = ("most_per_use", "count", "budget", "names")


def buyer_answer(body: Any) -> dict[str, Any]:
    """Return what the buyer's spreadsheet says: of a bundle, or of trading alternatives."""
    place = Place(body, "")
    place.text("note", "")
    if "alternatives" in place:
        return _trade(place)
    bundle = Bundle(
        place.decimal("bundle", least=0),
        tuple(_title(one) for one in place.items("titles")),
        place.whole("years", 5, least=1, most=50),
    )
    theirs = _assumed(place.inner("assumptions", {}))
    ours = _assumed(place.inner("our_assumptions")) if "our_assumptions" in place else None
    keep = _keep(place.inner("keep", {}))
    by_pct = place.decimal("sensitivity_pct", Decimal(20), least=0)
    if by_pct > MOST_MOVED:
        place.refuse("sensitivity_pct", f"{by_pct:f} is above {MOST_MOVED}.")
    place.done()
    found = unbundle(bundle, theirs, keep)
    answer = {
        "theirs": {"assumptions": _assumptions(theirs), **_unbundling(found)},
        "ours": None,
        "sensitivity": [
            {"input": one.name, "low": _text(one.low), "high": _text(one.high),
             "width": _text(one.width)}
            for one in sensitivity(bundle, theirs, keep, by_pct)
        ],
    }  # fmt: skip
    if ours is not None:
        seen = unbundle(bundle, ours, keep)
        answer["ours"] = {"assumptions": _assumptions(ours), **_unbundling(seen)}
        answer["saving_difference"] = _text(seen.saving - found.saving)
    return answer


def _title(place: Place) -> Title:
    found = Title(
        place.text("name"),
        place.decimal("price", least=0),
        place.decimal("downloads", least=0),
        *(
            place.decimal(name, ZERO, least=0)
            for name in ("citations", "authorships", "open_pct", "backfile_pct")
        ),
    )
    place.done()
    return found


def _assumed(place: Place) -> Assumptions:
    defaults = Assumptions()
    found = Assumptions(
        **{
            name: place.growth(name, getattr(defaults, name))
            if name.endswith("growth_pct")
            else place.decimal(name, getattr(defaults, name), least=0)
            for name in ASSUMED
        }
    )
    if found.loan_share_pct > 100:
        place.refuse("loan_share_pct", f"{found.loan_share_pct:f} % is above 100.")
    place.done()
    return found


def _keep(place: Place) -> Keep:
    given = [name for name in RULES if name in place]
    if len(given) > 1:
        place.refuse(given[1], f"only one of {', '.join(RULES)} can decide.")
    names = frozenset(map(str, place.many("names"))) if "names" in place else None
    found = Keep(
        place.decimal("most_per_use", None),
        place.whole("count", None, most=10**6) if "count" in place else None,
        place.decimal("budget", None, least=0),
        names,
    )
    place.done()
    return found


def _trade(place: Place) -> dict[str, Any]:
    alternatives = []
    for one in place.items("alternatives"):
        alternatives.append(
            Alternative(
                one.text("name"),
                one.decimal("units", least=0),
                one.decimal("resale", least=0),
                one.decimal("purchase", least=0),
                *(one.decimal(name, ZERO) for name in ("rebate", "funding", "costs")),
            )
        )
        one.done()
    place.done()
    return {"alternatives": [_plain(dataclasses.asdict(one)) for one in earned(alternatives)]}


def _assumptions(assumed: Assumptions) -> dict[str, str]:
    return {name: f"{getattr(assumed, name):f}" for name in ASSUMED}


def _unbundling(found: Unbundling) -> dict[str, Any]:
    body = {
        field.name: _text(getattr(found, field.name))
        for field in dataclasses.fields(found)
        if field.name not in ("titles", "years")
    }
    body["titles"] = [_plain(dataclasses.asdict(one)) for one in found.titles]
    body["years"] = [_plain(dataclasses.asdict(one)) for one in found.years]
    return body


def _plain(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: _text(value) for name, value in fields.items()}


def _text(value: Any) -> Any:
    return f"{value:f}" if isinstance(value, Decimal) else value
