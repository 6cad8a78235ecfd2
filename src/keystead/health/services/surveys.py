"""Enter surveys, ask people, make their links, close."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.health import models
from keystead.health.queries.door import one_of
from keystead.health.queries.surveys import as_surveys, people_to_ask, survey_for
from keystead.health.rules.surveys import check_open, check_survey, plain_question
from keystead.health.services.keeping import account_to_keep, checked_owner, keep
from keystead.health.types.surveys import Survey, SurveyEntry, SurveyState
from keystead.kernel.errors import Conflict, Invalid
from keystead.kit import audit, jobs
from keystead.kit.access import Actor
from keystead.kit.models import insert_all

MAILS = "health.invitations"
MOST_PEOPLE = 500


def create_survey(*, actor: Actor, entry: SurveyEntry) -> Survey:
    """Store a survey as a draft; needs ``health.edit`` on the account. One audit row."""
    account = account_to_keep(actor, entry.account_id)
    check_survey(entry, today=timezone.localdate())
    with transaction.atomic():
        row = models.SurveyRow(account_id=account.id)
        _fill(actor, row, entry)
        keep(actor, row, "survey.create", account_id=account.id)
    return value_of(row.pk)


def edit_survey(
    *, actor: Actor, survey_id: int, expected_version: int | None, entry: SurveyEntry
) -> Survey:
    """Change a survey. Once somebody was asked or answered, its questions stay."""
    with transaction.atomic():
        row = survey_to_keep(actor, survey_id)
        check_survey(entry, today=timezone.localdate())
        if row.state == SurveyState.CLOSED:
            raise Conflict(_("This survey is closed."), code="closed")
        old = row.snapshot()
        _fill(actor, row, entry)
        if row.state != SurveyState.DRAFT and row.questions != old["questions"]:
            text = _("Somebody was asked already: the questions stay as they are.")
            raise Conflict(text, code="asked")
        keep(actor, row, "survey.edit", account_id=row.account_id, old=old,
             expected=expected_version)  # fmt: skip
        if str(row.ends_on) != old["ends_on"]:
            waiting = models.InvitationRow.objects.filter(survey=row, answered_at=None)
            waiting.exclude(expires_at=None).update(expires_at=end_of(row))
    return value_of(survey_id)


def ask_people(*, actor: Actor, survey_id: int, person_ids: Iterable[int], by_mail: bool) -> Survey:
    """Ask people of the account, which opens the survey; with ``by_mail`` a worker writes to them.

    Only those who may be asked: here, with an address, and willing. One audit row.
    """
    wanted = sorted(set(person_ids))
    with transaction.atomic():
        row = survey_to_keep(actor, survey_id)
        today = timezone.localdate()
        check_open(SurveyState(row.state), row.ends_on, today)
        allowed = {one.id for one in people_to_ask(actor, value_of(row.pk), today=today)}
        if not wanted or not set(wanted) <= allowed or len(wanted) > MOST_PEOPLE:
            text = _("Choose people of the account who have a mail address.")
            raise Invalid(text, code="people", fields={"people": text})
        old = row.snapshot()
        if row.state == SurveyState.DRAFT:
            row.state, row.opened_at = SurveyState.OPEN.value, timezone.now()
        insert_all(actor, [
            models.InvitationRow(
                survey=row, account_id=row.account_id, person_id=one, waiting=by_mail
            )
            for one in wanted
        ])  # fmt: skip
        keep(actor, row, "survey.ask", account_id=row.account_id, old=old,
             more={"asked": wanted, "by_mail": by_mail})  # fmt: skip
        if by_mail:
            transaction.on_commit(lambda: jobs.enqueue(MAILS, {}, key=MAILS))
    return value_of(survey_id)


def make_link(*, actor: Actor, invitation_id: int) -> tuple[str, Survey, str]:
    """Make a new secret for somebody who was asked; return it, the survey and their name.

    It is told this once: only its hash is kept, and the old one is void. One audit row.
    """
    with transaction.atomic():
        found = one_of(actor, models.InvitationRow.objects.all(), invitation_id)
        survey = survey_to_keep(actor, found.survey_id)
        check_open(SurveyState(survey.state), survey.ends_on, timezone.localdate())
        rows = models.InvitationRow.objects.select_for_update(of=("self",))
        row = rows.select_related("person").get(pk=found.pk)
        if row.answered_at is not None:
            raise Conflict(_("This person has answered already."), code="answered")
        secret = give_secret(row, survey)
        row.waiting = False
        row.save_checked(actor)
        audit.record(
            actor=actor, action="survey.link", subject=("survey", survey.pk),
            new={"person": row.person_id}, account_id=survey.account_id,
        )  # fmt: skip
    return secret, value_of(survey.pk), row.person.name


def close_survey(*, actor: Actor, survey_id: int, expected_version: int | None) -> Survey:
    """End a survey: its links open nothing any more. One audit row."""
    with transaction.atomic():
        row = survey_to_keep(actor, survey_id)
        if row.state == SurveyState.CLOSED:
            raise Conflict(_("This survey is closed."), code="closed")
        old = row.snapshot()
        row.state = SurveyState.CLOSED.value
        keep(actor, row, "survey.close", account_id=row.account_id, old=old,
             expected=expected_version)  # fmt: skip
        models.InvitationRow.objects.filter(survey=row, waiting=True).update(waiting=False)
    return value_of(survey_id)


def survey_to_keep(actor: Actor, survey_id: int) -> models.SurveyRow:
    """Return the locked survey if the actor may write the health of its account."""
    survey_for(actor, survey_id)
    row = models.SurveyRow.objects.select_for_update().get(pk=survey_id)
    account_to_keep(actor, row.account_id)
    return row


def give_secret(row: models.InvitationRow, survey: models.SurveyRow) -> str:
    """Put the hash of a new secret on an invitation and return the secret; nothing is saved."""
    secret = secrets.token_urlsafe(32)
    row.token_hash, row.expires_at = hash_of(secret), end_of(survey)
    return secret


def hash_of(secret: str) -> str:
    """Return what is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def end_of(survey: models.SurveyRow) -> datetime:
    """Return the moment a link of the survey ends: the last day is over everywhere on earth."""
    return datetime.combine(survey.ends_on + timedelta(days=1), time(12), UTC)


def value_of(survey_id: int) -> Survey:
    """Return a stored survey as a value."""
    rows = models.SurveyRow.objects.select_related("account", "owner")
    return as_surveys(rows.filter(pk=survey_id))[0]


def _fill(actor: Actor, row: models.SurveyRow, entry: SurveyEntry) -> None:
    row.name, row.note = entry.name.strip()[:120], entry.note.strip()[:400]
    row.questions = [plain_question(one) for one in entry.questions]
    row.ends_on = entry.ends_on
    row.owner_id = checked_owner(actor, entry.owner_id, before=row.owner_id)
