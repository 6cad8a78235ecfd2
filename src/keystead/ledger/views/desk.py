"""The import desk: what came in, and the page of one import."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from keystead.accounts.queries import account_for
from keystead.kernel.errors import Invalid, KeysteadError
from keystead.kit.access import actor_of, policy
from keystead.kit.ui.tables import Cell, Column, Row, Table
from keystead.ledger import queries
from keystead.ledger.rules.problems import kind_of
from keystead.ledger.services import desk
from keystead.ledger.types import DATASETS, Batch, BatchState
from keystead.ledger.views import page, words

SHOWN = 25
MOST_OPEN = 100
MOST_DIGITS = 19
ENDINGS = ".csv,.tsv,.txt,.xlsx,.xls,.xlsb,.ods,.parquet,.json"


@policy("ledger.view")
def index(request: HttpRequest) -> HttpResponse:
    """Show what came in, and take new files."""
    actor = actor_of(request)
    if request.method == "POST":
        actor.require("ledger.import")
        return _receive(request)
    datasets = [(one.id, _(one.label)) for one in DATASETS]
    asked = request.GET.get("dataset", "")
    dataset = asked if asked in dict(datasets) else ""
    before = request.GET.get("before", "")
    waiting = queries.batches(actor, states=page.OPEN, limit=MOST_OPEN)
    closed = [state for state in BatchState if state not in page.OPEN]
    done = queries.batches(
        actor,
        dataset=dataset,
        states=closed,
        before=int(before) if before.isdecimal() and len(before) < MOST_DIGITS else None,
        limit=SHOWN + 1,
    )
    older = QueryDict(mutable=True)
    if len(done) > SHOWN:
        older.update(
            {"before": str(done[SHOWN - 1].id), **({"dataset": dataset} if dataset else {})}
        )
    values = {
        "may_import": actor.can("ledger.import"),
        "datasets": datasets,
        "dataset": dataset,
        "older": older.urlencode(),
        "further": bool(before),
        "endings": ENDINGS,
        "waiting": _table(waiting, _("Waiting for you"), _("Nothing waits.")),
        "done": _table(done[:SHOWN], _("Done"), _("No file yet. Drop this morning's file above.")),
        "waiting_count": len(waiting),
    }
    return render(request, "ledger/index.html", values)


def _receive(request: HttpRequest) -> HttpResponse:
    """Take one or several files in; one leads to its page, several to the list."""
    actor, batches, handed = actor_of(request), [], []
    files = request.FILES.getlist("file")
    if not files:
        messages.error(request, _("Choose a file first."))
        return redirect("ledger:imports")
    for upload in files:
        with kept(upload) as path:
            try:
                taken = desk.handed_on(
                    actor=actor, path=path, name=upload.name or "file",
                    dataset=request.POST.get("dataset", ""),
                )  # fmt: skip
                if taken is not None:
                    handed.append(taken)
                    tell = messages.success if taken.good else messages.error
                    tell(request, f"{upload.name}: {taken.message}")
                    continue
                batch = desk.receive_file(
                    actor=actor,
                    content=path,
                    name=upload.name or "file",
                    dataset=request.POST.get("dataset", ""),
                    source=request.POST.get("source", ""),
                )
            except KeysteadError as error:
                messages.error(request, f"{upload.name}: {error.message} {error.hint}".strip())
            else:
                batches.append(batch)
    if len(files) == 1 and batches:
        return redirect("ledger:import", batches[0].id)
    if len(files) == 1 and handed:
        return redirect(handed[0].url)
    return redirect("ledger:imports")


class kept:  # noqa: N801 - reads as a verb where it is used
    """An upload as a file on disk for the time of a block."""

    def __init__(self, upload: UploadedFile[Any]) -> None:
        self.upload = upload
        self._own: Path | None = None

    def __enter__(self) -> Path:
        if self.upload.size and self.upload.size > settings.KEYSTEAD_MAX_UPLOAD_BYTES:
            raise Invalid(
                _("The file is larger than this server takes."),
                hint=_("Split it, for example by month."),
            )
        if isinstance(self.upload, TemporaryUploadedFile):
            return Path(self.upload.temporary_file_path())
        with tempfile.NamedTemporaryFile(delete=False) as file:
            for chunk in self.upload.chunks():
                file.write(chunk)
        self._own = Path(file.name)
        return self._own

    def __exit__(self, *trouble: object) -> None:
        if self._own is not None:
            self._own.unlink(missing_ok=True)


@policy("ledger.view")
def one(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Show an import as one calm page."""
    actor = actor_of(request)
    if not queries.has_desk(actor, batch_id):
        batch = queries.batch(actor, batch_id)
        return render(request, "ledger/posted_down.html", {"batch": batch})
    return render(request, "ledger/import.html", page.context(actor, batch_id))


@policy("ledger.view")
def body(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Return the moving part of the page; asked for each second while work goes on."""
    return render(request, "ledger/import_body.html", page.context(actor_of(request), batch_id))


@policy("ledger.view")
def problem_rows(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Return rows with one kind of problem, to be mended in place."""
    actor = actor_of(request)
    kind, field = request.GET.get("kind", ""), request.GET.get("field", "")
    offset = max(int(request.GET.get("offset") or 0), 0)
    lines, total = queries.problem_lines(actor, batch_id, kind=kind, field=field, offset=offset)
    values = {
        "batch": queries.batch(actor, batch_id),
        "lines": lines,
        "total": total,
        "kind": kind,
        "field": field,
        "next": offset + len(lines) if offset + len(lines) < total else 0,
        "may_import": actor.can("ledger.import"),
        "cell": kind_of(kind).cell if kind else False,
    }
    return render(request, "ledger/problem_rows.html", values)


@policy("ledger.view")
def panel(request: HttpRequest, account_id: int) -> HttpResponse:
    """Files that touched an account."""
    actor = actor_of(request)
    account = account_for(actor, account_id)
    found = queries.batches(actor, account_id=account.id, limit=50)
    values: dict[str, Any] = {
        "table": _table(found, _("Files"), _("No file has touched this account yet.")),
        "count": len(found),
        "account": account,
    }
    return render(request, "ledger/panel_files.html", values)


def _table(found: tuple[Batch, ...] | list[Batch], caption: str, empty: str) -> Table:
    labels = {one.id: _(one.label) for one in DATASETS}
    columns = [
        Column("file", _("File")),
        Column("dataset", _("What it is")),
        Column("source", _("Source"), hide="phone"),
        Column("rows", _("Rows in"), "number"),
        Column("posted", _("Posted"), "number"),
        Column("waiting", _("Waiting"), "number", hide="phone"),
        Column("rejected", _("Rejected"), "number", hide="phone"),
        Column("at", _("Received"), "moment", hide="phone"),
        Column("state", _("State"), "tag"),
    ]
    rows = [
        Row(
            {
                "file": Cell(
                    batch.file_name or _("from Keystead"),
                    href=reverse("ledger:import", args=[batch.id]),
                    sub=batch.created_by_name,
                ),
                "dataset": labels.get(batch.dataset, batch.dataset or "–"),
                "source": batch.source,
                "rows": batch.counts.rows_in,
                "posted": batch.counts.posted,
                "waiting": batch.counts.waiting,
                "rejected": batch.counts.rejected,
                "at": batch.created_at,
                "state": Cell(
                    str(words.STATES[batch.state]), tone=words.TONES.get(batch.state, "")
                ),
            },
            tone="past" if batch.state in {"undone", "cancelled"} else "",
        )
        for batch in found
    ]
    return Table(columns, rows, caption, empty=empty)
