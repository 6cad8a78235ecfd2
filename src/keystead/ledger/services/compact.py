"""Rewrites many small segments into few. A pure rewrite: no slice changes, no figure moves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from keystead.kernel.errors import Conflict
from keystead.kit import audit
from keystead.kit.access import Actor
from keystead.kit.files import duck
from keystead.kit.testing import faults
from keystead.ledger.models import Part, Segment, Slice
from keystead.ledger.models.folder import home
from keystead.ledger.services.commits import locked_head, next_commit
from keystead.ledger.services.store import (
    SORTED,
    WrittenSegment,
    discarding,
    select_all,
    write_query,
)
from keystead.ledger.types import CommitKind, DatasetDef, dataset_def

LIVE_LIMIT = 300
TARGET_ROWS = 2_000_000


def compact(
    *, actor: Actor, dataset: str, limit: int = LIVE_LIMIT, target_rows: int = TARGET_ROWS
) -> int:
    """Compact a dataset that has more than ``limit`` live segments; return how many went.

    Called by the job of the ledger. Writes new segments, moves parts to them, marks the old
    segments superseded (their files stay a day for readers), one trail row. Idempotent.
    """
    if _live(dataset).count() <= limit:
        return 0
    moved = 0
    for group in _groups(dataset, target_rows):
        moved += _rewrite(actor, dataset, group)
    return moved


def _live(dataset: str) -> QuerySet[Segment]:
    live = Slice.objects.filter(dataset=dataset, until_commit=None)
    return Segment.objects.filter(pk__in=live.values("part__segment_id"))


def _groups(dataset: str, target_rows: int) -> list[list[Part]]:
    """Return the parts to bring together, smallest segments first.

    Two parts of the same batch and month (rows released later) never go to the same file:
    only the file tells them apart when an older state is read.
    """
    small = _live(dataset).filter(rows__lt=target_rows // 2).order_by("rows", "pk")
    groups: list[list[Part]] = []
    room: list[tuple[int, set[tuple[int, date]]]] = []
    for segment in small:
        parts = list(
            Part.objects.filter(
                segment=segment, pk__in=Slice.objects.filter(until_commit=None).values("part_id")
            ).order_by("pk")
        )
        rows = sum(part.rows for part in parts)
        keys = {(part.batch_id, part.month) for part in parts}
        for place, (taken, held) in enumerate(room):
            if taken + rows <= target_rows and not held & keys:
                groups[place].extend(parts)
                room[place] = (taken + rows, held | keys)
                break
        else:
            groups.append(parts)
            room.append((rows, keys))
    return [group for group in groups if len({part.segment_id for part in group}) > 1]


def _rewrite(actor: Actor, dataset: str, parts: Sequence[Part]) -> int:
    old_ids = _segment_ids(parts)
    written = _write(dataset, parts)
    faults.reach("compact.after_segment")
    with discarding([written]), transaction.atomic():
        head = locked_head()
        commit = next_commit(head, CommitKind.COMPACT, dataset)
        segment = Segment.objects.create(
            dataset=dataset,
            path=written.path,
            sha256=written.sha256,
            rows=written.rows,
            bytes=written.bytes,
            created_at=timezone.now(),
        )
        _require_same(parts, written)
        _move(parts, segment)
        emptied = Segment.objects.filter(pk__in=old_ids).exclude(
            pk__in=Part.objects.filter(segment_id__in=old_ids).values("segment_id")
        )
        gone = emptied.update(superseded_at=timezone.now())
        audit.record(
            actor=actor,
            action="ledger.compact",
            subject=("segment", segment.pk),
            new={"commit": commit, "dataset": dataset, "segments": len(old_ids),
                 "rows": written.rows},
        )  # fmt: skip
        faults.reach("compact.before_commit")
    return gone


def _segment_ids(parts: Sequence[Part]) -> set[int]:
    return {part.segment_id for part in parts if part.segment_id is not None}


def _write(dataset: str, parts: Sequence[Part]) -> WrittenSegment:
    definition = dataset_def(dataset)
    wanted: dict[str, list[Part]] = defaultdict(list)
    paths = dict(Segment.objects.filter(pk__in=_segment_ids(parts)).values_list("pk", "path"))
    for part in parts:
        wanted[paths[part.segment_id or 0]].append(part)
    reads = " union all ".join(_read(definition, *one) for one in sorted(wanted.items()))
    with duck.session() as session:
        return write_query(definition, session, f"select * from ({reads}) {SORTED}")  # noqa: S608 # nosec B608


def _read(definition: DatasetDef, path: str, parts: Sequence[Part]) -> str:
    pairs = ", ".join(f"({int(part.batch_id)}, date '{part.month:%Y-%m-%d}')" for part in parts)
    return (
        f"{select_all(definition, str(home().locate(path)))} where (batch_id, month) in ({pairs})"
    )


def _require_same(parts: Sequence[Part], written: WrittenSegment) -> None:
    """Raise unless the new file holds, part by part, what the old files held."""
    new = {(one.batch_id, one.month): (one.rows, one.sums) for one in written.parts}
    for part in parts:
        if new.pop((part.batch_id, part.month), None) != (part.rows, part.sums):
            raise Conflict(
                f"Compaction would change batch {part.batch_id}, {part.month:%Y-%m}. Stopped.",
                code="compaction_differs",
                hint="Run `keystead verify`.",
            )
    if new:
        raise Conflict("Compaction would add rows. Stopped.", code="compaction_differs")


def _move(parts: Sequence[Part], segment: Segment) -> None:
    moved = 0
    for start in range(0, len(parts), 500):
        chunk = parts[start : start + 500]
        for old in _segment_ids(chunk):
            ids = [part.pk for part in chunk if part.segment_id == old]
            moved += Part.objects.filter(pk__in=ids, segment_id=old).update(segment=segment)
    if moved != len(parts):
        raise Conflict(
            "Another compaction was faster.", code="compaction_race", hint="Nothing to do."
        )
