"""The proof of a figure: its definition, its filter, the batches and the very cells."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from keystead.kit.access import actor_of, policy
from keystead.kit.provers import Standing, Worth, kind_label
from keystead.kit.ui.reasons import reason_url
from keystead.kit.ui.tables import Cell, Column, Row, Table, note_words
from keystead.kit.ui.tags.figures import text_of
from keystead.kit.ui.tags.numbers import day
from keystead.ledger.queries import source_cells
from keystead.metrics import queries
from keystead.metrics.services import note_proof_view, note_standings_view
from keystead.metrics.types import Proof, ProofSection

ROWS = 20
CAUSES = {
    "undone": gettext_lazy("imports that were undone"),
    "restated": gettext_lazy("restated months"),
    "released": gettext_lazy("rows that had waited"),
    "new": gettext_lazy("new data"),
    "definition": gettext_lazy("a new definition"),
    "changed": gettext_lazy("the record was changed"),
    "gone": gettext_lazy("the record is gone"),
}
DIMENSIONS = {
    "account": gettext_lazy("Account"),
    "product": gettext_lazy("Product"),
    "month": gettext_lazy("Month"),
    "parent": gettext_lazy("Group"),
    "root": gettext_lazy("Group"),
    "segment": gettext_lazy("Segment"),
    "brand": gettext_lazy("Brand"),
    "category": gettext_lazy("Category"),
}


@policy("metrics.view")
def proof(request: HttpRequest, proof_id: str) -> HttpResponse:
    """Show what stands behind a figure; the address is a link that can be sent on."""
    actor = actor_of(request)
    if queries.is_no_metric(proof_id):
        return _standing(request, proof_id)
    section, offset = request.GET.get("section", ""), _number(request.GET.get("offset"))
    found = queries.open_proof(
        actor=actor, proof_id=proof_id, section=section, offset=offset, limit=ROWS
    )
    note_proof_view(actor=actor, proof=found)
    if section and request.headers.get("HX-Request"):
        part = next((one for one in found.sections if one.name == section), None)
        if part is None:
            raise Http404
        return render(
            request, "metrics/proof_rows.html", {"proof": found, "part": _section(found, part)}
        )
    values = {
        "proof": found,
        "label": _(found.metric.label),
        "formula": _(found.metric.formula),
        "filters": [
            (DIMENSIONS.get(name, name.replace("_", " ")), value) for name, value in found.filters
        ],
        "steps": [(_(step.label), step.value, step.measure) for step in found.steps],
        "batches": _batches(found),
        "parts": [_section(found, part) for part in found.sections],
        "why": reason_url(found.metric.id, queries.account_of_proof(found), found.period),
        "stale": found.latest_commit > found.commit,
    }
    return render(request, "metrics/proof.html", values)


def _standing(request: HttpRequest, proof_id: str) -> HttpResponse:
    """Show a figure that is worked out of others, or that another room answers for."""
    actor = actor_of(request)
    found = queries.standing(actor=actor, proof_id=proof_id)
    parts = queries.parts_of(actor=actor, proof_id=proof_id)
    note_standings_view(actor=actor, standings=[found])
    because = [CAUSES.get(cause, cause) for cause in found.because]
    values = {
        "standing": found,
        "parts": parts,
        "kind": kind_label(proof_id),
        "then": worth_text(found.then, found.unit),
        "now": worth_text(found.now, found.unit) if found.now else "",
        "rows": [_part_row(part) for part in parts],
        "because": because,
    }
    return render(request, "metrics/standing.html", values)


def worth_text(worth: Worth, unit: str) -> str:
    """Return one number in words, whole, with its unit; why there is none where there is none."""
    if worth.value is None:
        return note_words(worth.note) or _("No data")
    if unit == "money":
        return text_of(worth.value, "money", worth.measure, full=True)
    if unit == "day":
        return day(date.fromisoformat(f"{worth.value:.0f}"))
    return text_of(worth.value, worth.measure if unit == "quantity" else unit, full=True)


def _part_row(part: Standing) -> dict[str, Any]:
    return {
        "part": part,
        "then": worth_text(part.then, part.unit),
        "now": worth_text(part.now, part.unit) if part.now else "",
        "moved": part.moved,
    }


@policy("metrics.view")
def changes(request: HttpRequest, proof_id: str) -> HttpResponse:
    """Show why the figure differs now; the parts add up to the difference."""
    found = queries.changes_since(actor=actor_of(request), proof_id=proof_id)
    parts = [(CAUSES.get(part.cause, part.cause), part) for part in found.parts]
    return render(request, "metrics/proof_changes.html", {"changes": found, "parts": parts})


@policy("metrics.view")
def cells(request: HttpRequest, proof_id: str) -> HttpResponse:
    """Show one source row as it stands in its file, column by column."""
    actor = actor_of(request)
    queries.open_proof(actor=actor, proof_id=proof_id, limit=1)
    place = (
        _number(request.GET.get("batch")),
        request.GET.get("sheet", ""),
        _number(request.GET.get("row")),
    )
    found = source_cells(actor, [place])
    return render(request, "metrics/proof_cells.html", {"row": found[0] if found else None})


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 12 else 0


def _batches(found: Proof) -> Table:
    columns = [
        Column("file", _("File")),
        Column("source", _("Source")),
        Column("at", pgettext("moment", "Posted"), "moment"),
        Column("rows", _("Rows"), "number"),
    ]
    rows = [
        Row(
            {
                "file": Cell(
                    batch.file_name or _("from Keystead"),
                    href=reverse("ledger:import", args=[batch.id]),
                    sub=f"SHA-256 {batch.sha256[:12]}…" if batch.sha256 else "",
                ),
                "source": batch.source,
                "at": batch.posted_at,
                "rows": batch.rows,
            }
        )
        for batch in found.batches
    ]
    return Table(columns, rows, _("Imports behind the figure"), sortable=False)


def _section(found: Proof, part: ProofSection) -> dict[str, Any]:
    base = reverse("metrics:proof", args=[found.id])
    more = part.next_offset
    return {
        "section": part,
        "label": _(part.label),
        "metric": _(part.metric.label) if part.metric else "",
        "more": f"{base}?section={part.name}&offset={more}" if more else "",
        "back": f"{base}?section={part.name}&offset={max(part.offset - ROWS, 0)}"
        if part.offset
        else "",
        "last": part.offset + len(part.rows),
    }
