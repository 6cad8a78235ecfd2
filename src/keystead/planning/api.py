"""JSON endpoints: plans, actions, the whitespace grid, segments."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema, Status

from keystead.kit.access import Actor, actor_of, policy
from keystead.planning import queries, services
from keystead.planning.queries import wire
from keystead.planning.queries.measuring import readable
from keystead.planning.queries.segments import run_for
from keystead.planning.queries.whitespace import grid_of
from keystead.planning.types.plans import (
    ActionEntry,
    ActionState,
    ClaimEntry,
    ClaimKind,
    InitiativeEntry,
    InitiativeState,
    ObjectiveEntry,
)
from keystead.planning.types.whitespace import CellEntry, CellState

router = Router(tags=["planning"])
Body = dict[str, Any]


class NewPlan(Schema):
    account_id: int
    year: int
    currency: str = ""
    headline: str = ""


class NewClaim(Schema):
    """``amount`` in the currency of the plan; ``stale_days`` empty: by the kind."""

    kind: ClaimKind
    text: str
    detail: str = ""
    evidence: str = ""
    amount: Decimal | None = None
    likelihood_pct: Decimal | None = None
    owner_id: int | None = None
    stated_on: date | None = None
    stale_days: int | None = None


class NewObjective(Schema):
    title: str
    detail: str = ""
    metric: str = ""
    filters: dict[str, list[str]] | None = None
    baseline: Decimal | None = None
    target: Decimal | None = None
    due_on: date | None = None
    owner_id: int | None = None


class NewInitiative(Schema):
    title: str
    detail: str = ""
    objective_id: int | None = None
    starts: date | None = None
    ends: date | None = None
    cost: Decimal | None = None
    effect: Decimal | None = None
    exit_test: str = ""
    exit_on: date | None = None
    state: InitiativeState = InitiativeState.PLANNED
    owner_id: int | None = None


class NewAction(Schema):
    """``item``: the place of an action in its source, for good."""

    title: str
    detail: str = ""
    owner_id: int | None = None
    starts: date | None = None
    due_on: date | None = None
    item: str = ""


class HandedDown(Schema):
    """Actions from elsewhere: each ``item`` of a source is entered once."""

    source: str
    items: list[NewAction]


class Move(Schema):
    state: ActionState
    version: int | None = None


class NewCell(Schema):
    """``version`` 0 says that nothing was stored when it was read."""

    brand: str = ""
    product_id: int | None = None
    state: CellState = CellState.OPEN
    potential: Decimal | None = None
    currency: str = ""
    competitor: str = ""
    owner_id: int | None = None
    note: str = ""
    version: int | None = None


@router.get("/accounts/{account_id}/plans")
@policy("planning.view")
def plans(request: HttpRequest, account_id: int) -> Body:
    """The plans of an account, the newest year first."""
    found = queries.plans_of(actor_of(request), account_id)
    return {"items": [wire.head_body(one) for one in found]}


@router.get("/plans/{account_plan_id}")
@policy("planning.view")
def plan(request: HttpRequest, account_plan_id: int) -> Body:
    """A plan with everything in it; measured objectives are read live, with proof."""
    return _whole(actor_of(request), account_plan_id)


@router.post("/plans", response={201: Body})
@policy("planning.edit")
def create(request: HttpRequest, body: NewPlan) -> Status[Body]:
    """Begin the plan of an account for a year."""
    made = services.create_plan(actor=actor_of(request), **body.dict())
    return Status(201, wire.head_body(made))


@router.post("/plans/{account_plan_id}/claims", response={201: Body})
@policy("planning.edit")
def add_claim(request: HttpRequest, account_plan_id: int, body: NewClaim) -> Status[Body]:
    """Enter a statement into a draft."""
    return _added(actor_of(request), account_plan_id, ClaimEntry(**body.dict()))


@router.post("/plans/{account_plan_id}/objectives", response={201: Body})
@policy("planning.edit")
def add_objective(request: HttpRequest, account_plan_id: int, body: NewObjective) -> Status[Body]:
    """Enter an objective into a draft."""
    given = body.dict()
    given["filters"] = {name: tuple(values) for name, values in (given["filters"] or {}).items()}
    return _added(actor_of(request), account_plan_id, ObjectiveEntry(**given))


@router.post("/plans/{account_plan_id}/initiatives", response={201: Body})
@policy("planning.edit")
def add_initiative(request: HttpRequest, account_plan_id: int, body: NewInitiative) -> Status[Body]:
    """Enter an initiative into a draft."""
    return _added(actor_of(request), account_plan_id, InitiativeEntry(**body.dict()))


@router.get("/accounts/{account_id}/actions")
@policy("planning.view")
def actions(request: HttpRequest, account_id: int, open_only: bool = True) -> Body:
    """The actions of an account, the most urgent first."""
    found = queries.actions_of(
        actor_of(request), account_id, still_open=True if open_only else None
    )
    return {"items": [wire.action_body(one, timezone.localdate()) for one in found]}


@router.post("/accounts/{account_id}/actions", response={201: Body})
@policy("planning.edit")
def hand_down(request: HttpRequest, account_id: int, body: HandedDown) -> Status[Body]:
    """Enter actions that come from elsewhere; told twice changes nothing."""
    items = [ActionEntry(**one.dict()) for one in body.items]
    found = services.add_actions(
        actor=actor_of(request), account_id=account_id, items=items, source=body.source
    )
    return Status(201, {"items": [wire.action_body(one, timezone.localdate()) for one in found]})


@router.post("/plans/actions/{action_id}/move")
@policy("planning.view")
def move(request: HttpRequest, action_id: int, body: Move) -> Body:
    """Bring an action to another state; its owner or who writes the plan."""
    moved = services.move_action(
        actor=actor_of(request), action_id=action_id, state=body.state,
        expected_version=body.version,
    )  # fmt: skip
    return wire.action_body(moved, timezone.localdate())


@router.get("/accounts/{account_id}/whitespace")
@policy("planning.view")
def whitespace(
    request: HttpRequest, account_id: int, by: str = "brand", unowned: bool = False
) -> Body:
    """The whitespace grid: sites by brands or products."""
    return wire.grid_body(grid_of(actor_of(request), account_id, by=by, unowned=unowned))


@router.put("/accounts/{account_id}/whitespace")
@policy("planning.edit")
def set_cell(request: HttpRequest, account_id: int, body: NewCell) -> Body:
    """Say what stands in a cell of a site."""
    given = body.dict()
    version, currency = given.pop("version"), given.pop("currency")
    said = services.set_cell(
        actor=actor_of(request), entry=CellEntry(account_id=account_id, **given),
        currency=currency, expected_version=version,
    )  # fmt: skip
    return {"id": said.id, "version": said.version}


@router.get("/segments")
@policy("planning.view")
def segments(request: HttpRequest, run_id: int | None = None) -> Body:
    """The newest run of the segments, with the accounts one may see."""
    actor = actor_of(request)
    run = run_for(actor, run_id)
    return wire.run_body(run, values=readable(actor, run.cuts.metric))


def _whole(actor: Actor, plan_id: int) -> Body:
    today = timezone.localdate()
    found = queries.plan_for(actor, plan_id)
    return wire.plan_body(found, queries.measured(actor, found, found.objectives), today)


def _added(actor: Actor, plan_id: int, entry: Any) -> Status[Body]:
    line = services.add_line(actor=actor, plan_id=plan_id, entry=entry)
    return Status(201, {"id": line.id, "plan_id": line.plan_id, "version": line.version})
