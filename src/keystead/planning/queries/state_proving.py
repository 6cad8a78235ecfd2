"""Answers for how a plan stands as a whole: its score and how many lines went stale.

Both are worked out again from the lines as the trail tells them, by the rule of today, for the day
the figure was written; what stands now is for today.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.db.models import Model
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from keystead.kernel.errors import KeysteadError
from keystead.kernel.standing import Standing, Worth
from keystead.kit.access import Actor
from keystead.kit.audit import gone_since, states_then
from keystead.kit.models import User
from keystead.kit.provers import named, parts_of
from keystead.planning import models
from keystead.planning.queries.door import visible_plans
from keystead.planning.queries.stored import as_plans, plan_of_rows
from keystead.planning.rules.completeness import completeness
from keystead.planning.types.plans import Plan

PLAN_STATE: Final = "plan_state"
SCORE, STALE = "score", "stale"
_LINES: Final[dict[str, type[Model]]] = {
    "plan.claim": models.ClaimRow, "plan.objective": models.ObjectiveRow,
    "plan.initiative": models.InitiativeRow, "plan.action": models.ActionRow,
}  # fmt: skip


def state_proof(plan_id: int, figure: str, on: date, seq: int) -> str:
    """Return the proof id of a plan's ``score`` or number of ``stale`` lines on a day, as of a row
    of the trail."""
    return named(PLAN_STATE, plan_id, figure, on.isoformat(), f"t{seq}")


def stands_at(plan: Plan, figure: str, on: date) -> Decimal:
    """Return the score of a plan (0 to 100), or how many of its lines went stale by a day."""
    if figure == SCORE:
        return Decimal(completeness(plan, on).score)
    return Decimal(sum(one.stale(on) for one in plan.lines))


def prove_states(actor: Actor, ids: Sequence[str]) -> dict[str, Standing]:
    """Return what ids of scores and stale lines stand for; a plan is led back once a moment."""
    today = timezone.localdate()
    plans: dict[int, models.PlanRow | None] = {}
    now: dict[int, Plan] = {}
    then: dict[tuple[int, int], Plan | None] = {}
    found: dict[str, Standing] = {}
    for one in ids:
        try:
            plan, figure, day, moment = parts_of(one, 4)
            key, seq = int(plan), int(moment.removeprefix("t"))
            on = date.fromisoformat(day)
        except (KeysteadError, ValueError):
            continue
        if key not in plans:
            plans[key] = visible_plans(actor).filter(pk=key).first()
        row = plans[key]
        if row is None or figure not in (SCORE, STALE):
            continue
        if key not in now:
            (now[key],) = as_plans([row])
        if (key, seq) not in then:
            then[key, seq] = _plan_then(row, now[key], seq)
        before = then[key, seq]
        if before is not None:
            worths = stands_at(before, figure, on), stands_at(now[key], figure, today)
            found[one] = _standing(one, row, figure, worths)
    return found


def _standing(
    proof_id: str, row: models.PlanRow, figure: str, worths: tuple[Decimal, Decimal]
) -> Standing:
    words = {SCORE: gettext("How complete the plan is"), STALE: gettext("Stale lines of the plan")}
    label = f"{row.account.name} {row.year}"
    before, now = worths
    return Standing(
        proof_id=proof_id, label=words[figure], detail=label,
        then=Worth(before), now=Worth(now), unit="percent" if figure == SCORE else "count",
        account_ids=frozenset({row.account_id}), because=("changed",) if before != now else (),
        at=reverse("planning:plan", args=[row.pk]), at_label=label,
    )  # fmt: skip


def _plan_then(row: models.PlanRow, now: Plan, seq: int) -> Plan | None:
    """Return the plan with the lines it had after a row of the trail; None before it was there."""
    if not states_then("plan.plan", {str(row.pk): row.snapshot()}, seq):
        return None
    rows: dict[str, list[Any]] = {}
    for kind, model in _LINES.items():
        held: dict[str, Any] = {
            str(one.pk): one.snapshot() for one in _manager(model).filter(plan=row)
        }
        held |= gone_since(kind, seq, account_id=row.account_id)
        states = states_then(kind, held, seq)
        rows[kind] = [
            _row(model, key, state)
            for key, state in sorted(states.items(), key=lambda pair: int(pair[0]))
            if str(state.get("plan")) == str(row.pk)
        ]
    people = {one.owner_id for held in rows.values() for one in held if one.owner_id}
    known = User.objects.in_bulk(people)
    for held_rows in rows.values():
        for one in held_rows:
            if one.owner_id:
                one.owner = known.get(one.owner_id)
    return plan_of_rows(row, *rows.values())


def _manager(model: type[Model]) -> Any:
    return model._default_manager


def _row(model: type[Model], key: str, state: dict[str, Any]) -> Any:
    """Return a row as it stood, of what the trail tells; it is never saved."""
    made = model(pk=int(key))
    for field in model._meta.concrete_fields:
        if field.name in state:
            setattr(made, field.attname, field.to_python(state[field.name]))
    return made
