"""Codes, parts, successor and merge of a product."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from keystead.catalog import queries, services
from keystead.catalog.forms import CodeForm, MergeForm, PartChangeForm, PartForm, SuccessorForm
from keystead.catalog.queries import label_of
from keystead.catalog.views.products import home_of, page_for, typed_product
from keystead.kit.access import actor_of, policy
from keystead.kit.ui.editing import edit_page, version_of


@policy("catalog.edit")
def add_code(request: HttpRequest, product_id: int) -> HttpResponse:
    """Add a code."""
    actor = actor_of(request)
    product = queries.product_for(actor, product_id)
    form = CodeForm(request.POST or None)

    def save(data: dict[str, Any], version: int | None) -> None:
        start, end = form.span()
        services.add_code(
            actor=actor,
            product_id=product.id,
            scheme=data["scheme"],
            value=data["value"],
            source=data["source"],
            valid_from=start,
            valid_to=end,
        )

    return edit_page(request, form, save, page_for(product, _("Add a code")))


@policy("catalog.edit")
def edit_code(request: HttpRequest, product_id: int, code_id: int) -> HttpResponse:
    """Correct or end a code."""
    actor = actor_of(request)
    product = queries.product_for(actor, product_id)
    row = next((item for item in queries.codes_for(actor, product) if item.id == code_id), None)
    if row is None:
        raise Http404
    initial = {
        "value": row.value,
        "source": row.source,
        "valid_from": row.span.valid_from,
        "last_day": row.span.last_day,
    }
    form = CodeForm(request.POST or None, stored=True, initial=initial)

    def save(data: dict[str, Any], version: int | None) -> None:
        start, end = form.span()
        services.edit_code(
            actor=actor,
            code_id=row.id,
            version=version,
            value=data["value"],
            source=data["source"],
            valid_from=start,
            valid_to=end,
        )

    page = page_for(
        product,
        label_of(row.scheme),
        lede=_("A code that no longer holds gets a last day. Remove only what was never right."),
        version=row.version,
        remove=reverse("catalog:remove_code", args=[product.id, row.id]),
    )
    return edit_page(request, form, save, page)


@require_POST
@policy("catalog.edit")
def remove_code(request: HttpRequest, product_id: int, code_id: int) -> HttpResponse:
    """Remove a code that was never right."""
    actor = actor_of(request)
    product = queries.product_for(actor, product_id)
    if code_id not in {item.id for item in queries.codes_for(actor, product)}:
        raise Http404
    services.remove_code(actor=actor, code_id=code_id, version=version_of(request))
    messages.success(request, _("Removed."))
    return redirect(home_of(product))


@policy("catalog.edit")
def add_part(request: HttpRequest, product_id: int) -> HttpResponse:
    """Put a product into this one."""
    actor = actor_of(request)
    product = queries.product_for(actor, product_id)
    form = PartForm(request.POST or None)

    def save(data: dict[str, Any], version: int | None) -> None:
        start, end = form.span()
        services.add_part(
            actor=actor,
            whole_id=product.id,
            part_id=typed_product(actor, data["part"], "part").id,
            quantity=data["quantity"],
            valid_from=start,
            valid_to=end,
        )

    page = page_for(product, _("Add a part"), lede=_("A journal of a collection, a pack of a kit."))
    return edit_page(request, form, save, page)


@policy("catalog.edit")
def edit_part(request: HttpRequest, product_id: int, part_id: int) -> HttpResponse:
    """Change how many are inside, or until when."""
    actor = actor_of(request)
    product = queries.product_for(actor, product_id)
    row = next((item for item in queries.parts_of(actor, product) if item.id == part_id), None)
    if row is None:
        raise Http404
    initial = {"quantity": row.quantity.normalize(), "last_day": row.span.last_day}
    form = PartChangeForm(request.POST or None, initial=initial)

    def save(data: dict[str, Any], version: int | None) -> None:
        last = data["last_day"]
        services.edit_part(
            actor=actor,
            part_row_id=row.id,
            version=version,
            quantity=data["quantity"],
            valid_to=last + timedelta(days=1) if last else None,
        )

    page = page_for(
        product,
        row.part_name,
        lede=_("Remove only what was never inside."),
        version=row.version,
        remove=reverse("catalog:remove_part", args=[product.id, row.id]),
    )
    return edit_page(request, form, save, page)


@require_POST
@policy("catalog.edit")
def remove_part(request: HttpRequest, product_id: int, part_id: int) -> HttpResponse:
    """Take out a part that was never inside."""
    actor = actor_of(request)
    product = queries.product_for(actor, product_id)
    if part_id not in {item.id for item in queries.parts_of(actor, product)}:
        raise Http404
    services.remove_part(actor=actor, part_row_id=part_id, version=version_of(request))
    messages.success(request, _("Removed."))
    return redirect(home_of(product))


@policy("catalog.edit")
def successor(request: HttpRequest, product_id: int) -> HttpResponse:
    """Name the product that takes this one's place, or take that back."""
    actor = actor_of(request)
    product = queries.product_for(actor, product_id)
    now = queries.product_for(actor, product.successor) if product.successor else None
    initial = {
        "successor": now.sku if now else "",
        "on": product.successor_from,
        "successor_share_pct": product.successor_share_pct if now else None,
    }
    form = SuccessorForm(request.POST or None, initial=initial)

    def save(data: dict[str, Any], version: int | None) -> None:
        text = data["successor"].strip()
        following = typed_product(actor, text, "successor").id if text else None
        services.supersede_product(
            actor=actor,
            product_id=product.id,
            successor_id=following,
            on=data["on"],
            share_pct=data["successor_share_pct"],
            version=version,
        )

    page = page_for(
        product,
        _("Successor of %(name)s") % {"name": product.name},
        lede=_("A new pack or edition takes its place from a day on; both keep their figures."),
        version=product.version,
    )
    return edit_page(request, form, save, page)


@policy("catalog.edit")
def merge(request: HttpRequest, product_id: int) -> HttpResponse:
    """Merge the product into another row of the same product."""
    actor = actor_of(request)
    product = queries.product_for(actor, product_id)
    form = MergeForm(request.POST or None)
    done: dict[str, Any] = {}

    def save(data: dict[str, Any], version: int | None) -> str:
        target = typed_product(actor, data["target"], "target")
        made = services.merge_products(
            actor=actor,
            source_id=product.id,
            target_id=target.id,
            why=data["why"],
            source_version=version,
        )
        done["undo"] = reverse("catalog:undo_merge", args=[target.id, made.id])
        return home_of(target)

    page = page_for(
        product,
        _("Merge %(name)s") % {"name": product.name},
        lede=_(
            "Only for one and the same product that is there twice. Both ids and SKUs stay and "
            "lead to one product; it can be undone at any time."
        ),
        version=product.version,
        save_label=_("Merge"),
        said=_("The two are one product now."),
    )
    response = edit_page(request, form, save, page)
    if done:
        messages.info(request, _("Not the same after all?"), extra_tags=f"undo:{done['undo']}")
    return response


@require_POST
@policy("catalog.edit")
def undo_merge(request: HttpRequest, product_id: int, merge_id: int) -> HttpResponse:
    """Take a merge back."""
    actor = actor_of(request)
    product = queries.product_for(actor, product_id)
    if merge_id not in {item.id for item in queries.merges_for(actor, product)}:
        raise Http404
    undone = services.unmerge_products(actor=actor, merge_id=merge_id)
    messages.success(request, _("%(name)s stands for itself again.") % {"name": undone.source_name})
    return redirect(home_of(product))
