"""Campaigns: named rows that expenses hang on."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.accounts.queries import accounts_for, may_write
from keystead.campaigns import services
from keystead.campaigns.calc.board import sums_of
from keystead.campaigns.forms import CampaignForm
from keystead.campaigns.queries import campaign_for, campaigns_for, expenses_for
from keystead.campaigns.types import Expense
from keystead.campaigns.views.expense import accounts_to_plan
from keystead.kit.access import Actor, actor_of, policy
from keystead.kit.ui.editing import Page, edit_page
from keystead.kit.ui.tables import Cell, Column, Row, Table
from keystead.kit.ui.tags.numbers import money_full


@policy("campaigns.view")
def named(request: HttpRequest) -> HttpResponse:
    """List the campaigns with what hangs on them."""
    actor = actor_of(request)
    context = {"table": _table(actor), "may_edit": actor.can("campaigns.edit")}
    return render(request, "campaigns/named.html", context)


@policy("campaigns.edit")
def create_campaign(request: HttpRequest) -> HttpResponse:
    """Enter a campaign."""
    actor = actor_of(request)
    today = timezone.localdate()
    form = CampaignForm(
        request.POST or None, initial={"starts": today}, accounts=accounts_to_plan(actor)
    )

    def save(data: dict[str, Any], version: int | None) -> None:
        services.create_campaign(actor=actor, entry=form.entry())

    page = Page(
        _("New campaign"),
        back=reverse("campaigns:named"),
        back_label=_("Campaigns"),
        lede=_("A name and its days; expenses hang on it."),
    )
    return edit_page(request, form, save, page)


@policy("campaigns.edit")
def edit_campaign(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Change a campaign."""
    actor = actor_of(request)
    found = campaign_for(actor, campaign_id)
    initial = {
        "account": found.account_id,
        **{name: getattr(found, name) for name in ("name", "starts", "last", "category", "note")},
    }
    form = CampaignForm(request.POST or None, initial=initial, accounts=accounts_to_plan(actor))
    form.fields["account"].disabled = True

    def save(data: dict[str, Any], version: int | None) -> None:
        services.edit_campaign(
            actor=actor,
            campaign_id=found.id,
            expected_version=version or found.version,
            entry=form.entry(),
        )

    page = Page(
        found.name,
        back=reverse("campaigns:named"),
        back_label=_("Campaigns"),
        version=found.version,
    )
    return edit_page(request, form, save, page)


def _table(actor: Actor) -> Table:
    names = {one.id: one.name for one in accounts_for(actor)}
    held: dict[int, list[Expense]] = {}
    for spent in expenses_for(actor):
        if spent.campaign_id is not None and spent.state.value != "cancelled":
            held.setdefault(spent.campaign_id, []).append(spent)
    rows = []
    for one in campaigns_for(actor):
        writes = actor.can("campaigns.edit") and may_write(actor, one.account_id, name="campaign")
        edit = reverse("campaigns:edit_campaign", args=[one.id]) if writes else ""
        expenses = held.get(one.id, [])
        board = f"{reverse('campaigns:index')}?campaign={one.id}&year={one.starts.year}"
        rows.append(
            Row(
                {
                    "name": Cell(one.name, href=edit, sub=one.note),
                    "account": names.get(one.account_id, ""),
                    "category": one.category,
                    "starts": one.starts,
                    "last": one.last,
                    "expenses": Cell(len(expenses), href=board if expenses else ""),
                    "sum": ", ".join(money_full(amount) for amount in sums_of(expenses)),
                }
            )
        )
    columns = [
        Column("name", _("Campaign")),
        Column("account", _("Account")),
        Column("category", _("Category"), hide="phone"),
        Column("starts", _("First day"), "date", hide="phone"),
        Column("last", _("Last day"), "date", hide="phone"),
        Column("expenses", _("Expenses"), "number"),
        Column("sum", _("Best known sum")),
    ]
    return Table(columns, rows, _("Campaigns"), empty=_("There is no campaign yet."))
