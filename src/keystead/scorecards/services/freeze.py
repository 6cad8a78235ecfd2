"""Freeze a scorecard: a dated document that never changes."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.accounts.queries import account_to_write
from keystead.kernel.errors import NotAllowed
from keystead.kernel.periods import Period
from keystead.kit import audit
from keystead.kit.access import Actor
from keystead.metrics.queries import evaluate
from keystead.scorecards import models
from keystead.scorecards.queries.cards import card
from keystead.scorecards.queries.measure import Evaluate
from keystead.scorecards.queries.snapshots import content_hash, snapshot
from keystead.scorecards.types import Card, CardLine, Missing, Snapshot, plain


def freeze_card(
    *,
    actor: Actor,
    account_id: int,
    period: Period | None = None,
    comment: str = "",
    evaluate: Evaluate = evaluate,
) -> Snapshot:
    """Store the card as it stands now; needs ``scorecards.edit`` and the account.

    Each line keeps value, target, last year, points, weight, owner and comment with the proof
    ids and the metric version. The database refuses every later change. Who may not read every
    line cannot freeze the card (NotAllowed). One audit entry.
    """
    actor.require("scorecards.edit")
    account_to_write(actor, account_id)
    found = card(actor, account_id, period, evaluate=evaluate)
    if any(line.score.missing is Missing.HIDDEN for line in found.lines):
        raise NotAllowed(
            _("Your role may not read every line of this scorecard, so you cannot freeze it."),
            hint=_("Ask somebody who may see costs."),
            code="hidden_lines",
        )
    with transaction.atomic():
        head = _head(actor, found, comment)
        lines = [_line(place, line) for place, line in enumerate(found.lines)]
        head.content_hash = content_hash(head, lines)
        head.save(force_insert=True)
        for line in lines:
            line.snapshot = head
        models.SnapshotLine.objects.bulk_create(lines)
        audit.record(
            actor=actor,
            action="scorecard.freeze",
            subject=("snapshot", head.pk),
            new={
                "period": str(found.period),
                "set": found.kpi_set.code,
                "set_version": found.kpi_set.version,
                "total": str(found.score.total),
                "commit": found.commit,
                "hash": head.content_hash,
            },
            why=head.comment,
            account_id=found.account_id,
        )
    return snapshot(actor, head.pk)


def _head(actor: Actor, found: Card, comment: str) -> models.Snapshot:
    kpis, score = found.kpi_set, found.score
    return models.Snapshot(
        account_id=found.account_id,
        kpi_set_id=kpis.id,
        account_name=found.account_name,
        set_name=kpis.name,
        set_version=kpis.version,
        good_from=kpis.good_from,
        watch_from=kpis.watch_from,
        min_coverage_pct=kpis.min_coverage_pct,
        period_start=found.period.start,
        period_end=found.period.end,
        commit=found.commit,
        frozen_at=timezone.now(),
        frozen_by_id=actor.user_id,
        comment=comment.strip()[:2000],
        total=score.total,
        coverage_pct=score.coverage_pct,
        word=score.word.value,
        line_count=len(found.lines),
    )


def _line(position: int, line: CardLine) -> models.SnapshotLine:
    return models.SnapshotLine(
        position=position,
        metric=line.line.metric,
        metric_version=line.metric_version,
        label=line.label,
        unit=line.unit,
        weight=line.line.weight,
        share_pct=line.score.share_pct,
        direction=line.line.direction.value,
        target_source=line.line.target_source.value,
        zero_kind=line.line.zero_kind.value,
        zero_at=line.line.zero_at,
        value=line.actual.value,
        measure=line.actual.measure,
        proof_id=line.actual.proof_id,
        target=line.target.value,
        target_high=line.target_high,
        target_measure=line.target.measure,
        target_proof_id=line.target.proof_id,
        own_target=line.own_target,
        last_year=line.last_year.value,
        last_year_measure=line.last_year.measure,
        last_year_proof_id=line.last_year.proof_id,
        points=line.score.points,
        word=line.score.word.value,
        missing=line.score.missing.value,
        trend=[[day.isoformat(), plain(value)] for day, value in line.trend],
        owner_id=line.owner_id,
        comment=line.comment,
    )
