"""Reads of frozen cards, with the proof that nothing in them was touched."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from keystead.accounts.queries import account_for, family_ids, restrict
from keystead.kernel.errors import NotFound
from keystead.kernel.exact import round_half_up
from keystead.kernel.ids import stable_hash
from keystead.kernel.periods import Period
from keystead.kit.access import Actor
from keystead.metrics.calc.definitions import needs_of
from keystead.scorecards import models
from keystead.scorecards.queries.sets import metrics_by_id
from keystead.scorecards.types import (
    CardLine,
    Direction,
    LineDef,
    LineScore,
    Missing,
    Number,
    Score,
    Snapshot,
    SnapshotSummary,
    TargetSource,
    Word,
    ZeroKind,
)

HEAD_FIELDS = (
    "account_id kpi_set_id account_name set_name set_version good_from watch_from "
    "min_coverage_pct period_start period_end commit comment total coverage_pct word line_count "
    "frozen_by_id"
).split()
LINE_FIELDS = (
    "position metric metric_version label unit weight share_pct direction target_source zero_kind "
    "zero_at value measure proof_id target target_high target_measure target_proof_id own_target "
    "last_year last_year_measure last_year_proof_id points word missing trend owner_id comment"
).split()


def snapshots(
    actor: Actor, *, account_id: int | None = None, limit: int = 100
) -> tuple[SnapshotSummary, ...]:
    """Return frozen cards of accounts the actor may see, the newest first."""
    actor.require("scorecards.view")
    rows = restrict(models.Snapshot.objects.select_related("frozen_by"), actor)
    if account_id is not None:
        account = account_for(actor, account_id)
        rows = rows.filter(account_id__in=family_ids(account.id))
    found = list(rows.order_by("-frozen_at", "-id")[:limit])
    closed = _not_whole(actor, [row.pk for row in found])
    return tuple(
        SnapshotSummary(
            id=row.pk,
            account_id=row.account_id,
            account_name=row.account_name,
            set_name=row.set_name,
            period=Period(row.period_start, row.period_end),
            frozen_at=row.frozen_at,
            frozen_by=str(row.frozen_by or ""),
            total=None if row.pk in closed else row.total,
            coverage_pct=row.coverage_pct,
            word=Word.MISSING if row.pk in closed else Word(row.word),
        )
        for row in found
    )


def snapshot(actor: Actor, snapshot_id: int) -> Snapshot:
    """Return one frozen card; NotFound when missing, or when its account is foreign."""
    actor.require("scorecards.view")
    rows = restrict(models.Snapshot.objects.select_related("frozen_by"), actor)
    row = rows.filter(pk=snapshot_id).first()
    if row is None:
        raise NotFound("There is no such snapshot.", code="snapshot_not_found")
    stored = list(models.SnapshotLine.objects.filter(snapshot=row).select_related("owner"))
    lines = tuple(_line(line) for line in stored)
    seen = tuple(line if _may_read(actor, line.line.metric) else _closed(line) for line in lines)
    whole = seen == lines
    score = Score(
        total=row.total if whole else None,
        coverage_pct=row.coverage_pct,
        word=Word(row.word) if whole else Word.MISSING,
        lines=tuple(line.score for line in seen),
    )
    return Snapshot(
        id=row.pk,
        account_id=row.account_id,
        account_name=row.account_name,
        set_name=row.set_name,
        set_version=row.set_version,
        period=Period(row.period_start, row.period_end),
        frozen_at=row.frozen_at,
        frozen_by=str(row.frozen_by or ""),
        comment=row.comment,
        commit=row.commit,
        score=score,
        lines=seen,
        intact=content_hash(row, stored) == row.content_hash,
    )


def content_hash(head: models.Snapshot, lines: Iterable[models.SnapshotLine]) -> str:
    """Return the hash over everything a snapshot says; it is stored when it is frozen."""
    body: dict[str, Any] = {name: getattr(head, name) for name in HEAD_FIELDS}
    body["frozen_at"] = head.frozen_at.isoformat()
    body["lines"] = [{name: getattr(line, name) for name in LINE_FIELDS} for line in lines]
    return stable_hash(body, 64)


def _may_read(actor: Actor, metric: str) -> bool:
    known = metrics_by_id().get(metric)
    return known is None or all(actor.can(need) for need in needs_of(known))


def _not_whole(actor: Actor, ids: list[int]) -> set[int]:
    pairs = models.SnapshotLine.objects.filter(snapshot_id__in=ids).values_list(
        "snapshot_id", "metric"
    )
    return {snapshot_id for snapshot_id, metric in pairs if not _may_read(actor, metric)}


def _closed(line: CardLine) -> CardLine:
    empty = Number(None)
    score = dataclasses.replace(line.score, points=None, word=Word.MISSING, missing=Missing.HIDDEN)
    return dataclasses.replace(
        line, actual=empty, target=empty, target_high=None, last_year=empty, score=score, trend=(),
        comment="",
    )  # fmt: skip


def _line(row: models.SnapshotLine) -> CardLine:
    return CardLine(
        line=LineDef(
            metric=row.metric,
            weight=row.weight,
            direction=Direction(row.direction),
            target_source=TargetSource(row.target_source),
            zero_kind=ZeroKind(row.zero_kind),
            zero_at=row.zero_at,
            uplift_pct=_rise(row),
        ),
        label=row.label,
        unit=row.unit,
        metric_version=row.metric_version,
        actual=Number(row.value, row.measure, row.proof_id),
        target=Number(row.target, row.target_measure, row.target_proof_id),
        target_high=row.target_high,
        last_year=Number(row.last_year, row.last_year_measure, row.last_year_proof_id),
        score=LineScore(row.points, row.share_pct, Word(row.word), Missing(row.missing)),
        trend=tuple(
            (date.fromisoformat(day), None if value is None else Decimal(value))
            for day, value in row.trend
        ),
        owner_id=row.owner_id,
        owner=str(row.owner) if row.owner else "",
        comment=row.comment,
        own_target=row.own_target,
    )


def _rise(row: models.SnapshotLine) -> Decimal:
    """Return the rise on last year that the frozen target held, from the two figures."""
    if row.target_source != TargetSource.LAST_YEAR or not row.last_year or row.target is None:
        return Decimal(0)
    return round_half_up((row.target - row.last_year) * 100 / abs(row.last_year), 2)
