"""Price rules as JSON: ``{"kind": "path", ...}`` read and worked out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any, Final

from keystead.negotiation.calc.prices.articles import bill
from keystead.negotiation.calc.prices.paths import (
    banded,
    cpi_path,
    cpi_steps,
    escalated,
    path,
    total_change_pct,
)
from keystead.negotiation.calc.prices.rights import (
    cancellable,
    cancellable_pct_per_year,
    fee_at,
    late_fee,
    standing,
)
from keystead.negotiation.calc.written.place import Place
from keystead.negotiation.types.prices import (
    ArticleGroup,
    Banded,
    CancellationRight,
    CpiLinked,
    Escalator,
    LateJoin,
    Path,
    PerArticle,
    ProRata,
    QuorumStep,
    QuorumSteps,
)


def priced(body: Any, where: str = "") -> dict[str, Any]:
    """Return what a price rule gives, as plain JSON; raises Invalid with the place of a fault."""
    place = Place(body, where)
    kind = place.word("kind", list(RULES))
    found = RULES[kind](place)
    place.done()
    return {"kind": kind, **found}


def _path(place: Place) -> dict[str, Any]:
    steps = place.changes("steps_pct", place.decimals("steps_pct"))
    rule = Path(place.decimal("base", least=0), steps)
    return {"by_year": _texts(path(rule)), "total_change_pct": f"{total_change_pct(rule):f}"}


def _escalator(place: Place) -> dict[str, Any]:
    rule = Escalator(
        place.decimal("first", least=0),
        place.growth("escalator_pct"),
        place.whole("years", least=1, most=50),
        place.decimal("cap", None, least=0),
    )
    return {"by_year": _texts(escalated(rule))}


def _cpi(place: Place) -> dict[str, Any]:
    rule = CpiLinked(
        place.decimal("base", least=0),
        place.changes("cpi_pct", place.decimals("cpi_pct")),
        place.growth("plus_pct", Decimal(0)),
        place.growth("lowest_pct", None),
        place.growth("highest_pct", None),
    )
    return {"applied_pct": _texts(cpi_steps(rule)), "by_year": _texts(cpi_path(rule))}


def _banded(place: Place) -> dict[str, Any]:
    bands = []
    for one in place.items("bands"):
        bands.append((one.decimal("from"), one.decimal("price", least=0)))
        one.done()
    rule, values = Banded(tuple(bands)), place.decimals("values")
    return {"prices": _texts(tuple(banded(rule, value) for value in values))}


def _per_article(place: Place) -> dict[str, Any]:
    groups, given = {}, place.inner("groups")
    for name in given:
        one = given.inner(name)
        discount = one.decimal("discount_pct", Decimal(0))
        groups[name] = ArticleGroup(one.whole("count"), one.decimal("fee", least=0), discount)
        one.done()
    rule = PerArticle(
        groups, place.decimal("read_fee", Decimal(0)), place.decimal("credits", Decimal(0))
    )
    found = bill(rule)
    return {
        "groups": {name: f"{amount:f}" for name, amount in found.groups.items()},
        "total": f"{found.total:f}",
    }


def _cancellation(place: Place) -> dict[str, Any]:
    rule = CancellationRight(
        place.decimal("base", least=0),
        place.decimal("allowance_pct", least=0),
        place.whole("years", 1, least=1, most=50),
    )
    return {
        "cancellable": f"{cancellable(rule):f}",
        "pct_per_year": f"{cancellable_pct_per_year(rule):f}",
    }


def quorum_of(place: Place) -> QuorumSteps:
    """Return the steps of ``{"steps": [{"from": 70, "fee": ...}]}``; the caller calls ``done``."""
    steps = []
    for one in place.items("steps"):
        steps.append(
            QuorumStep(
                one.decimal("from", least=0),
                one.truth("in_force", True),
                one.decimal("fee", None, least=0),
                one.decimal("change_pct", None),
            )
        )
        one.done()
    return QuorumSteps(tuple(steps))


def _quorum(place: Place) -> dict[str, Any]:
    rule, fee = quorum_of(place), place.decimal("fee", Decimal(0), least=0)
    found = [standing(rule, value) for value in place.decimals("reached")]
    fees = [fee_at(one.step, fee) for one in found]
    return {
        "in_force": [bool(one.step and one.step.in_force) for one in found],
        "fees": [None if one is None else f"{one:f}" for one in fees],
        "missing": [None if one.missing is None else f"{one.missing:f}" for one in found],
    }


def _late(place: Place) -> dict[str, Any]:
    rule = LateJoin(
        place.decimal("fee", least=0),
        _day(place, "start"),
        _day(place, "end"),
        _day(place, "joined"),
        place.choice("by", ProRata, ProRata.MONTHS),
    )
    return {"fee": f"{late_fee(rule):f}"}


def _day(place: Place, name: str) -> date:
    value = place.text(name)
    try:
        return date.fromisoformat(value)
    except ValueError:
        place.refuse(name, f"{value!r} is no date.", hint="Write it as 2026-12-31.")


def _texts(amounts: tuple[Decimal, ...]) -> list[str]:
    return [f"{amount:f}" for amount in amounts]


RULES: Final[dict[str, Callable[[Place], dict[str, Any]]]] = {
    "path": _path,
    "escalator": _escalator,
    "cpi": _cpi,
    "banded": _banded,
    "per_article": _per_article,
    "cancellation": _cancellation,
    "quorum": _quorum,
    "late_join": _late,
}
