"""Field groups of the profile: private notes and terms, for those who may see them only."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from keystead.accounts import models
from keystead.accounts.queries.door import JUNIOR_MAY_NOT, restrict
from keystead.kit.access import Actor
from keystead.kit.access.rules import FIELD_GROUPS


def readable_values(actor: Actor) -> QuerySet[models.ProfileValue]:
    """Return the answers without those of a group that the actor may not read on the account.

    Which accounts the actor may see at all is still the caller's ``restrict``.
    """
    wanted = Q(field__group="")
    for group, (name, to_read, _to_write) in FIELD_GROUPS.items():
        if actor.can(to_read):
            rows = models.ProfileValue.objects.filter(field__group=group)
            wanted |= Q(pk__in=restrict(rows, actor, name=name).order_by().values("pk"))
    return models.ProfileValue.objects.filter(wanted)


def readable_groups(actor: Actor, account_id: int) -> frozenset[str]:
    """Return the field groups the actor may read on a visible account; "" is what all may read."""
    return frozenset({""}) | {
        group
        for group, (name, to_read, _to_write) in FIELD_GROUPS.items()
        if actor.can(to_read) and _holds(actor, account_id, name, "r")
    }


def writable_groups(actor: Actor, account_id: int) -> frozenset[str]:
    """Return the field groups the actor may write on a visible account."""
    found: set[str] = set()
    known: dict[tuple[str, bool], bool] = {}  # one look for all that have the same scope
    wanted = {"": ("profile", "", "accounts.edit"), **FIELD_GROUPS}
    for group, (name, _to_read, to_write) in wanted.items():
        if not actor.can(to_write):
            continue
        place = (actor.scope_of(name, "w"), name in JUNIOR_MAY_NOT)
        if place not in known:
            known[place] = _holds(actor, account_id, name, "w")
        if known[place]:
            found.add(group)
    return frozenset(found)


def _holds(actor: Actor, account_id: int, name: str, right: str) -> bool:
    scope = actor.scope_of(name, right)
    if scope == "A" or (right == "r" and scope and scope == actor.scope_of("profile")):
        return True  # the account is visible, so it lies in the scope that makes it so
    rows = models.Account.objects.filter(pk=account_id)
    return restrict(rows, actor, name=name, right=right).exists()
