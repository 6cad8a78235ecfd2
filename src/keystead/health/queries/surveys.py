"""Surveys, who was asked, what was answered, what follows."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet

from keystead.accounts.queries import account_for, of_family
from keystead.health import models
from keystead.health.calc.satisfaction import nps, result
from keystead.health.queries.door import one_of, visible
from keystead.health.queries.words import said
from keystead.health.rules.surveys import question_of
from keystead.health.types.surveys import (
    FollowUp,
    FollowUpOutcome,
    FollowUpState,
    Given,
    Invitation,
    Kind,
    Nps,
    Response,
    Result,
    Source,
    Survey,
    SurveyState,
)
from keystead.kit.access import Actor
from keystead.stakeholders.queries import contacts_at
from keystead.stakeholders.types import ChannelKind, Contact

YEAR = 365


def surveys_for(
    actor: Actor, *, account_id: int | None = None, state: str = ""
) -> tuple[Survey, ...]:
    """Return surveys the actor may read, the latest last day first."""
    actor.require("health.view")
    rows = visible(models.SurveyRow.objects.all(), actor)
    if account_id is not None:
        rows = rows.filter(of_family(account_for(actor, account_id).id))
    if state:
        rows = rows.filter(state=state)
    return as_surveys(rows.select_related("account", "owner"))


def survey_for(actor: Actor, survey_id: int) -> Survey:
    """Return a survey; NotFound when missing or foreign."""
    rows = models.SurveyRow.objects.select_related("account", "owner")
    return as_surveys([one_of(actor, rows, survey_id)])[0]


def invitations_of(survey: Survey) -> tuple[Invitation, ...]:
    """Return who was asked in a survey that came through the door."""
    rows = models.InvitationRow.objects.filter(survey_id=survey.id).select_related("person")
    return tuple(
        Invitation(
            id=row.pk, person_id=row.person_id, name=row.person.name,
            has_mail=bool(row.person.email), made=row.token_hash is not None,
            sent_at=row.sent_at, expires_at=row.expires_at, answered_at=row.answered_at,
            waiting=row.waiting,
        )
        for row in rows
    )  # fmt: skip


def people_to_ask(actor: Actor, survey: Survey, *, today: date) -> tuple[Contact, ...]:
    """Return the people of the account who may be asked and were not yet.

    Nobody who left, has no mail address, or does not want to be reached.
    """
    asked = models.InvitationRow.objects.filter(survey_id=survey.id)
    known = set(asked.values_list("person_id", flat=True))
    return tuple(
        one
        for one in contacts_at(actor, survey.account_id)
        if one.id not in known
        and one.email
        and one.channel is not ChannelKind.NONE
        and (one.left_on is None or one.left_on > today)
    )


def responses_of(survey: Survey) -> tuple[Response, ...]:
    """Return what was answered in a survey that came through the door, the oldest first."""
    return as_responses(models.ResponseRow.objects.filter(survey_id=survey.id))


def results_of(survey: Survey) -> tuple[Result, ...]:
    """Return what the answers to each question of a survey say; texts with their day and name."""
    responses = responses_of(survey)
    by_code: dict[str, list[tuple[Response, Given]]] = defaultdict(list)
    for response in responses:
        for given in response.answers:
            by_code[given.code].append((response, given))
    found = []
    for question in survey.questions:
        pairs = by_code.get(question.code, [])
        numbers = [given for _response, given in pairs if given.value is not None]
        texts = tuple(
            (response.on, response.name, given.text)
            for response, given in pairs
            if given.text
        )  # fmt: skip
        base = result(question.code, question.kind, said(question), numbers)
        n = len(texts) if question.kind is Kind.TEXT else base.n
        found.append(dataclasses.replace(base, n=n, texts=texts))
    remarks = by_code.get("why", [])
    if remarks:
        texts = tuple((response.on, response.name, given.text) for response, given in remarks)
        found.append(Result("why", Kind.TEXT, said("why"), len(texts), texts=texts))
    return tuple(found)


def nps_over(actor: Actor, *, today: date, account_id: int | None = None) -> Nps:
    """Return the NPS of all answers of a year that the actor may read, one per person.

    Of somebody who answered more than once the newest counts.
    """
    actor.require("health.view")
    rows = visible(models.ResponseRow.objects.all(), actor)
    if account_id is not None:
        rows = rows.filter(of_family(account_for(actor, account_id).id))
    return nps(newest_values(rows, on=today, days=YEAR).get(None, ()))


def newest_values(
    rows: QuerySet[models.ResponseRow], *, on: date, days: int, by_account: bool = False
) -> dict[int | None, list[int]]:
    """Return the NPS answers given within so many days before a day, the newest of each person.

    By account where asked (of merged ones by the account they live on in), else under None.
    """
    wanted = rows.filter(on__lte=on, on__gt=on - timedelta(days=days)).order_by("on", "id")
    answers = models.AnswerRow.objects.filter(kind=Kind.NPS.value, response__in=wanted.values("pk"))
    listed = answers.order_by("response__on", "response_id").values_list(
        "value", "response_id", "response__person_id", "response__person__merged_into_id",
        "response__account_id", "response__account__canonical_id",
    )  # fmt: skip
    kept: dict[tuple[Any, ...], tuple[int | None, int]] = {}
    for value, response_id, person_id, merged_into, account_id, canonical_id in listed:
        account = (canonical_id or account_id) if by_account else None
        person = merged_into or person_id
        key = (account, "person", person) if person else (account, "response", response_id)
        kept[key] = (account, value)
    found: dict[int | None, list[int]] = defaultdict(list)
    for account, value in kept.values():
        found[account].append(value)
    return found


def follow_ups_for(
    actor: Actor,
    *,
    account_id: int | None = None,
    survey_id: int | None = None,
    still_open: bool | None = None,
    mine: bool = False,
) -> tuple[FollowUp, ...]:
    """Return follow-ups the actor may read, the most urgent first.

    ``mine``: those the actor owns, or nobody does.
    """
    actor.require("health.view")
    rows = visible(models.FollowUpRow.objects.all(), actor)
    if account_id is not None:
        rows = rows.filter(of_family(account_for(actor, account_id).id))
    if survey_id is not None:
        rows = rows.filter(response__survey_id=survey_id)
    if still_open is not None:
        state = FollowUpState.OPEN if still_open else FollowUpState.DONE
        rows = rows.filter(state=state.value)
    if mine:
        rows = rows.filter(Q(owner_id=actor.user_id) | Q(owner_id=None))
    return as_follow_ups(rows)


def follow_up_for(actor: Actor, follow_up_id: int) -> FollowUp:
    """Return a follow-up; NotFound when missing or foreign."""
    row = one_of(actor, models.FollowUpRow.objects.all(), follow_up_id)
    return as_follow_ups(models.FollowUpRow.objects.filter(pk=row.pk))[0]


def as_surveys(rows: Iterable[models.SurveyRow]) -> tuple[Survey, ...]:
    """Return stored surveys as values, with how many were asked and answered."""
    listed = list(rows)
    ids = [row.pk for row in listed]
    asked = _counted(models.InvitationRow.objects.filter(survey_id__in=ids))
    answered = _counted(models.ResponseRow.objects.filter(survey_id__in=ids))
    return tuple(
        Survey(
            id=row.pk, version=row.version, account_id=row.account_id,
            account_name=row.account.name, name=row.name,
            questions=tuple(question_of(one) for one in row.questions),
            state=SurveyState(row.state), ends_on=row.ends_on, owner_id=row.owner_id,
            owner_name=str(row.owner or ""), note=row.note, opened_at=row.opened_at,
            asked=asked.get(row.pk, 0), answered=answered.get(row.pk, 0),
        )
        for row in listed
    )  # fmt: skip


def as_responses(rows: QuerySet[models.ResponseRow]) -> tuple[Response, ...]:
    """Return stored responses with their answers; no rights are checked here."""
    listed = list(rows.select_related("person").order_by("on", "id"))
    ids = [row.pk for row in listed]
    answers: dict[int, list[Given]] = defaultdict(list)
    for one in models.AnswerRow.objects.filter(response_id__in=ids):
        answers[one.response_id].append(Given(one.code, Kind(one.kind), one.question, one.value))
    for remark in models.RemarkRow.objects.filter(response_id__in=ids):
        answers[remark.response_id].append(
            Given(remark.code, Kind.TEXT, remark.question, None, remark.text)
        )
    return tuple(
        Response(
            id=row.pk, survey_id=row.survey_id, account_id=row.account_id, on=row.on,
            source=Source(row.source), person_id=row.person_id,
            name=row.person.name if row.person else "", role=row.role,
            answers=tuple(answers[row.pk]), row=row.row,
        )
        for row in listed
    )  # fmt: skip


def as_follow_ups(rows: QuerySet[models.FollowUpRow]) -> tuple[FollowUp, ...]:
    """Return stored follow-ups with what was said."""
    listed: Sequence[models.FollowUpRow] = list(
        rows.select_related("account", "owner", "response__survey").order_by("due_on", "id")
    )
    responses = models.ResponseRow.objects.filter(pk__in=[row.response_id for row in listed])
    heard = {one.id: one for one in as_responses(responses)}
    return tuple(
        FollowUp(
            id=row.pk, version=row.version, survey_id=row.response.survey_id,
            survey_name=row.response.survey.name, account_id=row.account_id,
            account_name=row.account.name, response_id=row.response_id,
            person=heard[row.response_id].name, said=heard[row.response_id].answers,
            owner_id=row.owner_id, owner_name=str(row.owner or ""), due_on=row.due_on,
            state=FollowUpState(row.state),
            outcome=FollowUpOutcome(row.outcome) if row.outcome else None, note=row.note,
        )
        for row in listed
    )  # fmt: skip


def _counted(rows: QuerySet[Any]) -> dict[int, int]:
    return dict(rows.order_by().values_list("survey_id").annotate(n=Count("pk")))
