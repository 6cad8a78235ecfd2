"""Log interactions, tick off what followed, plan who is met how often."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.accounts.queries import family_ids, people_for_team
from keystead.accounts.rules.fields import tidy
from keystead.kit import audit
from keystead.kit.access import Actor
from keystead.stakeholders import models
from keystead.stakeholders.queries.door import visible_people
from keystead.stakeholders.queries.people import living
from keystead.stakeholders.queries.talks import as_cadence, as_interactions
from keystead.stakeholders.services.keeping import (
    account_of_people,
    entry_to_write,
    keep,
    person_to_read,
    refuse,
    subject_of,
)
from keystead.stakeholders.types import Cadence, CadenceEntry, Interaction, InteractionEntry

LONGEST = 20_000


def log_interaction(*, actor: Actor, entry: InteractionEntry) -> Interaction:
    """Store a meeting, call or mail with who took part. One audit row.

    The writer took part unless somebody of ours is named.
    """
    account = account_of_people(actor, entry.account_id)
    with transaction.atomic():
        row = models.Interaction(account_id=account.id, message_id=entry.message_id.strip()[:200])
        same = models.Interaction.objects.filter(
            account_id__in=family_ids(account.id), message_id=row.message_id
        )
        if row.message_id and same.exists():
            refuse({"subject": _("This message was logged before.")})
        _keep(actor, row, entry, "contact.interaction.log", None, None)
    return as_interactions([row])[0]


def edit_interaction(
    *, actor: Actor, interaction_id: int, expected_version: int | None, entry: InteractionEntry
) -> Interaction:
    """Change what was written down of an interaction. One audit row."""
    with transaction.atomic():
        row = entry_to_write(actor, models.Interaction, interaction_id)
        old = {**row.snapshot(), **_took_part(row)}
        _keep(actor, row, entry, "contact.interaction.edit", old, expected_version)
    return as_interactions([row])[0]


def finish_step(
    *, actor: Actor, interaction_id: int, expected_version: int | None = None
) -> Interaction:
    """Tick off the next step of an interaction. One audit row."""
    with transaction.atomic():
        row = entry_to_write(actor, models.Interaction, interaction_id)
        old = row.snapshot()
        row.next_done = True
        keep(actor, row, "contact.interaction.done", account_id=row.account_id, old=old,
             expected=expected_version)  # fmt: skip
    return as_interactions([row])[0]


def set_cadence(
    *, actor: Actor, person_id: int, entry: CadenceEntry, expected_version: int | None = None
) -> Cadence:
    """Say how often somebody is met, by whom, about what. One audit row."""
    account = account_of_people(actor, entry.account_id)
    wrong = {}
    if not 1 <= entry.every_days <= 730:
        wrong["every_days"] = _("Give 1 to 730 days.")
    if entry.owner_id not in dict(people_for_team(actor)):
        wrong["owner"] = _("Choose one of us.")
    refuse(wrong)
    with transaction.atomic():
        person = person_to_read(actor, person_id)
        rows = models.Cadence.objects.filter(person=person)
        row = rows.filter(account_id__in=family_ids(account.id)).first()
        old = row.snapshot() if row else None
        row = row or models.Cadence(person=person, account_id=account.id)
        row.every_days, row.owner_id = entry.every_days, entry.owner_id
        row.channel, row.topics = entry.channel.value, tidy(entry.topics)[:200]
        keep(actor, row, "contact.cadence.set", account_id=account.id, old=old,
             expected=expected_version)  # fmt: skip
    return as_cadence(row)


def end_cadence(*, actor: Actor, cadence_id: int) -> None:
    """Take somebody out of the engagement plan. One audit row."""
    with transaction.atomic():
        row = entry_to_write(actor, models.Cadence, cadence_id)
        audit.record(
            actor=actor,
            action="contact.cadence.end",
            subject=(subject_of(row), row.pk),
            old=row.snapshot(),
            account_id=row.account_id,
        )
        row.delete()


def _keep(
    actor: Actor,
    row: models.Interaction,
    entry: InteractionEntry,
    action: str,
    old: dict[str, Any] | None,
    expected: int | None,
) -> None:
    subject, summary = (
        tidy(entry.subject),
        "\n".join(line.rstrip() for line in entry.summary.replace("\0", "").strip().splitlines()),
    )
    wrong: dict[str, str] = {}
    if not subject:
        wrong["subject"] = _("Say what it was about.")
    if entry.on > timezone.localdate() and not row.pk:
        wrong["on"] = _("It lies in the future: write it down as a next step.")
    if len(summary) > LONGEST:
        wrong["summary"] = _("At most %(count)s characters.") % {"count": LONGEST}
    people = sorted(set(entry.people))
    if living(visible_people(actor)).filter(pk__in=people).count() != len(people):
        wrong["people"] = _("One of these people is not known here.")
    users = sorted(set(entry.colleagues)) or ([actor.user_id] if actor.user_id else [])
    if set(entry.colleagues) - set(dict(people_for_team(actor))):
        wrong["colleagues"] = _("Choose one of us.")
    if not people:
        wrong["people"] = _("Say who took part.")
    refuse(wrong)
    row.kind, row.on, row.subject = entry.kind.value, entry.on, subject[:200]
    row.summary, row.initiator = summary, entry.initiator.value
    step = tidy(entry.next_step)[:200]
    row.next_done = row.next_done and step == row.next_step
    row.next_step, row.next_on = step, entry.next_on
    more = {"people": people, "colleagues": users}
    keep(actor, row, action, account_id=row.account_id, old=old, expected=expected, more=more)
    models.Participant.objects.filter(interaction=row).delete()
    models.Participant.objects.bulk_create(
        [models.Participant(interaction=row, person_id=pk) for pk in people]
        + [models.Participant(interaction=row, user_id=pk) for pk in users]
    )


def _took_part(row: models.Interaction) -> dict[str, Any]:
    took = models.Participant.objects.filter(interaction=row).order_by("id")
    return {
        "people": [one.person_id for one in took if one.person_id is not None],
        "colleagues": [one.user_id for one in took if one.user_id is not None],
    }
