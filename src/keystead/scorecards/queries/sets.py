"""Reads of KPI sets."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import cache

from keystead.accounts.types import Account
from keystead.kernel.errors import NotFound
from keystead.kit.access import Actor
from keystead.kit.models import User
from keystead.metrics.calc.definitions import ALL
from keystead.metrics.types import MetricDef
from keystead.scorecards import models
from keystead.scorecards.rules import set_for
from keystead.scorecards.types import (
    Direction,
    KpiSet,
    LineDef,
    TargetPer,
    TargetSource,
    ZeroKind,
)


def kpi_sets(actor: Actor, *, retired: bool = True) -> tuple[KpiSet, ...]:
    """Return the KPI sets, the oldest first; the actor needs ``scorecards.view``."""
    actor.require("scorecards.view")
    return tuple(found for found in stored_sets() if retired or found.active)


def kpi_set(actor: Actor, set_id: int) -> KpiSet:
    """Return one KPI set; NotFound when it is missing."""
    actor.require("scorecards.view")
    found = next((one for one in stored_sets() if one.id == set_id), None)
    if found is None:
        raise NotFound("There is no such KPI set.", code="kpi_set_not_found")
    return found


def set_for_account(account: Account) -> KpiSet | None:
    """Return the set that counts for an account, or None."""
    return set_for(account, stored_sets())


@cache
def metrics_by_id() -> Mapping[str, MetricDef]:
    """Return the metric catalogue by id."""
    return {metric.id: metric for metric in ALL}


def metric_choices() -> tuple[MetricDef, ...]:
    """Return the metrics a KPI may use: all but those that read resale prices (R-01)."""
    return tuple(metric for metric in ALL if not metric.resale_price)


def owners_for(actor: Actor) -> tuple[tuple[int, str], ...]:
    """Return the people who can own a line: active users, by name."""
    actor.require("scorecards.view")
    people = User.objects.filter(is_active=True).order_by("first_name", "last_name", "username")
    return tuple((user.pk, str(user)) for user in people)


def stored_sets() -> tuple[KpiSet, ...]:
    """Return every stored set with its lines, in two queries."""
    lines: dict[int, list[LineDef]] = {}
    for row in models.KpiLine.objects.order_by("kpi_set_id", "position", "id"):
        lines.setdefault(row.kpi_set_id, []).append(as_line(row))
    return tuple(
        as_set(row, tuple(lines.get(row.pk, ()))) for row in models.KpiSet.objects.order_by("id")
    )


def as_set(row: models.KpiSet, lines: tuple[LineDef, ...]) -> KpiSet:
    """Return the value that crosses rooms for a stored set."""
    return KpiSet(
        id=row.pk,
        code=row.code,
        name=row.name,
        segment=row.segment,
        kinds=tuple(row.kinds),
        lines=lines,
        good_from=row.good_from,
        watch_from=row.watch_from,
        min_coverage_pct=row.min_coverage_pct,
        active=row.active,
        version=row.version,
    )


def as_line(row: models.KpiLine) -> LineDef:
    """Return the value that crosses rooms for a stored line."""
    return LineDef(
        metric=row.metric,
        weight=_plain(row.weight),
        direction=Direction(row.direction),
        target_source=TargetSource(row.target_source),
        target=None if row.target is None else _plain(row.target),
        target_high=None if row.target_high is None else _plain(row.target_high),
        target_per=TargetPer(row.target_per),
        uplift_pct=_plain(row.uplift_pct),
        zero_kind=ZeroKind(row.zero_kind),
        zero_at=_plain(row.zero_at),
        label=row.label,
        id=row.pk,
    )


def _plain(value: Decimal) -> Decimal:
    """Return the number without the zeros of its column (12.500000000000 reads as 12.5)."""
    short = value.normalize()
    return short.quantize(Decimal(1)) if int(short.as_tuple().exponent) > 0 else short
