"""Enter people, change them, say where they work, make one of two."""

from __future__ import annotations

import re

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from keystead.accounts.queries import account_for
from keystead.accounts.rules.fields import tidy
from keystead.kernel.errors import Invalid
from keystead.kit.access import Actor
from keystead.stakeholders import models
from keystead.stakeholders.queries.people import as_contacts
from keystead.stakeholders.rules.privacy import missing_basis
from keystead.stakeholders.services.keeping import (
    account_of_people,
    keep,
    person_to_write,
    refuse,
)
from keystead.stakeholders.types import AffiliationEntry, Contact, PersonEntry

LENGTHS = {"name": 160, "email": 254, "title": 80, "phone": 40, "language": 10, "basis_note": 200}
MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def add_person(
    *, actor: Actor, entry: PersonEntry, job_title: str = "", organisation: str = ""
) -> Contact:
    """Store a person; needs ``stakeholders.edit`` on the account. One audit row.

    With ``job_title`` they work at the account from now on, or at the ``organisation`` outside.
    """
    account = account_of_people(actor, entry.account_id)
    with transaction.atomic():
        row = models.Person(account_id=account.id)
        fill(row, entry)
        title, outside = tidy(job_title)[:120], tidy(organisation)[:160]
        more = {"job_title": title} if title else {}
        if title and outside:
            more["organisation"] = outside
        keep(actor, row, "contact.create", account_id=account.id, more=more or None)
        if title:
            at = models.Affiliation(
                person=row, account_id=None if outside else account.id,
                organisation=outside, job_title=title,
            )  # fmt: skip
            at.save_checked(actor)
    return as_contacts(actor, [row])[0]


def edit_person(
    *, actor: Actor, person_id: int, expected_version: int | None, entry: PersonEntry
) -> Contact:
    """Change a person; the account they were entered at stays. One audit row."""
    with transaction.atomic():
        row = person_to_write(actor, person_id)
        old = row.snapshot()
        fill(row, entry)
        keep(actor, row, "contact.edit", account_id=row.account_id, old=old,
             expected=expected_version)  # fmt: skip
    return as_contacts(actor, [row])[0]


def set_affiliation(
    *,
    actor: Actor,
    person_id: int,
    entry: AffiliationEntry,
    affiliation_id: int | None = None,
    expected_version: int | None = None,
) -> int:
    """Store where somebody works, or change it; return its id. One audit row.

    A person without a name can not be found elsewhere: one of account and organisation is given.
    """
    with transaction.atomic():
        person = person_to_write(actor, person_id)
        row, old = models.Affiliation(person=person), None
        if affiliation_id is not None:
            known = models.Affiliation.objects.filter(pk=affiliation_id, person=person).first()
            if known is None:
                raise Invalid(_("They do not work there."), code="affiliation")
            row, old = known, known.snapshot()
        _fill_affiliation(actor, row, entry)
        action = "contact.affiliation.edit" if old else "contact.affiliation.add"
        keep(actor, row, action, account_id=person.account_id, old=old, expected=expected_version)
    return row.pk


def merge_people(*, actor: Actor, kept_id: int, gone_id: int) -> Contact:
    """Make one of two people; the gone one's number leads to the kept one. One audit row.

    What hangs on the gone one moves; where both have the same (a role, a rhythm, an opinion),
    the kept one's stands. Empty fields of the kept one are filled. Needs the right on both.
    """
    if kept_id == gone_id:
        raise Invalid(_("Choose two different people."), code="same", fields={"gone": ""})
    with transaction.atomic():
        kept, gone = person_to_write(actor, kept_id), person_to_write(actor, gone_id)
        old = kept.snapshot()
        for name in ("title", "email", "phone", "language"):
            if not getattr(kept, name):
                setattr(kept, name, getattr(gone, name))
        _move(kept, gone)
        models.Person.objects.filter(merged_into=gone).update(merged_into=kept)
        gone.merged_into = kept
        gone.save_checked(actor)
        keep(actor, kept, "contact.merge", account_id=kept.account_id, old=old,
             more={"gone": gone.pk})  # fmt: skip
    return as_contacts(actor, [kept])[0]


def fill(row: models.Person, entry: PersonEntry) -> None:
    """Put what was typed into the row; raises Invalid with what is wrong by field."""
    name, mail = tidy(entry.name), tidy(entry.email)
    wrong: dict[str, str] = {}
    if not name:
        wrong["name"] = _("A person has a name.")
    if mail and not MAIL.fullmatch(mail):
        wrong["email"] = _("This is no mail address.")
    if missing_basis(entry.basis, entry.basis_note):
        wrong["basis_note"] = _("Say when and how consent was given.")
    texts = {"name": name, "email": mail, "title": tidy(entry.title),
             "phone": tidy(entry.phone), "language": tidy(entry.language),
             "basis_note": tidy(entry.basis_note)}  # fmt: skip
    for field, text in texts.items():
        if len(text) > LENGTHS[field]:
            wrong[field] = _("This is too long.")
    refuse(wrong)
    for field, text in texts.items():
        setattr(row, field, text)
    row.channel, row.basis, row.left_on = entry.channel.value, entry.basis.value, entry.left_on


def _fill_affiliation(actor: Actor, row: models.Affiliation, entry: AffiliationEntry) -> None:
    wrong: dict[str, str] = {}
    job, organisation = tidy(entry.job_title)[:120], tidy(entry.organisation)[:160]
    if not job:
        wrong["job_title"] = _("Say what they do there.")
    if (entry.account_id is None) == (not organisation):
        wrong["organisation"] = _("Give either an account or the name of an organisation.")
    if entry.starts and entry.last and entry.last < entry.starts:
        wrong["last"] = _("It ends before it begins.")
    refuse(wrong)
    account_id = entry.account_id
    row.account_id = account_for(actor, account_id).id if account_id is not None else None
    row.organisation, row.organisation_kind = organisation, entry.organisation_kind.value
    row.job_title, row.starts, row.last = job, entry.starts, entry.last


def _move(kept: models.Person, gone: models.Person) -> None:
    models.Affiliation.objects.filter(person=gone).update(person=kept, version=F("version") + 1)
    for model, keys in (
        (models.RoleHeld, ("account_id", "role", "ended_on")),
        (models.Assessment, ("account_id",)),
        (models.Cadence, ("account_id",)),
    ):
        has = set(model._default_manager.filter(person=kept).values_list(*keys))
        for row in model._default_manager.filter(person=gone):
            if tuple(getattr(row, key) for key in keys) in has:
                row.delete()
            else:
                model._default_manager.filter(pk=row.pk).update(
                    person=kept, version=F("version") + 1
                )
    _move_ties(kept, gone)
    both = models.Participant.objects.filter(person=kept).values("interaction_id")
    models.Participant.objects.filter(person=gone, interaction_id__in=both).delete()
    models.Participant.objects.filter(person=gone).update(person=kept)


def _move_ties(kept: models.Person, gone: models.Person) -> None:
    ties = models.Tie.objects
    has = set(ties.values_list("account_id", "source_id", "target_id", "kind"))
    for row in [*ties.filter(source=gone), *ties.filter(target=gone)]:
        source = kept.pk if row.source_id == gone.pk else row.source_id
        target = kept.pk if row.target_id == gone.pk else row.target_id
        key = (row.account_id, source, target, row.kind)
        if source == target or key in has:
            row.delete()
            continue
        has.add(key)
        ties.filter(pk=row.pk).update(source_id=source, target_id=target, version=F("version") + 1)
