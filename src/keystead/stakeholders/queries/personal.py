"""What is held about a person at the actor's accounts, and how much elsewhere."""

from __future__ import annotations

from typing import Any

from keystead.kit.access import Actor
from keystead.kit.personal import held_by_rooms
from keystead.stakeholders import models
from keystead.stakeholders.queries.door import visible
from keystead.stakeholders.queries.people import (
    assessments_of,
    contact_for,
    roles_of,
    ties_of,
)
from keystead.stakeholders.queries.talks import cadences_of, interactions_of


def held_about(actor: Actor, person_id: int) -> dict[str, Any]:
    """Return what a person would receive who asks for their data, as JSON-able data.

    Other rooms add what they hold (``kit.personal``): ``surveys`` are asked and answered ones.
    Other people's names are left out. ``elsewhere`` counts talks and roles at accounts that the
    actor may not see: compliance, who sees all accounts, completes them.
    """
    found = contact_for(actor, person_id)
    talks = interactions_of(actor, person_id=found.id)
    return {
        "person": {
            "name": found.name,
            "title": found.title,
            "mail": found.email,
            "phone": found.phone,
            "language": found.language,
            "wants_to_be_reached_by": found.channel.value,
            "lawful_basis": found.basis.value,
            "where_it_comes_from": found.basis_note,
            "left_on": _day(found.left_on),
        },
        "workplaces": [
            {"what": one.job_title, "where": one.name, "from": _day(one.starts),
             "until": _day(one.last)}
            for one in found.affiliations
        ],
        "roles": [
            {"role": one.role.value, "evidence": one.evidence, "certainty": one.certainty.value,
             "looked_at_on": _day(one.reviewed_on)}
            for one in roles_of(actor, [found.id])
        ],
        "opinions": [
            {"power": one.power, "interest": one.interest, "stance": one.stance,
             "note": one.note, "looked_at_on": _day(one.reviewed_on)}
            for one in assessments_of(actor, [found.id])
        ],
        "ties": [
            {"tie": one.kind.value, "is": "from" if one.from_id == found.id else "to",
             "note": one.note}
            for one in ties_of(actor, [found.id])
        ],
        "talks": [
            {"on": _day(one.on), "what": one.kind.value, "subject": one.subject,
             "summary": one.summary}
            for one in talks
        ],
        "plan": [
            {"every_days": one.every_days, "topics": one.topics}
            for one in cadences_of(actor, [found.id])
        ],
        **held_by_rooms(actor, _numbers(found.id)),
        "elsewhere": _elsewhere(actor, found.id, len(talks)),
    }  # fmt: skip


def _numbers(person_id: int) -> list[int]:
    """The person and the entries that were merged into it."""
    merged = models.Person.objects.filter(merged_into_id=person_id).values_list("pk", flat=True)
    return [person_id, *merged]


def _elsewhere(actor: Actor, person_id: int, seen: int) -> int:
    talks = models.Participant.objects.filter(person_id=person_id).count()
    roles = models.RoleHeld.objects.filter(person_id=person_id)
    hidden = roles.exclude(pk__in=visible(roles.order_by(), actor).values("pk")).count()
    return talks - seen + hidden


def _day(day: Any) -> str | None:
    return day.isoformat() if day else None
