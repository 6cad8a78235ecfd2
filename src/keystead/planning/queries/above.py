"""What the room above (business reviews) reads: open actions, objectives as they stand, risks."""

from __future__ import annotations

from datetime import date

from django.utils import timezone

from keystead.accounts.queries import account_for, family_ids
from keystead.kit.access import Actor
from keystead.planning import models
from keystead.planning.queries.door import visible, visible_plans
from keystead.planning.queries.measuring import measured
from keystead.planning.queries.plans import for_reader
from keystead.planning.queries.stored import as_action, as_plans
from keystead.planning.types.plans import STILL_OPEN, Action, Claim, ClaimKind, Measured, Plan


def actions_of(
    actor: Actor, account_id: int, *, source: str = "", still_open: bool | None = None
) -> tuple[Action, ...]:
    """Return the actions of an account, the most urgent first, those without a day last.

    ``source``: only those that came from there. NotFound when the account is foreign.
    """
    actor.require("planning.view")
    family = family_ids(account_for(actor, account_id).id)
    rows = visible(models.ActionRow.objects.select_related("owner"), actor)
    rows = rows.filter(account_id__in=family)
    if source:
        rows = rows.filter(source=source)
    if still_open is not None:
        states = [one.value for one in STILL_OPEN]
        rows = rows.filter(state__in=states) if still_open else rows.exclude(state__in=states)
    return tuple(as_action(row) for row in rows)


def open_actions(actor: Actor, account_id: int) -> tuple[Action, ...]:
    """Return the actions of an account that are still to be done, the most urgent first."""
    return actions_of(actor, account_id, still_open=True)


def objectives_of(
    actor: Actor, account_id: int, *, year: int | None = None, today: date | None = None
) -> tuple[Measured, ...]:
    """Return the objectives of an account's plan as they stand, each with value and proof id.

    ``year`` None: the plan of this year. Nothing where there is no plan.
    """
    plan = _plan(actor, account_id, year, today)
    if plan is None:
        return ()
    found = measured(actor, plan, plan.objectives, today=today)
    return tuple(found[one.id] for one in plan.objectives)


def risks_of(actor: Actor, account_id: int, *, year: int | None = None) -> tuple[Claim, ...]:
    """Return the risks of an account's plan, the likeliest first; nothing where there is none."""
    plan = _plan(actor, account_id, year, None)
    if plan is None:
        return ()
    return tuple(sorted(
        plan.of(ClaimKind.RISK), key=lambda one: (-(one.likelihood_pct or 0), one.id)
    ))  # fmt: skip


def _plan(actor: Actor, account_id: int, year: int | None, today: date | None) -> Plan | None:
    actor.require("planning.view")
    family = family_ids(account_for(actor, account_id).id)
    wanted = year or (today or timezone.localdate()).year
    rows = visible_plans(actor).filter(account_id__in=family, year=wanted).order_by("id")
    found = as_plans(rows[:1])
    return for_reader(actor, found[0]) if found else None
