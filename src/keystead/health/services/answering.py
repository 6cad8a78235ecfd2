"""Takes answers: by link, without sign-in, once; and brings in the follow-up of an unhappy one."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.accounts.queries import team_for
from keystead.accounts.types import TeamRole
from keystead.health import models
from keystead.health.calc.satisfaction import unhappy
from keystead.health.queries.words import said
from keystead.health.rules.surveys import FOLLOW_UP_DAYS, LONGEST, question_of, valued
from keystead.health.services.keeping import RECIPIENT
from keystead.health.services.surveys import hash_of
from keystead.health.types.surveys import SCALES, Given, Kind, Question, Source, SurveyState
from keystead.kernel.errors import Conflict, Invalid, NotFound
from keystead.kit import audit, mail
from keystead.kit.access import SYSTEM, Actor
from keystead.stakeholders.queries import contact_for

WHY = "why"
LETTER = "health.follow_up"


@dataclasses.dataclass(frozen=True)
class Sheet:
    """What somebody with a link sees. ``over``: answered, closed or expired."""

    name: str
    questions: tuple[Question, ...]
    language: str
    ends_on: date
    over: bool
    answered: bool


def sheet_of(secret: str) -> Sheet:
    """Return what a link shows; NotFound for one that never was or was replaced. Writes nothing."""
    row = models.InvitationRow.objects.select_related("survey", "person").filter(
        token_hash=hash_of(secret)
    ).first()  # fmt: skip
    if row is None:
        raise NotFound(_("There is no such page."), code="link_unknown")
    survey = row.survey
    return Sheet(
        survey.name, tuple(question_of(one) for one in survey.questions), row.person.language,
        survey.ends_on, _over(row, survey), row.answered_at is not None,
    )  # fmt: skip


def answer(*, secret: str, given: Mapping[str, Any]) -> bool:
    """Store what somebody answered, once; return whether somebody of us follows it up.

    ``given`` by code of the question, and ``why`` for the reason. One audit row, without words.
    Conflict where the link is used or over; Invalid where a value is not on its scale or nothing
    was answered.
    """
    with transaction.atomic():
        row = models.InvitationRow.objects.select_for_update().filter(
            token_hash=hash_of(secret)
        ).first()  # fmt: skip
        if row is None:
            raise NotFound(_("There is no such page."), code="link_unknown")
        survey = models.SurveyRow.objects.get(pk=row.survey_id)
        if _over(row, survey):
            raise Conflict(_("This link is no longer open."), code="link_over")
        answers = read_answers([question_of(one) for one in survey.questions], given)
        row.answered_at, row.waiting = timezone.now(), False
        row.save_checked(RECIPIENT)
        kept = keep_response(
            actor=RECIPIENT, answers=answers, survey=survey,
            response=models.ResponseRow(
                survey=survey, account_id=row.account_id, invitation=row, person_id=row.person_id,
                role=_role(row), on=timezone.localdate(), source=Source.LINK.value,
            ),
        )  # fmt: skip
        audit.record(
            actor=RECIPIENT, action="survey.answer", subject=("survey", survey.pk),
            new={"person": row.person_id, "answers": len(answers), "follow_up": kept is not None},
            account_id=row.account_id,
        )  # fmt: skip
    return kept is not None


def read_answers(questions: Sequence[Question], given: Mapping[str, Any]) -> tuple[Given, ...]:
    """Return the answers on their scales, in the order of the questions; Invalid by question."""
    found, wrong = [], {}
    for one in questions:
        text = str(given.get(one.code) or "").strip()
        if one.kind is Kind.TEXT:
            if text:
                found.append(Given(one.code, one.kind, said(one)[:300], None, text[:LONGEST]))
            continue
        try:
            value = valued(one, given.get(one.code))
        except ValueError:
            wrong[one.code] = _("Choose a value of the scale.")
            continue
        if value is not None:
            found.append(Given(one.code, one.kind, said(one)[:300], value))
    if wrong:
        raise Invalid(next(iter(wrong.values())), code="scale", fields=wrong)
    if not found:
        raise Invalid(_("Answer at least one question."), code="empty")
    reason = str(given.get(WHY) or "").strip()
    if reason:
        found.append(Given(WHY, Kind.TEXT, said(WHY)[:300], None, reason[:LONGEST]))
    return tuple(found)


def keep_response(
    *,
    actor: Actor,
    response: models.ResponseRow,
    answers: Sequence[Given],
    survey: models.SurveyRow,
) -> models.FollowUpRow | None:
    """Store a response with its answers; return the follow-up where somebody is unhappy."""
    response.at, response.by_id = timezone.now(), actor.user_id
    response.save(force_insert=True)
    models.AnswerRow.objects.bulk_create(
        models.AnswerRow(
            response=response, code=one.code, kind=one.kind.value, question=one.question,
            lowest=SCALES[one.kind][0], highest=SCALES[one.kind][1], value=one.value,
        )
        for one in answers
        if one.value is not None
    )  # fmt: skip
    models.RemarkRow.objects.bulk_create(
        models.RemarkRow(response=response, code=one.code, question=one.question, text=one.text)
        for one in answers
        if one.text
    )
    return _follow_up(actor, response, survey) if unhappy(answers) else None


def _follow_up(
    actor: Actor, response: models.ResponseRow, survey: models.SurveyRow
) -> models.FollowUpRow:
    owner = survey.owner_id or _owner_of(response.account_id)
    row = models.FollowUpRow(
        response=response, account_id=response.account_id, owner_id=owner,
        due_on=timezone.localdate() + timedelta(days=FOLLOW_UP_DAYS),
    )  # fmt: skip
    row.save_checked(actor)
    if owner is not None:
        mail.post(
            user_ids=[owner], kind=LETTER, key=f"{LETTER}:{row.pk}", data={"follow_up": row.pk}
        )
    return row


def _owner_of(account_id: int) -> int | None:
    team = team_for(SYSTEM, account_id)
    return next((one.user_id for one in team if one.role == TeamRole.OWNER), None)


def _over(row: models.InvitationRow, survey: models.SurveyRow) -> bool:
    return (
        row.answered_at is not None
        or survey.state != SurveyState.OPEN
        or row.expires_at is None
        or row.expires_at <= timezone.now()
    )


def _role(row: models.InvitationRow) -> str:
    """Return what the person does on the day they answer."""
    at = contact_for(SYSTEM, row.person_id).at(timezone.localdate())
    return at.job_title[:120] if at else ""
