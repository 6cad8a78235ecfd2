"""What became visible, and what ceased to be, between two commits, and why."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q

from keystead.ledger.models import Commit, Slice
from keystead.ledger.models.folder import home
from keystead.ledger.queries.slices import require_kept
from keystead.ledger.types import CommitKind, SegmentRead, SliceChange

_COLUMNS = (
    "from_commit",
    "until_commit",
    "part_id",
    "part__batch_id",
    "part__source",
    "part__month",
    "part__rows",
    "part__segment__path",
)


def slices_between(dataset: str, c0: int, c1: int) -> tuple[SliceChange, ...]:
    """Return the net changes of a dataset after commit ``c0`` up to and including ``c1``.

    A piece visible at both ends does not appear, whatever happened in between. Causes:
    "new", "restated" (the piece, or what it replaced), "released", "undone" (the piece, or
    what came back). The signed rows add up to the difference of the two slice sets.
    """
    low, high = min(c0, c1), max(c0, c1)
    require_kept(low)
    moved = Slice.objects.filter(dataset=dataset).filter(
        Q(from_commit__gt=low, from_commit__lte=high)
        | Q(until_commit__gt=low, until_commit__lte=high)
    )
    before: dict[int, dict[str, Any]] = {}
    after: dict[int, dict[str, Any]] = {}
    for row in moved.order_by("pk").values(*_COLUMNS):
        if _shows(row, low):
            before[row["part_id"]] = row
        if _shows(row, high):
            after[row["part_id"]] = row
    gone = [row for part, row in before.items() if part not in after]
    come = [row for part, row in after.items() if part not in before]
    kinds = dict(
        Commit.objects.filter(pk__gt=low, pk__lte=high, dataset=dataset).values_list("pk", "kind")
    )
    lost = {(row["part__source"], row["part__month"]) for row in gone}
    changes = [_change(row, -1, row["until_commit"], kinds, lost) for row in gone]
    changes += [_change(row, +1, row["from_commit"], kinds, lost) for row in come]
    if c0 > c1:
        changes = [_turned(change) for change in changes]
    return tuple(sorted(changes, key=lambda one: (one.commit, one.sign, one.batch_id, one.month)))


def _shows(row: dict[str, Any], commit: int) -> bool:
    until = row["until_commit"]
    return row["from_commit"] <= commit and (until is None or until > commit)


def _change(
    row: dict[str, Any],
    sign: int,
    commit: int,
    kinds: dict[int, str],
    lost: set[tuple[str, date]],
) -> SliceChange:
    month, batch_id = row["part__month"], row["part__batch_id"]
    return SliceChange(
        batch_id=batch_id,
        source=row["part__source"],
        month=month,
        rows=row["part__rows"],
        sign=sign,
        cause=_cause(kinds[commit], sign, (row["part__source"], month) in lost),
        commit=commit,
        read=SegmentRead(str(home().locate(row["part__segment__path"])), ((batch_id, month),)),
    )


def _cause(kind: str, sign: int, replaced: bool) -> str:
    if kind == CommitKind.UNDO:
        return "undone"
    if kind == CommitKind.RELEASE:
        return "released" if sign > 0 else "restated"
    return "restated" if sign < 0 or replaced else "new"


def _turned(change: SliceChange) -> SliceChange:
    return SliceChange(
        change.batch_id,
        change.source,
        change.month,
        change.rows,
        -change.sign,
        change.cause,
        change.commit,
        change.read,
    )
