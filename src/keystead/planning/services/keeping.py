"""What every write of the room does: through the door, save with the version, tell the trail."""

from __future__ import annotations

from typing import Any, TypeVar

from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.accounts.queries import account_for, account_to_write
from keystead.accounts.types import Account
from keystead.kernel.errors import Conflict, Invalid, NotFound
from keystead.kit import audit
from keystead.kit.access import Actor, actor_for
from keystead.kit.models import Editable, User
from keystead.planning import models
from keystead.planning.queries.door import NO_PLAN, line_row, visible_plans
from keystead.planning.types.plans import PlanState

S = TypeVar("S", bound=Editable)


def account_to_plan(actor: Actor, account_id: int) -> Account:
    """Return the account whose plan the actor may write; NotFound or NotAllowed otherwise."""
    actor.require("planning.edit")
    return account_to_write(actor, account_id, name="plan")


def plan_to_write(actor: Actor, plan_id: int) -> models.PlanRow:
    """Return the locked plan if the actor may write it."""
    actor.require("planning.edit")
    rows = visible_plans(actor).select_for_update(of=("self",))
    row = rows.filter(pk=plan_id).first()
    if row is None:
        raise NotFound(_(NO_PLAN), code="plan_not_found")
    account_to_plan(actor, row.account_id)
    return row


def draft_to_write(actor: Actor, plan_id: int) -> models.PlanRow:
    """Return the locked plan if it may still change; Conflict when it is not a draft."""
    row = plan_to_write(actor, plan_id)
    if row.state == PlanState.IN_REVIEW:
        raise Conflict(_("The plan waits for its approval: take it back to change it."),
                       code="plan_state")  # fmt: skip
    if row.state == PlanState.APPROVED:
        raise Conflict(_("The plan is approved: begin a revision to change it."), code="plan_state")
    return row


def line_to_write(actor: Actor, model: type[S], pk: int, *, draft: bool = True) -> S:
    """Return a stored line of a plan that may change; its plan is locked."""
    actor.require("planning.edit")
    row = line_row(actor, model, pk)
    lock = draft_to_write if draft else plan_to_write
    lock(actor, row.plan_id)  # type: ignore[attr-defined]
    return row


def wrote(actor: Actor, plan: models.PlanRow) -> None:
    """Note that somebody wrote in a plan since its last approval, without a new version."""
    if actor.user_id is not None and actor.user_id not in plan.authors:
        plan.authors = [*plan.authors, actor.user_id]
        models.PlanRow.objects.filter(pk=plan.pk).update(authors=plan.authors)


def checked_owner(owner_id: int | None, account_id: int, name: str = "owner") -> int | None:
    """Return a person who may read the plan of the account; raises Invalid for anybody else."""
    if owner_id is None:
        return None
    user = User.objects.filter(pk=owner_id, is_active=True).first()
    if user is None or not reads_plan(actor_for(user), account_id):
        text = _("This person does not see the plan of this account.")
        raise Invalid(text, code="owner", fields={name: text})
    return owner_id


def reads_plan(who: Actor, account_id: int) -> bool:
    """Say whether somebody may read the plans of an account."""
    if not who.can("planning.view"):
        return False
    try:
        account_for(who, account_id)
    except NotFound:
        return False
    return True


def refuse(wrong: dict[str, str]) -> None:
    """Raise Invalid with what is wrong by field, if anything is."""
    if wrong:
        told = {name: _(text) for name, text in wrong.items()}
        raise Invalid(next(iter(told.values())), code="plan", fields=told)


def keep(
    actor: Actor,
    row: Editable,
    action: str,
    *,
    account_id: int,
    old: dict[str, Any] | None = None,
    expected: int | None = None,
    why: str = "",
    more: dict[str, Any] | None = None,
) -> None:
    """Save the row over the expected version, and write the one row of the trail."""
    row.save_checked(actor, expected)
    audit.record(
        actor=actor, action=f"plan.{action}", subject=(subject_of(row), row.pk), old=old,
        new={**row.snapshot(), **(more or {})}, why=why, account_id=account_id,
    )  # fmt: skip


def subject_of(row: Editable) -> str:
    """Return what the trail calls a row of the room."""
    return f"plan.{(row._meta.model_name or '').removesuffix('row')}"


def today() -> Any:
    return timezone.localdate()
