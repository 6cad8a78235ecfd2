"""One place that changes what is visible: the locked head, the next commit, the slices."""

from __future__ import annotations

import dataclasses
import uuid
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.governance.queries import periods
from keystead.governance.services.periods import assert_open, hold
from keystead.kernel.errors import Conflict
from keystead.ledger.calc.restate import Claim, visible_parts
from keystead.ledger.models import Batch, BatchMonth, Commit, Head, Part, Segment, Slice
from keystead.ledger.services.store import WrittenSegment
from keystead.ledger.types import BatchState, CommitKind, Mode

_CHUNK = 500


@dataclasses.dataclass(frozen=True)
class Shift:
    """What a commit closed and opened: slice ids by month, and the batches that lost rows."""

    closed: dict[date, list[int]]
    opened: int
    losers: frozenset[int]


def locked_head() -> Head:
    """Return the head row, locked until the end of the running transaction.

    On SQLite the transaction itself is the lock (IMMEDIATE); on PostgreSQL the row is.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("the head is locked inside a transaction only")
    head = Head.objects.select_for_update().filter(pk=1).first()
    if head is None:
        Head.objects.get_or_create(pk=1)
        head = Head.objects.select_for_update().get(pk=1)
    return head


def next_commit(head: Head, kind: CommitKind, dataset: str, batch: Batch | None = None) -> int:
    """Take the next number under the lock; there are no gaps, for a rollback takes it back."""
    head.commit += 1
    mark = uuid.uuid4().hex[:8]
    Commit.objects.create(
        pk=head.commit, at=_after_last(head), mark=mark, kind=kind, dataset=dataset, batch=batch
    )
    before = head.versions.get(dataset, {})
    if kind != CommitKind.COMPACT:
        before = {"content": head.commit, "mark": mark}
    head.versions[dataset] = before | {"stamp": mark}
    head.save(update_fields=["commit", "versions"])
    return head.commit


def _after_last(head: Head) -> datetime:
    """Return now, or the last commit's moment when the clock went back: order is by number."""
    last = Commit.objects.filter(pk=head.commit - 1).values_list("at", flat=True).first()
    now = timezone.now()
    return max(now, last) if last else now


def register(batch: Batch, segments: Iterable[WrittenSegment]) -> list[Part]:
    """Write segments and their parts into the catalog; nothing of them is visible yet."""
    now = timezone.now()
    parts: list[Part] = []
    for written in segments:
        segment = Segment.objects.create(
            dataset=batch.dataset,
            path=written.path,
            sha256=written.sha256,
            rows=written.rows,
            bytes=written.bytes,
            created_at=now,
        )
        parts.extend(
            Part(
                segment=segment,
                batch=batch,
                dataset=batch.dataset,
                source=batch.source,
                month=part.month,
                rows=part.rows,
                first_date=part.first_date,
                last_date=part.last_date,
                sums=part.sums,
                currencies=part.currencies,
            )
            for part in written.parts
        )
    return Part.objects.bulk_create(parts, batch_size=_CHUNK)


def settle(dataset: str, source: str, months: Iterable[date], commit: int) -> Shift:
    """Make visible exactly what the posted batches of these months claim together.

    Raises Conflict where that would change a day of a closed period; nothing is changed then.
    """
    cell = {"dataset": dataset, "source": source, "month__in": sorted(set(months))}
    live = {
        part_id: (pk, month, batch_id)
        for pk, part_id, month, batch_id in Slice.objects.filter(
            until_commit=None, **{f"part__{name}": value for name, value in cell.items()}
        ).values_list("pk", "part_id", "part__month", "part__batch_id")
    }
    wanted = _wanted(cell)
    gone = [entry for part_id, entry in live.items() if part_id not in wanted]
    new = sorted(wanted - live.keys())
    _require_open(dataset, [*new, *(live.keys() - wanted)])
    closed: dict[date, list[int]] = defaultdict(list)
    for pk, month, _batch in sorted(gone):
        closed[month].append(pk)
    _close([pk for pk, _month, _batch in gone], commit)
    _open(new, closed, commit)
    return Shift(dict(closed), len(new), frozenset(batch for _pk, _month, batch in gone))


def _require_open(dataset: str, part_ids: list[int]) -> None:
    """Refuse to show or hide rows of a closed period; a database trigger refuses it too."""
    hold(dataset)
    if not periods.locks(dataset, only_closed=True):
        return
    for start in range(0, len(part_ids), _CHUNK):
        found = Part.objects.filter(pk__in=part_ids[start : start + _CHUNK])
        for first, last in found.values_list("first_date", "last_date"):
            assert_open(ledger=dataset, first=first, last=last)


def _wanted(cell: dict[str, Any]) -> frozenset[int]:
    """Return the ids of the parts that count, from the claims of the posted batches."""
    parts = Part.objects.filter(batch__state=BatchState.POSTED, **cell)
    rows: dict[tuple[int, date], list[int]] = defaultdict(list)
    order: dict[int, int | None] = {}
    for pk, batch_id, month, posted in parts.order_by("pk").values_list(
        "pk", "batch_id", "month", "batch__posted_commit"
    ):
        rows[batch_id, month].append(pk)
        order[batch_id] = posted
    replacing = {
        (batch_id, month): posted
        for batch_id, month, posted in BatchMonth.objects.filter(
            month__in=cell["month__in"],
            batch__dataset=cell["dataset"],
            batch__source=cell["source"],
            batch__state=BatchState.POSTED,
            batch__mode=Mode.REPLACE,
        ).values_list("batch_id", "month", "batch__posted_commit")
    }
    claims: dict[date, list[Claim]] = defaultdict(list)
    for key in rows.keys() | replacing.keys():
        batch_id, month = key
        posted = replacing.get(key, order.get(batch_id, 0))
        claims[month].append(Claim(posted, key in replacing, tuple(rows.get(key, ()))))
    return frozenset().union(*(visible_parts(found) for found in claims.values()))


def _close(slice_ids: list[int], commit: int) -> None:
    for start in range(0, len(slice_ids), _CHUNK):
        chunk = slice_ids[start : start + _CHUNK]
        Slice.objects.filter(pk__in=chunk).update(until_commit=commit)


def _open(part_ids: list[int], closed: dict[date, list[int]], commit: int) -> None:
    for start in range(0, len(part_ids), _CHUNK):
        parts = list(Part.objects.filter(pk__in=part_ids[start : start + _CHUNK]).order_by("pk"))
        if any(part.segment_id is None for part in parts):
            raise Conflict(
                _("What this would bring back is older than the retention and is gone."),
                code="past_retention",
                hint=_("Import the older file again instead."),
            )
        Slice.objects.bulk_create(
            Slice(
                part=part,
                dataset=part.dataset,
                from_commit=commit,
                restates_id=closed[part.month][0] if part.month in closed else None,
            )
            for part in parts
        )
