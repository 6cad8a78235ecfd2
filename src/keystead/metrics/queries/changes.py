"""What changed since a proof was made: the difference split by its causes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from keystead.kit.access import Actor
from keystead.ledger import queries as ledger
from keystead.ledger.types import SegmentRead, SliceChange
from keystead.metrics.calc.changes import CAUSES, difference, steps
from keystead.metrics.calc.definitions import datasets_of, metric_def
from keystead.metrics.queries.evaluate import answer
from keystead.metrics.queries.opening import Opened, open_key, prepared_at
from keystead.metrics.types import Change, Changes, Figure, MetricDef

Piece = tuple[str, int, object]


def changes_since(*, actor: Actor, proof_id: str) -> Changes:
    """Return how the figure of a proof id differs now, and why; the parts add up exactly.

    The figure is computed again after each cause in turn: data that was undone, restated,
    released from waiting, new, and last a newer definition. Rates and the tree of accounts are
    those of the proof and of today. NotFound as in ``open_proof``.
    """
    opened = open_key(actor, proof_id)
    today = metric_def(opened.key.metric)
    now_commit = ledger.current_commit()
    datasets = sorted({*datasets_of(opened.metric), *datasets_of(today)})
    moved = {name: ledger.slices_between(name, opened.key.commit, now_commit) for name in datasets}
    before = _figure(opened, opened.metric, commit=opened.key.commit)
    pieces = {name: _pieces(ledger.slices_between(name, 0, opened.key.commit)) for name in datasets}
    path: list[tuple[str, Figure]] = []
    for cause in CAUSES:
        own = {name: [one for one in moved[name] if one.cause == cause] for name in datasets}
        if not any(own.values()):
            continue
        for name, changes in own.items():
            _apply(pieces[name], changes)
        reads = {name: _reads(found) for name, found in pieces.items()}
        path.append((cause, _figure(opened, opened.metric, commit=now_commit, swapped=reads)))
    now = path[-1][1] if path else before
    if today.version != opened.metric.version:
        now = _figure(opened, today, commit=now_commit)
        path.append(("definition", now))
    parts = steps(before.value, [(cause, figure.value) for cause, figure in path])
    batches = {
        cause: _batch_ids(opened, (one for name in datasets for one in moved[name]), cause)
        for cause, _part in parts
    }
    return Changes(
        proof_id=proof_id,
        metric=opened.metric,
        before=before,
        now=now,
        difference=difference(before.value, now.value),
        parts=tuple(Change(cause, amount, batches[cause]) for cause, amount in parts),
    )


def _figure(
    opened: Opened,
    metric: MetricDef,
    *,
    commit: int,
    swapped: dict[str, tuple[SegmentRead, ...]] | None = None,
) -> Figure:
    ready = prepared_at(opened, metric=metric, commit=commit, swapped=swapped)
    return answer(ready).figure(metric.id)


def _pieces(changes: Iterable[SliceChange]) -> dict[Piece, SegmentRead]:
    found: dict[Piece, SegmentRead] = {}
    _apply(found, changes)
    return found


def _apply(pieces: dict[Piece, SegmentRead], changes: Iterable[SliceChange]) -> None:
    for change in changes:
        key = (change.read.path, change.batch_id, change.month)
        if change.sign > 0:
            pieces[key] = change.read
        else:
            pieces.pop(key, None)


def _reads(pieces: dict[Piece, SegmentRead]) -> tuple[SegmentRead, ...]:
    """Return the pieces as few reads: one per file."""
    by_path: dict[str, set[tuple[int, date]]] = defaultdict(set)
    for read in pieces.values():
        by_path[read.path].update(read.pairs or ())
    return tuple(SegmentRead(path, tuple(sorted(pairs))) for path, pairs in sorted(by_path.items()))


def _batch_ids(opened: Opened, changes: Iterable[SliceChange], cause: str) -> tuple[int, ...]:
    """Return the batches of a cause that hold rows of the accounts the proof covers."""
    found = {change.batch_id for change in changes if change.cause == cause}
    if opened.accounts is not None:
        found = {one for one in found if ledger.accounts_of([one]) & opened.accounts}
    return tuple(sorted(found))
