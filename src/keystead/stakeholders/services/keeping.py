"""What every write of the room does: through the door, save with the version, tell the trail."""

from __future__ import annotations

from typing import Any, TypeVar

from django.utils.translation import gettext as _

from keystead.accounts.queries import account_to_write, writable_groups
from keystead.accounts.types import Account
from keystead.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from keystead.kit import audit
from keystead.kit.access import Actor
from keystead.kit.models import Editable
from keystead.stakeholders import models
from keystead.stakeholders.queries.door import NO_ENTRY, NO_PERSON, visible, visible_people
from keystead.stakeholders.rules.privacy import GROUP

E = TypeVar("E", bound=Editable)
OPINION = "contact.opinion.set"  # the trail hides the values of it, as those of private notes


def account_of_people(actor: Actor, account_id: int) -> Account:
    """Return the account whose people the actor may write; NotFound or NotAllowed otherwise."""
    actor.require("stakeholders.edit")
    return account_to_write(actor, account_id)


def may_judge(actor: Actor, account_id: int) -> None:
    """Raise NotAllowed unless the actor may write what is thought of people at the account."""
    if GROUP not in writable_groups(actor, account_id):
        raise NotAllowed(
            _("What we think of people is written by the account's own team."), code="field_group"
        )


def person_to_read(actor: Actor, person_id: int) -> models.Person:
    """Return a living person whom the actor sees, to hang something on."""
    actor.require("stakeholders.edit")
    row = visible_people(actor).filter(pk=person_id).first()
    if row is None:
        raise NotFound(_(NO_PERSON), code="person_not_found", person_id=person_id)
    if row.merged_into_id is not None or row.erased_on is not None:
        raise Conflict(_("This person was merged or erased."), code="person_gone")
    return row


def person_to_write(actor: Actor, person_id: int) -> models.Person:
    """Return a living person whose own data the actor may change."""
    row = person_to_read(actor, person_id)
    account_of_people(actor, row.account_id)
    return row


def entry_to_write(actor: Actor, model: type[E], pk: int) -> E:
    """Return a stored row of an account that the actor may write."""
    actor.require("stakeholders.edit")
    row = visible(model._default_manager.all(), actor).filter(pk=pk).first()
    if row is None:
        raise NotFound(_(NO_ENTRY), code="entry_not_found")
    account_of_people(actor, row.account_id)  # type: ignore[attr-defined]
    return row


def keep(
    actor: Actor,
    row: Editable,
    action: str,
    *,
    account_id: int,
    old: dict[str, Any] | None = None,
    expected: int | None = None,
    more: dict[str, Any] | None = None,
) -> None:
    """Save the row over the expected version, and write the one row of the trail."""
    row.save_checked(actor, expected)
    audit.record(
        actor=actor,
        action=action,
        subject=(subject_of(row), row.pk),
        old=old,
        new={**row.snapshot(), **(more or {})},
        account_id=account_id,
    )


def subject_of(row: Editable | type[Editable]) -> str:
    """Return what the trail calls a row of the room."""
    return f"contact.{row._meta.model_name}"


def refuse(wrong: dict[str, str]) -> None:
    """Raise Invalid with what is wrong by field, if anything is."""
    if wrong:
        raise Invalid(next(iter(wrong.values())), code="contact", fields=wrong)
