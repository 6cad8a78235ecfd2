"""Reads of the catalog room."""

from keystead.catalog.queries.dimension import listing_table, product_dimension, product_keys
from keystead.catalog.queries.groups import (
    GroupSpans,
    group_for,
    group_names,
    group_spans,
    groups,
    products_in_group,
)
from keystead.catalog.queries.labels import label_of, labels_of
from keystead.catalog.queries.listings import listings
from keystead.catalog.queries.prices import list_prices_stamp, prices_for, prices_of
from keystead.catalog.queries.products import (
    ORDERS,
    all_found,
    codes_for,
    find_products,
    merges_for,
    parts_of,
    product_by_sku,
    product_for,
    products,
    search_products,
    values_in_use,
    wholes_of,
)
from keystead.catalog.queries.sheets import (
    products_csv,
    products_template,
    products_workbook,
)

__all__ = [
    "ORDERS",
    "GroupSpans",
    "all_found",
    "codes_for",
    "find_products",
    "group_for",
    "group_names",
    "group_spans",
    "groups",
    "label_of",
    "labels_of",
    "list_prices_stamp",
    "listing_table",
    "listings",
    "merges_for",
    "parts_of",
    "prices_for",
    "prices_of",
    "product_by_sku",
    "product_dimension",
    "product_for",
    "product_keys",
    "products",
    "products_csv",
    "products_in_group",
    "products_template",
    "products_workbook",
    "search_products",
    "values_in_use",
    "wholes_of",
]
