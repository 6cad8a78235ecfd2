"""What about the own accounts asks for attention."""

from __future__ import annotations

import dataclasses
from collections import Counter
from datetime import date

from django.utils import timezone

from keystead.accounts import models
from keystead.accounts.queries.door import on_team, restrict
from keystead.accounts.queries.groups import readable_values
from keystead.accounts.rules import freshness_of
from keystead.accounts.types import Freshness
from keystead.kit.access import Actor


@dataclasses.dataclass(frozen=True)
class StaleProfile:
    """An account whose profile has answers that were not reviewed within their limit."""

    account_id: int
    name: str
    fields: int


def stale_profiles(
    actor: Actor, *, today: date | None = None, limit: int = 5
) -> tuple[StaleProfile, ...]:
    """Return the accounts of the actor's own team with answers out of date, most of them first."""
    day = today or timezone.localdate()
    own = models.AccountTeamMember.objects.filter(on_team(), user_id=actor.user_id or 0)
    rows = (
        restrict(readable_values(actor).filter(field__active=True), actor)
        .filter(account_id__in=own.values("account_id"))
        .values_list("account_id", "account__name", "value", "reviewed_on", "field__freshness_days")
    )
    stale: Counter[tuple[int, str]] = Counter()
    for account_id, name, value, reviewed_on, days in rows:
        if freshness_of(value, reviewed_on, days, day) is Freshness.STALE:
            stale[account_id, name] += 1
    order = sorted(stale.items(), key=lambda item: (-item[1], item[0][1]))
    return tuple(StaleProfile(pk, name, count) for (pk, name), count in order[:limit])
