"""A fee case as JSON: read from a body, and its answer written as one."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final

from keystead.kernel.errors import Invalid
from keystead.kernel.exact import round_half_up
from keystead.kernel.money import Money, currency_code
from keystead.negotiation.calc.fees.allocating import allocate
from keystead.negotiation.calc.fees.leaving import opt_out
from keystead.negotiation.calc.prices.rights import standing
from keystead.negotiation.calc.written.place import Place
from keystead.negotiation.calc.written.prices import quorum_of
from keystead.negotiation.types.fees import (
    Allocation,
    Band,
    Bands,
    BidRule,
    Bids,
    CoalitionCosts,
    ContestedGarment,
    DiscountSteps,
    Equal,
    FeeCase,
    FixedPlus,
    Limits,
    Manual,
    Member,
    Method,
    Mix,
    Moved,
    OnOptOut,
    OptOut,
    Override,
    Proportional,
    Repair,
    SavingsShare,
    Shapley,
)
from keystead.negotiation.types.prices import QuorumSteps

MEMBERS = "members"  # a quorum counts heads, or a measure by name


@dataclasses.dataclass(frozen=True)
class FeeFile:
    """All that a file asks: the case, who opts out, the quorum and what it counts."""

    case: FeeCase
    leaving: frozenset[str] = frozenset()
    on_opt_out: OnOptOut = OnOptOut.TOTAL_STAYS
    quorum: QuorumSteps | None = None
    quorum_measure: str = MEMBERS
    labels: Mapping[str, str] = dataclasses.field(default_factory=dict)


def fee_file(body: Any) -> FeeFile:
    """Return the case that a JSON body describes; raises Invalid with the place of a fault."""
    top = Place(body, "")
    currency = _currency(top)
    total = Money(top.decimal("total", least=0, what="total"), currency)
    labels: dict[str, str] = {}
    members = _members(top, labels)
    limits = _limits(top.inner("limits", {}))
    overrides = {one: _override(top.inner("manual"), one) for one in top.inner("manual", {})}
    case = FeeCase(total, members, method_of(top.inner("method")), limits, overrides)
    leaving = frozenset(str(code) for code in top.many("opt_out", ()))
    on_opt_out = top.choice("on_opt_out", OnOptOut, OnOptOut.TOTAL_STAYS)
    quorum, measure = None, MEMBERS
    if "quorum" in top:
        place = top.inner("quorum")
        measure = place.text("measure", MEMBERS)
        quorum = quorum_of(place)
        place.done()
    top.text("note", "")
    top.done()
    return FeeFile(case, leaving, on_opt_out, quorum, measure, labels)


def _currency(top: Place) -> str:
    given = top.text("currency", "EUR")
    try:
        return currency_code(given)
    except Invalid as error:
        top.refuse("currency", error.message, hint=error.hint)


def _members(top: Place, labels: dict[str, str]) -> tuple[Member, ...]:
    """Return members from ``{code: {...}}`` or ``[{"code": ..., ...}]``."""
    given = top.raw("members")
    if isinstance(given, Mapping):
        places = [(str(code), top.inner("members").inner(code)) for code in given]
    else:
        places = [(str(one.text("code")), one) for one in top.items("members")]
    found = []
    for code, place in places:
        labels[code] = place.text("name", code)
        previous = place.decimal("previous", None, least=0)
        measures = {
            name: place.decimal(name, least=0)
            for name in place
            if name not in ("code", "name", "previous")
        }
        place.done()
        found.append(Member(code, measures, previous))
    return tuple(found)


def _limits(place: Place) -> Limits:
    both = place.decimal("collar_pct", None, least=0)
    found = Limits(
        floor=place.decimal("floor", None, least=0),
        cap=place.decimal("cap", None, least=0),
        up_pct=place.decimal("up_pct", both, least=0),
        down_pct=place.decimal("down_pct", both, least=0),
        repair=place.choice("repair", Repair) if "repair" in place else None,
    )
    place.done()
    return found


def _override(place: Place, code: str) -> Override:
    one = place.inner(code)
    found = Override(one.decimal("fee", least=0), one.text("reason"))
    one.done()
    return found


def method_of(place: Place) -> Method:
    """Return the method of ``{"kind": ..., ...}``."""
    kind = place.word("kind", list(METHODS))
    found = METHODS[kind](place)
    place.done()
    return found


def _mix(place: Place) -> Method:
    parts = place.inner("parts")
    return Mix({name: parts.decimal(name, least=0) for name in parts})


def _bands(place: Place) -> Method:
    bands = []
    for one in place.items("bands"):
        bands.append(Band(one.decimal("from", least=0), one.decimal("points", least=0)))
        one.done()
    return Bands(place.text("measure"), tuple(bands))


def _savings(place: Place) -> Method:
    by = method_of(place.inner("by")) if "by" in place else Equal()
    return SavingsShare(place.text("alone", "alone"), by)


def _shapley(place: Place) -> Method:
    orders = place.whole("orders", 400, least=2, most=100_000)
    seed = place.whole("seed", 0)
    if "costs" in place:
        costs = place.inner("costs")
        groups = {
            frozenset(code.strip() for code in group.split(",") if code.strip()): costs.decimal(
                group
            )
            for group in costs
        }
        return Shapley(CoalitionCosts(groups), orders, seed)
    steps = []
    for one in place.items("discounts"):
        steps.append((one.decimal("from", least=0), one.decimal("pct", least=0)))
        one.done()
    return Shapley(DiscountSteps(place.text("alone", "alone"), tuple(steps)), orders, seed)


def _manual(place: Place) -> Method:
    fees = place.inner("fees")
    return Manual({code: fees.decimal(code, least=0) for code in fees}, place.text("reason"))


METHODS: Final[dict[str, Callable[[Place], Method]]] = {
    "equal": lambda place: Equal(),
    "proportional": lambda place: Proportional(place.text("measure")),
    "mix": _mix,
    "bands": _bands,
    "fixed_plus": lambda place: FixedPlus(
        place.decimal("fixed", least=0), method_of(place.inner("rest"))
    ),
    "savings_share": _savings,
    "bids": lambda place: Bids(
        place.text("bid", "bid"), place.choice("rule", BidRule, BidRule.PROPORTIONAL)
    ),
    "contested_garment": lambda place: ContestedGarment(place.text("claim", "claim")),
    "shapley": _shapley,
    "manual": _manual,
}


def fee_answer(asked: FeeFile) -> dict[str, Any]:
    """Return the answer to a file as plain JSON: amounts are decimal text, never floats."""
    if asked.leaving:
        left = opt_out(asked.case, asked.leaving, asked.on_opt_out)
        body = allocation_body(left.after, asked.labels)
        body["opt_out"] = _left_body(left, asked)
        joined = {line.code for line in left.after.lines}
    else:
        found = allocate(asked.case)
        body = allocation_body(found, asked.labels)
        joined = {line.code for line in found.lines}
    if asked.quorum is not None:
        body["quorum"] = _quorum_body(asked, joined)
    return body


def allocation_body(found: Allocation, labels: Mapping[str, str]) -> dict[str, Any]:
    """Return a split as plain JSON."""
    return {
        "total": f"{found.total.quantised().amount:f}",
        "currency": found.total.currency,
        "sum": f"{sum(found.fees.values(), Decimal(0)):f}",
        "fees": {
            line.code: {
                "name": labels.get(line.code, line.code),
                "fee": f"{line.fee:f}",
                "share_pct": f"{line.share_pct:f}",
                "wanted": f"{line.wanted:f}",
                "held_by": line.bound.value if line.bound else None,
                "previous": plain(line.previous),
                "change": plain(line.change),
                "change_pct": plain(line.change_pct),
                "reason": line.reason,
            }
            for line in found.lines
        },
        "feasible": {"from": f"{found.feasible_from:f}", "to": plain(found.feasible_to)},
        "notes": [{"code": note.code, "text": note.text, **note.data} for note in found.notes],
    }


def _left_body(left: OptOut, asked: FeeFile) -> dict[str, Any]:
    return {
        "left": sorted(asked.leaving),
        "rule": asked.on_opt_out.value,
        "total_before": f"{left.before.total.quantised().amount:f}",
        "total_after": f"{left.after.total.quantised().amount:f}",
        "pays_more": [_moved_body(one) for one in left.pays_more],
        "moved": [_moved_body(one) for one in left.moved],
    }


def _moved_body(one: Moved) -> dict[str, Any]:
    return {
        "member": one.code,
        "before": plain(one.before),
        "after": plain(one.after),
        "change": plain(one.change),
        "change_pct": plain(one.change_pct),
    }


def _quorum_body(asked: FeeFile, joined: set[str]) -> dict[str, Any]:
    """Return where participation stands: heads, or the share of a measure in percent."""
    assert asked.quorum is not None  # noqa: S101  the caller looked
    measure, members = asked.quorum_measure, asked.case.members
    if measure == MEMBERS:
        reached = Decimal(len(joined))
    else:
        missing = next((one.code for one in members if measure not in one.measures), None)
        if missing is not None:
            raise Invalid(
                f"quorum.measure: {missing} has no {measure}.", code="no_measure", member=missing
            )
        whole = sum((one.measures[measure] for one in members), Decimal(0))
        part = sum((one.measures[measure] for one in members if one.code in joined), Decimal(0))
        reached = part * 100 / whole if whole else Decimal(0)
    found = standing(asked.quorum, reached)
    step = found.step
    return {
        "measure": measure,
        "unit": "members" if measure == MEMBERS else "percent",
        "reached": f"{reached:f}" if measure == MEMBERS else f"{round_half_up(reached, 4):f}",
        "in_force": bool(step and step.in_force),
        "fee": plain(step.fee) if step else None,
        "change_pct": plain(step.change_pct) if step else None,
        "next_from": plain(found.upcoming.lower) if found.upcoming else None,
        "missing": None
        if found.missing is None
        else f"{found.missing:.4f}".rstrip("0").rstrip("."),
    }


def plain(value: Decimal | None) -> str | None:
    """Return a decimal as plain text, without an exponent."""
    return None if value is None else f"{value:f}"
