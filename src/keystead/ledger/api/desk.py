"""The import desk over the API: upload, status, columns, codes, corrections, post."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import File, Form, UploadedFile

from keystead.kernel.errors import Invalid
from keystead.kit.access import Actor, actor_of, policy
from keystead.ledger import queries
from keystead.ledger.api.batches import router
from keystead.ledger.api.desk_bodies import (
    CellsBody,
    CodePage,
    ColumnsBody,
    CreateBody,
    DeskBody,
    Kind,
    MatchBody,
    OptionsBody,
    PlaceBody,
    PostBody,
    ProblemPage,
    RowsBody,
    SumBody,
    TextsBody,
    UploadForm,
)
from keystead.ledger.services import desk


@router.post("/batches", response={202: DeskBody})
@policy("ledger.import")
def upload(
    request: HttpRequest, form: Form[UploadForm], file: File[UploadedFile]
) -> tuple[int, dict[str, Any]]:
    """Send a file. It is read by a job: ask `GET /batches/{id}/desk` until it is not busy."""
    actor = actor_of(request)
    batch = desk.receive_file(
        actor=actor,
        content=content_of(file),
        name=file.name or "file",
        dataset=form.dataset,
        source=form.source,
        decisions=_json(form.decisions),
    )
    return 202, status_of_desk(actor, batch.id)


@router.get("/batches/{batch_id}/desk", response=DeskBody)
@policy("ledger.view")
def status(request: HttpRequest, batch_id: int) -> dict[str, Any]:
    """Where an import stands: questions, columns, what the check found, the running job."""
    return status_of_desk(actor_of(request), batch_id)


@router.post("/batches/{batch_id}/file", response={202: DeskBody})
@policy("ledger.import")
def send_again(
    request: HttpRequest, batch_id: int, drop: Form[str], file: File[UploadedFile]
) -> tuple[int, dict[str, Any]]:
    """Send the same file again with personal columns left out: `drop` is a JSON list."""
    actor = actor_of(request)
    columns = json.loads(drop) if drop.startswith("[") else [drop]
    desk.receive_again(
        actor=actor, batch_id=batch_id, content=content_of(file), drop=[str(c) for c in columns]
    )
    return 202, status_of_desk(actor, batch_id)


@router.post("/batches/{batch_id}/place", response=DeskBody)
@policy("ledger.import")
def place(request: HttpRequest, batch_id: int, body: PlaceBody) -> dict[str, Any]:
    """Say which dataset the file is and which source it comes from."""
    actor = actor_of(request)
    desk.set_place(actor=actor, batch_id=batch_id, dataset=body.dataset, source=body.source)
    return status_of_desk(actor, batch_id)


@router.post("/batches/{batch_id}/columns", response=DeskBody)
@policy("ledger.import")
def columns(request: HttpRequest, batch_id: int, body: ColumnsBody) -> dict[str, Any]:
    """Say which column, constant or formula fills a field."""
    actor = actor_of(request)
    desk.set_mapping(actor=actor, batch_id=batch_id, columns=body.columns, fields=body.fields)
    return status_of_desk(actor, batch_id)


@router.post("/batches/{batch_id}/options", response=DeskBody)
@policy("ledger.import")
def options(request: HttpRequest, batch_id: int, body: OptionsBody) -> dict[str, Any]:
    """Settle how the file is read, repeated lines, and months that are there."""
    actor = actor_of(request)
    if body.options or body.sheets is not None or body.keep_rules is not None:
        desk.set_options(
            actor=actor,
            batch_id=batch_id,
            options=body.options,
            sheets=body.sheets,
            keep_rules=body.keep_rules,
        )
    if body.repeats is not None or body.mode is not None:
        desk.decide(actor=actor, batch_id=batch_id, repeats=body.repeats, mode=body.mode)
    return status_of_desk(actor, batch_id)


@router.post("/batches/{batch_id}/sums", response=DeskBody)
@policy("ledger.import")
def sums(request: HttpRequest, batch_id: int, body: SumBody) -> dict[str, Any]:
    """Note what the sender says the file sums to."""
    actor = actor_of(request)
    desk.assert_total(
        actor=actor,
        batch_id=batch_id,
        measure=body.measure,
        expected=body.expected,
        currency=body.currency,
    )
    return status_of_desk(actor, batch_id)


@router.get("/batches/{batch_id}/codes", response=CodePage)
@policy("ledger.view")
def codes(
    request: HttpRequest,
    batch_id: int,
    kind: Kind,
    state: str = "open",
    offset: int = 0,
    limit: int = 50,
) -> dict[str, Any]:
    """The codes of a file with the best guesses, most rows first; `state=` shows all."""
    lines, total = queries.code_lines(
        actor_of(request),
        batch_id,
        kind,
        states=[state] if state else (),
        offset=max(0, offset),
        limit=min(max(1, limit), 200),
        proposals=True,
    )
    return {"items": lines, "total": total}


@router.post("/batches/{batch_id}/codes", response=DeskBody)
@policy("ledger.import")
def confirm(request: HttpRequest, batch_id: int, body: list[MatchBody]) -> dict[str, Any]:
    """Say what codes or names mean, for this and all later files of the source."""
    actor = actor_of(request)
    for kind in ("account", "product"):
        targets = {one.text: (one.target_id, "") for one in body if one.kind == kind}
        if targets:
            desk.confirm_matches(actor=actor, batch_id=batch_id, kind=kind, targets=targets)
    return status_of_desk(actor, batch_id)


@router.post("/batches/{batch_id}/codes/reject", response=DeskBody)
@policy("ledger.import")
def reject_codes(request: HttpRequest, batch_id: int, body: TextsBody) -> dict[str, Any]:
    """Reject the rows of some codes in this import."""
    actor = actor_of(request)
    desk.reject_matches(actor=actor, batch_id=batch_id, kind=body.kind, texts=body.texts)
    return status_of_desk(actor, batch_id)


@router.post("/batches/{batch_id}/codes/create", response={202: DeskBody})
@policy("ledger.import")
def create(request: HttpRequest, batch_id: int, body: CreateBody) -> tuple[int, dict[str, Any]]:
    """Create the accounts or products that the file names and nobody knows yet."""
    actor = actor_of(request)
    desk.start_create(
        actor=actor, batch_id=batch_id, kind=body.kind, texts=body.texts, as_kind=body.as_kind
    )
    return 202, status_of_desk(actor, batch_id)


@router.get("/batches/{batch_id}/problems", response=ProblemPage)
@policy("ledger.view")
def problems(
    request: HttpRequest,
    batch_id: int,
    kind: str = "",
    field: str = "",
    offset: int = 0,
    limit: int = 50,
) -> dict[str, Any]:
    """Rows with trouble, in file order."""
    lines, total = queries.problem_lines(
        actor_of(request),
        batch_id,
        kind=kind,
        field=field,
        offset=max(0, offset),
        limit=min(max(1, limit), 200),
    )
    return {"items": lines, "total": total}


@router.post("/batches/{batch_id}/cells", response=DeskBody)
@policy("ledger.import")
def cells(request: HttpRequest, batch_id: int, body: CellsBody) -> dict[str, Any]:
    """Correct cells; the file itself stays as it came."""
    actor = actor_of(request)
    fixed = [(one.sheet, one.row, one.column, one.value) for one in body.cells]
    desk.fix_cells(actor=actor, batch_id=batch_id, cells=fixed)
    return status_of_desk(actor, batch_id)


@router.post("/batches/{batch_id}/rows/reject", response=DeskBody)
@policy("ledger.import")
def reject_rows(request: HttpRequest, batch_id: int, body: RowsBody) -> dict[str, Any]:
    """Reject single rows, or take rejected ones back in."""
    actor = actor_of(request)
    desk.reject_rows(actor=actor, batch_id=batch_id, rows=body.rows, reject=body.reject)
    return status_of_desk(actor, batch_id)


@router.get("/batches/{batch_id}/rejects")
@policy("ledger.view")
def rejects(
    request: HttpRequest, batch_id: int, format: Literal["csv", "xlsx"] = "csv"
) -> HttpResponse:
    """Rejected and waiting rows with their reasons; corrected, they may be sent back."""
    content = queries.rejects_file(actor_of(request), batch_id, f".{format}")
    kinds = {
        "csv": "text/csv; charset=utf-8",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    }
    answer = HttpResponse(content, content_type=kinds[format])
    answer["Content-Disposition"] = f'attachment; filename="rejects-{batch_id}.{format}"'
    return answer


@router.post("/batches/{batch_id}/rejects", response={202: DeskBody})
@policy("ledger.import")
def corrected(
    request: HttpRequest, batch_id: int, file: File[UploadedFile]
) -> tuple[int, dict[str, Any]]:
    """Send corrected rows back into the import they came from."""
    actor = actor_of(request)
    desk.receive_rejects(
        actor=actor, batch_id=batch_id, content=content_of(file), name=file.name or "rejects.csv"
    )
    return 202, status_of_desk(actor, batch_id)


@router.post("/batches/{batch_id}/post", response={202: DeskBody})
@policy("ledger.import")
def post(request: HttpRequest, batch_id: int, body: PostBody) -> tuple[int, dict[str, Any]]:
    """Make the ready rows count (or, in a posted import, those that waited); a job does it."""
    actor = actor_of(request)
    desk.start_post(
        actor=actor, batch_id=batch_id, digest=body.digest, despite_sums=body.despite_sums
    )
    return 202, status_of_desk(actor, batch_id)


@router.post("/batches/{batch_id}/cancel", response=DeskBody)
@policy("ledger.import")
def cancel(request: HttpRequest, batch_id: int) -> dict[str, Any]:
    """Give an import up before it is posted."""
    actor = actor_of(request)
    desk.cancel_batch(actor=actor, batch_id=batch_id)
    return status_of_desk(actor, batch_id)


def status_of_desk(actor: Actor, batch_id: int) -> dict[str, Any]:
    """Return the work on a batch as plain values."""
    view = queries.desk_of(actor, batch_id)
    batch = view.batch
    return {
        "id": batch.id,
        "state": str(batch.state),
        "dataset": batch.dataset,
        "source": batch.source,
        "file_name": batch.file_name,
        "rows_in": batch.counts.rows_in,
        "posted": batch.counts.posted,
        "waiting": batch.counts.waiting,
        "rejected": batch.counts.rejected,
        "skipped": batch.counts.skipped,
        "busy": view.is_busy,
        "job": view.job,
        "questions": view.questions,
        "columns": view.mapping,
        "dropped": view.dropped,
        "problem": dict(batch.problem),
        "outcome": view.outcome,
        "sums": desk.verdicts(view.decisions, view.outcome),
    }


def content_of(file: UploadedFile) -> Path | bytes:
    """Return where the upload lies on disk; nothing large is ever read into this process."""
    path = getattr(file, "temporary_file_path", None)
    return Path(path()) if path else file.read()


def _json(text: str) -> dict[str, Any]:
    if not text.strip():
        return {}
    try:
        found = json.loads(text)
    except ValueError as error:
        raise Invalid(_("The decisions are not JSON."), code="decisions") from error
    if not isinstance(found, dict):
        raise Invalid(_("The decisions are not a JSON object."), code="decisions")
    return found


__all__ = ["router"]
