"""The door to what hangs on accounts here. Foreign answers like missing."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from keystead.accounts.queries import restrict
from keystead.kernel.errors import NotFound
from keystead.kit.access import Actor

M = TypeVar("M", bound=Model)
MISSING = gettext_noop("There is no such entry, or it is not one of yours.")


def visible(rows: QuerySet[M], actor: Actor) -> QuerySet[M]:
    """Return the rows of accounts whose health the actor may read."""
    return restrict(rows, actor, name="terms") if actor.can("health.view") else rows.none()


def one_of(actor: Actor, rows: QuerySet[M], pk: int) -> M:
    """Return the one row if the actor may read it; NotFound otherwise."""
    actor.require("health.view")
    row = visible(rows, actor).filter(pk=pk).first()
    if row is None:
        raise NotFound(_(MISSING), code="entry_not_found")
    return row
