"""What people do with products and listings. Keyword-only, ``actor`` first, one audit row each."""

from keystead.catalog.services.bulk import import_products
from keystead.catalog.services.codes import add_code, edit_code, remove_code
from keystead.catalog.services.groups import (
    add_member,
    create_group,
    edit_group,
    edit_member,
    remove_member,
)
from keystead.catalog.services.listings import add_listing, edit_listing, remove_listing
from keystead.catalog.services.many import create_products
from keystead.catalog.services.merges import merge_products, unmerge_products
from keystead.catalog.services.parts import add_part, edit_part, remove_part
from keystead.catalog.services.prices import add_price, edit_price
from keystead.catalog.services.products import (
    ProductValues,
    create_product,
    edit_product,
    supersede_product,
)

__all__ = [
    "ProductValues",
    "add_code",
    "add_listing",
    "add_member",
    "add_part",
    "add_price",
    "create_group",
    "create_product",
    "create_products",
    "edit_code",
    "edit_group",
    "edit_listing",
    "edit_member",
    "edit_part",
    "edit_price",
    "edit_product",
    "import_products",
    "merge_products",
    "remove_code",
    "remove_listing",
    "remove_member",
    "remove_part",
    "supersede_product",
    "unmerge_products",
]
