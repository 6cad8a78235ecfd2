"""Begin a plan, change its head, begin a revision, carry last year's over."""

from __future__ import annotations

from typing import TypeVar

from django.db import transaction
from django.utils.translation import gettext as _

from keystead.accounts.queries import family_ids
from keystead.kernel.errors import Conflict, Invalid
from keystead.kernel.money import currency_code
from keystead.kit import audit
from keystead.kit.access import Actor
from keystead.kit.models import Editable, insert_all
from keystead.planning import models
from keystead.planning.queries.door import plan_row
from keystead.planning.queries.stored import head_of
from keystead.planning.services.keeping import (
    account_to_plan,
    checked_owner,
    draft_to_write,
    keep,
    plan_to_write,
    wrote,
)
from keystead.planning.types.plans import STILL_OPEN, PlanHead, PlanState

S = TypeVar("S", bound=models.StatedRow)
KEPT = ("kind", "text", "detail", "evidence", "amount", "likelihood_pct")
KEPT_OBJECTIVE = ("title", "detail", "metric", "filters", "baseline", "target")
KEPT_INITIATIVE = ("title", "detail", "cost", "effect", "effect_words", "exit_test")


def create_plan(
    *,
    actor: Actor,
    account_id: int,
    year: int,
    currency: str = "",
    headline: str = "",
    owner_id: int | None = None,
) -> PlanHead:
    """Begin the plan of an account for a year; needs ``planning.edit`` on it. One audit row."""
    account = account_to_plan(actor, account_id)
    with transaction.atomic():
        row = _new(actor, account.id, year, currency or account.currency)
        row.headline = headline.strip()[:300]
        row.owner_id = checked_owner(owner_id or actor.user_id, account.id)
        keep(actor, row, "create", account_id=account.id)
    return _head(row.pk)


def edit_plan(
    *,
    actor: Actor,
    plan_id: int,
    expected_version: int | None,
    headline: str,
    currency: str,
    owner_id: int | None,
) -> PlanHead:
    """Change the head of a draft. One audit row."""
    with transaction.atomic():
        row = draft_to_write(actor, plan_id)
        old = row.snapshot()
        row.headline = headline.strip()[:300]
        row.currency = currency_code(currency)
        if owner_id != row.owner_id:
            row.owner_id = checked_owner(owner_id, row.account_id)
        keep(actor, row, "edit", account_id=row.account_id, old=old, expected=expected_version)
        wrote(actor, row)
    return _head(plan_id)


def revise_plan(*, actor: Actor, plan_id: int, expected_version: int | None = None) -> PlanHead:
    """Open an approved plan again: a draft of its next version. One audit row."""
    with transaction.atomic():
        row = plan_to_write(actor, plan_id)
        if row.state != PlanState.APPROVED:
            raise Conflict(_("Only an approved plan is revised."), code="plan_state")
        old = row.snapshot()
        row.state, row.authors = PlanState.DRAFT.value, []
        keep(actor, row, "revise", account_id=row.account_id, old=old, expected=expected_version)
    return _head(plan_id)


def copy_plan(*, actor: Actor, plan_id: int, year: int) -> PlanHead:
    """Carry a plan over into another year; every line is marked as not confirmed yet.

    Statements, objectives and unfinished initiatives come along, without their days; the reached
    figures and what is over stay behind. Open actions move to the new plan. One audit row.
    """
    source = plan_row(actor, plan_id)
    account_to_plan(actor, source.account_id)
    with transaction.atomic():
        row = _new(actor, source.account_id, year, source.currency)
        row.headline, row.owner_id = source.headline, source.owner_id
        row.save_checked(actor)
        counts = {"claims": _carry(actor, models.ClaimRow, source, row, KEPT)}
        made = _carried(models.ObjectiveRow, source, row, KEPT_OBJECTIVE)
        insert_all(actor, [new for _old, new in made])
        goals = {old.pk: new.pk for old, new in made}
        counts["objectives"] = len(made)
        begun = [
            (old, new)
            for old, new in _carried(models.InitiativeRow, source, row, KEPT_INITIATIVE)
            if old.state in ("planned", "running")
        ]
        for old, new in begun:
            new.objective_id, new.state = goals.get(old.objective_id or 0), old.state
        insert_all(actor, [new for _old, new in begun])
        counts["initiatives"] = len(begun)
        moved = models.ActionRow.objects.filter(
            plan=source, state__in=[one.value for one in STILL_OPEN]
        )
        after = {old.pk: new.pk for old, new in begun}
        for action in moved:
            action.plan_id, action.initiative_id = row.pk, after.get(action.initiative_id or 0)
            action.save_checked(actor)
        counts["actions"] = len(moved)
        audit.record(
            actor=actor, action="plan.copy", subject=("plan.plan", row.pk),
            new={**row.snapshot(), "from": source.year, **counts}, account_id=row.account_id,
        )  # fmt: skip
    return _head(row.pk)


def _new(actor: Actor, account_id: int, year: int, currency: str) -> models.PlanRow:
    if not 1990 <= year <= 2100:
        text = _("A year is between 1990 and 2100.")
        raise Invalid(text, code="year", fields={"year": text})
    if not currency:
        text = _("Say the currency of the plan: the account has none.")
        raise Invalid(text, code="currency", fields={"currency": text})
    if models.PlanRow.objects.filter(account_id__in=family_ids(account_id), year=year).exists():
        text = _("There is a plan of this year already.")
        raise Invalid(text, code="plan_exists", fields={"year": text})
    authors = [] if actor.user_id is None else [actor.user_id]
    return models.PlanRow(
        account_id=account_id, year=year, currency=currency_code(currency), authors=authors
    )


def _carried(
    model: type[S],
    source: models.PlanRow,
    plan: models.PlanRow,
    names: tuple[str, ...],
) -> list[tuple[S, S]]:
    """Return the lines of a plan with what they become in another: as said then, unconfirmed."""
    found = []
    for old in model._default_manager.filter(plan=source).order_by("id"):
        given = {name: getattr(old, name) for name in names}
        new = model(
            plan=plan, owner_id=old.owner_id, stated_on=old.stated_on, stale_days=old.stale_days,
            carried=True, **given,
        )  # fmt: skip
        found.append((old, new))
    return found


def _carry(
    actor: Actor,
    model: type[models.StatedRow],
    source: models.PlanRow,
    plan: models.PlanRow,
    names: tuple[str, ...],
) -> int:
    rows: list[Editable] = [new for _old, new in _carried(model, source, plan, names)]
    return len(insert_all(actor, rows))


def _head(plan_id: int) -> PlanHead:
    rows = models.PlanRow.objects.select_related("account", "owner")
    return head_of(rows.get(pk=plan_id))
