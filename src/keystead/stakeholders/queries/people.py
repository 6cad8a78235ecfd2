"""People as values, and what is known of one: where they work, what they decide, who they know."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.utils import timezone

from keystead.accounts.queries import account_for, may_see
from keystead.kit.access import Actor
from keystead.stakeholders import models
from keystead.stakeholders.queries.door import (
    one_of,
    people_at,
    person_row,
    visible,
    visible_people,
)
from keystead.stakeholders.rules.privacy import stale
from keystead.stakeholders.types import (
    Assessment,
    Basis,
    Certainty,
    ChannelKind,
    Contact,
    Organisation,
    OrganisationKind,
    RoleHeld,
    RoleKind,
    Tie,
    TieKind,
)


def contact_for(actor: Actor, person_id: int) -> Contact:
    """Return a person, or the one they were merged into; NotFound when missing or foreign."""
    return as_contacts(actor, [person_row(actor, person_id)])[0]


def contacts_at(actor: Actor, account_id: int, *, search: str = "") -> tuple[Contact, ...]:
    """Return the people of an account by name, without merged and erased ones."""
    actor.require("stakeholders.view")
    account = account_for(actor, account_id)
    rows = living(models.Person.objects.filter(people_at(account.id)))
    if words := search.strip():
        rows = rows.filter(
            Q(name__icontains=words) | Q(email__icontains=words) | Q(title__icontains=words)
        )
    return as_contacts(actor, rows.order_by("name", "id"))


def contacts_for(actor: Actor, person_ids: Iterable[int] | None = None) -> tuple[Contact, ...]:
    """Return the people of all accounts the actor may see (or those of the ids), by name."""
    actor.require("stakeholders.view")
    rows = living(visible_people(actor))
    if person_ids is not None:
        rows = rows.filter(pk__in=sorted(set(person_ids)))
    return as_contacts(actor, rows.order_by("name", "id"))


def living(rows: QuerySet[models.Person]) -> QuerySet[models.Person]:
    """Return the rows that are neither merged nor erased."""
    return rows.filter(merged_into__isnull=True, erased_on__isnull=True)


def roles_of(actor: Actor, person_ids: Iterable[int]) -> tuple[RoleHeld, ...]:
    """Return the roles people hold today for accounts the actor sees, opinions where allowed."""
    rows = models.RoleHeld.objects.filter(person_id__in=sorted(set(person_ids)))
    rows = rows.filter(Q(ended_on__isnull=True) | Q(ended_on__gt=timezone.localdate()))
    return tuple(as_role(row) for row in visible(rows, actor).order_by("id"))


def assessments_of(actor: Actor, person_ids: Iterable[int]) -> tuple[Assessment, ...]:
    """Return the opinions on people that the actor may read."""
    rows = models.Assessment.objects.filter(person_id__in=sorted(set(person_ids)))
    return tuple(as_assessment(row) for row in visible(rows, actor).order_by("id"))


def ties_of(actor: Actor, person_ids: Iterable[int]) -> tuple[Tie, ...]:
    """Return the ties that begin or end at people, opinions where allowed."""
    ids = sorted(set(person_ids))
    rows = models.Tie.objects.filter(Q(source_id__in=ids) | Q(target_id__in=ids))
    return tuple(as_tie(row) for row in visible(rows, actor).order_by("id"))


def role_for(actor: Actor, role_id: int) -> RoleHeld:
    """Return one role; NotFound when missing, foreign, or an opinion that is not for the actor."""
    return as_role(one_of(actor, models.RoleHeld.objects.filter(pk=role_id)))


def tie_for(actor: Actor, tie_id: int) -> Tie:
    """Return one tie; NotFound as for a role."""
    return as_tie(one_of(actor, models.Tie.objects.filter(pk=tie_id)))


def as_contacts(actor: Actor, rows: Iterable[models.Person]) -> tuple[Contact, ...]:
    """Return stored people as values, with the affiliations the actor may see."""
    listed = list(rows)
    at: dict[int, list[Organisation]] = defaultdict(list)
    found = models.Affiliation.objects.filter(person_id__in=[row.pk for row in listed])
    seen: dict[int, bool] = {}
    for one in found.select_related("account").order_by("-starts", "id"):
        account_id = one.account_id
        if account_id is not None and account_id not in seen:
            seen[account_id] = may_see(actor, account_id)
        if account_id is None or seen[account_id]:
            at[one.person_id].append(as_organisation(one))
    return tuple(as_contact(row, tuple(at[row.pk])) for row in listed)


def as_contact(row: models.Person, at: tuple[Organisation, ...] = ()) -> Contact:
    return Contact(
        id=row.pk,
        version=row.version,
        account_id=row.account_id,
        name=row.name,
        title=row.title,
        email=row.email,
        phone=row.phone,
        language=row.language,
        channel=ChannelKind(row.channel),
        basis=Basis(row.basis),
        basis_note=row.basis_note,
        left_on=row.left_on,
        merged_into=row.merged_into_id,
        erased_on=row.erased_on,
        affiliations=at,
    )


def as_organisation(row: models.Affiliation) -> Organisation:
    return Organisation(
        row.pk,
        row.version,
        row.person_id,
        row.job_title,
        row.account_id,
        row.account.name if row.account else row.organisation,
        OrganisationKind(row.organisation_kind),
        row.starts,
        row.last,
    )


def as_role(row: models.RoleHeld) -> RoleHeld:
    return RoleHeld(
        row.pk,
        row.version,
        row.person_id,
        row.account_id,
        RoleKind(row.role),
        row.evidence,
        Certainty(row.certainty),
        row.has_veto,
        row.reviewed_on,
        row.ended_on,
    )


def as_assessment(row: models.Assessment) -> Assessment:
    return Assessment(
        row.pk,
        row.version,
        row.person_id,
        row.account_id,
        row.power,
        row.interest,
        row.stance,
        row.note,
        row.reviewed_on,
        stale(row.reviewed_on, timezone.localdate()),
    )


def as_tie(row: models.Tie) -> Tie:
    return Tie(
        row.pk,
        row.version,
        row.account_id,
        row.source_id,
        row.target_id,
        TieKind(row.kind),
        row.weight,
        row.note,
    )
