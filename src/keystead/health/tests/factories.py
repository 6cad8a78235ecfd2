"""Surveys and what they need, made through the services, with few words."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from keystead.accounts.types import Account
from keystead.health import models, services
from keystead.health.services.answering import keep_response
from keystead.health.types.surveys import Given, Kind, Question, Survey, SurveyEntry
from keystead.kit.access import SYSTEM, Actor
from keystead.stakeholders.tests.factories import person
from keystead.stakeholders.types import Contact

TODAY = timezone.localdate()
NPS = Question("nps", Kind.NPS)
CSAT = Question("csat", Kind.CSAT)


def entry(one: Account, **changes: Any) -> SurveyEntry:
    given = {
        "account_id": one.id, "name": "Yearly survey", "questions": (NPS, CSAT),
        "ends_on": TODAY + timedelta(days=20), **changes,
    }  # fmt: skip
    return SurveyEntry(**given)


def survey(actor: Actor, one: Account, **changes: Any) -> Survey:
    return services.create_survey(actor=actor, entry=entry(one, **changes))


def reader(actor: Actor, one: Account, name: str = "Hélène Dupont", **values: Any) -> Contact:
    mail = f"{name.split(maxsplit=1)[0].casefold()}@example.org"
    return person(actor, one, name, **{"email": mail, "language": "fr", **values})


def link_for(actor: Actor, found: Survey, who: Contact) -> str:
    """Ask somebody and return the secret of their link."""
    services.ask_people(actor=actor, survey_id=found.id, person_ids=[who.id], by_mail=False)
    row = models.InvitationRow.objects.get(survey_id=found.id, person_id=who.id)
    return services.make_link(actor=actor, invitation_id=row.pk)[0]


def stored(found: Survey, *values: int, on: date = TODAY, who: Contact | None = None) -> None:
    """Store answers as a file would, without its detour through a child process."""
    for value in values:
        row = models.ResponseRow(
            survey_id=found.id, account_id=found.account_id, on=on, source="file",
            person_id=who.id if who else None,
        )  # fmt: skip
        keep_response(
            actor=SYSTEM, response=row, answers=[Given("nps", Kind.NPS, "?", value)],
            survey=models.SurveyRow.objects.get(pk=found.id),
        )  # fmt: skip


def answered(actor: Actor, found: Survey, who: Contact, score: int, **more: Any) -> bool:
    return services.answer(secret=link_for(actor, found, who), given={"nps": score, **more})
