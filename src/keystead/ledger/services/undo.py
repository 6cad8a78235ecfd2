"""Takes a batch back: its rows stop counting, and what they had replaced counts again."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.kernel.errors import Conflict
from keystead.kit import audit, outbox
from keystead.kit.access import Actor
from keystead.kit.testing import faults
from keystead.ledger import models, queries
from keystead.ledger.services.commits import locked_head, next_commit, settle
from keystead.ledger.services.rights import require_scope, writable
from keystead.ledger.types import Batch, BatchState, BatchUndone, CommitKind, dataset_def


def undo_batch(*, actor: Actor, batch_id: int, why: str = "", version: int | None = None) -> Batch:
    """Undo a posted batch by reversal; as-of reads from before still show it.

    Needs ``ledger.undo``, and either that the actor imported the batch or that all of its
    accounts are theirs. Writes slices, the batch, the trail and BatchUndone in one
    transaction. Raises Conflict when it is not posted, when what it replaced is past retention,
    or when ``version`` is given and somebody changed the batch since.
    """
    actor.require("ledger.undo")
    with transaction.atomic():
        head = locked_head()
        batch = writable(actor, batch_id)
        if batch.state != BatchState.POSTED:
            raise Conflict(
                _("Only a posted import can be undone."),
                code="batch_not_posted",
                state=str(batch.state),
            )
        if not dataset_def(batch.dataset).from_files:
            raise Conflict(
                _("These rows belong to the room that posted them; they are reversed there."),
                code="posted_by_a_room",
            )
        if actor.user_id is None or batch.created_by_id != actor.user_id:
            require_scope(actor, queries.accounts_of([batch.pk]))
        batch.state, batch.undone_at = BatchState.UNDONE, timezone.now()
        batch.undone_commit = head.commit + 1
        batch.save_checked(actor, version)
        commit = next_commit(head, CommitKind.UNDO, batch.dataset, batch)
        months = models.BatchMonth.objects.filter(batch=batch).order_by("month")
        dates = list(months.values_list("month", flat=True))
        shift = settle(batch.dataset, batch.source, dates, commit)
        audit.record(
            actor=actor,
            action="ledger.undo",
            subject=("batch", batch.pk),
            old={"state": str(BatchState.POSTED)},
            new={"state": str(BatchState.UNDONE), "commit": commit, "reopened": shift.opened},
            why=why,
        )
        outbox.publish(
            BatchUndone(
                batch_id=batch.pk,
                dataset=batch.dataset,
                source=batch.source,
                commit=commit,
                months=tuple(month.isoformat() for month in dates),
                account_ids=tuple(sorted(_touched(batch, dates))),
            )
        )
        faults.reach("undo.before_commit")
    return queries.batch(actor, batch_id)


def _touched(batch: models.Batch, months: list) -> frozenset[int]:
    """Return the accounts of the batch and of what may have come back in its months."""
    live = models.Slice.objects.filter(
        until_commit=None,
        part__dataset=batch.dataset,
        part__source=batch.source,
        part__month__in=months,
    )
    back = set(live.values_list("part__batch_id", flat=True))
    return queries.accounts_of(back | {batch.pk})
