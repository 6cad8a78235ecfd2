"""Listings of an account: the panel, and the forms behind it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from keystead.accounts.queries import account_for
from keystead.accounts.types import Account
from keystead.catalog import queries, services
from keystead.catalog.forms import ListingForm
from keystead.catalog.types import Listing
from keystead.catalog.views import tables
from keystead.catalog.views.products import typed_product
from keystead.kit.access import Actor, actor_of, policy
from keystead.kit.ui.editing import Page, edit_page, version_of


@policy("accounts.view")
def panel(request: HttpRequest, account_id: int) -> HttpResponse:
    """Show which products are on the account's range, and which were."""
    actor = actor_of(request)
    account = account_for(actor, account_id)
    rows = queries.listings(actor, account_id=account)
    today = timezone.localdate()
    now = [row for row in rows if row.span.covers(today)]
    may_edit = actor.can("accounts.edit")
    context = {
        "account": account,
        "table": tables.account_listings(rows, account.id, edit=may_edit),
        "listed": len({row.product_id for row in now}),
        "agreed": len({row.product_id for row in now if row.agreed}),
        "may_edit": may_edit,
    }
    return render(request, "catalog/panels/listings.html", context)


@policy("accounts.edit")
def add(request: HttpRequest, account_id: int) -> HttpResponse:
    """Put a product on the account's range."""
    actor = actor_of(request)
    account = account_for(actor, account_id)
    form = ListingForm(request.POST or None, initial={"valid_from": timezone.localdate()})

    def save(data: dict[str, Any], version: int | None) -> None:
        start, end = form.span()
        services.add_listing(
            actor=actor,
            account_id=account.id,
            product_id=typed_product(actor, data["product"], "product").id,
            valid_from=start or timezone.localdate(),
            valid_to=end,
            agreed=data["agreed"],
            source=data["source"],
            note=data["note"],
        )

    return edit_page(request, form, save, _page(account, _("List a product")))


@policy("accounts.edit")
def edit(request: HttpRequest, account_id: int, listing_id: int) -> HttpResponse:
    """Change a listing or give it a last day."""
    actor = actor_of(request)
    account = account_for(actor, account_id)
    row = _row(actor, account, listing_id)
    initial = {
        "valid_from": row.span.valid_from,
        "last_day": row.span.last_day,
        "agreed": row.agreed,
        "source": row.source,
        "note": row.note,
    }
    form = ListingForm(request.POST or None, stored=True, initial=initial)

    def save(data: dict[str, Any], version: int | None) -> None:
        start, end = form.span()
        services.edit_listing(
            actor=actor,
            listing_id=row.id,
            version=version,
            valid_from=start or timezone.localdate(),
            valid_to=end,
            agreed=data["agreed"],
            source=data["source"],
            note=data["note"],
        )

    page = _page(
        account,
        row.product_name,
        lede=_("A delisted product gets a last day. Remove only what was never listed."),
        version=row.version,
        remove=reverse("catalog:remove_listing", args=[account.id, row.id]),
    )
    return edit_page(request, form, save, page)


@require_POST
@policy("accounts.edit")
def remove(request: HttpRequest, account_id: int, listing_id: int) -> HttpResponse:
    """Remove a listing that never was."""
    actor = actor_of(request)
    account = account_for(actor, account_id)
    row = _row(actor, account, listing_id)
    services.remove_listing(actor=actor, listing_id=row.id, version=version_of(request))
    messages.success(request, _("Removed."))
    return redirect(_home(account))


def _row(actor: Actor, account: Account, listing_id: int) -> Listing:
    for row in queries.listings(actor, account_id=account.id):
        if row.id == listing_id:
            return row
    raise Http404


def _home(account: Account) -> str:
    return f"/accounts/{account.id}/?tab=listings"


def _page(account: Account, title: str, **more: Any) -> Page:
    return Page(title, back=_home(account), back_label=account.name, **more)
