"""Save a KPI set with all its lines, under one version and one audit entry."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from keystead.governance.services.compliance import refuse_if_stopped, screen
from keystead.kernel.errors import Invalid, NotFound
from keystead.kernel.ids import slug
from keystead.kit import audit, jobs
from keystead.kit.access import SYSTEM, Actor
from keystead.scorecards import models
from keystead.scorecards.queries.sets import as_line, as_set, metrics_by_id
from keystead.scorecards.rules import check_set, reads_resale_price
from keystead.scorecards.types import KpiSet, LineDef

DATA = Path(__file__).parent.parent / "data" / "kpi_sets_1.json"
SHIPPED_NAMES = (gettext_noop("Trade accounts"), gettext_noop("Institutions"))
_SET_FIELDS = ("name", "segment", "good_from", "watch_from", "min_coverage_pct", "active")
_LINE_FIELDS = (
    "label weight direction target_source target target_high target_per uplift_pct zero_kind "
    "zero_at"
).split()


def save_kpi_set(*, actor: Actor, kpi_set: KpiSet) -> KpiSet:
    """Store a KPI set as a whole; needs ``scorecards.edit``; writes one audit entry.

    ``kpi_set.id`` 0 makes a new one; otherwise ``kpi_set.version`` is the version that was
    read, and Conflict is raised when somebody saved in between. Lines keep their identity by
    their metric, so owners and comments stay. Raises Invalid with the fields at fault; a
    metric that reads resale prices is refused by rule R-01 and noted for Compliance.
    """
    actor.require("scorecards.edit")
    check_set(kpi_set, metrics_by_id())
    _screen(actor, kpi_set)
    with transaction.atomic():
        row = models.KpiSet.objects.select_for_update().filter(pk=kpi_set.id).first()
        if row is None and kpi_set.id:
            raise NotFound(_("There is no such KPI set."), code="kpi_set_not_found")
        old = _as_data(row) if row else None
        row = row or models.KpiSet(code=_free_code(kpi_set.name))
        for field in _SET_FIELDS:
            setattr(row, field, getattr(kpi_set, field))
        row.segment, row.kinds = kpi_set.segment.strip(), list(kpi_set.kinds)
        row.save_checked(actor, kpi_set.version if kpi_set.id else None)
        _save_lines(row, kpi_set.lines)
        new = _as_data(row)
        audit.record(
            actor=actor,
            action="kpi_set.edit" if old else "kpi_set.create",
            subject=("kpi_set", row.pk),
            old=old,
            new=new,
        )
        jobs.enqueue("scorecards.refresh", {}, key=f"scorecards.refresh:{row.code}:{row.version}")
    return _stored(row)


def install_default_sets(*, actor: Actor = SYSTEM) -> tuple[str, ...]:
    """Store the shipped KPI sets that are not there yet; returns their codes. Idempotent."""
    made = []
    for values in json.loads(DATA.read_text(encoding="utf-8")):
        if models.KpiSet.objects.filter(code=values["code"]).exists():
            continue
        lines = values.pop("lines")
        with transaction.atomic():
            row = models.KpiSet(**values)
            row.save_checked(actor)
            models.KpiLine.objects.bulk_create(
                models.KpiLine(kpi_set=row, position=place, **{"direction": "higher", **line})
                for place, line in enumerate(lines)
            )
            row.refresh_from_db()
            audit.record(
                actor=actor,
                action="kpi_set.create",
                subject=("kpi_set", row.pk),
                new=_as_data(row),
                why="shipped with Keystead",
            )
        made.append(values["code"])
    return tuple(made)


def _screen(actor: Actor, kpi_set: KpiSet) -> None:
    """Stop a KPI on resale prices before anything is written; the attempt stays on record."""
    found = reads_resale_price(kpi_set.lines, metrics_by_id())
    if found:
        subject = ("kpi_set", kpi_set.id or slug(kpi_set.name)[:40] or "new")
        facts = {"reads_resale_price": True, "metrics": found, "set": kpi_set.name}
        refuse_if_stopped(screen(actor=actor, context="condition", subject=subject, facts=facts))


def _save_lines(row: models.KpiSet, lines: tuple[LineDef, ...]) -> None:
    known = {line.metric: line for line in models.KpiLine.objects.filter(kpi_set=row)}
    kept = {line.metric for line in lines}
    models.KpiLine.objects.filter(kpi_set=row).exclude(metric__in=kept).delete()
    for position, line in enumerate(lines):
        stored = known.get(line.metric) or models.KpiLine(kpi_set=row, metric=line.metric)
        stored.position = position
        for field in _LINE_FIELDS:
            setattr(stored, field, getattr(line, field))
        stored.save()


def _as_data(row: models.KpiSet) -> dict[str, Any]:
    lines = models.KpiLine.objects.filter(kpi_set=row).order_by("position")
    body = {
        line.metric: {field: str(getattr(as_line(line), field)) for field in _LINE_FIELDS}
        for line in lines
    }
    return {**row.snapshot(), "lines": body, "order": [line.metric for line in lines]}


def _stored(row: models.KpiSet) -> KpiSet:
    row.refresh_from_db()
    lines = models.KpiLine.objects.filter(kpi_set=row).order_by("position")
    return as_set(row, tuple(as_line(line) for line in lines))


def _free_code(name: str) -> str:
    base = slug(name)[:32] or "set"
    taken = set(models.KpiSet.objects.filter(code__startswith=base).values_list("code", flat=True))
    for number in range(1, 1000):
        code = base if number == 1 else f"{base}-{number}"
        if code not in taken:
            return code
    raise Invalid(
        _("Choose another name."), code="kpi_set", fields={"name": _("Choose another name.")}
    )
