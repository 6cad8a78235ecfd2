"""People for tests, made through the services."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from keystead.accounts.types import Account
from keystead.kit.access import Actor
from keystead.stakeholders import services
from keystead.stakeholders.types import (
    Basis,
    Contact,
    Interaction,
    InteractionEntry,
    PersonEntry,
    RoleEntry,
    RoleHeld,
    RoleKind,
    TouchKind,
)

TODAY = timezone.localdate()


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def entry(at: Account, name: str = "Hélène Dupont", **values: Any) -> PersonEntry:
    return PersonEntry(account_id=at.id, name=name, **{"basis": Basis.INTEREST, **values})


def person(actor: Actor, at: Account, name: str = "Hélène Dupont", **values: Any) -> Contact:
    return services.add_person(actor=actor, entry=entry(at, name, **values))


def role(actor: Actor, who: Contact, kind: RoleKind, at: int | None = None) -> RoleHeld:
    given = RoleEntry(account_id=at or who.account_id, role=kind, evidence="Minutes of the board")
    return services.hold_role(actor=actor, person_id=who.id, entry=given)


def met(actor: Actor, *people: Contact, days: int = 0, **values: Any) -> Interaction:
    given = {
        "account_id": people[0].account_id, "kind": TouchKind.MEETING, "on": ago(days),
        "subject": "Renewal", "people": tuple(one.id for one in people), **values,
    }  # fmt: skip
    return services.log_interaction(actor=actor, entry=InteractionEntry(**given))
