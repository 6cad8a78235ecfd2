"""Imports over the API: list, one, its undo, the source rows behind a figure."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema

from keystead.kernel.errors import Invalid
from keystead.kit.access import actor_of, policy
from keystead.ledger import queries, services
from keystead.ledger.types import BatchState, SourceRow

router = Router(tags=["imports"])


class BatchBody(Schema):
    id: int
    dataset: str
    source: str
    state: str
    mode: str
    file_name: str
    sha256: str
    rows_in: int
    posted: int
    waiting: int
    rejected: int
    skipped: int
    totals: dict[str, Any]
    months: list[date]
    created_at: datetime
    created_by: str
    posted_at: datetime | None
    posted_commit: int | None
    undone_at: datetime | None
    undone_commit: int | None
    version: int


class BatchPage(Schema):
    items: list[BatchBody]
    next: str | None


class BatchFilter(Schema):
    dataset: str = ""
    source: str | None = None
    state: str = ""
    account_id: int | None = None
    limit: int = 100
    after: str = ""


class UndoBody(Schema):
    why: str = ""


class CellBody(Schema):
    column: str
    header: str
    value: str | None


class SourceRowBody(Schema):
    batch_id: int
    file_name: str
    sheet: str
    row: int
    cells: list[CellBody]


@router.get("/batches", response=BatchPage)
@policy("ledger.view")
def list_batches(request: HttpRequest, wanted: Query[BatchFilter]) -> dict[str, Any]:
    """Imports that touch your accounts, newest first."""
    if not 1 <= wanted.limit <= 1000:
        raise Invalid(_("The limit lies between 1 and 1000."), code="limit")
    if wanted.after and not wanted.after.isdigit():
        raise Invalid(_("Give back the `next` of the page before, unchanged."), code="cursor")
    if wanted.state and wanted.state not in list(BatchState):
        raise Invalid(_("There is no such state."), hint=", ".join(BatchState), code="state")
    found = queries.batches(
        actor_of(request),
        dataset=wanted.dataset,
        source=wanted.source,
        states=[BatchState(wanted.state)] if wanted.state else (),
        account_id=wanted.account_id,
        before=int(wanted.after) if wanted.after else None,
        limit=wanted.limit + 1,
    )
    shown = found[: wanted.limit]
    return {
        "items": [one.as_dict() for one in shown],
        "next": str(shown[-1].id) if len(found) > wanted.limit else None,
    }


@router.get("/batches/{batch_id}", response=BatchBody)
@policy("ledger.view")
def one_batch(request: HttpRequest, batch_id: int) -> dict[str, Any]:
    """One import: its file, state, and where its rows went."""
    return queries.batch(actor_of(request), batch_id).as_dict()


@router.post("/batches/{batch_id}/undo", response=BatchBody)
@policy("ledger.undo")
def undo(request: HttpRequest, batch_id: int, body: UndoBody) -> dict[str, Any]:
    """Take a posted import back; what it had replaced counts again."""
    actor = actor_of(request)
    return services.undo_batch(actor=actor, batch_id=batch_id, why=body.why).as_dict()


@router.get("/batches/{batch_id}/rows", response=list[SourceRowBody])
@policy("ledger.view")
def source_rows(
    request: HttpRequest, batch_id: int, sheet: str, rows: str
) -> tuple[SourceRow, ...]:
    """Source rows as they came, by number: ``?sheet=Sheet1&rows=2,3,17``."""
    actor = actor_of(request)
    queries.batch(actor, batch_id)  # a foreign import answers like a missing one
    numbers = [int(part) for part in rows.split(",") if part.strip().isdigit()]
    return queries.source_cells(actor, [(batch_id, sheet, number) for number in numbers])
