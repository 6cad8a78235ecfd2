"""JSON endpoints: renewals, their warnings, retention."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router

from keystead.kernel.money import currency_code
from keystead.kernel.periods import Period
from keystead.kit.access import actor_of, policy
from keystead.pipeline import queries
from keystead.pipeline.queries import wire

router = Router(tags=["pipeline"])
MOST = 1000
Body = dict[str, Any]


@router.get("/renewals")
@policy("pipeline.view")
def renewals(
    request: HttpRequest,
    account_id: int | None = None,
    within_days: int | None = None,
    closed: bool | None = None,
) -> Body:
    """The renewals one may read, by the end of their term."""
    found = queries.renewals_for(
        actor_of(request), account_id=account_id,
        within=None if within_days is None else max(0, min(within_days, 9999)),
        still_open=None if closed is None else not closed,
    )  # fmt: skip
    return {"items": [wire.renewal_body(one) for one in found[:MOST]], "total": len(found)}


@router.get("/renewals/alerts")
@policy("pipeline.view")
def alerts(request: HttpRequest) -> Body:
    """The notice windows with a warning today, the nearest first."""
    found = queries.alerts_for(actor_of(request), today=timezone.localdate())
    return {"items": wire.alert_bodies(found[:MOST]), "total": len(found)}


@router.get("/renewals/retention")
@policy("pipeline.view")
def retention(request: HttpRequest, period: str, currency: str) -> Body:
    """Gross and net retention of the terms that ended in a period."""
    code = currency_code(currency)
    found = queries.retention_for(actor_of(request), period=Period.parse(period), currency=code)
    return wire.retention_body(found, code)


@router.get("/renewals/{renewal_id}")
@policy("pipeline.view")
def renewal(request: HttpRequest, renewal_id: int) -> Body:
    """One renewal with what was shown for its gates, and what the model says."""
    found = queries.renewal_for(actor_of(request), renewal_id)
    shown = queries.evidence_of(found)
    model = queries.chance_of(found, today=timezone.localdate(), shown=shown)
    return {
        **wire.renewal_body(found),
        "evidence": [
            {"item": one.item, "text": one.text, "done": one.done, "by": one.by_name,
             "at": one.at.isoformat()}
            for one in shown
        ],
        "model": wire.chance_body(model) if found.open else None,
    }  # fmt: skip
