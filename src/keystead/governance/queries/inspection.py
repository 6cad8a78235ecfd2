"""The trail for an inspector: searched as a whole, as far as the matrix lets each role."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, time, timedelta

from django.db.models import Q, QuerySet

from keystead.governance.queries.people import names_of
from keystead.governance.queries.trail import MONEY_ACTS, entry_of
from keystead.governance.types.trail import TrailEntry, TrailFilter
from keystead.kit.access import Actor
from keystead.kit.access.matrix import cell_of
from keystead.kit.models import AuditEntry, User

CHUNK = 2000


def search(
    *,
    actor: Actor,
    wanted: TrailFilter,
    team_accounts: Iterable[int] = (),
    before: int | None = None,
    limit: int = 50,
) -> tuple[TrailEntry, ...]:
    """Return the lines that fit, newest first; needs ``audit.view``.

    ``team_accounts``: the accounts the actor sees, for those who read the trail of their team.
    An account in the filter has been opened through its own door by the caller.
    """
    rows = _fitting(actor, wanted, team_accounts)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return _named(list(rows.order_by("-pk")[:limit]), actor)


def count(*, actor: Actor, wanted: TrailFilter, team_accounts: Iterable[int] = ()) -> int:
    """Return how many lines fit."""
    return _fitting(actor, wanted, team_accounts).count()


def every(
    *, actor: Actor, wanted: TrailFilter, up_to: int, team_accounts: Iterable[int] = ()
) -> Iterator[TrailEntry]:
    """Yield every line that fits, oldest first, to the row ``up_to``; for an export."""
    rows = _fitting(actor, wanted, team_accounts).filter(pk__lte=up_to).order_by("pk")
    last = 0
    while chunk := list(rows.filter(pk__gt=last)[:CHUNK]):
        yield from _named(chunk, actor)
        last = chunk[-1].pk


def people_in(actor: Actor) -> list[tuple[int, str]]:
    """Return whose acts the actor may look for, by name; empty when only the own ones."""
    actor.require("audit.view")
    rows = User.objects.all()
    if not _reads(actor, "A"):
        if not actor.reports:
            return []
        rows = rows.filter(pk__in={actor.user_id, *actor.reports})
    return sorted(((user.pk, str(user)) for user in rows), key=lambda pair: pair[1].casefold())


def _fitting(
    actor: Actor, wanted: TrailFilter, team_accounts: Iterable[int]
) -> QuerySet[AuditEntry]:
    actor.require("audit.view")
    rows = AuditEntry.objects.filter(_readable(actor, team_accounts))
    if wanted.who is not None:
        rows = rows.filter(actor_id=wanted.who)
    if wanted.what:
        whole = wanted.what.endswith(".")
        rows = rows.filter(**{"action__startswith" if whole else "action": wanted.what})
    if wanted.subject_type:
        rows = rows.filter(subject_type=wanted.subject_type)
    if wanted.subject_id:
        rows = rows.filter(subject_id=wanted.subject_id)
    if wanted.account_id is not None:
        rows = rows.filter(account_id=wanted.account_id)
    if wanted.first:
        rows = rows.filter(at__gte=datetime.combine(wanted.first, time(), UTC))
    if wanted.last:
        rows = rows.filter(at__lt=datetime.combine(wanted.last + timedelta(days=1), time(), UTC))
    return rows


def _readable(actor: Actor, team_accounts: Iterable[int]) -> Q:
    """Return what the roles together may read: own acts, those of the team, money, all."""
    if actor.system:
        return Q()
    seen = Q(actor_id=actor.user_id or 0)
    for role in actor.roles:
        cell = cell_of(role, "trail")
        if "r" not in cell.rights or "own_acts" in cell.conditions:
            continue
        if "money" in cell.conditions:
            for prefix in MONEY_ACTS:
                seen |= Q(action__startswith=prefix)
        elif cell.scope == "A":
            return Q()
        elif cell.scope == "T":
            seen |= Q(actor_id__in=actor.reports) | Q(account_id__in=list(team_accounts))
    return seen


def _reads(actor: Actor, scope: str) -> bool:
    cells = [cell_of(role, "trail") for role in actor.roles]
    return actor.system or any("r" in cell.rights and cell.scope == scope for cell in cells)


def _named(rows: list[AuditEntry], actor: Actor) -> tuple[TrailEntry, ...]:
    # The hash of a row covers the number of the actor, not the name beside it: the name shown is
    # that of the number.
    names = names_of(row.actor_id for row in rows if row.actor_id)
    for row in rows:
        row.actor_name = names.get(row.actor_id or 0, row.actor_name)
    return tuple(entry_of(row, actor) for row in rows)
