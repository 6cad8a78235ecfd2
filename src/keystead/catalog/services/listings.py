"""Put a product on an account's range, and take it off."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from keystead.accounts.queries import account_for, account_to_write, family_ids, restrict
from keystead.accounts.rules.fields import tidy
from keystead.accounts.types import Span
from keystead.catalog import models
from keystead.catalog.queries.listings import as_listing
from keystead.catalog.queries.products import family_ids as product_family
from keystead.catalog.queries.products import product_for
from keystead.catalog.services.loading import check_span, delete_checked, lock_catalog
from keystead.catalog.types import Listing
from keystead.kernel.errors import Invalid, NotFound
from keystead.kit import audit
from keystead.kit.access import Actor


def add_listing(
    *,
    actor: Actor,
    account_id: int,
    product_id: int,
    valid_from: date,
    valid_to: date | None = None,
    agreed: bool = False,
    source: str = "",
    note: str = "",
) -> Listing:
    """Return the new listing; needs ``accounts.edit`` and the account. Dates are half-open.

    ``agreed`` says that a contract or a published list has it. Raises Invalid when the product is
    on the account's range already on a common day.
    """
    with transaction.atomic():
        lock_catalog()
        account_for(actor, account_id)
        product = product_for(actor, product_id)
        actor.require("accounts.edit")
        account = account_to_write(actor, account_id)
        row = models.Listing(
            account_id=account.id,
            product_id=product.id,
            valid_from=valid_from,
            valid_to=valid_to,
            agreed=agreed,
            source=tidy(source)[:120],
            note=tidy(note)[:200],
        )
        _check_free(row)
        row.save_checked(actor)
        audit.record(
            actor=actor,
            action="listing.add",
            subject=("listing", row.pk),
            new=row.snapshot(),
            account_id=account.id,
        )
    return as_listing(row)


def edit_listing(
    *,
    actor: Actor,
    listing_id: int,
    version: int | None,
    valid_from: date,
    valid_to: date | None = None,
    agreed: bool = False,
    source: str = "",
    note: str = "",
) -> Listing:
    """Return the listing with its dates, agreement, source and note replaced."""
    with transaction.atomic():
        lock_catalog()
        row = _row(actor, listing_id)
        old = row.snapshot()
        row.valid_from, row.valid_to, row.agreed = valid_from, valid_to, agreed
        row.source, row.note = tidy(source)[:120], tidy(note)[:200]
        if row.snapshot() == old:
            return as_listing(row)
        _check_free(row)
        row.save_checked(actor, version)
        audit.record(
            actor=actor,
            action="listing.edit",
            subject=("listing", row.pk),
            old=old,
            new=row.snapshot(),
            account_id=row.account_id,
        )
    return as_listing(row)


def remove_listing(*, actor: Actor, listing_id: int, version: int | None = None) -> None:
    """Remove a listing that never was; one that is over gets a last day instead."""
    with transaction.atomic():
        row = _row(actor, listing_id)
        old = row.snapshot()
        delete_checked(row, version)
        audit.record(
            actor=actor,
            action="listing.remove",
            subject=("listing", listing_id),
            old=old,
            account_id=row.account_id,
        )


def _row(actor: Actor, listing_id: int) -> models.Listing:
    rows = restrict(models.Listing.objects.filter(pk=listing_id), actor)
    row = rows.select_related("product__canonical", "account__canonical").first()
    if row is None:
        raise NotFound(_("There is no such listing, or it is not one of yours."), id=listing_id)
    actor.require("accounts.edit")
    account_to_write(actor, row.account_id)
    return row


def _check_free(row: models.Listing) -> None:
    check_span(row.valid_from, row.valid_to)
    span = Span(row.valid_from, row.valid_to)
    twins = models.Listing.objects.filter(
        account_id__in=family_ids(row.account.canonical_key),
        product_id__in=product_family(row.product.canonical_key),
    )
    for twin in twins.exclude(pk=row.pk):
        if span.overlaps(Span(twin.valid_from, twin.valid_to)):
            raise Invalid(
                _("The product is on this range already in these dates."),
                code="listing_twice",
                hint=_("Change that listing, or start this one after it."),
                field="product",
            )
