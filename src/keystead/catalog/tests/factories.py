"""Products for tests, made through the services."""

from __future__ import annotations

from keystead.catalog import services
from keystead.catalog.types import Product
from keystead.kit.access import SYSTEM, Actor


def product(actor: Actor = SYSTEM, sku: str = "QH-001", **values: object) -> Product:
    """Store a product."""
    given = {"name": f"Product {sku}", "kind": "medicine", "unit": "pack", **values}
    return services.create_product(actor=actor, sku=sku, **given)
