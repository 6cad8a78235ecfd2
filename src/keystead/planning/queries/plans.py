"""Plans of an account and of everybody's accounts; one plan with all that is in it."""

from __future__ import annotations

import dataclasses

from keystead.accounts.queries import account_for, family_ids
from keystead.kernel.errors import NotFound
from keystead.kit.access import Actor
from keystead.planning import models
from keystead.planning.queries.door import (
    NO_PLAN,
    action_row,
    line_row,
    plan_row,
    visible,
    visible_plans,
)
from keystead.planning.queries.stored import (
    as_action,
    as_claim,
    as_initiative,
    as_input,
    as_objective,
    as_plans,
    head_of,
)
from keystead.planning.types.plans import (
    Action,
    Claim,
    Initiative,
    Input,
    InputState,
    Objective,
    Plan,
    PlanHead,
)


def plans_of(actor: Actor, account_id: int) -> tuple[PlanHead, ...]:
    """Return the plans of an account, newest year first; NotFound when it is foreign."""
    actor.require("planning.view")
    family = family_ids(account_for(actor, account_id).id)
    rows = visible_plans(actor).filter(account_id__in=family)
    return tuple(head_of(row) for row in rows.order_by("-year", "id"))


def plan_for(actor: Actor, plan_id: int) -> Plan:
    """Return a plan with everything in it; NotFound when missing or foreign."""
    return for_reader(actor, as_plans([plan_row(actor, plan_id)])[0])


def plan_of_year(actor: Actor, account_id: int, year: int | None = None) -> Plan:
    """Return the plan of an account for a year (default: the newest); NotFound when none."""
    for head in plans_of(actor, account_id):
        if year is None or head.year == year:
            return plan_for(actor, head.id)
    raise NotFound(NO_PLAN, code="plan_not_found")


def for_reader(actor: Actor, plan: Plan) -> Plan:
    """Return a plan without the money of budgets and initiatives for those who may not read it."""
    if actor.can("planning.budgets"):
        return plan
    return dataclasses.replace(
        plan,
        claims=tuple(dataclasses.replace(one, amount=None) for one in plan.claims),
        initiatives=tuple(
            dataclasses.replace(one, cost=None, effect=None) for one in plan.initiatives
        ),
    )


def claim_for(actor: Actor, claim_id: int) -> Claim:
    """Return one statement; NotFound when missing or foreign."""
    return as_claim(line_row(actor, models.ClaimRow, claim_id))


def objective_for(actor: Actor, objective_id: int) -> Objective:
    """Return one objective; NotFound when missing or foreign."""
    return as_objective(line_row(actor, models.ObjectiveRow, objective_id))


def initiative_for(actor: Actor, initiative_id: int) -> Initiative:
    """Return one initiative; NotFound when missing or foreign."""
    return as_initiative(line_row(actor, models.InitiativeRow, initiative_id))


def action_for(actor: Actor, action_id: int) -> Action:
    """Return one action; NotFound when missing or foreign."""
    return as_action(action_row(actor, action_id))


def input_for(actor: Actor, input_id: int) -> Input:
    """Return one question to a colleague; NotFound when missing or foreign."""
    return as_input(line_row(actor, models.InputRow, input_id))


def asked_of(actor: Actor) -> tuple[Input, ...]:
    """Return what the actor was asked and has not answered, the most urgent first."""
    if actor.user_id is None or not actor.can("planning.view"):
        return ()
    rows = models.InputRow.objects.filter(asked_id=actor.user_id, state=InputState.ASKED.value)
    rows = visible(rows.select_related("plan__account", "asked", "created_by"), actor,
                   account="plan__account")  # fmt: skip
    return tuple(as_input(row) for row in rows.order_by("due_on", "id"))
