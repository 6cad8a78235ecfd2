"""How complete a plan is: an open rule, its weights shown, and what is missing said."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any, Final

from keystead.planning.types.plans import (
    SWOT,
    ClaimKind,
    Completeness,
    Initiative,
    InitiativeState,
    Part,
    Plan,
    Stated,
)

FULL: Final = Decimal(1)
K = ClaimKind


def completeness(plan: Plan, today: date) -> Completeness:
    """Return how complete a plan is, 0 to 100, with its parts in the order of the page.

    Each part has a weight (they add up to 100) and a share of it that is there, 0 to 1. A
    statement that went stale or was carried over without being confirmed does not count. The
    score is the sum of weight x share, cut down to a whole number, so 100 means everything.
    """
    parts = tuple(
        Part(
            code=code, weight=weight, share=share, count=count,
            missing="" if share >= FULL else "missing" if not share else "partly",
        )
        for code, weight, rule in PARTS
        for share, count in [rule(plan, today)]
    )  # fmt: skip
    return Completeness(score=int(sum(one.weight * one.share for one in parts)), parts=parts)


def _some(*kinds: ClaimKind) -> Callable[[Plan, date], tuple[Decimal, int]]:
    def rule(plan: Plan, today: date) -> tuple[Decimal, int]:
        return _any(_fresh(plan.of(*kinds), today))

    return rule


def _swot(plan: Plan, today: date) -> tuple[Decimal, int]:
    held = [kind for kind in SWOT if _fresh(plan.of(kind), today)]
    return Decimal(len(held)) / len(SWOT), len(held)


def _objectives(plan: Plan, today: date) -> tuple[Decimal, int]:
    return _any(_fresh(plan.objectives, today))


def _measured(plan: Plan, today: date) -> tuple[Decimal, int]:
    """At least half of the objectives have a metric and a target."""
    fresh = _fresh(plan.objectives, today)
    bound = [one for one in fresh if one.metric and one.target is not None]
    if not fresh:
        return Decimal(0), 0
    return min(FULL, Decimal(2 * len(bound)) / len(fresh)), len(bound)


def _initiatives(plan: Plan, today: date) -> tuple[Decimal, int]:
    """Every initiative that is not over has owner, both dates and an exit test."""
    over = (InitiativeState.DONE, InitiativeState.STOPPED)
    known = [one for one in plan.initiatives if one.state in over or not one.stale(today)]
    whole = [one for one in known if one.state in over or _whole(one)]
    if not plan.initiatives:
        return Decimal(0), 0
    return Decimal(len(whole)) / len(plan.initiatives), len(whole)


def _whole(one: Initiative) -> bool:
    return bool(one.owner_id and one.starts and one.ends and one.exit_test)


def _actions(plan: Plan, today: date) -> tuple[Decimal, int]:
    """Every open action has an owner and a day that is not over."""
    alive = [one for one in plan.actions if one.open]
    good = [one for one in alive if one.owner_id and one.due_on and not one.late(today)]
    if not alive:
        return Decimal(0), 0
    return Decimal(len(good)) / len(alive), len(good)


def _fresh(lines: tuple[Any, ...], today: date) -> list[Any]:
    return [one for one in lines if isinstance(one, Stated) and not one.stale(today)]


def _any(lines: list[Any]) -> tuple[Decimal, int]:
    return (FULL if lines else Decimal(0)), len(lines)


# Code, weight, and the rule that says how much of it is there.
PARTS: Final[tuple[tuple[str, int, Callable[[Plan, date], tuple[Decimal, int]]], ...]] = (
    ("goals", 10, _some(K.GOAL)),
    ("strategy", 5, _some(K.STRATEGY)),
    ("objectives", 15, _objectives),
    ("measured", 10, _measured),
    ("value", 10, _some(K.VALUE)),
    ("swot", 10, _swot),
    ("competitors", 5, _some(K.COMPETITOR)),
    ("budgets", 5, _some(K.BUDGET)),
    ("risks", 10, _some(K.RISK)),
    ("initiatives", 10, _initiatives),
    ("actions", 10, _actions),
)
