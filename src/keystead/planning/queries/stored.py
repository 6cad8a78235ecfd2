"""Stored rows as values. No rights are checked here."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from keystead.planning import models
from keystead.planning.types.plans import (
    Action,
    ActionState,
    Claim,
    ClaimKind,
    Initiative,
    InitiativeState,
    Input,
    InputState,
    Objective,
    Plan,
    PlanHead,
    PlanState,
    Standing,
)


def head_of(row: models.PlanRow) -> PlanHead:
    """Return a stored plan without its lines."""
    return PlanHead(**_head(row))


def _head(row: models.PlanRow) -> dict[str, Any]:
    return {
        "id": row.pk, "account_id": row.account_id, "account_code": row.account.code,
        "account_name": row.account.name, "year": row.year, "currency": row.currency,
        "headline": row.headline, "state": PlanState(row.state), "owner_id": row.owner_id,
        "owner_name": str(row.owner) if row.owner else "", "number": row.number,
        "version": row.version,
    }  # fmt: skip


def _stated(row: models.StatedRow) -> dict[str, Any]:
    return {
        "id": row.pk, "plan_id": row.plan_id, "owner_id": row.owner_id,
        "owner_name": str(row.owner) if row.owner else "", "stated_on": row.stated_on,
        "stale_days": row.stale_days, "carried": row.carried, "version": row.version,
    }  # fmt: skip


def as_claim(row: models.ClaimRow) -> Claim:
    return Claim(
        **_stated(row), kind=ClaimKind(row.kind), text=row.text, detail=row.detail,
        evidence=row.evidence, amount=row.amount, likelihood_pct=row.likelihood_pct,
    )  # fmt: skip


def as_objective(row: models.ObjectiveRow) -> Objective:
    return Objective(
        **_stated(row), title=row.title, detail=row.detail, metric=row.metric,
        filters={name: tuple(values) for name, values in row.filters.items()},
        baseline=row.baseline, target=row.target, standing=Standing(row.standing),
        due_on=row.due_on,
    )  # fmt: skip


def as_initiative(row: models.InitiativeRow) -> Initiative:
    same = ("title", "detail", "objective_id", "starts", "ends", "cost", "effect", "effect_words",
            "exit_test", "exit_on")  # fmt: skip
    given = {name: getattr(row, name) for name in same}
    return Initiative(**_stated(row), **given, state=InitiativeState(row.state))


def as_action(row: models.ActionRow) -> Action:
    same = ("account_id", "plan_id", "initiative_id", "title", "detail", "owner_id", "starts",
            "due_on", "done_on", "source", "item", "version")  # fmt: skip
    return Action(
        id=row.pk, owner_name=str(row.owner) if row.owner else "", state=ActionState(row.state),
        **{name: getattr(row, name) for name in same},
    )  # fmt: skip


def as_input(row: models.InputRow) -> Input:
    same = ("plan_id", "question", "function", "asked_id", "due_on", "answer", "answered_at",
            "version")  # fmt: skip
    return Input(
        id=row.pk, account_id=row.plan.account_id, account_name=row.plan.account.name,
        year=row.plan.year, asked_name=str(row.asked), asked_by=str(row.created_by or ""),
        state=InputState(row.state), **{name: getattr(row, name) for name in same},
    )  # fmt: skip


def as_plans(rows: Iterable[models.PlanRow]) -> tuple[Plan, ...]:
    """Return stored plans with all their lines: one question a kind of line."""
    listed = list(rows)
    ids = [row.pk for row in listed]

    def lines(model: Any, *with_: str) -> dict[int, list[Any]]:
        found: dict[int, list[Any]] = {pk: [] for pk in ids}
        for row in model.objects.filter(plan_id__in=ids).select_related("owner", *with_):
            found[row.plan_id].append(row)
        return found

    claims, objectives = lines(models.ClaimRow), lines(models.ObjectiveRow)
    initiatives, actions = lines(models.InitiativeRow), lines(models.ActionRow)
    asked: dict[int, list[Any]] = {pk: [] for pk in ids}
    inputs = models.InputRow.objects.filter(plan_id__in=ids)
    for one in inputs.select_related("plan__account", "asked", "created_by"):
        asked[one.plan_id].append(one)
    return tuple(
        plan_of_rows(
            row, claims[row.pk], objectives[row.pk], initiatives[row.pk], actions[row.pk],
            asked[row.pk],
        )
        for row in listed
    )  # fmt: skip


def plan_of_rows(
    row: models.PlanRow,
    claims: Iterable[models.ClaimRow],
    objectives: Iterable[models.ObjectiveRow],
    initiatives: Iterable[models.InitiativeRow],
    actions: Iterable[models.ActionRow],
    inputs: Iterable[models.InputRow] = (),
) -> Plan:
    """Return a plan made of its head and lines."""
    order = {kind.value: place for place, kind in enumerate(ClaimKind)}
    return Plan(
        **_head(row),
        claims=tuple(as_claim(one) for one in sorted(claims, key=lambda c: order[c.kind])),
        objectives=tuple(as_objective(one) for one in objectives),
        initiatives=tuple(as_initiative(one) for one in initiatives),
        actions=tuple(as_action(one) for one in actions),
        inputs=tuple(as_input(one) for one in inputs),
    )
