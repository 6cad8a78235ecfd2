"""The list of products, one product, create and edit."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from keystead.catalog import queries, services
from keystead.catalog.forms import ProductForm
from keystead.catalog.queries import label_of, labels_of
from keystead.catalog.types import Product, ProductKind, ProductStatus
from keystead.catalog.views import tables
from keystead.kernel.errors import Invalid, NotFound
from keystead.kit.access import Actor, actor_of, policy
from keystead.kit.ui.editing import Page, edit_page

PAGE = 100
SUGGESTED = ("brand", "category")
FIELDS = (
    "name", "sku", "kind", "brand", "category", "spec", "pack_size", "unit", "gtin", "atc",
    "supply", "status",
)  # fmt: skip


@policy("accounts.view")
def index(request: HttpRequest) -> HttpResponse:
    """List products: filter, sort, page."""
    actor = actor_of(request)
    asked = request.GET
    chosen = {name: asked.get(name, "") for name in ("kind", "status", "brand", "category")}
    sort = asked.get("sort", "name")
    if sort.lstrip("-") not in queries.ORDERS:
        sort = "name"
    number = max(1, int(page)) if (page := asked.get("page", "")).isdecimal() else 1
    words = asked.get("q", "")
    found = queries.find_products(
        actor, search=words, filters=chosen, order=sort, limit=PAGE, offset=(number - 1) * PAGE
    )
    query = asked.copy()
    query.pop("sort", None)
    query.pop("page", None)
    context = {
        "table": tables.products(found.items, sort=sort, query=query.urlencode()),
        "page": Paginator(range(found.total), PAGE).get_page(number),
        "total": found.total,
        "words": words,
        "selects": _selects(actor, chosen),
        "may_edit": actor.can("catalog.edit"),
        "may_sheets": actor.can("catalog.edit") or actor.can("accounts.edit"),
    }
    rows_only = request.headers.get("HX-Target") == "products"
    name = "catalog/panels/products.html" if rows_only else "catalog/products.html"
    return render(request, name, context)


@policy("accounts.view")
def detail(request: HttpRequest, product_id: int) -> HttpResponse:
    """Show a product; one that was merged leads to where it lives on."""
    actor = actor_of(request)
    product = queries.product_for(actor, product_id)
    if product.id != product_id:
        return redirect("catalog:product", product.id)
    may_edit = actor.can("catalog.edit")
    successor = queries.product_for(actor, product.successor) if product.successor else None
    ranges = queries.listings(actor, product_id=product)
    context = {
        "product": product,
        "may_edit": may_edit,
        "meta": _meta(product),
        "facts": tables.facts(product),
        "codes": tables.codes(queries.codes_for(actor, product), product, edit=may_edit),
        "prices": tables.prices(queries.prices_for(actor, product)),
        "parts": tables.parts(queries.parts_of(actor, product), product, edit=may_edit),
        "wholes": tables.wholes(queries.wholes_of(actor, product)),
        "listings": tables.product_listings(actor, ranges),
        "successor": successor,
        "merges": [item for item in queries.merges_for(actor, product) if not item.undone],
    }
    return render(request, "catalog/product.html", context)


@policy("catalog.edit")
def create(request: HttpRequest) -> HttpResponse:
    """Create a product."""
    actor = actor_of(request)
    initial = {"kind": "medicine", "status": "active", "pack_size": 1, "unit": "pack"}
    form = ProductForm(request.POST or None, suggestions=_suggestions(actor), initial=initial)

    def save(data: dict[str, Any], version: int | None) -> str:
        return home_of(services.create_product(actor=actor, **data))

    page = Page(
        _("Add a product"),
        back=reverse("catalog:products"),
        back_label=_("Products"),
        said=_("The product is there."),
    )
    return edit_page(request, form, save, page)


@policy("catalog.edit")
def edit(request: HttpRequest, product_id: int) -> HttpResponse:
    """Edit the plain fields of a product."""
    actor = actor_of(request)
    product = queries.product_for(actor, product_id)
    initial = {field: getattr(product, field) for field in FIELDS}
    initial["pack_size"] = product.pack_size.normalize()
    form = ProductForm(request.POST or None, suggestions=_suggestions(actor), initial=initial)

    def save(data: dict[str, Any], version: int | None) -> None:
        services.edit_product(actor=actor, product_id=product.id, version=version, **data)

    title = _("Edit %(name)s") % {"name": product.name}
    return edit_page(request, form, save, page_for(product, title, version=product.version))


@policy("accounts.view")
def search(request: HttpRequest) -> HttpResponse:
    """Answer the search box: options for a field, or JSON."""
    asked = request.GET
    words = next(
        (asked.get(name, "") for name in ("q", "product", "part", "target", "successor")
         if asked.get(name)), ""
    )  # fmt: skip
    found = queries.search_products(actor_of(request), words, limit=12)
    if asked.get("as") == "options":
        return render(request, "catalog/options.html", {"found": found})
    items = [
        {"id": item.id, "sku": item.sku, "name": item.name, "kind": item.kind.value}
        for item in found
    ]
    return JsonResponse({"items": items})


def home_of(product: Product) -> str:
    """Return the address of the product's page."""
    return reverse("catalog:product", args=[product.id])


def page_for(product: Product, title: str, **more: Any) -> Page:
    """Return the frame of a form that hangs on a product."""
    return Page(title, back=home_of(product), back_label=product.name, **more)


def typed_product(actor: Actor, text: str, field: str) -> Product:
    """Return the product whose SKU, or only match, was typed; raises Invalid for the field."""
    try:
        return queries.product_by_sku(actor, text)
    except NotFound:
        found = queries.search_products(actor, text, limit=2)
    exact = [item for item in found if item.name.casefold() == text.strip().casefold()]
    if len(exact or found) == 1:
        return (exact or found)[0]
    raise Invalid(_("Choose one product by its SKU."), code="product_typed", field=field)


def _selects(actor: Actor, chosen: dict[str, str]) -> list[dict[str, Any]]:
    in_use = {name: [(v, v) for v in queries.values_in_use(actor, name)] for name in SUGGESTED}
    return [
        {"name": name, "label": label, "choices": choices, "value": chosen[name]}
        for name, label, choices in (
            ("kind", _("Kind"), labels_of(ProductKind)),
            ("brand", _("Brand"), in_use["brand"]),
            ("category", _("Category"), in_use["category"]),
            ("status", _("Status"), labels_of(ProductStatus)),
        )
    ]


def _suggestions(actor: Actor) -> dict[str, Any]:
    return {field: queries.values_in_use(actor, field) for field in SUGGESTED}


def _meta(product: Product) -> str:
    parts = [label_of(product.kind), product.brand, product.category, product.spec]
    return " · ".join(part for part in parts if part)
