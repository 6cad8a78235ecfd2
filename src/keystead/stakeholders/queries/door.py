"""The door to people: through the accounts they belong to. Foreign answers like missing.

A person is visible through the account they were entered at, one they are affiliated with, or one
they hold a role for. What hangs on another account stays with those who see that account.
"""

from __future__ import annotations

from typing import Final, TypeVar

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _

from keystead.accounts.queries import (
    of_family,
    readable_groups,
    restrict,
    scope_for,
    writable_groups,
)
from keystead.kernel.errors import NotFound
from keystead.kit.access import Actor
from keystead.stakeholders import models
from keystead.stakeholders.rules.privacy import GROUP
from keystead.stakeholders.types import OPINION_ROLES, TieKind

M = TypeVar("M", bound=Model)
NO_PERSON: Final = "There is no such person, or they belong to none of your accounts."
NO_ENTRY: Final = "There is no such entry, or it is not one of yours."


def visible_people(actor: Actor) -> QuerySet[models.Person]:
    """Return the stored people of the accounts the actor may see, merged and erased ones too."""
    rows = models.Person.objects.all()
    if not actor.can("stakeholders.view"):
        return rows.none()
    if scope_for(actor).everything:
        return rows
    at = restrict(models.Affiliation.objects.order_by(), actor).values("person_id")
    held = restrict(models.RoleHeld.objects.order_by(), actor).values("person_id")
    home = restrict(models.Person.objects.order_by(), actor).values("pk")
    return rows.filter(Q(pk__in=home) | Q(pk__in=at) | Q(pk__in=held))


def person_row(actor: Actor, person_id: int) -> models.Person:
    """Return the stored person, or the one they were merged into; NotFound when foreign."""
    actor.require("stakeholders.view")
    row = visible_people(actor).select_related("merged_into").filter(pk=person_id).first()
    if row is None:
        raise NotFound(_(NO_PERSON), code="person_not_found", person_id=person_id)
    return row.merged_into or row


def people_at(account_id: int) -> Q:
    """Return the condition that a person belongs to an account: entered, works or decides there."""
    at = models.Affiliation.objects.filter(of_family(account_id)).order_by()
    held = models.RoleHeld.objects.filter(of_family(account_id)).order_by()
    return (
        of_family(account_id)
        | Q(pk__in=at.values("person_id"))
        | Q(pk__in=held.values("person_id"))
    )


def visible(rows: QuerySet[M], actor: Actor) -> QuerySet[M]:
    """Return the rows of visible accounts; opinions only where the actor may read them."""
    rows = restrict(rows, actor) if actor.can("stakeholders.view") else rows.none()
    private = _opinion(rows)
    if private is None:
        return rows
    if not actor.can("notes.view"):
        return rows.exclude(private)
    mine = restrict(rows.model._default_manager.order_by(), actor, name="notes").values("pk")
    return rows.filter(~private | Q(pk__in=mine))


def one_of(actor: Actor, rows: QuerySet[M]) -> M:
    """Return the one row if the actor may read it; NotFound otherwise."""
    row = visible(rows, actor).first()
    if row is None:
        raise NotFound(_(NO_ENTRY), code="entry_not_found")
    return row


def reads_opinions(actor: Actor, account_id: int) -> bool:
    """Say whether the actor may read what is thought of people at a visible account."""
    return GROUP in readable_groups(actor, account_id)


def writes_opinions(actor: Actor, account_id: int) -> bool:
    """Say whether the actor may write what is thought of people at a visible account."""
    return GROUP in writable_groups(actor, account_id)


def _opinion(rows: QuerySet[M]) -> Q | None:
    if issubclass(rows.model, models.Assessment):
        return Q(pk__isnull=False)
    if issubclass(rows.model, models.RoleHeld):
        return Q(role__in=sorted(OPINION_ROLES))
    if issubclass(rows.model, models.Tie):
        return ~Q(kind=TieKind.REPORTS_TO.value)
    return None
