"""Break the glass: an administrator may read business data for an hour, and compliance knows."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.governance.queries.glass import glass_of
from keystead.governance.types.glass import Glass, GlassBroken
from keystead.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from keystead.kit import audit, mail, outbox
from keystead.kit.access import SYSTEM, Actor
from keystead.kit.models import BreakGlass, User

OPEN_FOR = timedelta(minutes=60)
SHORTEST_REASON = 10


@transaction.atomic
def break_glass(*, actor: Actor, reason: str) -> Glass:
    """Return the opening that lets the actor read business data for sixty minutes.

    Needs ``access.break_glass`` and a person who signed in: a token breaks no glass. One audit
    row; event GlassBroken tells everybody in compliance. Reading stays reading: nothing can be
    written, exported or approved by it, and private notes stay closed.
    """
    actor.require("access.break_glass")
    if actor.token_scope is not None or actor.user_id is None:
        raise NotAllowed(_("Only a person who signed in can do this."), code="glass_person")
    why = " ".join(reason.split())[:400]
    if len(why) < SHORTEST_REASON:
        text = _("Say why, so that compliance can understand it.")
        raise Invalid(text, code="glass_reason", fields={"why": text})
    now = timezone.now()
    close_expired(now=now)
    user = User.objects.select_for_update().get(pk=actor.user_id)
    if BreakGlass.objects.filter(user=user, closed_at=None).exists():
        raise Conflict(_("It is open already."), code="glass_open")
    row = BreakGlass.objects.create(user=user, reason=why, opened_at=now, ends_at=now + OPEN_FOR)
    audit.record(
        actor=actor,
        action="glass.break",
        subject=("glass", row.pk),
        new={"ends_at": row.ends_at},
        why=why,
    )
    officers = _compliance()
    outbox.publish(
        GlassBroken(
            glass_id=row.pk,
            who=str(user),
            reason=why,
            ends_at=row.ends_at.isoformat(),
            compliance=officers,
        )
    )
    mail.post(
        user_ids=officers,
        kind="glass.broken",
        key=f"glass.broken:{row.pk}",
        data={"glass": row.pk},
    )
    return glass_of(row)


@transaction.atomic
def close_glass(*, actor: Actor, glass_id: int | None = None) -> Glass:
    """Close an opening at once: one's own, or anybody's for compliance. One audit row."""
    rows = BreakGlass.objects.select_for_update(of=("self",)).select_related("user")
    rows = rows.filter(closed_at=None)
    if glass_id is not None:
        rows = rows.filter(pk=glass_id)
    if not actor.can("access.review"):
        actor.require("access.break_glass")
        rows = rows.filter(user_id=actor.user_id or 0)
    row = rows.first()
    if row is None:
        raise NotFound(_("Nothing is open."))
    _close(actor, row, min(timezone.now(), row.ends_at))
    return glass_of(row)


@transaction.atomic
def close_expired(*, now: datetime | None = None) -> int:
    """Close what has run out, with one audit row each; returns how many.

    The hour ends the reading by itself; this writes it down.
    """
    moment = now or timezone.now()
    rows = BreakGlass.objects.select_for_update(of=("self",)).select_related("user")
    over = list(rows.filter(closed_at=None, ends_at__lte=moment))
    for row in over:
        _close(SYSTEM, row, row.ends_at)
    return len(over)


def _close(actor: Actor, row: BreakGlass, at: datetime) -> None:
    row.closed_at = at
    row.save(update_fields=["closed_at"])
    audit.record(
        actor=actor,
        action="glass.close",
        subject=("glass", row.pk),
        new={"closed_at": at},
    )


@mail.letter("glass.broken")
def letter(user: User, data: dict[str, Any]) -> tuple[str, str] | None:
    """Write to somebody in compliance that an administrator reads business data, and why."""
    row = BreakGlass.objects.select_related("user").filter(pk=data["glass"]).first()
    if row is None or "compliance" not in user.roles:
        return None
    values = {"item": glass_of(row), "link": mail.link("/compliance/glass/")}
    body = render_to_string("governance/mail/glass.txt", values)
    return _("An administrator broke the glass"), body


def _compliance() -> tuple[int, ...]:
    users = User.objects.filter(is_active=True).order_by("pk")
    return tuple(user.pk for user in users if "compliance" in user.roles)
