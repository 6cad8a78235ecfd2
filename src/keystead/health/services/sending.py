"""Writes to those who are asked: the secret is made when the mail goes, and kept nowhere else."""

from __future__ import annotations

import logging
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import F
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from keystead.health import models
from keystead.health.queries.surveys import as_follow_ups
from keystead.health.services.answering import LETTER
from keystead.health.services.surveys import give_secret
from keystead.health.types.surveys import FollowUpState, SurveyState
from keystead.kit import mail
from keystead.kit.access import SYSTEM, actor_for
from keystead.kit.models import User

log = logging.getLogger("keystead.health.mail")
MOST_TRIES = 5


def send_invitations() -> dict[str, int]:
    """Write to who waits; what the server refuses is tried again later, five times.

    Nothing happens without a mail server or without knowing our own address. The secret is made
    and its hash stored before the mail goes: a crash between the two leaves a link nobody has,
    and the next try makes another.
    """
    counts = {"sent": 0, "dropped": 0, "failed": 0}
    if not settings.KEYSTEAD_MAIL or not mail.link("/"):
        return counts
    waiting = models.InvitationRow.objects.filter(waiting=True, tries__lt=MOST_TRIES)
    for pk, tries in list(waiting.order_by("pk").values_list("pk", "tries")):
        mine = models.InvitationRow.objects.filter(pk=pk, waiting=True, tries=tries)
        if mine.update(tries=F("tries") + 1):  # else another worker has it
            counts[_send(pk)] += 1
    return counts


def _send(pk: int) -> str:
    with transaction.atomic():
        row = models.InvitationRow.objects.select_for_update(of=("self",)).select_related(
            "survey", "person", "account", "survey__owner"
        ).get(pk=pk)  # fmt: skip
        survey, person = row.survey, row.person
        today = timezone.localdate()
        gone = person.left_on is not None and person.left_on <= today
        over = survey.state != SurveyState.OPEN or today > survey.ends_on
        if over or gone or not person.email or person.erased_on or row.answered_at:
            row.waiting = False
            row.save_checked(SYSTEM)
            return "dropped"
        secret = give_secret(row, survey)
        row.save_checked(SYSTEM)
    with override(language_of(person.language)):
        subject, body = _words(row, secret)
    try:
        send_mail(" ".join(subject.split()), body, None, [person.email])
    except OSError:  # no server, or it refuses: SMTPException is one
        log.warning("invitation %s could not be sent", pk, exc_info=True)
        return "failed"
    sent = models.InvitationRow.objects.filter(pk=pk)
    sent.update(waiting=False, sent_at=timezone.now(), version=F("version") + 1)
    return "sent"


def language_of(given: str) -> str:
    """Return the language of ours that comes nearest to what a contact carries.

    >>> language_of("zh-CN"), language_of("FR"), language_of("de")
    ('zh-hans', 'fr', 'en')
    """
    start = given.strip().casefold()[:2]
    return {"zh": "zh-hans", "fr": "fr"}.get(start, "en")


def _words(row: models.InvitationRow, secret: str) -> tuple[str, str]:
    values = {
        "name": row.person.name,
        "survey": row.survey,
        "ours": str(row.survey.owner or ""),
        "link": mail.link(reverse("health:answer", args=[secret])),
    }
    subject = _("Two minutes for your opinion: %(name)s") % {"name": row.survey.name}
    return subject, render_to_string("health/mail/invitation.txt", values)


@mail.letter(LETTER)
def follow_up(user: User, data: dict[str, Any]) -> tuple[str, str] | None:
    """Write to the owner of a follow-up that is still open."""
    rows = models.FollowUpRow.objects.filter(pk=data["follow_up"], owner_id=user.pk)
    found = as_follow_ups(rows)
    if not found or found[0].state is not FollowUpState.OPEN:
        return None
    if not actor_for(user).can("health.view"):
        return None
    link = mail.link(reverse("health:follow_up", args=[found[0].id]))
    body = render_to_string("health/mail/follow_up.txt", {"item": found[0], "link": link})
    return _("Somebody is unhappy: %(name)s") % {"name": found[0].account_name}, body
