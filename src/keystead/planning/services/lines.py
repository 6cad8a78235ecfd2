"""Statements, objectives and initiatives of a plan: enter, change, confirm, remove."""

from __future__ import annotations

import dataclasses
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.kernel.errors import Invalid, NotFound
from keystead.kit import audit
from keystead.kit.access import Actor
from keystead.metrics.queries import evaluate
from keystead.planning import models
from keystead.planning.queries.measuring import metrics_by_id
from keystead.planning.queries.stored import as_claim, as_initiative, as_objective
from keystead.planning.rules.lines import stale_days_of, wrong_line
from keystead.planning.services.keeping import (
    checked_owner,
    draft_to_write,
    keep,
    line_to_write,
    refuse,
    subject_of,
    wrote,
)
from keystead.planning.types.plans import (
    ClaimEntry,
    Entry,
    Initiative,
    InitiativeEntry,
    InitiativeState,
    Line,
    Objective,
    ObjectiveEntry,
    Standing,
)

Row = models.ClaimRow | models.ObjectiveRow | models.InitiativeRow
MODELS: dict[type[Any], type[Any]] = {
    ClaimEntry: models.ClaimRow,
    ObjectiveEntry: models.ObjectiveRow,
    InitiativeEntry: models.InitiativeRow,
}
KINDS: dict[str, type[Any]] = {
    "claim": models.ClaimRow,
    "objective": models.ObjectiveRow,
    "initiative": models.InitiativeRow,
}
TEXTS = {"text": 400, "title": 200, "evidence": 400, "effect_words": 400, "exit_test": 400,
         "detail": 4000}  # fmt: skip
SELDOM = frozenset({"owner_id", "stated_on", "stale_days", "filters"})


def add_line(*, actor: Actor, plan_id: int, entry: Entry) -> Line:
    """Enter a statement, an objective or an initiative into a draft. One audit row."""
    with transaction.atomic():
        plan = draft_to_write(actor, plan_id)
        row = MODELS[type(entry)](plan=plan)
        _fill(actor, plan, row, entry)
        keep(actor, row, "line.add", account_id=plan.account_id)
        wrote(actor, plan)
    return _value(row)


def edit_line(*, actor: Actor, line_id: int, entry: Entry, expected_version: int | None) -> Line:
    """Change a line of a draft; who changes it confirms it, too. One audit row."""
    with transaction.atomic():
        row = line_to_write(actor, MODELS[type(entry)], line_id)
        plan, old = row.plan, row.snapshot()
        _fill(actor, plan, row, entry)
        row.carried = False
        keep(actor, row, "line.edit", account_id=plan.account_id, old=old,
             expected=expected_version)  # fmt: skip
        wrote(actor, plan)
    return _value(row)


def confirm_line(
    *, actor: Actor, kind: str, line_id: int, expected_version: int | None = None
) -> Line:
    """Say that a line still holds as of today; also in an approved plan. One audit row."""
    with transaction.atomic():
        row = line_to_write(actor, _model(kind), line_id, draft=False)
        old = row.snapshot()
        row.stated_on, row.carried = timezone.localdate(), False
        keep(actor, row, "line.confirm", account_id=row.plan.account_id, old=old,
             expected=expected_version)  # fmt: skip
    return _value(row)


def remove_line(*, actor: Actor, kind: str, line_id: int) -> None:
    """Take a line out of a draft. One audit row."""
    with transaction.atomic():
        row = line_to_write(actor, _model(kind), line_id)
        audit.record(
            actor=actor, action="plan.line.remove", subject=(subject_of(row), row.pk),
            old=row.snapshot(), account_id=row.plan.account_id,
        )  # fmt: skip
        wrote(actor, row.plan)
        row.delete()


def move_initiative(
    *,
    actor: Actor,
    initiative_id: int,
    state: InitiativeState,
    expected_version: int | None = None,
    why: str = "",
) -> Initiative:
    """Say where an initiative stands; also in an approved plan. One audit row."""
    with transaction.atomic():
        row = line_to_write(actor, models.InitiativeRow, initiative_id, draft=False)
        old = row.snapshot()
        row.state = state.value
        keep(actor, row, "initiative.move", account_id=row.plan.account_id, old=old,
             expected=expected_version, why=why.strip()[:400])  # fmt: skip
    return as_initiative(row)


def assess_objective(
    *,
    actor: Actor,
    objective_id: int,
    standing: Standing,
    expected_version: int | None = None,
    why: str = "",
) -> Objective:
    """Say how an objective in words stands; also in an approved plan. One audit row."""
    with transaction.atomic():
        row = line_to_write(actor, models.ObjectiveRow, objective_id, draft=False)
        if row.metric:
            raise Invalid(_("Its metric says how this objective stands."), code="measured")
        old = row.snapshot()
        row.standing = standing.value
        keep(actor, row, "objective.assess", account_id=row.plan.account_id, old=old,
             expected=expected_version, why=why.strip()[:400])  # fmt: skip
    return as_objective(row)


def _model(kind: str) -> type[Any]:
    if kind not in KINDS:
        raise NotFound(_("There is no such kind of line."), code="line_kind")
    return KINDS[kind]


def _fill(actor: Actor, plan: models.PlanRow, row: Any, entry: Entry) -> None:
    refuse(wrong_line(entry))
    for field in dataclasses.fields(entry):
        if field.name in SELDOM:
            continue
        value = getattr(entry, field.name)
        if field.name in TEXTS:
            value = value.strip()[: TEXTS[field.name]]
        setattr(row, field.name, getattr(value, "value", value))
    if row._state.adding and entry.owner_id is None:
        row.owner_id = actor.user_id
    elif entry.owner_id != row.owner_id:
        row.owner_id = checked_owner(entry.owner_id, plan.account_id)
    row.stated_on = entry.stated_on or timezone.localdate()
    row.stale_days = stale_days_of(entry)
    if isinstance(entry, ObjectiveEntry):
        row.filters = {name: list(values) for name, values in entry.filters.items() if values}
        _check_metric(actor, entry)
    if isinstance(entry, InitiativeEntry) and entry.objective_id is not None:
        held = models.ObjectiveRow.objects.filter(plan=plan, pk=entry.objective_id)
        if not held.exists():
            refuse({"objective_id": _("This objective belongs to another plan.")})


def _check_metric(actor: Actor, entry: ObjectiveEntry) -> None:
    """Refuse a metric that is none, reads resale prices (R-01), or knows not these filters."""
    if not entry.metric:
        return
    if entry.metric not in metrics_by_id():
        refuse({"metric": _("This metric cannot be a target.")})
    month = f"{timezone.localdate():%Y-%m}"
    filters = {name: list(values) for name, values in entry.filters.items() if values}
    try:
        evaluate(actor=actor, metrics=[entry.metric], period=month, filters=filters)
    except (Invalid, NotFound) as error:
        raise Invalid(error.message, code="metric", fields={"metric": error.message}) from error


def _value(row: Row) -> Line:
    if isinstance(row, models.ClaimRow):
        return as_claim(row)
    return as_objective(row) if isinstance(row, models.ObjectiveRow) else as_initiative(row)
