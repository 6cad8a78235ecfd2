"""What is frozen when a plan is approved, and what differs between versions."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from keystead.kernel.errors import NotFound
from keystead.kit.access import Actor
from keystead.planning import models
from keystead.planning.calc.versions import difference
from keystead.planning.queries.door import plan_row
from keystead.planning.queries.measuring import readable
from keystead.planning.queries.plans import plan_for
from keystead.planning.queries.stored import as_plans
from keystead.planning.types.plans import Difference, FrozenPlan, Measured, Plan, PlanHead

MONEY = ("amount", "cost", "effect")
FIGURES = ("target", "baseline", "figure")


def content_of(plan: Plan) -> dict[str, Any]:
    """Return what is approved of a plan, as JSON: its head and its lines, no states of work."""
    return {
        "head": {
            "year": plan.year, "currency": plan.currency, "headline": plan.headline,
            "owner": plan.owner_name,
        },
        "claims": [
            {"id": one.id, "kind": one.kind.value, "text": one.text, "detail": one.detail,
             "evidence": one.evidence, "amount": _number(one.amount),
             "likelihood_pct": _number(one.likelihood_pct), "owner": one.owner_name}
            for one in plan.claims
        ],
        "objectives": [
            {"id": one.id, "title": one.title, "detail": one.detail, "metric": one.metric,
             "filters": {name: list(values) for name, values in sorted(one.filters.items())},
             "baseline": _number(one.baseline), "target": _number(one.target),
             "due_on": _day(one.due_on), "owner": one.owner_name}
            for one in plan.objectives
        ],
        "initiatives": [
            {"id": one.id, "title": one.title, "detail": one.detail,
             "objective": one.objective_id, "starts": _day(one.starts), "ends": _day(one.ends),
             "cost": _number(one.cost), "effect": _number(one.effect),
             "effect_words": one.effect_words, "exit_test": one.exit_test,
             "exit_on": _day(one.exit_on), "owner": one.owner_name}
            for one in plan.initiatives
        ],
    }  # fmt: skip


def with_figures(content: dict[str, Any], found: dict[int, Measured]) -> dict[str, Any]:
    """Return the content with where each measured objective stood, and the proof of it."""
    lines = []
    for line in content["objectives"]:
        one = found.get(line["id"])
        figure = None
        if one is not None and one.proof_id:
            figure = {"value": _number(one.value), "measure": one.measure, "proof": one.proof_id}
        lines.append({**line, "figure": figure})
    return {**content, "objectives": lines}


def versions_of(actor: Actor, plan_id: int) -> tuple[FrozenPlan, ...]:
    """Return the approved versions of a plan, the newest first, without what one may not read."""
    row = plan_row(actor, plan_id)
    return tuple(_frozen(actor, one) for one in models.PlanVersion.objects.filter(plan=row))


def version_for(actor: Actor, plan_id: int, number: int) -> FrozenPlan:
    """Return one approved version; NotFound when there is none."""
    row = plan_row(actor, plan_id)
    found = models.PlanVersion.objects.filter(plan=row, number=number).first()
    if found is None:
        raise NotFound(_("There is no such version."), code="version_not_found")
    return _frozen(actor, found)


def differences(actor: Actor, plan_id: int, before: int, after: int) -> tuple[Difference, ...]:
    """Return what differs between two versions; 0 stands for what is written now."""
    return difference(_content(actor, plan_id, before), _content(actor, plan_id, after))


def stored_plan(plan_id: int) -> Plan:
    """Return a plan with everything in it; no rights are checked here."""
    rows = models.PlanRow.objects.select_related("account", "owner").filter(pk=plan_id)
    return as_plans(rows)[0]


def last_content(plan: PlanHead) -> dict[str, Any]:
    """Return what was approved last; nothing for a plan that never was. No rights are checked."""
    found = models.PlanVersion.objects.filter(plan_id=plan.id).first()
    return dict(found.content) if found else {}


def _content(actor: Actor, plan_id: int, number: int) -> dict[str, Any]:
    if number:
        return dict(version_for(actor, plan_id, number).content)
    return _cut(actor, content_of(plan_for(actor, plan_id)))


def _frozen(actor: Actor, row: models.PlanVersion) -> FrozenPlan:
    return FrozenPlan(
        id=row.pk, plan_id=row.plan_id, number=row.number, approved_at=row.approved_at,
        approved_by=row.approved_by, content_hash=row.content_hash,
        content=_cut(actor, row.content),
    )  # fmt: skip


def _cut(actor: Actor, content: dict[str, Any]) -> dict[str, Any]:
    """Take out money and figures that the reader may not read."""
    cut = dict(content)
    cut["objectives"] = [
        line if not line["metric"] or readable(actor, line["metric"])
        else {**line, **{name: None for name in FIGURES if name in line}}
        for line in content["objectives"]
    ]  # fmt: skip
    if not actor.can("planning.budgets"):
        for group in ("claims", "initiatives"):
            cut[group] = [
                {**line, **{name: None for name in MONEY if name in line}}
                for line in content[group]
            ]
    return cut


def _number(value: Any) -> str | None:
    return None if value is None else format(value.normalize(), "f")


def _day(value: Any) -> str | None:
    return None if value is None else value.isoformat()
