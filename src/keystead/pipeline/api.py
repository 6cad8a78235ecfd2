"""JSON endpoints: renewals, retention, opportunities, signals, losses of competitors, roll-up."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema, Status

from keystead.kernel.money import currency_code
from keystead.kernel.periods import Period
from keystead.kit.access import actor_of, policy
from keystead.pipeline import queries, services
from keystead.pipeline.queries import deal_wire, wire
from keystead.pipeline.queries.deal_words import stage_name
from keystead.pipeline.types.seen import RivalLoss

router = Router(tags=["pipeline"])
MOST = 1000
Body = dict[str, Any]


class RivalLossIn(Schema):
    """What a competitor lost at an account: who, what, when, and where it is known from."""

    account_id: int
    rival: str
    what: str
    on: dt.date
    source: str


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


@router.get("/opportunities")
@policy("pipeline.view")
def opportunities(
    request: HttpRequest,
    account_id: int | None = None,
    kind: str = "",
    stage: str = "",
    closed: bool | None = None,
) -> Body:
    """The opportunities one may read, by the day they are expected to close."""
    found = queries.opportunities_for(
        actor_of(request), account_id=account_id, kind=kind, stage=stage,
        still_open=None if closed is None else not closed,
    )  # fmt: skip
    return {"items": [deal_wire.deal_body(one) for one in found[:MOST]], "total": len(found)}


@router.get("/opportunities/alerts")
@policy("pipeline.view")
def tender_alerts(request: HttpRequest) -> Body:
    """The days of tenders with a warning today, the nearest first."""
    found = queries.tender_alerts(actor_of(request))
    return {"items": deal_wire.tender_bodies(found[:MOST]), "total": len(found)}


@router.get("/opportunities/signals")
@policy("pipeline.view")
def signals(request: HttpRequest) -> Body:
    """The signals nobody has answered."""
    found = queries.signals_for(actor_of(request))
    since = queries.first_seen_of(one.key for one in found[:MOST])
    items = [deal_wire.signal_body(one, since.get(one.key)) for one in found[:MOST]]
    return {"items": items, "total": len(found)}


@router.post("/opportunities/signals/competitor", response={201: dict[str, Any]})
@policy("pipeline.edit")
def tell_loss(request: HttpRequest, body: RivalLossIn) -> Status[Body]:
    """Write down what a competitor lost; it becomes a signal."""
    made = services.tell_rival_loss(actor=actor_of(request), loss=RivalLoss(**body.dict()))
    return Status(201, {"id": made})


@router.get("/opportunities/stages")
@policy("pipeline.view")
def stages(request: HttpRequest) -> Body:
    """The stages in use, in their order."""
    found = queries.stages()
    return {"items": [deal_wire.stage_body(one, stage_name(one)) for one in found]}


@router.get("/opportunities/roll-up")
@policy("pipeline.view")
def rollup(request: HttpRequest, year: int, currency: str, by: str = "team") -> Body:
    """New sales and renewals of a year against the target, by team and manager or territory."""
    found = queries.rollup_for(
        actor_of(request), year=max(1990, min(year, 2100)), currency=currency_code(currency), by=by
    )
    body = deal_wire.rollup_body(found)
    body["apart"] = deal_wire.apart_bodies(queries.deals_apart(actor_of(request)))
    return body


@router.get("/opportunities/{opportunity_id}")
@policy("pipeline.view")
def opportunity(request: HttpRequest, opportunity_id: int) -> Body:
    """One opportunity with its steps, what qualifies it, and what the model says."""
    found = queries.opportunity_for(actor_of(request), opportunity_id)
    return {
        **deal_wire.deal_body(found),
        "steps": [deal_wire.step_body(one) for one in queries.steps_of(found)],
        "qualification": [
            {"item": one.item, "text": one.text, "done": one.done, "by": one.by_name,
             "at": one.at.isoformat()}
            for one in queries.qualification_of(found)
        ],
        "model": wire.chance_body(queries.odds_now(found)) if found.open else None,
    }  # fmt: skip
