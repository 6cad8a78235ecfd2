"""Plans for tests, made through the services, with few words."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from keystead.accounts.types import Account
from keystead.kit.access import Actor
from keystead.planning import services
from keystead.planning.types.plans import (
    Action,
    ActionEntry,
    Claim,
    ClaimEntry,
    ClaimKind,
    InitiativeEntry,
    Input,
    InputEntry,
    Line,
    ObjectiveEntry,
    PlanHead,
)

TODAY = timezone.localdate()
D = Decimal


def ahead(days: int) -> date:
    return TODAY + timedelta(days=days)


def plan(actor: Actor, at: Account, year: int | None = None, **values: Any) -> PlanHead:
    given = {"currency": "EUR", "headline": "Grow with them", **values}
    return services.create_plan(actor=actor, account_id=at.id, year=year or TODAY.year, **given)


def claim_entry(kind: ClaimKind = ClaimKind.GOAL, text: str = "Open ten shops",
                **values: Any) -> ClaimEntry:  # fmt: skip
    if kind is ClaimKind.BUDGET:
        values.setdefault("amount", D(5000))
    return ClaimEntry(kind=kind, text=text, **values)


def claim(actor: Actor, held: PlanHead, kind: ClaimKind = ClaimKind.GOAL, **values: Any) -> Claim:
    found = services.add_line(actor=actor, plan_id=held.id, entry=claim_entry(kind, **values))
    assert isinstance(found, Claim)
    return found


def objective_entry(**values: Any) -> ObjectiveEntry:
    given = {"title": "Sell more", "metric": "sell_in", "target": D(1000), **values}
    return ObjectiveEntry(**given)


def objective(actor: Actor, held: PlanHead, **values: Any) -> Line:
    return services.add_line(actor=actor, plan_id=held.id, entry=objective_entry(**values))


def initiative_entry(**values: Any) -> InitiativeEntry:
    given = {
        "title": "Train the staff", "starts": TODAY, "ends": ahead(90), "cost": D(900),
        "effect": D(4000), "exit_test": "Fewer than 20 people came", "exit_on": ahead(60),
        **values,
    }  # fmt: skip
    return InitiativeEntry(**given)


def initiative(actor: Actor, held: PlanHead, **values: Any) -> Line:
    return services.add_line(actor=actor, plan_id=held.id, entry=initiative_entry(**values))


def action_entry(**values: Any) -> ActionEntry:
    return ActionEntry(**{"title": "Send the offer", "due_on": ahead(10), **values})


def action(actor: Actor, at: Account, plan_id: int | None = None, **values: Any) -> Action:
    entry = action_entry(**values)
    return services.add_action(actor=actor, account_id=at.id, plan_id=plan_id, entry=entry)


def input_entry(asked: Actor, **values: Any) -> InputEntry:
    given = {"question": "Which budget?", "function": "Marketing", "due_on": ahead(7), **values}
    return InputEntry(asked_id=asked.user_id or 0, **given)


def asked(actor: Actor, held: PlanHead, who: Actor, **values: Any) -> Input:
    return services.ask_input(actor=actor, plan_id=held.id, entry=input_entry(who, **values))


def whole_plan(actor: Actor, at: Account, year: int | None = None) -> PlanHead:
    """A plan with everything that makes it complete."""
    held = plan(actor, at, year)
    for kind in ClaimKind:
        claim(actor, held, kind, text=f"One {kind.value}")
    goal = objective(actor, held)
    initiative(actor, held, objective_id=goal.id)
    action(actor, at, held.id, owner_id=actor.user_id)
    return held
