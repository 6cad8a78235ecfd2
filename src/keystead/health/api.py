"""JSON endpoints: scores with their parts, rules, back-test, surveys and their results."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router

from keystead.health import queries
from keystead.health.queries import wire
from keystead.kit.access import actor_of, policy

router = Router(tags=["health"])
MOST = 1000
Body = dict[str, Any]


@router.get("/account-health")
@policy("health.view")
def accounts(request: HttpRequest, band: str = "") -> Body:
    """The kept scores of the accounts one may read, the worst first."""
    found = [
        one
        for one in queries.standings_for(actor_of(request))
        if not band or (one.newest is not None and one.newest.score.band.value == band)
    ]
    return {"items": [wire.standing_body(one) for one in found[:MOST]], "total": len(found)}


@router.get("/account-health/rules")
@policy("health.view")
def rules(request: HttpRequest) -> Body:
    """Every version of the rules, the newest first."""
    return {"items": [wire.rules_body(one) for one in queries.rule_versions()]}


@router.get("/account-health/back-test")
@policy("health.view")
def back_test(request: HttpRequest) -> Body:
    """Kept scores against what renewals became; no figure while it is not validated."""
    return {"items": [wire.back_test_body(one) for one in queries.back_tests()]}


@router.get("/account-health/accounts/{account_id}")
@policy("health.view")
def account(request: HttpRequest, account_id: int) -> Body:
    """The score of an account as of today with every part, and its kept months."""
    actor = actor_of(request)
    found = queries.readable(actor, account_id)
    return {
        "account_id": found.id, "account": found.code, "name": found.name,
        "today": wire.score_body(queries.score_now(actor, found.id)),
        "months": [wire.snapshot_body(one) for one in queries.snapshots_for(actor, found.id)],
        "nps": wire.nps_body(
            queries.nps_over(actor, today=timezone.localdate(), account_id=found.id)
        ),
    }  # fmt: skip


@router.get("/surveys")
@policy("health.view")
def surveys(request: HttpRequest, account_id: int | None = None) -> Body:
    """The surveys one may read, the latest last day first."""
    found = queries.surveys_for(actor_of(request), account_id=account_id)
    return {"items": [wire.survey_body(one) for one in found[:MOST]], "total": len(found)}


@router.get("/surveys/{survey_id}")
@policy("health.view")
def survey(request: HttpRequest, survey_id: int) -> Body:
    """A survey with what its answers say: n and interval, without names and words."""
    found = queries.survey_for(actor_of(request), survey_id)
    results = [wire.result_body(one) for one in queries.results_of(found)]
    return {**wire.survey_body(found), "results": results}


@router.get("/follow-ups")
@policy("health.view")
def follow_ups(request: HttpRequest, account_id: int | None = None, open: bool = True) -> Body:
    """The follow-ups one may read, the most urgent first."""
    found = queries.follow_ups_for(
        actor_of(request), account_id=account_id, still_open=True if open else None
    )
    return {"items": [wire.follow_up_body(one) for one in found[:MOST]], "total": len(found)}
