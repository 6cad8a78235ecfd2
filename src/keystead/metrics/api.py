"""JSON endpoints: the catalogue, figures, their proofs, what changed since."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Schema

from keystead.kernel.errors import Invalid
from keystead.kernel.periods import Period
from keystead.kit.access import actor_of, policy
from keystead.metrics import queries, services

router = Router(tags=["metrics"])
MOST = 1000


class Question(Schema):
    """What to evaluate. Lists are comma-separated."""

    metrics: str
    by: str = ""
    period: str = ""
    first: date | None = None
    last: date | None = None
    as_of: str = ""
    currency: str = ""
    calendar: str = "calendar"
    account: str = ""
    product: str = ""
    filters: str = ""
    limit: int = 100
    after: str = ""


@router.get("/metrics")
@policy("metrics.view")
def metrics(request: HttpRequest) -> dict[str, Any]:
    """List every metric with its definition, in the reader's language."""
    entries = queries.catalogue(actor_of(request))
    return {"items": [queries.entry_body(entry) for entry in entries], "next": None}


@router.get("/metrics/evaluate")
@policy("metrics.view")
def evaluate(request: HttpRequest, question: Query[Question]) -> dict[str, Any]:
    """Evaluate metrics: ``metrics=sell_in,target&by=account,month&period=2026-Q2``.

    ``first`` and ``last`` (inclusive) instead of ``period``; ``as_of`` is a commit, a day or a
    moment; ``account`` and ``product`` are ids; ``filters`` is ``segment=gold;brand=A,B``.
    """
    actor = actor_of(request)
    found = queries.evaluate(
        actor=actor,
        metrics=_listed(question.metrics),
        by=_listed(question.by),
        period=_period(question),
        filters=_filters(question),
        as_of=queries.parse_as_of(question.as_of),
        currency=question.currency or None,
        calendar=question.calendar,
    )
    services.note_price_view(actor=actor, evaluation=found)
    offset = int(question.after) if question.after.isdigit() else 0
    size = max(1, min(question.limit, MOST))
    following = offset + size
    return {
        "items": queries.rows_body(found, offset, size),
        "next": str(following) if following < len(found) else None,
        "commit": found.commit,
        "currency": found.currency,
    }


@router.get("/metrics/{metric_id}")
@policy("metrics.view")
def metric(request: HttpRequest, metric_id: str) -> dict[str, Any]:
    """Show one metric's definition."""
    return queries.entry_body(queries.catalogue_entry(actor_of(request), metric_id))


@router.get("/proof/{proof_id}")
@policy("metrics.view")
def proof(
    request: HttpRequest, proof_id: str, section: str = "", offset: int = 0, limit: int = 50
) -> dict[str, Any]:
    """Open a proof: definition, filter, as-of, batches, and source rows page by page.

    A figure worked out of others, or one of another room, answers with its value then and now.
    """
    actor = actor_of(request)
    if queries.is_no_metric(proof_id):
        whole = queries.standing(actor=actor, proof_id=proof_id)
        services.note_standings_view(actor=actor, standings=[whole])
        return queries.standing_body(whole, queries.parts_of(actor=actor, proof_id=proof_id))
    found = queries.open_proof(
        actor=actor, proof_id=proof_id, section=section, offset=offset, limit=limit
    )
    services.note_proof_view(actor=actor, proof=found)
    return queries.proof_body(found)


@router.get("/proof/{proof_id}/changes")
@policy("metrics.view")
def changes(request: HttpRequest, proof_id: str) -> dict[str, Any]:
    """Say how the figure differs now and split the difference by its causes."""
    return queries.changes_body(queries.changes_since(actor=actor_of(request), proof_id=proof_id))


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _period(question: Question) -> Period:
    if question.period:
        return Period.parse(question.period)
    if question.first is None or question.last is None:
        raise Invalid("Name a period, or its first and last day.", code="period_missing")
    return Period.between(question.first, question.last)


def _filters(question: Question) -> dict[str, list[str]]:
    found = queries.parse_filters(question.filters.split(";") if question.filters else ())
    for name in ("account", "product"):
        values = _listed(getattr(question, name))
        if values:
            found[name] = values
    return found
