"""The door to plans: through the accounts they belong to. Foreign answers like missing."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from keystead.accounts.queries import restrict
from keystead.kernel.errors import NotFound
from keystead.kit.access import Actor
from keystead.planning import models

M = TypeVar("M", bound=Model)
NO_PLAN = gettext_noop("There is no such plan, or it is not one of yours.")
NO_LINE = gettext_noop("There is no such entry, or it is not one of yours.")


def visible(rows: QuerySet[M], actor: Actor, *, account: str = "account") -> QuerySet[M]:
    """Return the rows of accounts whose plan the actor may read; ``account``: the way to it."""
    if not actor.can("planning.view"):
        return rows.none()
    return restrict(rows, actor, account=f"{account}_id", name="plan")


def visible_plans(actor: Actor) -> QuerySet[models.PlanRow]:
    """Return the stored plans the actor may read."""
    rows = models.PlanRow.objects.select_related("account", "owner")
    return visible(rows, actor)


def plan_row(actor: Actor, plan_id: int) -> models.PlanRow:
    """Return a stored plan; NotFound when missing or foreign."""
    actor.require("planning.view")
    row = visible_plans(actor).filter(pk=plan_id).first()
    if row is None:
        raise NotFound(_(NO_PLAN), code="plan_not_found")
    return row


def line_row(actor: Actor, model: type[M], pk: int) -> M:
    """Return a stored row that hangs on a plan; NotFound when missing or foreign."""
    actor.require("planning.view")
    rows = model._default_manager.filter(pk=pk, plan__in=visible_plans(actor).order_by())
    row = rows.first()
    if row is None:
        raise NotFound(_(NO_LINE), code="entry_not_found")
    return row


def action_row(actor: Actor, action_id: int) -> models.ActionRow:
    """Return a stored action; NotFound when missing or foreign."""
    actor.require("planning.view")
    rows = visible(models.ActionRow.objects.select_related("account", "owner"), actor)
    row = rows.filter(pk=action_id).first()
    if row is None:
        raise NotFound(_(NO_LINE), code="entry_not_found")
    return row
