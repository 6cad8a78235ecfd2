"""Interactions, open steps and the engagement plan as values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from keystead.accounts.queries import account_for, accounts_for, of_family
from keystead.kit.access import Actor
from keystead.stakeholders import models
from keystead.stakeholders.queries.door import one_of, visible
from keystead.stakeholders.rules.privacy import due_on
from keystead.stakeholders.types import (
    Cadence,
    ChannelKind,
    Due,
    Initiator,
    Interaction,
    Step,
    Touch,
    TouchKind,
)


def interactions_of(
    actor: Actor, *, account_id: int | None = None, person_id: int | None = None
) -> tuple[Interaction, ...]:
    """Return the interactions of an account or with a person, the latest first."""
    actor.require("stakeholders.view")
    rows = visible(models.Interaction.objects.all(), actor)
    if account_id is not None:
        rows = rows.filter(of_family(account_for(actor, account_id).id))
    if person_id is not None:
        took = models.Participant.objects.filter(person_id=person_id).order_by()
        rows = rows.filter(pk__in=took.values("interaction_id"))
    return as_interactions(rows.order_by("-on", "-id"))


def interaction_for(actor: Actor, interaction_id: int) -> Interaction:
    """Return one interaction; NotFound when missing or foreign."""
    return as_interactions([one_of(actor, models.Interaction.objects.filter(pk=interaction_id))])[0]


def touches_of(actor: Actor, person_ids: Iterable[int]) -> dict[int, list[Touch]]:
    """Return what the actor may see of interactions, by person, for the formula."""
    took = models.Participant.objects.filter(person_id__in=sorted(set(person_ids)))
    with_whom = list(took.order_by("id").values_list("interaction_id", "person_id"))
    rows = visible(models.Interaction.objects.all(), actor)
    rows = rows.filter(pk__in=took.order_by().values("interaction_id"))
    ours: dict[int, set[int]] = defaultdict(set)
    users = models.Participant.objects.filter(
        user_id__isnull=False, interaction_id__in=took.order_by().values("interaction_id")
    )
    for interaction_id, user_id in users.order_by("id").values_list("interaction_id", "user_id"):
        ours[interaction_id].add(user_id)
    known = {
        pk: Touch(on, TouchKind(kind), Initiator(initiator), frozenset(ours[pk]))
        for pk, on, kind, initiator in rows.order_by("on", "id").values_list(
            "pk", "on", "kind", "initiator"
        )
    }
    found: dict[int, list[Touch]] = defaultdict(list)
    for interaction_id, person_id in with_whom:
        if interaction_id in known and person_id is not None:
            found[person_id].append(known[interaction_id])
    return found


def steps_open(actor: Actor, *, account_id: int | None = None) -> tuple[Step, ...]:
    """Return the next steps nobody has ticked off, by day; without a day last."""
    actor.require("stakeholders.view")
    rows = visible(models.Interaction.objects.filter(next_done=False), actor)
    rows = rows.exclude(next_step="")
    if account_id is not None:
        rows = rows.filter(of_family(account_for(actor, account_id).id))
    found = [
        Step(row.pk, row.version, row.account_id, row.next_step, row.next_on)
        for row in rows.order_by("id")
    ]
    return tuple(sorted(found, key=lambda one: (one.on is None, one.on or timezone.localdate())))


def cadences_of(actor: Actor, person_ids: Iterable[int]) -> tuple[Cadence, ...]:
    """Return the rhythms of people, at the accounts the actor sees."""
    rows = models.Cadence.objects.filter(person_id__in=sorted(set(person_ids)))
    return tuple(as_cadence(row) for row in visible(rows, actor).select_related("owner"))


def due_list(actor: Actor, *, account_id: int | None = None, mine: bool = False) -> tuple[Due, ...]:
    """Return everybody of the engagement plan with the day they are due, the latest late first.

    Somebody who left is not due. ``mine``: only whom the actor looks after.
    """
    actor.require("stakeholders.view")
    today = timezone.localdate()
    rows = visible(models.Cadence.objects.select_related("owner", "person"), actor)
    rows = rows.filter(person__erased_on__isnull=True)
    rows = rows.filter(Q(person__left_on__isnull=True) | Q(person__left_on__gt=today))
    if account_id is not None:
        rows = rows.filter(of_family(account_for(actor, account_id).id))
    if mine:
        rows = rows.filter(owner_id=actor.user_id)
    listed = list(rows.order_by("id"))
    names = {one.id: one.name for one in accounts_for(actor)} if listed else {}
    last = _last_on(actor, [row.person_id for row in listed])
    found = []
    for row in listed:
        day = last.get(row.person_id)
        due = due_on(day, row.every_days, timezone.localdate(row.created_at))
        name = names.get(row.account_id, "")
        late = (today - due).days
        found.append(Due(as_cadence(row), row.person.name, name, day, due, late))
    return tuple(sorted(found, key=lambda one: (one.due_on, one.person)))


def _last_on(actor: Actor, person_ids: list[int]) -> dict[int, date]:
    seen = visible(models.Interaction.objects.filter(on__lte=timezone.localdate()), actor)
    rows = models.Participant.objects.filter(
        person_id__in=person_ids, interaction_id__in=seen.order_by().values("pk")
    )
    found = rows.order_by().values("person_id").annotate(last=Max("interaction__on"))
    return {row["person_id"]: row["last"] for row in found}


def as_interactions(
    rows: QuerySet[models.Interaction] | list[models.Interaction],
) -> tuple[Interaction, ...]:
    """Return stored interactions with who took part on both sides."""
    listed = list(rows)
    people: dict[int, list[tuple[int, str]]] = defaultdict(list)
    ours: dict[int, list[tuple[int, str]]] = defaultdict(list)
    took = models.Participant.objects.filter(interaction_id__in=[row.pk for row in listed])
    for one in took.select_related("person", "user").order_by("id"):
        if one.person is not None:
            people[one.interaction_id].append((one.person.pk, one.person.name))
        elif one.user is not None:
            ours[one.interaction_id].append((one.user.pk, str(one.user)))
    return tuple(
        Interaction(
            id=row.pk,
            version=row.version,
            account_id=row.account_id,
            kind=TouchKind(row.kind),
            on=row.on,
            subject=row.subject,
            summary=row.summary,
            initiator=Initiator(row.initiator),
            people=tuple(people[row.pk]),
            colleagues=tuple(ours[row.pk]),
            next_step=row.next_step,
            next_on=row.next_on,
            next_done=row.next_done,
        )
        for row in listed
    )


def as_cadence(row: models.Cadence) -> Cadence:
    return Cadence(
        row.pk,
        row.version,
        row.person_id,
        row.account_id,
        row.every_days,
        row.owner_id,
        str(row.owner),
        ChannelKind(row.channel),
        row.topics,
    )
