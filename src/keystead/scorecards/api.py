"""JSON endpoints: KPI sets, a live card, kept totals, snapshots."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema, Status

from keystead.kernel.periods import Period
from keystead.kit.access import actor_of, policy
from keystead.kit.http import page_of
from keystead.scorecards import queries, services
from keystead.scorecards.types import KpiSet, LineDef, ScoreSummary, SnapshotSummary, plain

router = Router(tags=["scorecards"])


class FigureBody(Schema):
    value: str | None
    measure: str
    proof: str
    note: str


class LineBody(Schema):
    metric: str
    metric_version: int
    label: str
    unit: str
    direction: str
    actual: FigureBody
    target: FigureBody
    target_high: str | None
    target_source: str
    last_year: FigureBody
    points: str | None
    word: str
    missing: str
    weight: str
    share_pct: str
    trend: list[tuple[str, str | None]]
    owner: str
    comment: str


class AccountBody(Schema):
    id: int
    code: str = ""
    name: str


class CardBody(Schema):
    account: AccountBody
    set: str
    period: str
    commit: int
    total: str | None
    coverage_pct: str
    word: str
    lines: list[LineBody]


class SnapshotBody(CardBody):
    id: int
    set_version: int
    frozen_at: str
    frozen_by: str
    comment: str
    intact: bool


class FreezeBody(Schema):
    period: str = ""
    comment: str = ""


class TotalBody(Schema):
    account_id: int
    period: str
    total: str | None
    coverage_pct: str
    word: str
    fresh: bool


class TotalPage(Schema):
    items: list[TotalBody]
    next: str | None


class SnapshotLineBody(Schema):
    id: int
    account_id: int
    account_name: str
    set: str
    period: str
    frozen_at: str
    frozen_by: str
    total: str | None
    coverage_pct: str
    word: str


class SnapshotPage(Schema):
    items: list[SnapshotLineBody]
    next: str | None


class KpiLineBody(Schema):
    metric: str
    label: str
    weight: str
    direction: str
    target_source: str
    target: str | None
    target_high: str | None
    target_per: str
    uplift_pct: str
    zero_kind: str
    zero_at: str


class KpiSetBody(Schema):
    id: int
    code: str
    name: str
    segment: str
    kinds: list[str]
    good_from: str
    watch_from: str
    min_coverage_pct: str
    active: bool
    version: int
    lines: list[KpiLineBody]


@router.get("/scorecards/sets", response=list[KpiSetBody])
@policy("scorecards.view")
def kpi_sets(request: HttpRequest) -> list[dict[str, Any]]:
    """KPI sets with their lines, the oldest first."""
    return [_set(found) for found in queries.kpi_sets(actor_of(request))]


@router.get("/scorecards/totals", response=TotalPage)
@policy("scorecards.view")
def totals(request: HttpRequest, limit: int = 100, after: str = "") -> dict[str, Any]:
    """The kept totals of your accounts, by account; `fresh` is false while a refresh waits."""
    rows = queries.scores_for(actor_of(request)).values()
    return page_of(rows, key=lambda row: row.account_id, limit=limit, after=after, shown=_total)


@router.get("/accounts/{account_id}/scorecard", response=CardBody)
@policy("scorecards.view")
def scorecard(request: HttpRequest, account_id: int, period: str = "") -> dict[str, Any]:
    """The live scorecard of an account; the period defaults to the year to date."""
    span = Period.parse(period) if period else None
    return queries.card(actor_of(request), account_id, span).as_dict()


@router.get("/scorecards/snapshots", response=SnapshotPage)
@policy("scorecards.view")
def snapshots(
    request: HttpRequest, account_id: int | None = None, limit: int = 100, after: str = ""
) -> dict[str, Any]:
    """Frozen scorecards of your accounts, the newest first."""
    rows = queries.snapshots(actor_of(request), account_id=account_id, limit=10_000)
    return page_of(rows, key=lambda row: -row.id, limit=limit, after=after, shown=_row)


@router.get("/scorecards/snapshots/{snapshot_id}", response=SnapshotBody)
@policy("scorecards.view")
def snapshot(request: HttpRequest, snapshot_id: int) -> dict[str, Any]:
    """One frozen scorecard; `intact` says that nothing in it was touched."""
    return queries.snapshot(actor_of(request), snapshot_id).as_dict()


@router.post("/accounts/{account_id}/scorecard/freeze", response={201: SnapshotBody})
@policy("scorecards.edit")
def freeze(request: HttpRequest, account_id: int, body: FreezeBody) -> Status[dict[str, Any]]:
    """Freeze the scorecard as it stands now; it never changes."""
    stored = services.freeze_card(
        actor=actor_of(request),
        account_id=account_id,
        period=Period.parse(body.period) if body.period else None,
        comment=body.comment,
    )
    return Status(201, stored.as_dict())


def _set(found: KpiSet) -> dict[str, Any]:
    return {
        "id": found.id,
        "code": found.code,
        "name": found.name,
        "segment": found.segment,
        "kinds": list(found.kinds),
        "good_from": plain(found.good_from),
        "watch_from": plain(found.watch_from),
        "min_coverage_pct": plain(found.min_coverage_pct),
        "active": found.active,
        "version": found.version,
        "lines": [_line(line) for line in found.lines],
    }


def _line(line: LineDef) -> dict[str, Any]:
    return {
        "metric": line.metric,
        "label": line.label,
        "weight": plain(line.weight),
        "direction": line.direction.value,
        "target_source": line.target_source.value,
        "target": plain(line.target),
        "target_high": plain(line.target_high),
        "target_per": line.target_per.value,
        "uplift_pct": plain(line.uplift_pct),
        "zero_kind": line.zero_kind.value,
        "zero_at": plain(line.zero_at),
    }


def _total(row: ScoreSummary) -> dict[str, Any]:
    return {
        "account_id": row.account_id,
        "period": str(row.period),
        "total": plain(row.total),
        "coverage_pct": plain(row.coverage_pct),
        "word": row.word.value,
        "fresh": row.fresh,
    }


def _row(row: SnapshotSummary) -> dict[str, Any]:
    return {
        "id": row.id,
        "account_id": row.account_id,
        "account_name": row.account_name,
        "set": row.set_name,
        "period": str(row.period),
        "frozen_at": row.frozen_at.isoformat(),
        "frozen_by": row.frozen_by,
        "total": plain(row.total),
        "coverage_pct": plain(row.coverage_pct),
        "word": row.word.value,
    }
