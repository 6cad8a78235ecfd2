"""Who may change which batch: the same door as for reading, and never over foreign rows."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from keystead.accounts.queries import scope_for
from keystead.kernel.errors import NotAllowed, NotFound
from keystead.kit.access import Actor
from keystead.ledger import models, queries


def writable(actor: Actor, batch_id: int) -> models.Batch:
    """Return the stored batch, locked in a transaction; a foreign one is NotFound."""
    row = queries.visible_batches(actor).filter(pk=batch_id).first()
    if row is None:
        raise NotFound(_("There is no such import."))
    return row


def require_scope(actor: Actor, account_ids: Iterable[int]) -> None:
    """Raise NotAllowed when rows are of accounts the actor may not see."""
    scope = scope_for(actor)
    if scope.everything:
        return
    foreign = set(account_ids) - scope.account_ids
    if foreign:
        raise NotAllowed(
            _("Some rows are of accounts that are not yours. Nothing was changed."),
            code="foreign_accounts",
            hint=_("Leave these rows waiting, or ask sales operations to post the file."),
            accounts=len(foreign),
        )


def require_scope_of_losers(actor: Actor, batch: models.Batch, losers: Iterable[int]) -> None:
    """Raise NotAllowed when a restatement would hide rows of colleagues' accounts."""
    others = [pk for pk in losers if pk != batch.pk]
    mine = models.Batch.objects.filter(pk__in=others, created_by_id=actor.user_id)
    own = set(mine.values_list("pk", flat=True)) if actor.user_id else set()
    require_scope(actor, queries.accounts_of(set(others) - own))
