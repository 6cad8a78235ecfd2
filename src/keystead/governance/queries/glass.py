"""Reads of broken glass."""

from __future__ import annotations

from django.utils import timezone

from keystead.governance.types.glass import Glass
from keystead.kit.access import Actor
from keystead.kit.models import BreakGlass


def openings(actor: Actor, limit: int = 100) -> tuple[Glass, ...]:
    """Return openings, newest first: all for compliance, an administrator's own for them."""
    rows = BreakGlass.objects.select_related("user")
    if not (actor.system or actor.can("access.review")):
        actor.require("access.break_glass")
        rows = rows.filter(user_id=actor.user_id or 0)
    return tuple(glass_of(row) for row in rows[:limit])


def glass_of(row: BreakGlass) -> Glass:
    """Return the stored opening as a value."""
    return Glass(
        id=row.pk,
        user_id=row.user_id,
        name=str(row.user),
        reason=row.reason,
        opened_at=row.opened_at,
        ends_at=row.ends_at,
        closed_at=row.closed_at,
        open=row.closed_at is None and timezone.now() < row.ends_at,
    )
