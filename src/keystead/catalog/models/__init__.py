"""Storage of the catalog room."""

from keystead.catalog.models.group import ProductGroup, ProductGroupMember
from keystead.catalog.models.listing import Listing
from keystead.catalog.models.price import Price
from keystead.catalog.models.product import Product, ProductCode, ProductMerge, ProductPart

__all__ = [
    "Listing",
    "Price",
    "Product",
    "ProductCode",
    "ProductGroup",
    "ProductGroupMember",
    "ProductMerge",
    "ProductPart",
]
