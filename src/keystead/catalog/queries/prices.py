"""Reads of prices that hold for everybody."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from django.db.models import Count, Max, Sum

from keystead.accounts.queries import of_family
from keystead.accounts.types import Span
from keystead.catalog import models
from keystead.catalog.queries.products import opened
from keystead.catalog.types import Price, PricePurpose, Product
from keystead.kit.access import Actor, once
from keystead.kit.models import Compiled, aggregated

Prices = Mapping[int, tuple[Price, ...]]


def prices_for(actor: Actor, product_id: Product | int) -> tuple[Price, ...]:
    """Return the prices of a product by purpose, the latest first; NotFound when it is missing."""
    product = opened(actor, product_id)
    rows = models.Price.objects.filter(of_family(product.id, "product"))
    rows = rows.select_related("product__canonical").order_by("purpose", "-valid_from", "id")
    return tuple(as_price(row) for row in rows)


def prices_of(purpose: PricePurpose, currency: str) -> Prices:
    """Return the prices of one purpose in a currency by product, the earliest first.

    No rights are checked: the caller shows them only beside what the reader may see.
    """
    return once(("prices", purpose, currency), lambda: _prices(purpose, currency))


def list_prices_stamp() -> tuple[object, ...]:
    """Return what changes whenever a price or a product group does, for what is kept of them."""
    kinds = (models.Price, models.ProductGroup, models.ProductGroupMember)
    return tuple(row for kind in kinds for row in _stamps.rows(kind))


_stamps = Compiled(
    lambda model: aggregated(
        model.objects.all(), n=Count("id"), versions=Sum("version"), at=Max("changed_at")
    )
)


def _prices(purpose: PricePurpose, currency: str) -> Prices:
    found: dict[int, list[Price]] = defaultdict(list)
    rows = models.Price.objects.filter(purpose=purpose.value, currency=currency)
    for row in rows.select_related("product__canonical").order_by("valid_from", "id"):
        price = as_price(row)
        found[price.product_id].append(price)
    return {product: tuple(prices) for product, prices in found.items()}


def as_price(row: models.Price) -> Price:
    """Return the value for a stored row, naming the product a merged one lives on in."""
    product = row.product.canonical or row.product
    return Price(
        id=row.pk,
        product_id=product.pk,
        sku=product.sku,
        product_name=product.name,
        purpose=PricePurpose(row.purpose),
        amount=row.amount,
        currency=row.currency,
        tax_pct=row.tax_pct,
        span=Span(row.valid_from, row.valid_to),
        source=row.source,
        version=row.version,
    )
