"""Who looks after accounts: who could, and who did over time as an Arrow table."""

from __future__ import annotations

import pyarrow as pa
from django.db.models.functions import Coalesce

from keystead.accounts import models
from keystead.kit.access import Actor
from keystead.kit.access.rules import capabilities_of
from keystead.kit.models import User

TEAM = pa.schema(
    [
        ("account_id", pa.int64()),
        ("user_id", pa.int64()),
        ("role", pa.string()),
        ("valid_from", pa.date32()),
        ("valid_to", pa.date32()),
    ]
)


def team_table() -> pa.Table:
    """Return every team row with the account it counts for (merged-into id); half-open dates.

    No rights are checked here: the metric that uses it shows sums of visible accounts only.
    """
    rows = models.AccountTeamMember.objects.order_by("id").values_list(
        Coalesce("account__canonical_id", "account_id"), "user_id", "role", "valid_from", "valid_to"
    )
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(TEAM)
    arrays = [
        pa.array(list(column), field.type) for column, field in zip(columns, TEAM, strict=True)
    ]
    return pa.table(arrays, schema=TEAM)


def people_for_team(actor: Actor) -> tuple[tuple[int, str], ...]:
    """Return (id, name) of the active users who may look at accounts, by name.

    Colleagues' names are no secret among those who may write accounts; others get nothing.
    """
    if not actor.can("accounts.edit"):
        return ()
    users = User.objects.filter(is_active=True).order_by("first_name", "last_name", "username")
    return tuple(
        (user.pk, str(user))
        for user in users
        if "accounts.view" in capabilities_of(frozenset(user.roles))
    )
