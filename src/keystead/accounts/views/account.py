"""Create and edit an account; search among them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from keystead.accounts import queries, services
from keystead.accounts.forms import AccountForm
from keystead.accounts.types import Account
from keystead.kit.access import Actor, actor_of, policy
from keystead.kit.ui.editing import Page, edit_page

SUGGESTED = ("segment", "territory", "channel")
FIELDS = ("name", "code", "kind", "country", "currency", "status", *SUGGESTED)


def home_of(account: Account, tab: str = "profile") -> str:
    """Return the address of the account's page, which the web door serves."""
    return f"/accounts/{account.id}/?tab={tab}"


def limit_of(request: HttpRequest, standard: int, most: int) -> int:
    """Return the page size that was asked for, within bounds."""
    text = request.GET.get("limit", "")
    return min(max(int(text), 1), most) if text.isdecimal() else standard


@policy("accounts.edit")
def create(request: HttpRequest) -> HttpResponse:
    """Create an account; who does not see all of them becomes its owner."""
    actor = actor_of(request)
    initial: dict[str, Any] = {"status": "active", "owner": actor.user_id}
    form = AccountForm(
        request.POST or None,
        owners=_owners(actor),
        suggestions=_suggestions(actor),
        initial=initial,
    )

    def save(data: dict[str, Any], version: int | None) -> str:
        owner = data.pop("owner", "")
        made = services.create_account(actor=actor, owner_id=int(owner) if owner else None, **data)
        return home_of(made)

    page = Page(
        _("Add an account"),
        back="/accounts/",
        back_label=_("Accounts"),
        lede=_("Identifiers, measures, profile and team come after."),
        said=_("The account is there."),
        template="accounts/create.html",
    )
    return edit_page(request, form, save, page)


@policy("accounts.edit")
def edit(request: HttpRequest, account_id: int) -> HttpResponse:
    """Edit the plain fields of an account."""
    actor = actor_of(request)
    account = queries.account_for(actor, account_id)
    initial = {field: getattr(account, field) for field in FIELDS}
    form = AccountForm(request.POST or None, suggestions=_suggestions(actor), initial=initial)

    def save(data: dict[str, Any], version: int | None) -> None:
        services.edit_account(actor=actor, account_id=account.id, version=version, **data)

    page = Page(
        _("Edit %(name)s") % {"name": account.name},
        back=home_of(account),
        back_label=account.name,
        version=account.version,
    )
    return edit_page(request, form, save, page)


@policy("accounts.view")
def search(request: HttpRequest) -> HttpResponse:
    """Answer the search box: options for a field, a list for a page, or JSON."""
    actor = actor_of(request)
    asked = request.GET
    words = asked.get("q", "") or asked.get("group", "") or asked.get("target", "")
    found = queries.search_accounts(actor, words, limit=limit_of(request, 12, 50))
    if "application/json" in request.headers.get("Accept", ""):
        items = [
            {"id": item.id, "code": item.code, "name": item.name, "kind": item.kind.value}
            for item in found
        ]
        return JsonResponse({"items": items})
    shown = [(item, queries.label_of(item.kind)) for item in found]
    template = "options" if request.GET.get("as") == "options" else "results"
    return render(request, f"accounts/{template}.html", {"found": shown, "words": words})


def _owners(actor: Actor) -> list[tuple[int, str]]:
    people = queries.people_for_team(actor)
    if actor.scope_of("profile", "w") == "A":
        return list(people)
    mine = {actor.user_id, *actor.reports}
    return [(pk, name) for pk, name in people if pk in mine]


def _suggestions(actor: Actor) -> dict[str, Any]:
    return {field: queries.values_in_use(actor, field) for field in SUGGESTED}
