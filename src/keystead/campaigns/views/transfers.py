"""Transfers of value by country: what is disclosed, the limit of hospitality, since when."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.campaigns import services
from keystead.campaigns.forms import TransferRuleForm
from keystead.campaigns.queries.transfers import kept_rules
from keystead.kit.access import actor_of, policy
from keystead.kit.ui.editing import Page, edit_page
from keystead.kit.ui.tables import Cell, Column, Row, Table
from keystead.reference.queries import countries


@policy("campaigns.view")
def transfer_rules(request: HttpRequest) -> HttpResponse:
    """List what holds in each country."""
    actor, names = actor_of(request), {one.code: one.name for one in countries()}
    may_edit = actor.can("compliance.decide")
    edit = reverse("campaigns:set_transfer_rule")
    rows = [
        Row(
            {
                "country": Cell(
                    names.get(one.rule.country, one.rule.country),
                    href=f"{edit}?country={one.rule.country}" if may_edit else "",
                    sub=one.rule.country,
                ),
                "starts": one.rule.starts,
                "discloses": _("yes") if one.rule.discloses else _("no"),
                "limit": one.rule.limit.amount if one.rule.limit else None,
                "currency": one.rule.limit.currency if one.rule.limit else "",
                "note": Cell(one.note or _("shipped"), sub=one.by_name),
            }
        )
        for one in kept_rules(actor)
    ]
    columns = [
        Column("country", _("Country")),
        Column("starts", _("Holds from"), "date"),
        Column("discloses", _("Disclosed"), hide="phone"),
        Column("limit", _("Hospitality per person"), "number", digits=2),
        Column("currency", _("Currency"), "code"),
        Column("note", _("Rests on"), hide="phone", wide=True),
    ]
    table = Table(columns, rows, _("Transfers of value"), empty=_("No country has a rule."))
    return render(request, "campaigns/transfers.html", {"table": table, "may_edit": may_edit})


@policy("compliance.decide")
def set_transfer_rule(request: HttpRequest) -> HttpResponse:
    """Say what holds in a country from a day on."""
    actor, country = actor_of(request), request.GET.get("country", "")[:2].upper()
    held = next((one.rule for one in kept_rules(actor) if one.rule.country == country), None)
    initial: dict[str, Any] = {"country": country, "starts": timezone.localdate()}
    if held is not None:
        initial["discloses"] = held.discloses
        if held.limit is not None:
            initial |= {"hospitality": held.limit.quantised().amount,
                        "currency": held.limit.currency}  # fmt: skip
    form = TransferRuleForm(request.POST or None, initial=initial)

    def save(data: dict[str, Any], _version: int | None) -> None:
        services.set_transfer_rule(actor=actor, **data)

    page = Page(
        _("Transfers of value in a country"), back=reverse("campaigns:transfer_rules"),
        back_label=_("Transfers of value"),
        lede=_("It holds for expenses from that day on; what held before stays on record."),
    )  # fmt: skip
    return edit_page(request, form, save, page)
