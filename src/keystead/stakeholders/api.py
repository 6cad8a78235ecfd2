"""JSON endpoints: the people of an account, and who is due for contact."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from keystead.accounts.queries import account_by_code, account_for
from keystead.kit.access import actor_of, policy
from keystead.kit.http.paging import page_of
from keystead.stakeholders.queries import due_list
from keystead.stakeholders.queries.summary import summary_of

router = Router(tags=["people"])


class PersonBody(Schema):
    """``power``, ``interest`` and ``stance`` are null for those who may not read opinions."""

    id: int
    name: str
    title: str
    work: str
    roles: list[str]
    strength: int
    last_talk: date | None
    left_on: date | None
    power: int | None
    interest: int | None
    stance: int | None


class CoverageBody(Schema):
    """``state``: missing, silent, single or covered."""

    role: str
    state: str
    people: list[int]


class AlarmBody(Schema):
    """``share``: the part of all talks of a year that hangs on the person."""

    kind: str
    name: str
    share: float | None


class PeopleBody(Schema):
    """The people of an account; ``strength`` from 0 to 100, null when nobody is known."""

    account: str
    strength: int | None
    formula: str
    people: list[PersonBody]
    coverage: list[CoverageBody]
    alarms: list[AlarmBody]


class DueBody(Schema):
    """Somebody of the engagement plan; ``late_days`` below zero: not yet due."""

    id: int
    person_id: int
    person: str
    account: str
    due_on: date
    last_on: date | None
    late_days: int
    owner: str


class DuePage(Schema):
    items: list[DueBody]
    next: str | None


@router.get("/accounts/{account_id}/people", response=PeopleBody)
@policy("stakeholders.view")
def people(request: HttpRequest, account_id: int) -> dict[str, Any]:
    """The people of an account with roles, strength, coverage and alarms."""
    actor = actor_of(request)
    return summary_of(actor, account_for(actor, account_id).id)


@router.get("/people/due", response=DuePage)
@policy("stakeholders.view")
def due(
    request: HttpRequest, mine: bool = False, account: str = "", limit: int = 100, after: str = ""
) -> dict[str, Any]:
    """Who is due for contact, the latest late first."""
    actor = actor_of(request)
    account_id = account_by_code(actor, account).id if account else None
    found = due_list(actor, account_id=account_id, mine=mine)
    return page_of(
        found,
        key=lambda one: (one.due_on.isoformat(), one.cadence.id),
        limit=limit,
        after=after,
        shown=lambda one: {
            "id": one.cadence.id,
            "person_id": one.cadence.person_id,
            "person": one.person,
            "account": one.account,
            "due_on": one.due_on,
            "last_on": one.last_on,
            "late_days": one.late_days,
            "owner": one.cadence.owner,
        },
    )
