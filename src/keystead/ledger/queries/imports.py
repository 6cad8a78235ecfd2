"""Batches as a person may see them: those of their accounts, and those they imported."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from keystead.accounts.queries import scope_for
from keystead.accounts.types import Scope
from keystead.kernel.errors import NotFound
from keystead.kit.access import Actor
from keystead.ledger import models
from keystead.ledger.types import Batch, BatchState, Counts, LiveMonth


def visible_batches(actor: Actor, scope: Scope | None = None) -> QuerySet[models.Batch]:
    """Return the stored batches an actor may see (for this room's services)."""
    scope = scope or scope_for(actor)
    rows = models.Batch.objects.select_related("created_by")
    if scope.everything:
        return rows
    mine = models.BatchAccount.objects.filter(
        batch=OuterRef("pk"), account_id__in=scope.account_ids
    )
    people = {actor.user_id, *actor.reports} - {None}
    return rows.filter(Q(created_by_id__in=people) | Exists(mine))


def own_batches(actor: Actor) -> QuerySet[models.Batch]:
    """Return the stored batches whose every row an actor may see and decide about: all, or
    those that they or the people below them imported (for this room's services)."""
    rows = visible_batches(actor)
    if scope_for(actor).everything:
        return rows
    return rows.filter(created_by_id__in={actor.user_id, *actor.reports} - {None})


def batch(actor: Actor, batch_id: int) -> Batch:
    """Return one batch; NotFound when it is missing or foreign."""
    scope = scope_for(actor)
    row = visible_batches(actor, scope).filter(pk=batch_id).first()
    if row is None:
        raise NotFound(_("There is no such import."))
    return _views(actor, scope, [row])[0]


def batches(
    actor: Actor,
    *,
    dataset: str = "",
    source: str | None = None,
    states: Iterable[BatchState] = (),
    account_id: int | None = None,
    before: int | None = None,
    waiting: bool = False,
    limit: int = 50,
) -> tuple[Batch, ...]:
    """Return visible batches, newest first; ``before`` is the last id of the page before.

    ``waiting``: only those with rows that wait.
    """
    scope = scope_for(actor)
    rows = visible_batches(actor, scope)
    if dataset:
        rows = rows.filter(dataset=dataset)
    if source is not None:
        rows = rows.filter(source=source)
    if states:
        rows = rows.filter(state__in=list(states))
    if waiting:
        rows = rows.filter(rows_waiting__gt=0)
    if account_id is not None and account_id not in scope:
        return ()  # a foreign account answers like one without imports
    if account_id is not None:
        touching = models.BatchAccount.objects.filter(batch=OuterRef("pk"), account_id=account_id)
        rows = rows.filter(Exists(touching))
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return _views(actor, scope, list(rows.order_by("-pk")[:limit]))


def accounts_of(batch_ids: Iterable[int]) -> frozenset[int]:
    """Return the accounts whose rows the batches posted."""
    ids = sorted(set(batch_ids))
    if not ids:
        return frozenset()
    rows = models.BatchAccount.objects.filter(batch_id__in=ids)
    return frozenset(rows.values_list("account_id", flat=True).distinct())


def file_seen_before(sha256: str, *, dataset: str, source: str) -> int | None:
    """Return the posted batch that already holds this file, so that twice has one effect."""
    rows = models.Batch.objects.filter(
        raw_id=sha256, dataset=dataset, source=source, state=BatchState.POSTED
    )
    return rows.order_by("pk").values_list("pk", flat=True).first()


def live_months(dataset: str, source: str, months: Iterable[date]) -> tuple[LiveMonth, ...]:
    """Return what a source shows now of the given months, to suggest replace or append."""
    rows = models.Slice.objects.filter(
        until_commit=None,
        part__dataset=dataset,
        part__source=source,
        part__month__in=sorted(set(months)),
    ).values_list(
        "part__month", "part__rows", "part__first_date", "part__last_date", "part__batch_id"
    )
    found: dict[date, list[tuple[int, date, date, int]]] = defaultdict(list)
    for month, count, first, last, batch_id in rows:
        found[month].append((count, first, last, batch_id))
    return tuple(
        LiveMonth(
            month=month,
            rows=sum(one[0] for one in group),
            first_date=min(one[1] for one in group),
            last_date=max(one[2] for one in group),
            batch_ids=tuple(sorted({one[3] for one in group})),
        )
        for month, group in sorted(found.items())
    )


def _views(actor: Actor, scope: Scope, rows: Sequence[models.Batch]) -> tuple[Batch, ...]:
    months: dict[int, list[date]] = defaultdict(list)
    said = models.BatchMonth.objects.filter(batch__in=rows).order_by("month")
    for batch_id, month in said.values_list("batch_id", "month"):
        months[batch_id].append(month)
    partly = _partly_foreign(actor, scope, rows)
    views = (_view(row, tuple(months[row.pk])) for row in rows)
    return tuple(
        dataclasses.replace(view, totals={}) if view.id in partly else view for view in views
    )


def _partly_foreign(actor: Actor, scope: Scope, rows: Sequence[models.Batch]) -> frozenset[int]:
    """Return the batches whose totals add up accounts that the actor may not see."""
    others = [row for row in rows if row.created_by_id != actor.user_id]
    if scope.everything or not others:
        return frozenset()
    foreign = models.BatchAccount.objects.filter(batch__in=others).exclude(
        account_id__in=scope.account_ids
    )
    return frozenset(foreign.values_list("batch_id", flat=True).distinct())


def _view(row: models.Batch, months: tuple[date, ...]) -> Batch:
    return Batch(
        id=row.pk,
        dataset=row.dataset,
        source=row.source,
        state=BatchState(row.state),
        mode=row.mode,
        file_name=row.file_name,
        sha256=row.raw_id or "",
        file_bytes=int(row.report.get("size", 0)),
        counts=Counts(
            rows_in=row.rows_in,
            posted=row.rows_posted,
            waiting=row.rows_waiting,
            rejected=row.rows_rejected,
            skipped=row.rows_skipped,
        ),
        totals=row.totals,
        months=months,
        created_at=row.created_at,
        created_by=row.created_by_id,
        created_by_name=str(row.created_by) if row.created_by else "",
        posted_at=row.posted_at,
        posted_commit=row.posted_commit,
        undone_at=row.undone_at,
        undone_commit=row.undone_commit,
        version=row.version,
        problem=row.problem,
    )
