"""Reads of hand-overs: what goes from one owner to another, and when."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from keystead.accounts import models
from keystead.accounts.queries.door import family_ids, on_team, opened, restrict
from keystead.accounts.types import Account, Handover, TeamRole
from keystead.kit.access import Actor

KEPT_DAYS = 90


def handovers_for(
    actor: Actor, *, account_id: int | None = None, now: datetime | None = None
) -> tuple[Handover, ...]:
    """Return hand-overs of accounts the actor may see, and those that will come to them.

    The coming ones first, the next of them on top; past ones of the last ninety days after.
    Cancelled ones are left out.
    """
    at = now or timezone.now()
    rows = models.AccountHandover.objects.filter(cancelled_at=None)
    rows = rows.filter(at__gte=at - timedelta(days=KEPT_DAYS))
    if account_id is not None:
        rows = rows.filter(account_id__in=family_ids(account_id))
    seen = restrict(models.Account.objects.all(), actor).values("pk")
    mine = Q(to_user_id=actor.user_id or 0, at__gt=at)
    if not actor.can("accounts.view"):
        return ()
    rows = rows.filter(Q(account_id__in=seen) | mine)
    rows = rows.select_related("account", "from_user", "to_user", "created_by")
    found = [as_handover(row) for row in rows]
    coming = sorted((one for one in found if one.at > at), key=lambda one: (one.at, one.id))
    past = sorted((one for one in found if one.at <= at), key=lambda one: one.at, reverse=True)
    return (*coming, *past)


def owner_of(account_id: int) -> models.AccountTeamMember | None:
    """Return the place of the present owner (for this room's services); None when there is none."""
    rows = models.AccountTeamMember.objects.filter(on_team(), role=TeamRole.OWNER)
    rows = rows.filter(account_id__in=family_ids(account_id))
    return rows.select_related("user").order_by("-valid_from", "-id").first()


def owner_name(actor: Actor, account: Account | int) -> str:
    """Return who owns a visible account at this moment; empty when nobody does."""
    place = owner_of(opened(actor, account).id)
    return str(place.user) if place else ""


def as_handover(row: models.AccountHandover) -> Handover:
    """Return the value for a stored row."""
    return Handover(
        id=row.pk,
        account_id=row.account_id,
        account_code=row.account.code,
        account_name=row.account.name,
        from_user=row.from_user_id,
        from_name=str(row.from_user),
        to_user=row.to_user_id,
        to_name=str(row.to_user),
        at=row.at,
        reason=row.reason,
        by=str(row.created_by) if row.created_by else "",
        cancelled=row.cancelled_at is not None,
    )
