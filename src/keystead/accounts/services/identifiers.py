"""Identifiers of an account: add, correct, end, remove."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from keystead.accounts import models
from keystead.accounts.queries.details import as_identifier
from keystead.accounts.queries.door import account_for, family_ids
from keystead.accounts.rules import clean_identifier, identifier_key
from keystead.accounts.rules.fields import tidy
from keystead.accounts.services.loading import (
    account_row,
    check_span,
    chosen,
    delete_checked,
    lock_tree,
    refresh_search,
    row_of,
)
from keystead.accounts.types import Identifier, Scheme, Span
from keystead.kernel.errors import Invalid, NotFound
from keystead.kit import audit
from keystead.kit.access import Actor

WORLDWIDE = (Scheme.ROR, Scheme.TAX_NUMBER)  # one owner whatever the source says


def add_identifier(
    *,
    actor: Actor,
    account_id: int,
    scheme: Scheme | str,
    value: str,
    source: str = "",
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> Identifier:
    """Return the new identifier; needs ``accounts.edit`` and the account. Dates are half-open.

    Raises Invalid for a wrong form or check digit, and when another account has the same value in
    the same scheme and source on a common day. Only ``alias`` names may be shared.
    """
    with transaction.atomic():
        lock_tree()
        account = account_row(actor, account_id)
        row = models.AccountIdentifier(account=account, valid_from=valid_from, valid_to=valid_to)
        _fill(actor, row, chosen(Scheme, scheme, "scheme"), value, source)
        row.save_checked(actor)
        refresh_search(account.pk)
        audit.record(
            actor=actor,
            action="account.identifier.add",
            subject=("account_identifier", row.pk),
            new=row.snapshot(),
            account_id=account.pk,
        )
    return as_identifier(row)


def edit_identifier(
    *,
    actor: Actor,
    identifier_id: int,
    version: int | None,
    value: str,
    source: str = "",
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> Identifier:
    """Return the identifier with its value, source and dates replaced; Conflict when stale."""
    with transaction.atomic():
        lock_tree()
        rows = models.AccountIdentifier.objects.select_related("account")
        row = row_of(actor, rows, identifier_id)
        old = row.snapshot()
        row.valid_from, row.valid_to = valid_from, valid_to
        _fill(actor, row, Scheme(row.scheme), value, source)
        if row.snapshot() == old:
            return as_identifier(row)
        row.save_checked(actor, version)
        refresh_search(row.account_id)
        audit.record(
            actor=actor,
            action="account.identifier.edit",
            subject=("account_identifier", row.pk),
            old=old,
            new=row.snapshot(),
            account_id=row.account_id,
        )
    return as_identifier(row)


def remove_identifier(*, actor: Actor, identifier_id: int, version: int | None = None) -> None:
    """Remove an identifier that was never right; one that no longer holds gets a last day."""
    with transaction.atomic():
        row = row_of(actor, models.AccountIdentifier.objects.all(), identifier_id)
        old = row.snapshot()
        delete_checked(row, version)
        refresh_search(row.account_id)
        audit.record(
            actor=actor,
            action="account.identifier.remove",
            subject=("account_identifier", identifier_id),
            old=old,
            account_id=row.account_id,
        )


def _fill(
    actor: Actor, row: models.AccountIdentifier, scheme: Scheme, value: str, source: str
) -> None:
    check_span(row.valid_from, row.valid_to)
    row.scheme = scheme.value
    row.value = clean_identifier(scheme, value, country=row.account.country)
    row.value_key = identifier_key(scheme, row.value)
    row.source = tidy(source)
    if len(row.source) > 80:
        raise Invalid(_("The source has at most 80 characters."), field="source")
    if scheme is not Scheme.ALIAS:
        _check_free(actor, row)


def _check_free(actor: Actor, row: models.AccountIdentifier) -> None:
    span = Span(row.valid_from, row.valid_to)
    rivals = models.AccountIdentifier.objects.filter(scheme=row.scheme, value_key=row.value_key)
    if row.scheme not in WORLDWIDE:
        rivals = rivals.filter(source=row.source)
    family = set(family_ids(row.account.canonical_key))
    for rival in rivals.exclude(pk=row.pk):
        if not span.overlaps(Span(rival.valid_from, rival.valid_to)):
            continue
        if rival.account_id == row.account_id:
            text = _("The account has this identifier already.")
            raise Invalid(text, code="identifier_twice", field="value")
        if rival.account_id not in family:
            raise _taken(actor, rival.account_id, row.value)
    if row.scheme == Scheme.OWN_CODE:
        others = models.Account.objects.filter(code__iexact=row.value).exclude(pk__in=family)
        if other := others.first():
            raise _taken(actor, other.pk, row.value)


def _taken(actor: Actor, account_id: int, value: str) -> Invalid:
    try:  # the other account is named only to those who may see it
        name = account_for(actor, account_id).name
        text = _("%(value)s belongs to %(account)s.") % {"value": value, "account": name}
    except NotFound:
        text = _("%(value)s belongs to another account.") % {"value": value}
    return Invalid(
        text,
        code="identifier_taken",
        hint=_("End it there first, or merge the accounts if they are the same customer."),
        field="value",
    )
