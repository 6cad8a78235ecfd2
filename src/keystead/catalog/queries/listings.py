"""Reads of listings, through the door to accounts."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from keystead.accounts.queries import of_family, opened, restrict
from keystead.accounts.types import Account, Span
from keystead.catalog import models
from keystead.catalog.queries.products import opened as opened_product
from keystead.catalog.types import Listing, Product
from keystead.kit.access import Actor


def listings(
    actor: Actor,
    *,
    account_id: Account | int | None = None,
    product_id: Product | int | None = None,
    on: date | None = None,
    agreed: bool | None = None,
) -> tuple[Listing, ...]:
    """Return the listings on accounts the actor may see, by product and start.

    One account's, one product's, those that hold on a day, the agreed ones: all that are asked
    for must be true. NotFound for an account or product that is foreign or missing.
    """
    rows: QuerySet[models.Listing] = models.Listing.objects.all()
    if account_id is not None:
        rows = rows.filter(of_family(opened(actor, account_id).id))
    else:
        rows = restrict(rows, actor)
    if product_id is not None:
        rows = rows.filter(of_family(opened_product(actor, product_id).id, "product"))
    if on is not None:
        rows = rows.filter(Q(valid_to=None) | Q(valid_to__gt=on), valid_from__lte=on)
    if agreed is not None:
        rows = rows.filter(agreed=agreed)
    found = rows.select_related("product__canonical", "account")
    return tuple(
        as_listing(row) for row in found.order_by("product__name", "valid_from", "account_id", "id")
    )


def as_listing(row: models.Listing) -> Listing:
    """Return the value for a stored row, naming the product a merged one lives on in."""
    product = row.product.canonical or row.product
    return Listing(
        id=row.pk,
        account_id=row.account.canonical_key,
        product_id=product.pk,
        sku=product.sku,
        product_name=product.name,
        brand=product.brand,
        span=Span(row.valid_from, row.valid_to),
        agreed=row.agreed,
        source=row.source,
        note=row.note,
        version=row.version,
    )
