"""Sources, runs and months as values."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db.models import Count, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.connectors.counter import models
from keystead.connectors.counter.types.harvest import (
    Institution,
    Month,
    MonthState,
    Run,
    RunState,
    Source,
)
from keystead.kernel.errors import NotFound
from keystead.kit import jobs
from keystead.kit.access import Actor
from keystead.kit.models import Job


def stored_source(actor: Actor, source_id: int) -> models.UsageSource:
    """Return a stored source; NotFound when it is missing, or the actor keeps no sources."""
    row = None
    if actor.can("usage.sources"):
        row = models.UsageSource.objects.filter(pk=source_id).first()
    if row is None:
        raise NotFound(_("There is no such source."), code="source_not_found")
    return row


def source_for(actor: Actor, source_id: int) -> Source:
    """Return a source with what it said last."""
    return as_source(stored_source(actor, source_id))


def source_named(actor: Actor, name: str) -> Source:
    """Return a source by its name, whatever its case."""
    row = None
    if actor.can("usage.sources"):
        row = models.UsageSource.objects.filter(name__iexact=name.strip()).first()
    if row is None:
        raise NotFound(_("There is no such source."), code="source_not_found")
    return as_source(row)


def sources(actor: Actor) -> tuple[Source, ...]:
    """Return all sources by name; none for those who do not keep them."""
    if not actor.can("usage.sources"):
        return ()
    rows = list(models.UsageSource.objects.order_by("name"))
    news = {one.source_id: one for one in models.SourceNews.objects.filter(source__in=rows)}
    return tuple(_as_source(row, news.get(row.pk)) for row in rows)


def job_of(actor: Actor, source_id: int) -> dict[str, Any] | None:
    """Return the job that fetches from a source now, None when there is none."""
    if not actor.can("usage.sources"):
        return None
    live = Job.objects.filter(
        key=f"counter:{source_id}", state__in=[Job.State.WAITING, Job.State.RUNNING]
    )
    found = live.values_list("pk", flat=True).first()
    return jobs.status(found) if found is not None else None


def due_sources() -> tuple[int, ...]:
    """Return the sources that the worker asks now: once a day, and when something is due.

    Not those that are off, or that refused until somebody looks at them.
    """
    now = timezone.now()
    rows = models.UsageSource.objects.filter(active=True).order_by("pk")
    news = {one.source_id: one for one in models.SourceNews.objects.filter(source__in=rows)}
    waits = set(
        models.SourceMonth.objects.filter(next_at__lte=now).values_list("source_id", flat=True)
    )
    found = []
    for pk in rows.values_list("pk", flat=True):
        said = news.get(pk)
        if said is not None and said.trouble:
            continue
        asked = said.asked_at if said else None
        if pk in waits or asked is None or asked < now - timedelta(days=1):
            found.append(pk)
    return tuple(found)


def as_source(row: models.UsageSource) -> Source:
    """Return the value for a stored source."""
    return _as_source(row, models.SourceNews.objects.filter(source=row).first())


def _as_source(row: models.UsageSource, news: models.SourceNews | None) -> Source:
    return Source(
        id=row.pk,
        name=row.name,
        server=row.server,
        release=row.release,
        customer_id=row.customer_id,
        platform=row.platform,
        account_id=row.account_id,
        reports=tuple(row.reports),
        first_month=row.first_month,
        members=row.members,
        pause_seconds=row.pause_seconds,
        active=row.active,
        has_requestor=bool(row.requestor_sealed),
        has_key=bool(row.key_sealed),
        version=row.version,
        trouble=dict(news.trouble) if news else {},
        offers=tuple(news.offers) if news else (),
        asked_at=news.asked_at if news else None,
    )


def months_of(actor: Actor, source_ids: Iterable[int]) -> dict[int, tuple[Month, ...]]:
    """Return what is known of the months of sources, by source."""
    found: dict[int, list[Month]] = {}
    if not actor.can("usage.sources"):
        return {}
    rows = models.SourceMonth.objects.filter(source__in=list(source_ids))
    for row in rows.order_by("customer_id", "report_id", "month"):
        found.setdefault(row.source_id, []).append(
            Month(
                row.customer_id, row.report_id, row.month, MonthState(row.state),
                tuple(row.codes), row.run_id, row.version,
            )
        )  # fmt: skip
    return {key: tuple(value) for key, value in found.items()}


def visible_runs(actor: Actor) -> QuerySet[models.ReportRun]:
    """Return the stored runs an actor may see: all, or what they brought in themselves."""
    rows = models.ReportRun.objects.select_related("asked_by")
    if actor.can("usage.sources"):
        return rows
    if actor.user_id is None or not actor.can("ledger.view"):
        return rows.none()
    return rows.filter(asked_by_id=actor.user_id, source=None)


def runs(
    actor: Actor, *, source_id: int | None = None, uploads: bool = False, limit: int = 50
) -> tuple[Run, ...]:
    """Return visible runs, newest first: of a source, or the files that people brought in."""
    rows = visible_runs(actor)
    if source_id is not None:
        rows = rows.filter(source_id=source_id)
    if uploads:
        rows = rows.filter(source=None)
    return tuple(as_run(row) for row in rows.order_by("-pk")[:limit])


def run_for(actor: Actor, run_id: int) -> Run:
    """Return one run; NotFound when it is missing or foreign."""
    row = visible_runs(actor).filter(pk=run_id).first()
    if row is None:
        raise NotFound(_("There is no such report."), code="run_not_found")
    return as_run(row)


def as_run(row: models.ReportRun) -> Run:
    """Return the value for a stored run."""
    plain: dict[str, Any] = {
        name: getattr(row, name)
        for name in (
            "source_id", "customer_id", "name", "report_id", "release", "begin", "end", "why",
            "rows", "version", "attempts", "next_at", "asked_at", "done_at", "sha256", "batch_id",
            "account_id", "institution_id",
        )
    }  # fmt: skip
    return Run(
        id=row.pk,
        state=RunState(row.state),
        findings=tuple(row.findings),
        exceptions=tuple(row.exceptions),
        asked_by=str(row.asked_by) if row.asked_by else "",
        **plain,
    )


def institutions_waiting(actor: Actor) -> tuple[Institution, ...]:
    """Return the institutions that no account is known for, with how many reports wait."""
    if not actor.can("usage.sources"):
        return ()
    rows = models.Institution.objects.filter(account=None).order_by("name", "pk")
    waiting = dict(
        models.ReportRun.objects.filter(state=RunState.UNMATCHED, institution__in=rows)
        .values_list("institution_id")
        .annotate(n=Count("pk"))
    )
    return tuple(as_institution(row, waiting.get(row.pk, 0)) for row in rows)


def as_institution(row: models.Institution, waiting: int = 0) -> Institution:
    """Return the value for a stored institution."""
    return Institution(
        id=row.pk,
        name=row.name,
        identifiers=tuple((scheme, value) for scheme, value in row.identifiers),
        account_id=row.account_id,
        runs=waiting,
        first_seen=row.created_at,
        version=row.version,
    )
