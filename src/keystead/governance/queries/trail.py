"""Reads of the trail, as far as the matrix lets each role: own acts, money, or all.

Values of a field group that the reader may not see are left out: that somebody wrote a private
note is in everybody's trail, what it says is not.
"""

from __future__ import annotations

from django.db.models import Q, QuerySet

from keystead.governance.types.trail import TrailEntry
from keystead.kit.access import Actor
from keystead.kit.access.matrix import cell_of
from keystead.kit.access.rules import FIELD_GROUPS
from keystead.kit.models import AuditEntry

# The acts that are about money, for those who read the trail of money only.
MONEY_ACTS = (
    "approval.",
    "kpi_set.",
    "ledger.",
    "listing.",
    "period.",
    "policy.",
    "prices.",
    "product.",
    "rates.",
    "scorecard.",
)
# Acts whose values belong to a field group.
GROUP_OF_ACT = {
    "account.notes.set": "private_notes",
    "account.terms.set": "terms",
    "contact.opinion.end": "private_notes",
    "contact.opinion.set": "private_notes",
}


def account_trail(
    *, actor: Actor, account_id: int, before: int | None = None, limit: int = 50
) -> tuple[TrailEntry, ...]:
    """Return what was done to an account, newest first; needs ``audit.view``.

    The caller has been through the account's own door (``accounts.queries.account_for``).
    ``before`` is the id of the last entry already seen.
    """
    actor.require("audit.view")
    rows = _readable(actor).filter(account_id=account_id)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return tuple(entry_of(row, actor) for row in rows.order_by("-pk")[:limit])


def history(
    *, actor: Actor, subject: tuple[str, object], limit: int = 200
) -> tuple[TrailEntry, ...]:
    """Return what was done to one object, newest first; needs ``audit.view``.

    ``subject`` is as the trail names it: ``("ledger.batch", 17)``. The caller has been through
    the door of the object.
    """
    actor.require("audit.view")
    kind, key = subject
    rows = _readable(actor).filter(subject_type=kind, subject_id=str(key))
    return tuple(entry_of(row, actor) for row in rows.order_by("-pk")[:limit])


def _readable(actor: Actor) -> QuerySet[AuditEntry]:
    rows = AuditEntry.objects.all()
    if actor.system:
        return rows
    cells = [cell_of(role, "trail") for role in actor.roles]
    seen = Q(actor_id=actor.user_id or 0)
    for cell in cells:
        if "r" not in cell.rights or "own_acts" in cell.conditions:
            continue
        if "money" not in cell.conditions:
            return rows
        for prefix in MONEY_ACTS:
            seen |= Q(action__startswith=prefix)
    return rows.filter(seen)


def entry_of(row: AuditEntry, actor: Actor) -> TrailEntry:
    """Return a stored row as the actor may read it."""
    group = GROUP_OF_ACT.get(row.action)
    hidden = group is not None and not (
        actor.can(FIELD_GROUPS[group][1]) and actor.scope_of(FIELD_GROUPS[group][0])
    )
    return TrailEntry(
        id=row.pk,
        at=row.at,
        actor=row.actor_name,
        action=row.action,
        subject_type=row.subject_type,
        subject_id=row.subject_id,
        account_id=row.account_id,
        old={} if hidden else row.old or {},
        new={} if hidden else row.new or {},
        why=row.why,
        source=row.source,
        actor_id=row.actor_id,
        hash=row.hash,
    )
