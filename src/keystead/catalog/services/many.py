"""Create many products at once, as an import does that meets thousands of new codes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import transaction

from keystead.catalog import models
from keystead.catalog.rules import clean_product, code_key, gtin_spellings
from keystead.catalog.services.loading import lock_catalog, search_key
from keystead.catalog.services.products import ProductValues, gtin_taken, product_taken, sku_taken
from keystead.catalog.types import ProductScheme
from keystead.kit import audit
from keystead.kit.access import Actor
from keystead.kit.models import insert_all


def create_products(
    *, actor: Actor, rows: Iterable[ProductValues], source: str = ""
) -> tuple[int, ...]:
    """Return the ids of new products, in the order given; needs ``catalog.edit``.

    All are written or none, each with a row of the trail, in one transaction and a few
    statements. Raises Invalid with ``fields`` when a field is wrong, or a SKU or GTIN is taken or
    given twice.
    """
    actor.require("catalog.edit")
    clean = [clean_product(dict(values), whole=True) for values in rows]
    with transaction.atomic():
        lock_catalog()
        products = [models.Product(**values) for values in clean]
        _check_free(products)
        for product in products:
            product.search_key = search_key(product)
        insert_all(actor, products)
        audit.record_all(
            actor=actor,
            rows=(
                audit.Told(
                    action="product.create",
                    subject=("product", product.pk),
                    new=product.snapshot(),
                    source=source,
                )
                for product in products
            ),
        )
    return tuple(product.pk for product in products)


def _check_free(products: Sequence[models.Product]) -> None:
    """Raise Invalid when a SKU or GTIN is taken, now or as a code, or occurs twice."""
    skus, gtins = set(), set()
    for sku, gtin in models.Product.objects.values_list("sku", "gtin"):
        skus.add(sku.casefold())
        gtins.add(gtin)
    schemes = (ProductScheme.OWN_SKU, ProductScheme.GTIN)
    codes = set(
        models.ProductCode.objects.filter(scheme__in=schemes).values_list("scheme", "value_key")
    )
    for product in products:
        wrong: dict[str, str] = {}
        key = code_key(ProductScheme.OWN_SKU, product.sku)
        if product.sku.casefold() in skus or (ProductScheme.OWN_SKU.value, key) in codes:
            wrong["sku"] = sku_taken(product.sku)
        spellings = gtin_spellings(product.gtin) if product.gtin else frozenset()
        if spellings & gtins or {(ProductScheme.GTIN.value, one) for one in spellings} & codes:
            wrong["gtin"] = gtin_taken(product.gtin)
        if wrong:
            raise product_taken(wrong)
        skus.add(product.sku.casefold())
        gtins |= spellings
