"""Makes rows count: the post of a batch, and the release of rows that waited in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import pyarrow as pa
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.kernel.errors import Conflict, Invalid
from keystead.kit import audit, outbox
from keystead.kit.access import Actor
from keystead.kit.testing import faults
from keystead.ledger import models, queries
from keystead.ledger.services.commits import Shift, locked_head, next_commit, register, settle
from keystead.ledger.services.rights import require_scope, require_scope_of_losers, writable
from keystead.ledger.services.store import WrittenSegment, discarding, write_facts
from keystead.ledger.types import (
    Batch,
    BatchPosted,
    BatchState,
    CommitKind,
    Counts,
    Mode,
    dataset_def,
)

BEFORE_POST = (
    BatchState.RECEIVING,
    BatchState.MAPPING,
    BatchState.MATCHING,
    BatchState.CHECKING,
    BatchState.READY,
)


def post_rows(
    *,
    actor: Actor,
    batch_id: int,
    tables: Iterable[pa.Table],
    counts: Counts,
    mode: Mode | None = None,
    months: Iterable[date] = (),
    totals: Mapping[str, Any] | None = None,
) -> Batch:
    """Post a prepared batch: files first, then one transaction makes all of it visible.

    Needs ``ledger.import`` and a batch the actor may write. ``tables`` hold the dataset's
    columns (``batch_id`` and ``month`` are filled in); each table becomes one segment.
    ``counts.posted`` must be the rows of the tables. ``months``: further months the file speaks
    for, which mode ``replace`` clears even where no row was posted. Writes segments, slices,
    the batch, the trail and BatchPosted. A crash leaves the old state and orphan files only.
    Raises Conflict when the same file was posted before, Invalid when counts do not balance.
    """
    actor.require("ledger.import")
    batch = writable(actor, batch_id)
    _require_ready(batch)
    _require_first(batch)
    written = write_facts(batch.dataset, batch.pk, tables)
    faults.reach("post.after_segments")
    with discarding(written), transaction.atomic():
        _require_counts(counts, written)
        head = locked_head()
        batch = writable(actor, batch_id)
        _require_ready(batch)
        _require_first(batch)
        batch.mode = mode or batch.mode or dataset_def(batch.dataset).restate
        batch.state, batch.posted_at = BatchState.POSTED, timezone.now()
        batch.posted_commit = head.commit + 1
        if totals is not None:
            batch.totals = dict(totals)
        _show(actor, batch, written, set(months), counts, CommitKind.POST)
        faults.reach("post.before_commit")
    faults.reach("post.after_commit")
    return queries.batch(actor, batch_id)


def release_rows(
    *, actor: Actor, batch_id: int, tables: Iterable[pa.Table], counts: Counts
) -> Batch:
    """Add rows that waited in a posted batch, in a commit of their own.

    Needs ``ledger.import``. ``counts`` are the whole batch's new counts: posted grows by the
    rows of the tables, rows_in stays. Writes as ``post_rows`` does; event BatchPosted.
    """
    actor.require("ledger.import")
    batch = writable(actor, batch_id)
    _require_posted(batch)
    written = write_facts(batch.dataset, batch.pk, tables)
    faults.reach("release.after_segments")
    with discarding(written), transaction.atomic():
        locked_head()
        batch = writable(actor, batch_id)
        _require_posted(batch)
        _require_growth(batch, counts, written)
        _show(actor, batch, written, set(), counts, CommitKind.RELEASE)
        faults.reach("release.before_commit")
    return queries.batch(actor, batch_id)


def _show(
    actor: Actor,
    batch: models.Batch,
    written: tuple[WrittenSegment, ...],
    months: set[date],
    counts: Counts,
    kind: CommitKind,
) -> None:
    """Write all that makes the rows visible; runs under the head lock, inside one transaction."""
    accounts = frozenset().union(*(segment.account_ids for segment in written))
    require_scope(actor, accounts)
    before = _tally(batch)
    register(batch, written)
    posted_months = {part.month for segment in written for part in segment.parts}
    months = {month.replace(day=1) for month in months} | posted_months
    _remember(batch, months, accounts)
    _count(batch, counts)
    batch.save_checked(actor)
    head = locked_head()
    commit = next_commit(head, kind, batch.dataset, batch)
    shift = settle(batch.dataset, batch.source, months, commit)
    require_scope_of_losers(actor, batch, shift.losers)
    if kind == CommitKind.POST and shift.closed:
        models.Commit.objects.filter(pk=commit).update(kind=CommitKind.REPLACE)
    _tell(actor, batch, kind, commit, months, accounts, shift, before)


def _tell(
    actor: Actor,
    batch: models.Batch,
    kind: CommitKind,
    commit: int,
    months: set[date],
    accounts: frozenset[int],
    shift: Shift,
    before: dict[str, Any],
) -> None:
    audit.record(
        actor=actor,
        action=f"ledger.{kind}",
        subject=("batch", batch.pk),
        old=before,
        new=_tally(batch)
        | {"commit": commit, "replaced_batches": sorted(shift.losers), "mode": batch.mode},
        account_id=next(iter(accounts)) if len(accounts) == 1 else None,
    )
    touched = accounts | queries.accounts_of(shift.losers)
    outbox.publish(
        BatchPosted(
            batch_id=batch.pk,
            dataset=batch.dataset,
            source=batch.source,
            commit=commit,
            months=tuple(month.isoformat() for month in sorted(months)),
            account_ids=tuple(sorted(touched)),
        )
    )


def _remember(batch: models.Batch, months: set[date], accounts: frozenset[int]) -> None:
    models.BatchMonth.objects.bulk_create(
        (models.BatchMonth(batch=batch, month=month) for month in sorted(months)),
        ignore_conflicts=True,
    )
    models.BatchAccount.objects.bulk_create(
        (models.BatchAccount(batch=batch, account_id=pk) for pk in sorted(accounts)),
        ignore_conflicts=True,
        batch_size=500,
    )


def _count(batch: models.Batch, counts: Counts) -> None:
    batch.rows_in, batch.rows_posted = counts.rows_in, counts.posted
    batch.rows_waiting, batch.rows_rejected = counts.waiting, counts.rejected
    batch.rows_skipped = counts.skipped


def _tally(batch: models.Batch) -> dict[str, Any]:
    return {
        "state": str(batch.state),
        "rows_in": batch.rows_in,
        "posted": batch.rows_posted,
        "waiting": batch.rows_waiting,
        "rejected": batch.rows_rejected,
        "skipped": batch.rows_skipped,
    }


def _require_ready(batch: models.Batch) -> None:
    if batch.state not in BEFORE_POST:
        raise Conflict(
            _("This import is not open any more."), code="batch_closed", state=str(batch.state)
        )


def _require_posted(batch: models.Batch) -> None:
    if batch.state != BatchState.POSTED:
        raise Conflict(
            _("Rows can be released only into a posted import."),
            code="batch_not_posted",
            state=str(batch.state),
        )


def _require_first(batch: models.Batch) -> None:
    if not batch.effect_key:
        return
    twin = models.Batch.objects.filter(
        dataset=batch.dataset,
        source=batch.source,
        effect_key=batch.effect_key,
        state=BatchState.POSTED,
    ).first()
    if twin is not None:
        raise Conflict(
            _("This file was posted before, as import %(number)s. Nothing was added.")
            % {"number": twin.pk},
            code="already_posted",
            hint=_("Undo that import first if it should be read in another way."),
            batch_id=twin.pk,
        )


def _require_counts(counts: Counts, written: tuple[WrittenSegment, ...]) -> None:
    rows = sum(segment.rows for segment in written)
    if not counts.balanced or counts.posted != rows:
        raise Invalid(
            _("The rows of this import do not add up. Nothing was posted."),
            code="unbalanced",
            rows_in=counts.rows_in,
            posted=counts.posted,
            written=rows,
        )


def _require_growth(
    batch: models.Batch, counts: Counts, written: tuple[WrittenSegment, ...]
) -> None:
    rows = sum(segment.rows for segment in written)
    grown = counts.posted == batch.rows_posted + rows and counts.rows_in == batch.rows_in
    if not counts.balanced or not grown or not rows:
        raise Invalid(
            _("The released rows do not add up with the import. Nothing was released."),
            code="unbalanced",
            rows_in=counts.rows_in,
            posted=counts.posted,
            written=rows,
        )
