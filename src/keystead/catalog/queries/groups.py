"""Reads of product groups: for people, and for what calculates with them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date

from django.db.models import QuerySet
from django.utils import timezone

from keystead.accounts.types import Span
from keystead.catalog import models
from keystead.catalog.queries.dimension import product_dimension
from keystead.catalog.queries.products import products
from keystead.catalog.rules.groups import Held, spans_of
from keystead.catalog.types import GroupMember, GroupSpan, Product, ProductGroup
from keystead.kernel.errors import NotFound
from keystead.kit.access import Actor, once

GroupSpans = Mapping[str, tuple[GroupSpan, ...]]
MISSING = "There is no such product group."


def groups(actor: Actor) -> tuple[ProductGroup, ...]:
    """Return every product group by code, with its members."""
    if not actor.can("accounts.view"):
        return ()
    held: dict[int, list[GroupMember]] = defaultdict(list)
    for row in _member_rows():
        held[row.group_id].append(as_member(row))
    return tuple(
        as_group(row, tuple(held[row.pk])) for row in models.ProductGroup.objects.order_by("code")
    )


def group_for(actor: Actor, group_id: int) -> ProductGroup:
    """Return one product group with its members; NotFound when there is none."""
    row = models.ProductGroup.objects.filter(pk=group_id).first()
    if row is None or not actor.can("accounts.view"):
        raise NotFound(MISSING, code="group_not_found")
    members = tuple(as_member(one) for one in _member_rows().filter(group=row))
    return as_group(row, members)


def group_by_code(actor: Actor, code: str) -> ProductGroup | None:
    """Return the product group of a code in any case, None where there is none."""
    row = models.ProductGroup.objects.filter(code__iexact=code.strip()).first()
    return None if row is None else group_for(actor, row.pk)


def products_in_group(actor: Actor, code: str, on: date | None = None) -> tuple[Product, ...]:
    """Return the products that are in a group on a day (default: today), by name."""
    day = on or timezone.localdate()
    inside: set[int] = set()
    for span in group_spans().get(code, ()):
        if Span(span.first, span.until).covers(day):
            inside |= span.products
    return tuple(one for one in products(actor) if one.id in inside)


def group_names() -> Mapping[str, str]:
    """Return the names of all product groups by code. No rights are checked here."""
    return once(
        "group_names", lambda: dict(models.ProductGroup.objects.values_list("code", "name"))
    )


def group_spans() -> GroupSpans:
    """Return what every product group stands for, by code: products over whole months.

    Products stand under the ids they live on in; a brand or category stands for the products
    that have it today. No rights are checked: the caller narrows what the reader sees.
    """
    return once("group_spans", _spans)


def _spans() -> GroupSpans:
    codes = dict(models.ProductGroup.objects.values_list("id", "code"))
    if not codes:
        return {}
    brands: dict[str, set[int]] = defaultdict(set)
    categories: dict[str, set[int]] = defaultdict(set)
    heads: dict[int, int] = {}
    wanted = ["product_id", "canonical_id", "brand", "category"]
    for one in product_dimension().select(wanted).to_pylist():
        head = one["canonical_id"] or one["product_id"]
        heads[one["product_id"]] = head
        brands[one["brand"]].add(head)
        categories[one["category"]].add(head)
    members: dict[str, list[Held]] = {code: [] for code in codes.values()}
    names = ("group_id", "product_id", "brand", "category", "valid_from", "valid_to")
    for row in models.ProductGroupMember.objects.values_list(*names):
        group, product, brand, category, first, until = row
        members[codes[group]].append((heads.get(product), brand, category, first, until))
    named = {brand: frozenset(ids) for brand, ids in brands.items()}
    kinds = {category: frozenset(ids) for category, ids in categories.items()}
    return {code: spans_of(rows, named, kinds) for code, rows in members.items()}


def _member_rows() -> QuerySet[models.ProductGroupMember]:
    rows = models.ProductGroupMember.objects.select_related("product__canonical", "group")
    return rows.order_by("group__code", "brand", "category", "product__sku", "valid_from", "id")


def as_group(row: models.ProductGroup, members: tuple[GroupMember, ...] = ()) -> ProductGroup:
    """Return the value for a stored row."""
    return ProductGroup(row.pk, row.code, row.name, row.note, row.version, members)


def as_member(row: models.ProductGroupMember) -> GroupMember:
    """Return the value for a stored row, naming the product a merged one lives on in."""
    product = None if row.product is None else row.product.canonical or row.product
    return GroupMember(
        id=row.pk,
        group_id=row.group_id,
        product_id=None if product is None else product.pk,
        sku=product.sku if product else "",
        product_name=product.name if product else "",
        brand=row.brand,
        category=row.category,
        span=Span(row.valid_from, row.valid_to),
        version=row.version,
    )
