"""Reads of products: one, a page, the search box, codes and parts.

The catalog is the maker's own: whoever may view accounts may see all of it.
"""

from __future__ import annotations

import dataclasses

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone
from rapidfuzz import fuzz, process

from keystead.accounts.queries import of_family
from keystead.accounts.rules import fold
from keystead.accounts.types import Span
from keystead.catalog import models
from keystead.catalog.types import (
    Part,
    Product,
    ProductCode,
    ProductKind,
    ProductMerge,
    ProductScheme,
    ProductStatus,
    Supply,
)
from keystead.kernel.errors import Invalid, NotFound
from keystead.kit.access import Actor

ORDERS = ("name", "sku", "brand", "category", "kind", "status", "atc", "unit", "pack_size")
FILTERS = ("kind", "status", "brand", "category", "supply", "atc", "unit")
MAX_PAGE = 500
FUZZY_POOL = 20_000
FUZZY_LIMIT = 70.0


@dataclasses.dataclass(frozen=True)
class ProductPage:
    """A page of a list, and how many there are in all."""

    items: tuple[Product, ...]
    total: int
    limit: int
    offset: int


def product_for(actor: Actor, product_id: int) -> Product:
    """Return the product, or the one it was merged into; NotFound when there is none."""
    row = _visible(actor).filter(pk=product_id).select_related("canonical").first()
    if row is None:
        raise NotFound("There is no such product.", code="product_not_found", product_id=product_id)
    return as_product(row.canonical or row)


def opened(actor: Actor, product: Product | int) -> Product:
    """Return the product of an id; a ``Product`` value was looked up already."""
    return product if isinstance(product, Product) else product_for(actor, product)


def product_by_sku(actor: Actor, sku: str) -> Product:
    """Return the product with this SKU (any case), or the one it was merged into."""
    rows = _visible(actor).filter(sku__iexact=sku.strip()).select_related("canonical")
    row = rows.first()
    if row is None:
        near = _visible(actor).filter(sku__istartswith=sku.strip()[:3])[:3]
        hint = f"Did you mean {', '.join(item.sku for item in near)}?" if near else ""
        raise NotFound(
            f"There is no product with the SKU {sku}.",
            code="product_not_found",
            hint=hint,
            sku=sku,
        )
    return as_product(row.canonical or row)


def products(actor: Actor) -> tuple[Product, ...]:
    """Return every product by name; merged ones are not listed."""
    return tuple(as_product(row) for row in _visible(actor).filter(merged_into=None))


def find_products(
    actor: Actor,
    *,
    search: str = "",
    filters: dict[str, str] | None = None,
    order: str = "name",
    limit: int = 100,
    offset: int = 0,
) -> ProductPage:
    """Return a page of products; ``order`` is a field, with ``-`` in front to turn it.

    An ``atc`` filter takes a whole group (``A10`` finds ``A10BA02``). Raises Invalid for a filter
    or an order there is not, and for a page out of bounds.
    """
    if not 0 < limit <= MAX_PAGE or offset < 0:
        raise Invalid(f"Ask for 1 to {MAX_PAGE} rows, from 0 on.", code="page", field="limit")
    if order.lstrip("-") not in ORDERS:
        raise Invalid(f"Order by one of: {', '.join(ORDERS)}.", code="order", field="order")
    rows = _filtered(actor, search, filters)
    total = rows.count()
    page = rows.order_by(order, "id")[offset : offset + limit]
    return ProductPage(tuple(as_product(row) for row in page), total, limit, offset)


def all_found(
    actor: Actor, *, search: str = "", filters: dict[str, str] | None = None
) -> tuple[Product, ...]:
    """Return every product that matches, by SKU; for answers that page by a cursor."""
    return tuple(as_product(row) for row in _filtered(actor, search, filters).order_by("sku"))


def search_products(actor: Actor, query: str, *, limit: int = 12) -> tuple[Product, ...]:
    """Return the products that best answer what was typed; near spellings when none contains it."""
    words = fold(query)
    if not words:
        return ()
    visible = _visible(actor)
    hits = list(_containing(visible, query).select_related("canonical")[: limit * 5])
    hits.sort(key=lambda row: (fold(row.sku) != words, words not in fold(row.name), row.name))
    if not hits:
        keys = dict(visible.order_by("id").values_list("pk", "search_key")[:FUZZY_POOL])
        best = process.extract(
            words, keys, scorer=fuzz.partial_ratio, score_cutoff=FUZZY_LIMIT, limit=limit
        )
        rows = {row.pk: row for row in visible.filter(pk__in=[pk for _, _, pk in best])}
        hits = [rows[pk] for _, _, pk in best]
    found: dict[int, models.Product] = {}
    for row in hits:
        shown = row.canonical or row
        found.setdefault(shown.pk, shown)
    return tuple(as_product(row) for row in list(found.values())[:limit])


def values_in_use(actor: Actor, field: str) -> tuple[str, ...]:
    """Return the different brands, categories or units in use, for suggestions."""
    if field not in FILTERS:
        raise Invalid(f"There is no list for {field}.", code="filter", field=field)
    rows = _visible(actor).exclude(**{field: ""})
    return tuple(rows.order_by(field).values_list(field, flat=True).distinct()[:200])


