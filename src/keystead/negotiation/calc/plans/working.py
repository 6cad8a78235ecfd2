"""A stored split worked out: the same engine and the same checks as ``keystead allocate``."""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from typing import Any, Final

from keystead.kernel.errors import Invalid
from keystead.kernel.exact import round_half_up
from keystead.negotiation.calc.fees.allocating import allocate
from keystead.negotiation.calc.fees.leaving import opt_out
from keystead.negotiation.calc.written.fees import FeeFile, fee_file
from keystead.negotiation.types.fees import EQUAL, Limits
from keystead.negotiation.types.plans import (
    HEADS,
    Answer,
    Compared,
    FeePlan,
    Participation,
    PlanMember,
    PlanQuorum,
    Split,
)

TAKEN: Final = frozenset({"code", "name", "previous", EQUAL, HEADS, ""})
MANUAL: Final = "manual"
LAST_YEAR: Final = "last_year"
HUNDRED = Decimal(100)


def joins(plan: FeePlan, member: PlanMember) -> bool:
    """Return whether a member takes part: it said so, or said nothing and that counts as yes."""
    return member.answer is Answer.IN or (member.answer is Answer.OPEN and plan.rules.open_joins)


def asked(plan: FeePlan) -> FeeFile:
    """Return the plan as a fee case; raises Invalid with the place of a fault.

    With the method ``manual`` each fee is the one set by hand; else those are overrides.
    """
    body: dict[str, Any] = {
        "total": plan.total.amount,
        "currency": plan.currency,
        "members": [_member(one) for one in plan.members],
        "method": _method(plan),
        "limits": _limits(plan.rules.limits),
        "opt_out": [one.code for one in plan.members if not joins(plan, one)],
        "on_opt_out": plan.rules.on_opt_out.value,
    }
    if plan.rules.method.get("kind") != MANUAL:
        body["manual"] = {
            one.code: {"fee": one.by_hand.fee, "reason": one.by_hand.reason}
            for one in plan.members
            if one.by_hand is not None
        }
    return fee_file(body)


def _member(one: PlanMember) -> dict[str, Any]:
    known: dict[str, Any] = {"code": one.code, "name": one.name, **one.figures}
    return known if one.previous is None else {**known, "previous": one.previous}


def _method(plan: FeePlan) -> dict[str, Any]:
    found = dict(plan.rules.method)
    if found.get("kind") == MANUAL:
        found["fees"] = {
            one.code: one.by_hand.fee for one in plan.members if one.by_hand is not None
        }
    return found


def _limits(limits: Limits) -> dict[str, Any]:
    return {name: value for name, value in dataclasses.asdict(limits).items() if value is not None}


def split(plan: FeePlan) -> Split:
    """Return who pays what, who left, who pays more for it, and where the quorum stands.

    Raises what ``allocate`` raises: ``infeasible`` has the totals between which it would work.
    """
    file = asked(plan)
    left = opt_out(file.case, file.leaving, file.on_opt_out) if file.leaving else None
    found = left.after if left is not None else allocate(file.case)
    return Split(file.case, found, left, participation(plan))


def participation(plan: FeePlan) -> Participation | None:
    """Return where the quorum stands, None where there is none.

    By members, or by the share of a figure in percent; raises Invalid where a member lacks it.
    """
    rule = plan.rules.quorum
    if rule is None:
        return None
    joined = [one for one in plan.members if joins(plan, one)]
    waiting = sum(one.answer is Answer.OPEN for one in plan.members)
    reached = _reached(plan, rule, joined)
    return Participation(rule.measure, reached, rule.least, reached >= rule.least, waiting)


def _reached(plan: FeePlan, rule: PlanQuorum, joined: list[PlanMember]) -> Decimal:
    if rule.measure == HEADS:
        return Decimal(len(joined))
    lacks = next((one.code for one in plan.members if rule.measure not in one.figures), None)
    if lacks is not None:
        raise Invalid(
            f"{lacks} has no {rule.measure}.", code="no_measure", member=lacks,
            measure=rule.measure,
        )  # fmt: skip
    whole = sum((one.figures[rule.measure] for one in plan.members), Decimal(0))
    part = sum((one.figures[rule.measure] for one in joined), Decimal(0))
    return round_half_up(part * HUNDRED / whole, 4) if whole else Decimal(0)


def comparison(plan: FeePlan, most: int = 6) -> tuple[Compared, ...]:
    """Return the plan's own method beside the plain ones, each with the plan's own limits.

    Plain ones: the same for all, as last year, and by each figure that all who join have. Fees
    set by hand stay out of them.
    """
    joined = [one for one in plan.members if joins(plan, one)]
    every = [name for name in plan.measures if all(name in one.figures for one in joined)]
    methods: list[tuple[str, str, dict[str, Any]]] = [("own", "", dict(plan.rules.method))]
    methods.append((EQUAL, "", {"kind": "equal"}))
    if joined and all(one.previous is not None for one in joined):
        methods.append((LAST_YEAR, "", {"kind": "proportional", "measure": LAST_YEAR}))
    methods += [("proportional", name, {"kind": "proportional", "measure": name}) for name in every]
    own = plan.rules.method
    plain = [one for one in methods[1:] if one[2] != own][: most - 1]
    return tuple(_compared(plan, *one) for one in [methods[0], *plain])


def _compared(plan: FeePlan, key: str, measure: str, method: dict[str, Any]) -> Compared:
    changed = plan
    if key != "own":
        changed = dataclasses.replace(
            plan,
            rules=dataclasses.replace(plan.rules, method=method, quorum=None),
            members=tuple(_plain(one, last=key == LAST_YEAR) for one in plan.members),
        )
    try:
        return Compared(key, measure, split(changed).allocation)
    except Invalid as error:
        return Compared(key, measure, None, error.code, error.data, error.message)


def _plain(one: PlanMember, *, last: bool) -> PlanMember:
    figures = dict(one.figures)
    if last and one.previous is not None:
        figures[LAST_YEAR] = one.previous
    return dataclasses.replace(one, figures=figures, by_hand=None)
