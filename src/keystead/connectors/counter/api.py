"""JSON endpoints: the sources of usage. Keys go in and never come out."""

from __future__ import annotations

import dataclasses
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router, Schema, Status
from pydantic import ConfigDict

from keystead.connectors.counter.calc.months import month_said
from keystead.connectors.counter.queries.coverage import coverage_of
from keystead.connectors.counter.queries.sources import job_of, source_for, sources
from keystead.connectors.counter.queries.wire import month_bodies, source_body
from keystead.connectors.counter.services import sources as writing
from keystead.kernel.errors import Invalid
from keystead.kit.access import actor_of, policy

router = Router(tags=["usage"])
Body = dict[str, Any]


class SourceFields(Schema):
    """``first_month`` as 2026-01. ``requestor_id`` and ``api_key`` are sealed and never shown."""

    model_config = ConfigDict(extra="forbid")

    release: str = "5.1"
    platform: str = ""
    account_id: int | None = None
    reports: list[str] = ["TR"]
    members: bool = False
    pause_seconds: int = 1
    active: bool = True
    requestor_id: str | None = None
    api_key: str | None = None


class NewSource(SourceFields):
    """What a new source needs."""

    name: str
    server: str
    customer_id: str
    first_month: str


class SourceChange(SourceFields):
    """``version`` is the one that was read. What is not given stays; an empty key is forgotten."""

    version: int
    name: str = ""
    server: str = ""
    customer_id: str = ""
    first_month: str = ""


class Ending(Schema):
    """``version`` is the one that was read."""

    version: int


class Months(Schema):
    """Months as 2026-01, to be fetched anew even where they are loaded; none: what is missing."""

    months: list[str] = []


@router.get("/usage/sources")
@policy("usage.sources")
def all_sources(request: HttpRequest) -> Body:
    """Where usage is fetched from."""
    found = sources(actor_of(request))
    return {"items": [source_body(one) for one in found], "total": len(found)}


@router.post("/usage/sources", response={201: Body})
@policy("usage.sources")
def create_source(request: HttpRequest, body: NewSource) -> Status[Body]:
    """Enter a source."""
    entry = writing.SourceEntry(**_values(body.dict()))
    return Status(201, source_body(writing.create_source(actor=actor_of(request), entry=entry)))


@router.get("/usage/sources/{source_id}")
@policy("usage.sources")
def one_source(request: HttpRequest, source_id: int) -> Body:
    """One source with its months, and the job that fetches from it now."""
    actor = actor_of(request)
    found = source_for(actor, source_id)
    months = month_bodies(coverage_of(actor, found))
    return {**source_body(found), "months": months, "job": job_of(actor, found.id)}


@router.patch("/usage/sources/{source_id}")
@policy("usage.sources")
def edit_source(request: HttpRequest, source_id: int, body: SourceChange) -> Body:
    """Change the fields that are given; it is asked anew."""
    actor = actor_of(request)
    values = _values(body.dict(exclude_unset=True))
    version = values.pop("version")
    before = writing.entry_of(source_for(actor, source_id))
    entry = dataclasses.replace(before, **values)
    made = writing.edit_source(
        actor=actor, source_id=source_id, expected_version=version, entry=entry
    )
    return source_body(made)


@router.post("/usage/sources/{source_id}/end")
@policy("usage.sources")
def end_source(request: HttpRequest, source_id: int, body: Ending) -> Body:
    """End a source: it is not asked any more, and its keys are forgotten."""
    made = writing.end_source(
        actor=actor_of(request), source_id=source_id, expected_version=body.version
    )
    return source_body(made)


@router.post("/usage/sources/{source_id}/harvest", response={202: Body})
@policy("usage.sources")
def harvest(request: HttpRequest, source_id: int, body: Months) -> Status[Body]:
    """Fetch now, in a job: what is missing, or the months that are named."""
    months = [_month(one, "months") for one in body.months]
    job = writing.start_harvest(actor=actor_of(request), source_id=source_id, months=months)
    return Status(202, {"job": job})


def _values(given: Body) -> Body:
    if "first_month" in given:
        given["first_month"] = _month(given["first_month"], "first_month")
    if "reports" in given:
        given["reports"] = tuple(given["reports"])
    return given


def _month(text: str, field: str) -> Any:
    found = month_said(text)
    if found is None:
        said = _("“%(text)s” is no month; write it as 2026-01.") % {"text": text[:20]}
        raise Invalid(said, code="bad_month", field=field, fields={field: said})
    return found