def codes_for(actor: Actor, product: Product | int) -> tuple[ProductCode, ...]:
    """Return all codes of the product, with those of products merged into it."""
    rows = models.ProductCode.objects.filter(of_family(opened(actor, product).id, "product"))
    return tuple(as_code(row) for row in rows.order_by("scheme", "source", "value", "id"))


def parts_of(actor: Actor, product: Product | int) -> tuple[Part, ...]:
    """Return what is inside a collection or kit, ever, by name."""
    own = opened(actor, product).id
    rows = models.ProductPart.objects.filter(of_family(own, "whole"))
    return _parts(rows.exclude(of_family(own, "part")))


def wholes_of(actor: Actor, product: Product | int) -> tuple[Part, ...]:
    """Return the collections or kits the product is in, ever."""
    own = opened(actor, product).id
    rows = models.ProductPart.objects.filter(of_family(own, "part"))
    return _parts(rows.exclude(of_family(own, "whole")))


def part_links() -> tuple[tuple[int, int], ...]:
    """Return (whole, part) of every part ever, with the ids of the merged-into products."""
    rows = models.ProductPart.objects.order_by("id").values_list(
        Coalesce("whole__canonical_id", "whole_id"), Coalesce("part__canonical_id", "part_id")
    )
    return tuple((whole, part) for whole, part in rows if whole != part)


def merges_for(actor: Actor, product: Product | int) -> tuple[ProductMerge, ...]:
    """Return the merges into the product, newest first, undone ones too."""
    rows = models.ProductMerge.objects.filter(of_family(opened(actor, product).id, "target"))
    return tuple(as_merge(row) for row in rows.select_related("source", "target"))


def family_ids(product_id: int) -> tuple[int, ...]:
    """Return the id and the ids merged into it, its own first."""
    merged = models.Product.objects.filter(canonical_id=product_id).order_by("id")
    return (product_id, *merged.values_list("pk", flat=True))


def as_product(row: models.Product) -> Product:
    """Return the value that crosses rooms for a stored row."""
    return Product(
        id=row.pk,
        sku=row.sku,
        name=row.name,
        brand=row.brand,
        category=row.category,
        kind=ProductKind(row.kind),
        pack_size=row.pack_size,
        unit=row.unit,
        gtin=row.gtin,
        atc=row.atc,
        status=ProductStatus(row.status),
        version=row.version,
        merged_into=row.merged_into_id,
        spec=row.spec,
        supply=Supply(row.supply),
        successor=row.successor_id,
        successor_from=row.successor_from,
        successor_share_pct=row.successor_share_pct,
    )


def as_code(row: models.ProductCode) -> ProductCode:
    """Return the value for a stored row."""
    span = Span(row.valid_from, row.valid_to)
    return ProductCode(
        row.pk, row.product_id, ProductScheme(row.scheme), row.value, row.source, span, row.version
    )


def as_part(row: models.ProductPart) -> Part:
    """Return the value for a stored row, naming the products that merged ones live on in."""
    whole, part = row.whole.canonical or row.whole, row.part.canonical or row.part
    return Part(
        id=row.pk,
        whole_id=whole.pk,
        whole_sku=whole.sku,
        whole_name=whole.name,
        part_id=part.pk,
        part_sku=part.sku,
        part_name=part.name,
        quantity=row.quantity,
        span=Span(row.valid_from, row.valid_to),
        version=row.version,
    )


def as_merge(row: models.ProductMerge) -> ProductMerge:
    """Return the value for a stored row."""
    return ProductMerge(
        id=row.pk,
        source_id=row.source_id,
        source_sku=row.source.sku,
        source_name=row.source.name,
        target_id=row.target_id,
        target_sku=row.target.sku,
        target_name=row.target.name,
        merged_on=timezone.localtime(row.merged_at).date(),
        merged_by=row.merged_by_name,
        why=row.why,
        undone=row.undone_at is not None,
    )


def _visible(actor: Actor) -> QuerySet[models.Product]:
    rows = models.Product.objects.all()
    return rows if actor.can("accounts.view") else rows.none()


def _filtered(
    actor: Actor, search: str, filters: dict[str, str] | None
) -> QuerySet[models.Product]:
    rows = _visible(actor).filter(merged_into=None)
    for field, value in (filters or {}).items():
        if field not in FILTERS:
            raise Invalid(f"Filter by one of: {', '.join(FILTERS)}.", code="filter", field=field)
        if value:
            column = "atc__startswith" if field == "atc" else field
            rows = rows.filter(**{column: value})
    return _containing(rows, search) if search.strip() else rows


def _parts(rows: QuerySet[models.ProductPart]) -> tuple[Part, ...]:
    found = rows.select_related("whole__canonical", "part__canonical")
    return tuple(
        as_part(row) for row in found.order_by("whole__name", "part__name", "valid_from", "id")
    )


def _containing(rows: QuerySet[models.Product], query: str) -> QuerySet[models.Product]:
    condition = Q()
    for word in fold(query).split():
        condition &= Q(search_key__contains=word)
    return rows.filter(condition)
