"""Rows to write to: fetched through the door, with the version the reader saw."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import TypeVar

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from keystead.accounts import models
from keystead.accounts.queries.door import account_for, account_to_write, restrict
from keystead.accounts.rules import fold
from keystead.kernel.errors import Conflict, Invalid, NotFound
from keystead.kit.access import Actor
from keystead.kit.models import Editable

E = TypeVar("E", bound=Editable)
S = TypeVar("S", bound=StrEnum)


def account_row(
    actor: Actor, account_id: int, capability: str = "accounts.edit", name: str = "profile"
) -> models.Account:
    """Return the stored account (the one it was merged into) that the actor may write to."""
    account_for(actor, account_id)
    actor.require(capability)
    return models.Account.objects.get(pk=account_to_write(actor, account_id, name=name).id)


def row_of(actor: Actor, rows: QuerySet[E], row_id: int) -> E:
    """Return one row that hangs on an account the actor may write to; else NotFound."""
    row = restrict(rows.filter(pk=row_id), actor).first()
    if row is None:
        raise missing(row_id)
    actor.require("accounts.edit")
    account_to_write(actor, account_of(row))
    return row


def account_of(row: Editable) -> int:
    """Return the id of the account a row hangs on; of a membership, its member."""
    account_id: int = getattr(row, "account_id", None) or row.member_id  # type: ignore[attr-defined]
    return account_id


def missing(row_id: int) -> NotFound:
    """Return the answer for a row that is missing or foreign."""
    return NotFound(_("There is no such entry, or it is not one of yours."), id=row_id)


def chosen(kinds: type[S], value: str, field: str) -> S:
    """Return the enum member that was typed; raises Invalid with the choices."""
    try:
        return kinds(str(value))
    except ValueError:
        allowed = ", ".join(item.value for item in kinds)
        text = _("Choose one of: %(choices)s.") % {"choices": allowed}
        raise Invalid(text, code="choice", field=field) from None


def lock_tree() -> None:
    """Let one writer at a time check and change what spans several accounts.

    Codes, parents and merges must be right across accounts, so the check and the write belong
    together. SQLite has one writer anyway; elsewhere the first account's row is the lock.
    """
    list(models.Account.objects.select_for_update().order_by("id").values_list("pk")[:1])


def delete_checked(row: Editable, version: int | None) -> None:
    """Delete the row, or raise Conflict when it changed after ``version`` was read."""
    manager = type(row)._default_manager
    wanted = row.version if version is None else version
    if not manager.filter(pk=row.pk, version=wanted).delete()[0]:
        current = manager.filter(pk=row.pk).first()
        raise Conflict(
            _("Somebody else changed this in the meantime. Nothing was removed."),
            hint=_("Look at the new values first."),
            mine=None,
            theirs=current.snapshot() if current else None,
            expected_version=wanted,
            current_version=current.version if current else None,
        )


def check_span(valid_from: date | None, valid_to: date | None) -> None:
    """Raise Invalid unless the span has at least one day."""
    if valid_from is not None and valid_to is not None and valid_from >= valid_to:
        raise Invalid(_("The last day lies before the first."), code="span", field="valid_to")


def search_key(row: models.Account) -> str:
    """Return the folded text that the search box looks into."""
    values = models.AccountIdentifier.objects.filter(account_id=row.pk) if row.pk else []
    words = [row.code, row.name, *(item.value for item in values)]
    return "\n".join(dict.fromkeys(fold(word) for word in words))


def refresh_search(account_id: int) -> None:
    """Store the search text anew after an identifier changed; it is derived, so no version."""
    row = models.Account.objects.get(pk=account_id)
    models.Account.objects.filter(pk=account_id).update(search_key=search_key(row))
