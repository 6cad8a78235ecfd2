"""Products and listings as JSON."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status

from keystead.accounts.types import Span
from keystead.catalog import queries, services
from keystead.catalog.types import Product
from keystead.kit.access import actor_of, policy
from keystead.kit.http import page_of

router = Router(tags=["products"])


class ProductBody(Schema):
    id: int
    sku: str
    name: str
    brand: str
    category: str
    kind: str
    pack_size: Decimal
    unit: str
    gtin: str
    atc: str
    spec: str
    supply: str
    status: str
    successor: int | None
    successor_from: date | None
    successor_share_pct: Decimal
    version: int


class ProductPage(Schema):
    items: list[ProductBody]
    next: str | None
    total: int


class SpanBody(Schema):
    """Half-open: ``valid_to`` is the first day on which it no longer holds."""

    valid_from: date | None
    valid_to: date | None


class CodeBody(SpanBody):
    id: int
    scheme: str
    value: str
    source: str
    version: int


class PartBody(SpanBody):
    id: int
    part_id: int
    part_sku: str
    part_name: str
    quantity: Decimal
    version: int


class DetailBody(ProductBody):
    codes: list[CodeBody]
    parts: list[PartBody]


class NewProduct(Schema):
    sku: str
    name: str
    kind: str
    brand: str = ""
    category: str = ""
    pack_size: Decimal = Decimal(1)
    unit: str = ""
    gtin: str = ""
    atc: str = ""
    spec: str = ""
    supply: str = ""
    status: str = "active"


class ProductChange(Schema):
    """``version`` is the one that was read: a change in between answers 409 with both values."""

    version: int
    sku: str | None = None
    name: str | None = None
    kind: str | None = None
    brand: str | None = None
    category: str | None = None
    pack_size: Decimal | None = None
    unit: str | None = None
    gtin: str | None = None
    atc: str | None = None
    spec: str | None = None
    supply: str | None = None
    status: str | None = None


class PriceBody(SpanBody):
    id: int
    product_id: int
    sku: str
    product_name: str
    purpose: str
    amount: Decimal
    currency: str
    tax_pct: Decimal
    source: str
    version: int


class NewPrice(Schema):
    purpose: str
    amount: Decimal
    currency: str
    valid_from: date
    valid_to: date | None = None
    tax_pct: Decimal = Decimal(0)
    source: str = ""


class ListingBody(SpanBody):
    id: int
    account_id: int
    product_id: int
    sku: str
    product_name: str
    agreed: bool
    source: str
    note: str
    version: int


class ListingPage(Schema):
    items: list[ListingBody]
    next: str | None
    total: int


class NewListing(Schema):
    account_id: int
    product_id: int
    valid_from: date
    valid_to: date | None = None
    agreed: bool = False
    source: str = ""
    note: str = ""


class ListingChange(Schema):
    version: int
    valid_from: date
    valid_to: date | None = None
    agreed: bool = False
    source: str = ""
    note: str = ""


class Filters(Schema):
    search: str = ""
    kind: str = ""
    status: str = ""
    brand: str = ""
    category: str = ""
    atc: str = ""


@router.get("/products", response=ProductPage)
@policy("accounts.view")
def list_products(
    request: HttpRequest,
    filters: Query[Filters],
    limit: int = 100,
    after: str = "",
    offset: int = 0,
) -> dict[str, Any]:
    """The catalog by SKU; `atc` takes a whole group. Page on with `after` (or use `offset`)."""
    given = {key: value for key, value in filters.dict().items() if value and key != "search"}
    rows = queries.all_found(actor_of(request), search=filters.search, filters=given)
    rows = tuple(sorted(rows, key=lambda row: row.sku))
    page = page_of(rows[max(offset, 0) :], key=lambda row: row.sku, limit=limit, after=after)
    return {**page, "total": len(rows)}


@router.post("/products", response={201: ProductBody})
@policy("catalog.edit")
def create_product(request: HttpRequest, body: NewProduct) -> Status[Any]:
    """Create a product."""
    return Status(
        201, services.create_product(actor=actor_of(request), source="api", **body.dict())
    )


@router.get("/products/{product_id}", response=DetailBody)
@policy("accounts.view")
def product(request: HttpRequest, product_id: int) -> dict[str, Any]:
    """One product with its codes and parts; a merged one answers as the one it lives on in."""
    actor = actor_of(request)
    found = queries.product_for(actor, product_id)
    return {
        **{name: getattr(found, name) for name in ProductBody.model_fields},
        "codes": [_with_span(row) for row in queries.codes_for(actor, found.id)],
        "parts": [_with_span(row) for row in queries.parts_of(actor, found.id)],
    }


@router.patch("/products/{product_id}", response=ProductBody)
@policy("catalog.edit")
def edit_product(request: HttpRequest, product_id: int, body: ProductChange) -> Product:
    """Change the fields that are given."""
    values = body.dict(exclude_unset=True, exclude_none=True)
    version = values.pop("version")
    return services.edit_product(
        actor=actor_of(request), product_id=product_id, version=version, source="api", **values
    )


@router.get("/products/{product_id}/prices", response=list[PriceBody])
@policy("accounts.view")
def list_prices(request: HttpRequest, product_id: int) -> list[dict[str, Any]]:
    """List, recommended and maximum prices of one unit of a product, the latest first."""
    return [_with_span(row) for row in queries.prices_for(actor_of(request), product_id)]


@router.post("/products/{product_id}/prices", response={201: PriceBody})
@policy("catalog.edit")
def add_price(request: HttpRequest, product_id: int, body: NewPrice) -> Status[Any]:
    """Set a price from a day on. An amount never changes: end it and add the next."""
    values = body.dict()
    span = Span(values.pop("valid_from"), values.pop("valid_to"))
    made = services.add_price(actor=actor_of(request), product_id=product_id, span=span, **values)
    return Status(201, _with_span(made))


@router.get("/listings", response=ListingPage, tags=["listings"])
@policy("accounts.view")
def list_listings(
    request: HttpRequest,
    account_id: int | None = None,
    product_id: int | None = None,
    on: date | None = None,
    agreed: bool | None = None,
    limit: int = 100,
    after: str = "",
) -> dict[str, Any]:
    """Listings on the accounts you may see: of one account or product, on a day, agreed ones."""
    rows = queries.listings(
        actor_of(request), account_id=account_id, product_id=product_id, on=on, agreed=agreed
    )
    page = page_of(rows, key=lambda row: row.id, limit=limit, after=after, shown=_with_span)
    return {**page, "total": len(rows)}


@router.post("/listings", response={201: ListingBody}, tags=["listings"])
@policy("accounts.edit")
def add_listing(request: HttpRequest, body: NewListing) -> Status[Any]:
    """Put a product on an account's range."""
    return Status(201, _with_span(services.add_listing(actor=actor_of(request), **body.dict())))


@router.put("/listings/{listing_id}", response=ListingBody, tags=["listings"])
@policy("accounts.edit")
def edit_listing(request: HttpRequest, listing_id: int, body: ListingChange) -> dict[str, Any]:
    """Replace a listing's dates, agreement, source and note."""
    changed = services.edit_listing(actor=actor_of(request), listing_id=listing_id, **body.dict())
    return _with_span(changed)


@router.delete("/listings/{listing_id}", response={204: None}, tags=["listings"])
@policy("accounts.edit")
def remove_listing(
    request: HttpRequest, listing_id: int, version: int | None = None
) -> Status[Any]:
    """Remove a listing that never was; one that is over gets a `valid_to` instead."""
    services.remove_listing(actor=actor_of(request), listing_id=listing_id, version=version)
    return Status(204, None)


def _with_span(row: Any) -> dict[str, Any]:
    span = row.span
    values = {name: getattr(row, name) for name in row.__dataclass_fields__ if name != "span"}
    return {**values, "valid_from": span.valid_from, "valid_to": span.valid_to}
