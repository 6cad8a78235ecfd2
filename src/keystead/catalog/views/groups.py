"""Product groups: the list, one group with its members, and their forms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from keystead.catalog import queries, services
from keystead.catalog.forms import GroupForm, MemberForm
from keystead.catalog.types import GroupMember, Product, ProductGroup
from keystead.catalog.views.products import typed_product
from keystead.catalog.views.tables import dates
from keystead.kit.access import Actor, actor_of, policy
from keystead.kit.ui.editing import Page, edit_page, version_of
from keystead.kit.ui.tables import Cell, Column, Row, Table


@policy("accounts.view")
def index(request: HttpRequest) -> HttpResponse:
    """List the product groups."""
    actor = actor_of(request)
    context = {"table": _groups(actor), "may_edit": actor.can("catalog.edit")}
    return render(request, "catalog/groups.html", context)


@policy("accounts.view")
def detail(request: HttpRequest, group_id: int) -> HttpResponse:
    """Show what a group holds, and the products behind it today."""
    actor = actor_of(request)
    group = queries.group_for(actor, group_id)
    may_edit = actor.can("catalog.edit")
    held = queries.products_in_group(actor, group.code)
    context = {
        "group": group,
        "members": _members(group, edit=may_edit),
        "products": _products(held),
        "count": len(held),
        "may_edit": may_edit,
    }
    return render(request, "catalog/group.html", context)


@policy("catalog.edit")
def create(request: HttpRequest) -> HttpResponse:
    """Name a new group."""
    form = GroupForm(request.POST or None)

    def save(data: dict[str, Any], version: int | None) -> str:
        group = services.create_group(actor=actor_of(request), **data)
        return reverse("catalog:group", args=[group.id])

    page = Page(
        _("New product group"),
        back=reverse("catalog:groups"),
        back_label=_("Product groups"),
        lede=_("Contracts, price lists and offers name a group by its code: it stays as it is."),
        said=_("The group is there. Say now what it holds."),
    )
    return edit_page(request, form, save, page)


@policy("catalog.edit")
def edit(request: HttpRequest, group_id: int) -> HttpResponse:
    """Change the name or the note of a group."""
    actor = actor_of(request)
    group = queries.group_for(actor, group_id)
    initial = {"name": group.name, "note": group.note}
    form = GroupForm(request.POST or None, stored=True, initial=initial)

    def save(data: dict[str, Any], version: int | None) -> None:
        services.edit_group(actor=actor, group_id=group.id, version=version, **data)

    title = _("Edit %(name)s") % {"name": group.name}
    return edit_page(request, form, save, _page(group, title, version=group.version))


@policy("catalog.edit")
def add_member(request: HttpRequest, group_id: int) -> HttpResponse:
    """Put a product, a brand or a category into a group."""
    actor = actor_of(request)
    group = queries.group_for(actor, group_id)
    in_use: dict[str, Sequence[str]] = {
        name: queries.values_in_use(actor, name) for name in ("brand", "category")
    }
    form = MemberForm(request.POST or None, suggestions=in_use)

    def save(data: dict[str, Any], version: int | None) -> None:
        start, end = form.span()
        product = data["product"]
        services.add_member(
            actor=actor,
            group_id=group.id,
            product_id=typed_product(actor, product, "product").id if product else None,
            brand=data["brand"],
            category=data["category"],
            valid_from=start,
            valid_to=end,
            why=data["why"],
        )

    lede = _("One of the three. A brand or a category stands for all its products, new ones too.")
    return edit_page(request, form, save, _page(group, _("Add to the group"), lede=lede))


@policy("catalog.edit")
def edit_member(request: HttpRequest, group_id: int, member_id: int) -> HttpResponse:
    """Change the months in which something is in a group."""
    actor = actor_of(request)
    group = queries.group_for(actor, group_id)
    row = _member(group, member_id)
    initial = {"valid_from": row.span.valid_from, "last_day": row.span.last_day}
    form = MemberForm(request.POST or None, stored=True, initial=initial)

    def save(data: dict[str, Any], version: int | None) -> None:
        start, end = form.span()
        services.edit_member(
            actor=actor,
            member_id=row.id,
            version=version,
            valid_from=start,
            valid_to=end,
            why=data["why"],
        )

    page = _page(
        group,
        _thing(row),
        lede=_("What is no longer in the group gets a last day. Remove only what never was."),
        version=row.version,
        remove=reverse("catalog:remove_member", args=[group.id, row.id]),
    )
    return edit_page(request, form, save, page)


@require_POST
@policy("catalog.edit")
def remove_member(request: HttpRequest, group_id: int, member_id: int) -> HttpResponse:
    """Take out what never was in the group."""
    actor = actor_of(request)
    group = queries.group_for(actor, group_id)
    row = _member(group, member_id)
    services.remove_member(actor=actor, member_id=row.id, version=version_of(request))
    messages.success(request, _("Removed."))
    return redirect("catalog:group", group.id)


def _member(group: ProductGroup, member_id: int) -> GroupMember:
    row = next((one for one in group.members if one.id == member_id), None)
    if row is None:
        raise Http404
    return row


def _page(group: ProductGroup, title: str, **more: Any) -> Page:
    home = reverse("catalog:group", args=[group.id])
    return Page(title, back=home, back_label=group.name, **more)


def _thing(row: GroupMember) -> str:
    if row.product_id is not None:
        return row.product_name
    name = row.brand or row.category
    return (_("Brand %(name)s") if row.brand else _("Category %(name)s")) % {"name": name}


def _groups(actor: Actor) -> Table:
    rows = [
        Row(
            {
                "name": Cell(one.name, href=reverse("catalog:group", args=[one.id]), sub=one.note),
                "code": one.code,
                "holds": _told(one),
            }
        )
        for one in queries.groups(actor)
    ]
    columns = [
        Column("name", _("Product group")),
        Column("code", _("Code"), "code"),
        Column("holds", _("What it holds"), wide=True),
    ]
    empty = _("There is no product group yet. A group gives products a name for contracts.")
    return Table(columns, rows, _("Product groups"), empty=empty, sortable=False)


def _told(group: ProductGroup) -> str:
    named = [_thing(one) for one in group.members if one.product_id is None]
    count = len([one for one in group.members if one.product_id is not None])
    if count:
        text = ngettext("%(count)s product", "%(count)s products", count)
        named.append(text % {"count": count})
    return ", ".join(dict.fromkeys(named)) or _("nothing yet")


def _members(group: ProductGroup, *, edit: bool) -> Table:
    rows = [
        Row(
            {
                "thing": Cell(
                    _thing(one),
                    href=reverse("catalog:product", args=[one.product_id])
                    if one.product_id
                    else f"{reverse('catalog:products')}?{_asked(one)}",
                    sub=one.sku,
                ),
                "dates": dates(one.span) or _("always"),
                "edit": Cell(
                    _("Edit"), href=reverse("catalog:edit_member", args=[group.id, one.id])
                )
                if edit
                else None,
            }
        )
        for one in group.members
    ]
    columns = [
        Column("thing", _("In the group")),
        Column("dates", _("Holds")),
        *([Column("edit", "")] if edit else []),
    ]
    empty = _("Nothing is in it yet: terms that name it count no sales.")
    return Table(columns, rows, _("What it holds"), empty=empty, sortable=False)


def _asked(one: GroupMember) -> str:
    asked = QueryDict(mutable=True)
    asked["brand" if one.brand else "category"] = one.brand or one.category
    return asked.urlencode()


def _products(held: Sequence[Product]) -> Table:
    rows = [
        Row(
            {
                "name": Cell(one.name, href=reverse("catalog:product", args=[one.id])),
                "sku": one.sku,
                "brand": one.brand,
            }
        )
        for one in held
    ]
    columns = [
        Column("name", _("Product")),
        Column("sku", _("SKU"), "code"),
        Column("brand", _("Brand"), hide="phone"),
    ]
    empty = _("No product is in it today.")
    return Table(columns, rows, _("Products in it today"), empty=empty, sortable=False)
