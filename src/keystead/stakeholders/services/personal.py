"""What a person would receive if they ask for their data, and the end of it."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.governance.queries.acknowledgements import require_acknowledged
from keystead.governance.rules.people_data import freed
from keystead.governance.services.people_data import free_trail
from keystead.kernel.errors import Conflict, Invalid
from keystead.kit import audit, outbox
from keystead.kit.access import Actor
from keystead.kit.models import AuditEntry
from keystead.stakeholders import models
from keystead.stakeholders.queries.personal import held_about
from keystead.stakeholders.services.keeping import may_judge, person_to_write, subject_of
from keystead.stakeholders.types.events import ContactErased

# In acts about the person these tell of them and nothing else.
FIELDS = frozenset(
    {"name", "title", "email", "phone", "basis_note", "job_title", "evidence", "power", "interest",
     "stance", "note", "topics", "organisation"}
)  # fmt: skip


@transaction.atomic
def take_out(*, actor: Actor, person_id: int) -> dict[str, Any]:
    """Return what is held about a person, for a file; noted in the trail.

    A file leaves the house whole or not at all: it needs the right to the opinions too, and data
    protection acknowledged where that is a rule.
    """
    found = held_about(actor, person_id)
    require_acknowledged(actor, "data_protection")
    row = person_to_write(actor, person_id)
    may_judge(actor, row.account_id)
    audit.record(
        actor=actor, action="contact.export", subject=(subject_of(row), row.pk),
        account_id=row.account_id,
    )  # fmt: skip
    return found


@transaction.atomic
def erase_person(*, actor: Actor, person_id: int, why: str) -> str:
    """Take a person's names out of everything, the trail too; return the pseudonym.

    Talks stay, freed of the names; roles, opinions, ties, workplaces and rhythms go. Entries
    merged into the person go with them. Needs the right to write the account's opinions.
    """
    row = person_to_write(actor, person_id)
    may_judge(actor, row.account_id)
    if not why.strip():
        raise Invalid(_("Say why."), fields={"why": _("An erasing keeps its reason.")})
    if models.Interaction.objects.filter(next_done=False).exclude(next_step="").filter(
        pk__in=models.Participant.objects.filter(person=row).values("interaction_id")
    ).exists():  # fmt: skip
        raise Conflict(_("A next step with this person is open: tick it off first."), code="open")
    people = [row, *models.Person.objects.filter(merged_into=row)]
    other = f"Former contact {row.pk}"
    names = {name: other for one in people for name in (one.name, one.email, one.phone) if name}
    subjects = _take_away(people)
    _free_talks(people, names)
    for one in people:
        _empty(actor, one, other)
    kept = free_trail(
        names, about=lambda act: (act.subject_type, act.subject_id) in subjects, fields=FIELDS
    )
    audit.record(
        actor=actor, action="contact.erase", subject=(subject_of(row), row.pk),
        new={"pseudonym": other, "rows": kept}, why=freed(why, names), account_id=row.account_id,
    )  # fmt: skip
    outbox.publish(ContactErased(person_ids=tuple(one.pk for one in people)))
    return other


def _take_away(people: list[models.Person]) -> set[tuple[str, str]]:
    """Remove what is only about the people; return what the trail calls all of it."""
    subjects = {(subject_of(one), str(one.pk)) for one in people}
    for model in (models.RoleHeld, models.Assessment, models.Affiliation, models.Cadence):
        rows = model._default_manager.filter(person__in=people)
        subjects |= {(subject_of(model), str(pk)) for pk in rows.values_list("pk", flat=True)}
        rows.delete()
    for end in ("source", "target"):
        ties = models.Tie.objects.filter(**{f"{end}__in": people})
        subjects |= {(subject_of(models.Tie), str(pk)) for pk in ties.values_list("pk", flat=True)}
        ties.delete()
    # What was removed before stands in the trail only, with the number of the person.
    numbers = {one.pk for one in people}
    for act in AuditEntry.objects.filter(subject_type__startswith="contact.").exclude(salt=""):
        told = {**(act.old or {}), **(act.new or {})}
        if {told.get(key) for key in ("person", "source", "target")} & numbers:
            subjects.add((act.subject_type, act.subject_id))
    return subjects


def _free_talks(people: list[models.Person], names: dict[str, str]) -> None:
    took = models.Participant.objects.filter(person__in=people).values("interaction_id")
    for talk in models.Interaction.objects.filter(pk__in=took):
        texts = {key: getattr(talk, key) for key in ("subject", "summary", "next_step")}
        models.Interaction.objects.filter(pk=talk.pk).update(
            **{key: freed(text, names)[:200] if key != "summary" else freed(text, names)
               for key, text in texts.items()}, message_id="",
        )  # fmt: skip


def _empty(actor: Actor, row: models.Person, other: str) -> None:
    row.name, row.erased_on = other, timezone.localdate()
    for field in ("title", "email", "phone", "language", "basis_note"):
        setattr(row, field, "")
    row.save_checked(actor)
