"""Products and listings as Arrow tables. No rights are checked here: the compiler does."""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa
from django.db import connection
from django.db.models import Count, Max, Sum
from django.db.models.functions import Coalesce

from keystead.catalog import models
from keystead.catalog.types import ProductScheme
from keystead.kit.access import once
from keystead.kit.models import Compiled, aggregated

Stamp = tuple[object, ...]

DIMENSION = pa.schema(
    [
        ("product_id", pa.int64()),
        ("canonical_id", pa.int64()),
        ("sku", pa.string()),
        ("name", pa.string()),
        ("brand", pa.string()),
        ("category", pa.string()),
        ("kind", pa.string()),
        ("pack_size", pa.decimal128(18, 4)),
        ("unit", pa.string()),
        ("gtin", pa.string()),
        ("atc", pa.string()),
    ]
)
KEYS = pa.schema(
    [
        ("product_id", pa.int64()),
        ("scheme", pa.string()),
        ("value", pa.string()),
        ("source", pa.string()),
        ("valid_from", pa.date32()),
        ("valid_to", pa.date32()),
    ]
)
LISTINGS = pa.schema(
    [
        ("account_id", pa.int64()),
        ("product_id", pa.int64()),
        ("valid_from", pa.date32()),
        ("valid_to", pa.date32()),
        ("agreed", pa.bool_()),
    ]
)

_kept: dict[str, tuple[Stamp, pa.Table]] = {}


def product_dimension() -> pa.Table:
    """Return one row per product, merged ones included; columns as in ``DIMENSION``.

    ``product_id`` is the product's own id, all other columns tell of the product it was merged
    into (itself, if not merged). Kept in memory until a product changes.
    """
    return once(
        "product_dimension",
        lambda: _from_memory("dimension", _stamp(models.Product), _dimension),
    )


def product_keys() -> pa.Table:
    """Return everything a product is called; columns as in ``KEYS``.

    One row for each SKU (scheme ``own_sku``), name (``name``), GTIN (``gtin``) and other code, of
    every product, merged ones included, under the product's own id. Half-open dates.
    """
    stamp = (*_stamp(models.Product), *_stamp(models.ProductCode))
    return _from_memory("keys", stamp, _keys)


def listing_table() -> pa.Table:
    """Return every listing with the merged-into ids of account and product (``LISTINGS``)."""
    return once("listing_table", lambda: _table(_listings.rows(), LISTINGS))


_listings = Compiled(
    lambda: models.Listing.objects.order_by("id").values_list(
        Coalesce("account__canonical_id", "account_id"),
        Coalesce("product__canonical_id", "product_id"),
        "valid_from",
        "valid_to",
        "agreed",
    )
)


def _from_memory(name: str, stamp: Stamp, build: Callable[[], pa.Table]) -> pa.Table:
    key = f"{name} {connection.settings_dict['NAME']}"
    held = _kept.get(key)
    if held is None or held[0] != stamp:
        held = (stamp, build())
        _kept[key] = held
    return held[1]


def _stamp(model: type[models.Product] | type[models.ProductCode]) -> Stamp:
    # Counting versions as well as times: two writers may commit in another order than they began.
    (found,) = _stamps.rows(model)
    return found


_stamps = Compiled(
    lambda model: aggregated(
        model.objects.all(), n=Count("id"), versions=Sum("version"), at=Max("changed_at")
    )
)


def _dimension() -> pa.Table:
    fields = (
        "id", "canonical_id", "sku", "name", "brand", "category", "kind", "pack_size", "unit",
        "gtin", "atc",
    )  # fmt: skip
    stored = list(models.Product.objects.order_by("id").values_list(*fields))
    by_id = {row[0]: row for row in stored}
    heads = [(row[0], by_id[row[1] or row[0]]) for row in stored]
    return _table([(own, head[0], *head[2:]) for own, head in heads], DIMENSION)


def _keys() -> pa.Table:
    rows: list[tuple[object, ...]] = []
    fields = ("id", "sku", "name", "gtin")
    for pk, sku, name, gtin in models.Product.objects.order_by("id").values_list(*fields):
        rows.append((pk, ProductScheme.OWN_SKU.value, sku, "", None, None))
        rows.append((pk, "name", name, "", None, None))
        if gtin:
            rows.append((pk, ProductScheme.GTIN.value, gtin, "", None, None))
    rows += models.ProductCode.objects.order_by("id").values_list(
        "product_id", "scheme", "value", "source", "valid_from", "valid_to"
    )
    return _table(rows, KEYS)


def _table(rows: list[tuple[object, ...]], schema: pa.Schema) -> pa.Table:
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(schema)
    arrays = [
        pa.array(list(column), field.type) for column, field in zip(columns, schema, strict=True)
    ]
    return pa.table(arrays, schema=schema)
