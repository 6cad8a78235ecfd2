"""Everybody of an account at once: roles, opinions, strength, coverage, alarms, who knows whom.

A fixed number of questions to the database, whatever the number of people.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

from django.utils import timezone

from keystead.accounts.queries import account_for, family_ids
from keystead.accounts.types import Account
from keystead.kit.access import Actor
from keystead.kit.models import User
from keystead.stakeholders.calc.coverage import alarms, coverage
from keystead.stakeholders.calc.strength import strength, together
from keystead.stakeholders.queries.door import reads_opinions
from keystead.stakeholders.queries.people import assessments_of, contacts_at, roles_of, ties_of
from keystead.stakeholders.queries.talks import touches_of
from keystead.stakeholders.rules.personas import wanted
from keystead.stakeholders.types import (
    Alarm,
    Assessment,
    Contact,
    Coverage,
    RoleHeld,
    RoleKind,
    Strength,
    Tie,
    Touch,
)


@dataclasses.dataclass(frozen=True)
class Known:
    """One person of an account. ``meetings``: interactions of a year by user."""

    contact: Contact
    roles: tuple[RoleHeld, ...]
    assessment: Assessment | None
    strength: Strength
    meetings: Mapping[int, int]

    @property
    def here(self) -> bool:
        return self.contact.left_on is None


@dataclasses.dataclass(frozen=True)
class Place:
    """What is known of the people of an account on a day."""

    account: Account
    on: date
    people: tuple[Known, ...]
    ties: tuple[Tie, ...]
    coverage: tuple[Coverage, ...]
    alarms: tuple[Alarm, ...]
    strength: int | None
    colleagues: Mapping[int, str]
    opinions: bool

    def name_of(self, person_id: int | None) -> str:
        found = (one.contact.name for one in self.people if one.contact.id == person_id)
        return next(found, "")


def place_of(actor: Actor, account_id: int, *, on: date | None = None) -> Place:
    """Return the people of an account with all that is known of them; NotFound when foreign."""
    actor.require("stakeholders.view")
    account = account_for(actor, account_id)
    day = on or timezone.localdate()
    contacts = contacts_at(actor, account.id)
    ids = [one.id for one in contacts]
    roles: dict[int, list[RoleHeld]] = defaultdict(list)
    family = set(family_ids(account.id))
    for role in roles_of(actor, ids):
        if role.account_id in family:
            roles[role.person_id].append(role)
    opinions = {
        one.person_id: one for one in assessments_of(actor, ids) if one.account_id in family
    }
    touches = touches_of(actor, ids)
    people = tuple(
        Known(
            one,
            tuple(roles[one.id]),
            opinions.get(one.id),
            strength(touches.get(one.id, ()), day),
            _meetings(touches.get(one.id, ()), day),
        )
        for one in contacts
    )
    here = {one.contact.id for one in people if not _gone(one.contact, day)}
    held = _held(people, here)
    at_work = {key: some for key, some in touches.items() if key in here}
    gone = [
        one.contact.id
        for one in people
        if one.contact.id not in here and any(role.role is RoleKind.CHAMPION for role in one.roles)
    ]
    known = set(ids)
    return Place(
        account=account,
        on=day,
        people=people,
        ties=tuple(t for t in ties_of(actor, ids) if {t.from_id, t.to_id} <= known),
        coverage=coverage(wanted(account.kind), held, at_work, day),
        alarms=alarms(at_work, held, gone, day) if people else (),
        strength=together(
            (one.strength.score, [role.role for role in one.roles])
            for one in people
            if one.contact.id in here
        ),
        colleagues=_names({user for one in people for user in one.meetings}),
        opinions=reads_opinions(actor, account.id),
    )


def _gone(contact: Contact, on: date) -> bool:
    return contact.left_on is not None and contact.left_on <= on


def _held(people: Sequence[Known], here: set[int]) -> dict[RoleKind, list[int]]:
    held: dict[RoleKind, list[int]] = defaultdict(list)
    for one in people:
        if one.contact.id in here:
            for role in one.roles:
                held[role.role].append(one.contact.id)
    return held


def _meetings(touches: Sequence[Touch], on: date) -> dict[int, int]:
    found: dict[int, int] = defaultdict(int)
    for one in touches:
        if 0 <= (on - one.on).days < 365:
            for user in one.colleagues:
                found[user] += 1
    return dict(found)


def _names(user_ids: set[int]) -> dict[int, str]:
    rows = User.objects.filter(pk__in=sorted(user_ids)).order_by("first_name", "username")
    return {row.pk: str(row) for row in rows}
