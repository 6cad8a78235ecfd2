"""Figures and proofs as plain values, the same for the API, the command line and files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext

from keystead.kernel.standing import Standing, Worth
from keystead.metrics.queries.catalogue import Entry
from keystead.metrics.types import Changes, Evaluation, Figure, Proof, ProofSection
from keystead.metrics.types.checking import CheckedFile, Verdict

Plain = dict[str, Any]


def plain(value: Any) -> Any:
    """Return a value JSON can hold; exact numbers become text, so that no cent is lost."""
    if isinstance(value, Decimal):
        return f"{value.normalize() + 0:f}" if value else "0"
    if isinstance(value, date | datetime):
        return value.isoformat()
    return value


def figure_body(figure: Figure) -> Plain:
    """Return a figure: its value, what it counts, its days, its proof."""
    return {
        "value": plain(figure.value),
        "unit": figure.unit.value,
        "measure": figure.measure,
        "per": figure.per,
        "from": figure.period.start.isoformat(),
        "to": figure.period.last.isoformat(),
        "note": figure.note.value,
        "proof": figure.proof_id,
    }


def rows_body(evaluation: Evaluation, offset: int = 0, limit: int | None = None) -> list[Plain]:
    """Return rows of an evaluation; dimensions as values, metrics as figures."""
    ids = {metric.id for metric in evaluation.metrics}
    rows = evaluation.rows(offset, limit)
    return [
        {name: figure_body(value) if name in ids else plain(value) for name, value in row.items()}
        for row in rows
    ]


def entry_body(entry: Entry) -> Plain:
    """Return a metric of the catalogue in the reader's language."""
    metric = entry.metric
    return {
        "id": metric.id,
        "version": metric.version,
        "label": gettext(metric.label),
        "description": gettext(metric.description),
        "formula": gettext(metric.formula),
        "unit": metric.unit.value,
        "per": metric.per,
        "grain": gettext(metric.grain),
        "additivity": metric.additivity.value,
        "kind": metric.kind.value,
        "topic": metric.topic,
        "source": metric.source,
        "example": gettext(metric.example),
        "datasets": list(entry.datasets),
        "dimensions": list(entry.dimensions),
        "needs": metric.needs,
        "resale_price": metric.resale_price,
    }


def proof_body(proof: Proof) -> Plain:
    """Return a proof with the rows of this page."""
    return {
        "id": proof.id,
        "metric": proof.metric.id,
        "version": proof.version,
        "label": gettext(proof.metric.label),
        "formula": gettext(proof.metric.formula),
        "figure": figure_body(proof.figure),
        "filters": [{"dimension": name, "value": value} for name, value in proof.filters],
        "scope": proof.scope,
        "commit": proof.commit,
        "moment": plain(proof.moment),
        "latest_commit": proof.latest_commit,
        "steps": [
            {"label": gettext(step.label), "value": plain(step.value), "measure": step.measure}
            for step in proof.steps
        ],
        "rates": [
            {"currency": rate.currency, "month": plain(rate.month), "rate": plain(rate.rate),
             "date": plain(rate.on), "source": rate.source}
            for rate in proof.rates
        ],
        "batches": [
            {"id": batch.id, "dataset": batch.dataset, "source": batch.source,
             "file": batch.file_name, "sha256": batch.sha256, "rows": batch.rows,
             "posted_at": plain(batch.posted_at), "amount": plain(batch.amount)}
            for batch in proof.batches
        ],
        "sections": [_section_body(section) for section in proof.sections],
    }  # fmt: skip


def _section_body(section: ProofSection) -> Plain:
    return {
        "name": section.name,
        "label": gettext(section.label),
        "dataset": section.dataset,
        "from": section.period.start.isoformat(),
        "to": section.period.last.isoformat(),
        "what": section.what,
        "total": plain(section.total),
        "counted": section.counted,
        "measure": section.measure,
        "rows_total": section.rows_total,
        "offset": section.offset,
        "next": section.next_offset,
        "rows": [
            {"batch": row.batch_id, "file": row.file_name, "sheet": row.sheet, "row": row.row,
             "date": plain(row.date), "account": row.account, "product": row.product,
             "amount": plain(row.amount), "measure": row.measure, "detail": row.detail}
            for row in section.rows
        ],
    }  # fmt: skip


def standing_body(found: Standing, parts: Sequence[Standing] = ()) -> Plain:
    """Return what a proof id of any sort stands for, and what it is worked out of."""
    body = {
        "id": found.proof_id,
        "label": found.label,
        "detail": found.detail,
        "unit": found.unit,
        "then": worth_body(found.then),
        "now": worth_body(found.now) if found.now else None,
        "moved": found.moved,
        "because": list(found.because),
        "commit": found.commit,
        "moment": plain(found.moment),
        "at": found.at,
    }
    return {**body, "parts": [standing_body(part) for part in parts]} if parts else body


def checked_body(found: CheckedFile) -> Plain:
    """Return the check of a document: its figures with place, verdict, then and now."""
    return {
        "file": found.name,
        "sha256": found.sha256,
        "verdict": found.worst.value,
        "counts": {one.value: found.count(one) for one in Verdict},
        "figures": [
            {"place": one.figure.place, "text": one.figure.text, "meant": one.figure.meant,
             "value": one.figure.value, "proof": one.figure.proof, "verdict": one.verdict.value,
             "standing": standing_body(one.standing) if one.standing else None}
            for one in found.figures
        ],
    }  # fmt: skip


def worth_body(worth: Worth) -> Plain:
    """Return one number with what it counts and why there is none."""
    return {"value": plain(worth.value), "measure": worth.measure, "note": worth.note}


def changes_body(changes: Changes) -> Plain:
    """Return what changed since a proof was made."""
    return {
        "proof": changes.proof_id,
        "before": figure_body(changes.before),
        "now": figure_body(changes.now),
        "difference": plain(changes.difference),
        "parts": [
            {"cause": part.cause, "amount": plain(part.amount), "batches": list(part.batch_ids)}
            for part in changes.parts
        ],
    }


def flat_rows(evaluation: Evaluation, *, with_proof: bool = False) -> tuple[list[str], list[list]]:
    """Return header and rows for a sheet, in columns that stay the same for programs.

    First the dimensions, then per metric ``<id>`` (the number), ``<id>_unit`` (what it counts:
    CNY, box, days) and ``<id>_note`` (why there is none); then per metric ``<id>_currency`` (""
    where it is no money) and, when wanted, ``<id>_proof``.
    """
    names = [
        *evaluation.table.column_names,
        *(f"{metric.id}_currency" for metric in evaluation.metrics),
    ]
    if with_proof:
        names = [*names, *(f"{metric.id}_proof" for metric in evaluation.metrics)]
    found = []
    for values, figures in zip(evaluation.table.to_pylist(), evaluation.rows(), strict=True):
        row = list(values.values())
        row += [_figure_of(figures, metric.id).currency for metric in evaluation.metrics]
        if with_proof:
            row += [_figure_of(figures, metric.id).proof_id for metric in evaluation.metrics]
        found.append(row)
    return names, found


def _figure_of(row: Mapping[str, Any], metric_id: str) -> Figure:
    figure: Figure = row[metric_id]
    return figure
