"""Saves rows under their version with the one row of the trail."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from keystead.accounts.queries import account_to_write, people_for_team
from keystead.accounts.types import Account
from keystead.kernel.errors import Invalid
from keystead.kit import audit
from keystead.kit.access import Actor
from keystead.kit.models import Tracked

# Who answers with a link: nobody of the house.
RECIPIENT = Actor(user_id=None, username="recipient", name="Recipient of a survey")


def account_to_keep(actor: Actor, account_id: int) -> Account:
    """Return the account if the actor may write its health."""
    actor.require("health.edit")
    return account_to_write(actor, account_id, name="plan")


def keep(
    actor: Actor,
    row: Tracked,
    action: str,
    *,
    account_id: int,
    old: dict[str, Any] | None = None,
    expected: int | None = None,
    more: dict[str, Any] | None = None,
) -> None:
    """Save a row under its version and write the one row of the trail."""
    row.save_checked(actor, expected)
    audit.record(
        actor=actor,
        action=action,
        subject=(action.rpartition(".")[0], row.pk),
        old=old,
        new=row.snapshot() | (more or {}),
        account_id=account_id,
    )


def checked_owner(actor: Actor, owner_id: int | None, *, before: int | None = None) -> int | None:
    """Return a person who may look after accounts; raises Invalid for anybody else."""
    if owner_id is None or owner_id in (actor.user_id, before):
        return owner_id
    if owner_id not in {pk for pk, _name in people_for_team(actor)}:
        text = _("This person does not look after accounts.")
        raise Invalid(text, code="owner", fields={"owner": text})
    return owner_id
