"""Title lists: what accounts are entitled to, brought in as KBART and taken out again."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.accounts.queries import account_for, accounts_for
from keystead.catalog.queries import products
from keystead.connectors.counter.forms import TitlesForm
from keystead.connectors.counter.queries.title_words import message_of, place_of
from keystead.connectors.counter.queries.titles import kbart_of, list_for, lists_for, titles_of
from keystead.connectors.counter.services.titles import ListEntry, load_titles, match_title
from keystead.connectors.counter.types.kbart import Entitlement
from keystead.kernel.errors import Invalid, KeysteadError
from keystead.kit.access import Actor, actor_of, policy
from keystead.kit.ui.editing import Page, edit_page
from keystead.kit.ui.tables import Cell, Column, Row, Table
from keystead.kit.ui.tags.numbers import day

SHOWN = 300


@policy("ledger.view")
def title_lists(request: HttpRequest) -> HttpResponse:
    """List the title lists in force."""
    actor = actor_of(request)
    names = {one.id: one.name for one in accounts_for(actor)}
    rows = [
        Row(
            {
                "package": Cell(one.package, href=reverse("counter:titles", args=[one.id]),
                                sub=one.provider),
                "account": names.get(one.account_id, ""),
                "as_of": one.as_of,
                "titles": one.titles,
                "waiting": Cell(one.waiting, tone="warn" if one.waiting else ""),
            }
        )
        for one in lists_for(actor)
    ]  # fmt: skip
    columns = [
        Column("package", _("Package")),
        Column("account", _("Account")),
        Column("as_of", _("As of"), "date", hide="phone"),
        Column("titles", _("Titles"), "number"),
        Column("waiting", _("Without a product"), "number"),
    ]
    table = Table(columns, rows, _("Title lists"), empty=_("No title list yet."))
    context = {"table": table, "may_import": actor.can("ledger.import")}
    return render(request, "counter/title_lists.html", context)


@policy("ledger.import")
def add_titles(request: HttpRequest) -> HttpResponse:
    """Bring a KBART file in for an account."""
    actor = actor_of(request)
    accounts = [(one.id, f"{one.name} ({one.code})") for one in accounts_for(actor)]
    form = TitlesForm(request.POST or None, request.FILES or None, accounts=accounts)

    def save(data: dict[str, Any], _version: int | None) -> str:
        with form.kept() as path:
            read = load_titles(
                actor=actor, path=path, name=data["file"].name,
                entry=ListEntry(
                    account_id=data["account"], package=data["package"],
                    provider=data["provider"], as_of=data["as_of"], starts=data["starts"],
                ),
            )  # fmt: skip
        if read.stored is None:
            raise Invalid(_("The title list is not loaded."), code="kbart")
        for one in read.findings[:5]:
            messages.warning(request, f"{place_of(one)}: {message_of(one)}")
        return reverse("counter:titles", args=[read.stored.id])

    page = Page(
        _("Bring a title list in"), back=reverse("counter:title_lists"),
        back_label=_("Title lists"),
        lede=_("A KBART file: tab-separated text with the columns of Phase II. It takes the place "
               "of the list in force for the package."),
    )  # fmt: skip
    return edit_page(request, form, save, page)


@policy("ledger.view")
def titles(request: HttpRequest, list_id: int) -> HttpResponse:
    """Show one title list with what is open of each title, and what waits for a product."""
    actor = actor_of(request)
    if request.method == "POST":
        actor.require("ledger.import")
        return _match(request, list_id)
    found = list_for(actor, list_id)
    today = timezone.localdate()
    waiting = request.GET.get("show") == "waiting"
    shown = titles_of(actor, list_id, on=today, waiting=waiting, limit=SHOWN)
    context = {
        "list": found,
        "account": account_for(actor, found.account_id),
        "table": _table(actor, shown),
        "shown": len(shown),
        "waiting_only": waiting,
        "unmatched": titles_of(actor, list_id, on=today, waiting=True, limit=20),
        "may_import": actor.can("ledger.import"),
        "today": today,
    }
    return render(request, "counter/titles.html", context)


@policy("ledger.view")
def titles_file(request: HttpRequest, list_id: int) -> HttpResponse:
    """Give a title list out as a KBART file."""
    name, text = kbart_of(actor_of(request), list_id)
    answer = HttpResponse(text, content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{_plain(name)}"'
    return answer


def _match(request: HttpRequest, list_id: int) -> HttpResponse:
    line = request.POST.get("line", "")
    try:
        count = match_title(
            actor=actor_of(request), list_id=list_id, line=int(line) if line.isdecimal() else 0,
            sku=request.POST.get("sku", ""),
        )  # fmt: skip
    except KeysteadError as error:
        messages.error(request, f"{error.message} {error.hint}".strip())
    else:
        messages.success(request, _("Remembered. Lines settled: %(n)s.") % {"n": count})
    return redirect("counter:titles", list_id)


def _table(actor: Actor, shown: tuple[Entitlement, ...]) -> Table:
    skus = {one.id: one for one in products(actor)} if shown else {}
    rows = []
    for one in shown:
        product = skus.get(one.product_id or 0)
        rows.append(
            Row(
                {
                    "title": Cell(one.title, sub=one.title_id),
                    "identifier": one.online_identifier or one.print_identifier,
                    "first": one.coverage.first,
                    "last": day(one.coverage.last) if one.coverage.last else _("until now"),
                    "parts": _parts(one),
                    "access": {"F": _("free"), "P": _("licensed")}.get(one.access.upper(), ""),
                    "product": Cell(product.name, sub=product.sku) if product
                    else Cell(_("waits"), tone="warn"),
                }
            )
        )  # fmt: skip
    columns = [
        Column("title", _("Title"), wide=True),
        Column("identifier", _("Identifier"), "code", hide="phone"),
        Column("first", _("Open from"), "date"),
        Column("last", _("Open until")),
        Column("parts", _("Backfile or frontfile")),
        Column("access", _("Access"), hide="phone"),
        Column("product", _("Product")),
    ]
    return Table(columns, rows, _("Titles"), empty=_("There is no such title here."))


def _parts(one: Entitlement) -> str:
    there = ((_("backfile"), one.coverage.backfile), (_("frontfile"), one.coverage.frontfile))
    return ", ".join(word for word, holds in there if holds) or _("nothing")


def _plain(name: str) -> str:
    return "".join(char for char in name if char.isascii() and (char.isalnum() or char in "-_. "))
