"""What we think of people: for the guard of what leaves, never for showing."""

from __future__ import annotations

import dataclasses

from keystead.accounts.queries import account_for, family_ids
from keystead.kit.access import Actor
from keystead.stakeholders import models


@dataclasses.dataclass(frozen=True)
class Opinions:
    """Names of the people of an account, and what was written about them for us alone."""

    people: tuple[str, ...]
    texts: tuple[str, ...]


def opinions_for(actor: Actor, account_id: int) -> Opinions:
    """Return what must not leave about the people of an account; NotFound for a foreign one.

    Whoever may see the account gets it, because the guard must know what its user may not read. It
    goes into rules and is never shown.
    """
    family = family_ids(account_for(actor, account_id).id)
    people = models.Person.objects.filter(account_id__in=family, erased_on=None)
    notes = models.Assessment.objects.filter(account_id__in=family).exclude(note="")
    ties = models.Tie.objects.filter(account_id__in=family).exclude(note="")
    roles = models.RoleHeld.objects.filter(account_id__in=family).exclude(evidence="")
    texts = [
        *notes.values_list("note", flat=True),
        *ties.values_list("note", flat=True),
        *roles.values_list("evidence", flat=True),
    ]
    names = people.values_list("name", flat=True)
    return Opinions(tuple(dict.fromkeys(names)), tuple(dict.fromkeys(texts)))
