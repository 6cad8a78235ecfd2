"""JSON endpoints: cases with offers and concessions, agreed splits, value; letter templates.

All but the letter templates of the house is for reading only.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import File, Form, Router, Schema, Status
from ninja.files import UploadedFile

from keystead.kit.access import actor_of, policy
from keystead.negotiation import queries
from keystead.negotiation.queries import wire
from keystead.negotiation.queries.letter_templates import LARGEST, letter_templates
from keystead.negotiation.queries.plans import missing_plan
from keystead.negotiation.services.letter_templates import (
    add_letter_template,
    withdraw_letter_template,
)
from keystead.negotiation.types.plans import PlanState

router = Router(tags=["negotiation"])
MOST = 1000
Body = dict[str, Any]


class TemplateIn(Schema):
    """A letter template's name, and its language; none for all of them."""

    name: str
    language: str = ""


class VersionIn(Schema):
    """The version one has read; without it the latest is taken."""

    version: int | None = None


@router.get("/negotiations")
@policy("negotiation.view")
def negotiations(request: HttpRequest, account_id: int | None = None) -> Body:
    """The negotiations one may read, the latest change first; nothing that is ours alone."""
    actor = actor_of(request)
    if account_id is None:
        found = queries.negotiations_for(actor)
    else:
        found = queries.negotiations_of(actor, account_id)
    return {"items": [wire.case_body(one) for one in found[:MOST]], "total": len(found)}


@router.get("/negotiations/{negotiation_id}")
@policy("negotiation.view")
def negotiation(request: HttpRequest, negotiation_id: int) -> Body:
    """One negotiation: issues and options, offers, concessions, objections, signings."""
    actor = actor_of(request)
    found = queries.negotiation_for(actor, negotiation_id)
    parts = wire.case_parts(
        queries.offers_of(actor, found.id), queries.concessions_of(actor, found.id),
        queries.objections_of(actor, found.id), queries.signings_of(actor, found.id),
    )  # fmt: skip
    return {**wire.case_body(found), **parts}


@router.get("/accounts/{account_id}/fees")
@policy("negotiation.view")
def fees_of_account(request: HttpRequest, account_id: int) -> Body:
    """The agreed splits of a consortium's fee, the latest period first."""
    plans = queries.fee_plans_of(actor_of(request), account_id)
    found = [one for one in plans if one.state is PlanState.AGREED]
    return {"items": [wire.plan_body(one) for one in found[:MOST]], "total": len(found)}


@router.get("/accounts/{account_id}/value")
@policy("negotiation.view")
def value(request: HttpRequest, account_id: int, deal: int | None = None) -> Body:
    """What we are worth to an account (or in one deal with it), and its use beside the cost."""
    actor = actor_of(request)
    found = queries.value_story(actor, account_id, deal, customer=True)
    return wire.value_body(found, queries.value_of_use(actor, found))


@router.get("/fees/templates")
@policy("negotiation.view")
def templates(request: HttpRequest) -> Body:
    """The letter templates of the house that are in use, the latest first."""
    found = letter_templates(actor_of(request))
    return {"items": [wire.template_body(one) for one in found], "total": len(found)}


@router.post("/fees/templates", response={201: dict[str, Any]})
@policy("reference.edit")
def add_template(
    request: HttpRequest, about: Form[TemplateIn], file: File[UploadedFile]
) -> Status[Body]:
    """Keep a Word file as a letter template; what is wrong in it is named with its place."""
    made = add_letter_template(
        actor=actor_of(request), content=file.read(LARGEST + 1), name=about.name,
        language=about.language,
    )  # fmt: skip
    return Status(201, {"id": made})


@router.post("/fees/templates/{template_id}/withdraw")
@policy("reference.edit")
def withdraw_template(request: HttpRequest, template_id: int, body: VersionIn) -> Body:
    """Take a letter template out of use; letters written with it stay as they are."""
    withdraw_letter_template(
        actor=actor_of(request), template_id=template_id, expected_version=body.version
    )
    return {"id": template_id, "withdrawn": True}


@router.get("/fees/{plan_id}")
@policy("negotiation.view")
def fees(request: HttpRequest, plan_id: int) -> Body:
    """One agreed split with what each member pays; a draft is not there."""
    actor = actor_of(request)
    found = queries.fee_plan_for(actor, plan_id)
    if found.state is not PlanState.AGREED:
        raise missing_plan()
    return wire.plan_body(found, queries.agreed_split_of(actor, found.id))
