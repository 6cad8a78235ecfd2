"""The door to what the room holds: through the accounts whose terms the actor may read."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Model, QuerySet

from keystead.accounts.queries import account_for, family_ids, restrict
from keystead.kit.access import Actor

M = TypeVar("M", bound=Model)


def readable(rows: QuerySet[M], actor: Actor) -> QuerySet[M]:
    """Return the rows of accounts whose terms the actor may read."""
    if not actor.can("pipeline.view"):
        return rows.none()
    return restrict(rows, actor, name="terms")


def narrowed(
    rows: QuerySet[M],
    actor: Actor,
    *,
    account_id: int | None,
    owner_id: int | None,
    still_open: bool | None,
) -> QuerySet[M]:
    """Return what is asked for of an account and all that it once was, of an owner, open or closed.

    ``owner_id`` 0: those without an owner. NotFound when the account is foreign.
    """
    if account_id is not None:
        rows = rows.filter(account_id__in=family_ids(account_for(actor, account_id).id))
    if owner_id is not None:
        rows = rows.filter(owner_id=owner_id or None)
    if still_open is not None:
        rows = rows.filter(closed=not still_open)
    return rows
