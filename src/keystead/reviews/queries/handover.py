"""The hand-over pack of an account as its reader may see it, and the hand-overs as stored."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone

from keystead.accounts.queries import account_for, family_ids
from keystead.kit.access import Actor
from keystead.reviews import models
from keystead.reviews.queries.handover_sections import Found, gather
from keystead.reviews.rules.handover import tasks, traps
from keystead.reviews.types.handover import Handover, HandState, Pack, Tick


def pack_of(actor: Actor, account_id: int, *, today: date | None = None) -> Pack:
    """Return the pack of a visible account; NotFound when missing or foreign.

    What the reader's role does not open is a closed section, and is in no trap and no task.
    """
    day = today or timezone.localdate()
    account = account_for(actor, account_id)
    found: Found = gather(actor, account, day)
    handover = handover_of(actor, account.id)
    first = handover.on if handover and handover.state is not HandState.ACCEPTED else day
    if handover and handover.state is HandState.ACCEPTED and (day - handover.on).days <= 90:
        first = handover.on
    return Pack(
        account_id=account.id,
        account_code=account.code,
        account_name=account.name,
        made_on=day,
        first_day=first,
        sections=found.sections,
        traps=traps(found.situation),
        tasks=tasks(found.situation, first),
        handover=handover,
    )


def handover_of(actor: Actor, account_id: int) -> Handover | None:
    """Return the newest hand-over of a visible account; None where there never was one."""
    account = account_for(actor, account_id)
    rows = models.HandoverRow.objects.filter(account_id__in=family_ids(account.id))
    row = rows.select_related("account", "from_user", "to_user").order_by("-id").first()
    return as_handover(row) if row else None


def as_handover(row: models.HandoverRow) -> Handover:
    """Return a stored hand-over as a value."""
    return Handover(
        id=row.pk,
        account_id=row.account_id,
        account_code=row.account.code,
        account_name=row.account.name,
        from_id=row.from_user_id,
        from_name=str(row.from_user),
        to_id=row.to_user_id,
        to_name=str(row.to_user),
        on=row.on,
        state=HandState(row.state),
        note=row.note,
        handed_at=row.handed_at,
        accepted_at=row.accepted_at,
        ticks={
            key: Tick(one["by"], datetime.fromisoformat(one["at"]))
            for key, one in row.ticks.items()
        },
        version=row.version,
    )
