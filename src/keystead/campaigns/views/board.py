"""The status board and the table of expenses, and the panel of an account."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.accounts.queries import account_for, accounts_for, may_write
from keystead.campaigns.calc.board import board
from keystead.campaigns.queries import campaigns_for, categories, expenses_for
from keystead.campaigns.queries.words import STATES, TONES
from keystead.campaigns.types import Expense
from keystead.kit.access import Actor, actor_of, policy
from keystead.kit.ui.tables import Cell, Column, Row, Table
from keystead.kit.ui.tags.numbers import money_full


@dataclasses.dataclass(frozen=True)
class Card:
    """One expense on the board."""

    expense: Expense
    account: str
    href: str


@policy("campaigns.view")
def index(request: HttpRequest) -> HttpResponse:
    """Show expenses by state with their sums, or as a table."""
    actor, asked = actor_of(request), request.GET
    year = _year(asked.get("year", ""))
    names = {one.id: one.name for one in accounts_for(actor)}
    account = asked.get("account", "")
    campaign = asked.get("campaign", "")
    found = expenses_for(
        actor,
        year=year,
        account_id=int(account) if account.isdecimal() and int(account) in names else None,
        campaign_id=int(campaign) if campaign.isdecimal() else None,
        category=asked.get("category", ""),
        search=asked.get("q", ""),
    )
    shown = asked.get("view", "board")
    context = {
        "columns": _columns(found, names) if shown != "table" else None,
        "table": expense_table(found, names) if shown == "table" else None,
        "view": "table" if shown == "table" else "board",
        "total": len(found),
        "year": year,
        "words": asked.get("q", ""),
        "selects": _selects(actor, asked, names, year),
        "query": _without(asked, "view"),
        "may_edit": actor.can("campaigns.edit"),
    }
    rows_only = request.headers.get("HX-Target") == "expenses"
    name = "campaigns/panels/rows.html" if rows_only else "campaigns/index.html"
    return render(request, name, context)


@policy("campaigns.view")
def panel(request: HttpRequest, account_id: int) -> HttpResponse:
    """Show the expenses of an account in this year."""
    actor = actor_of(request)
    account = account_for(actor, account_id)
    year = timezone.localdate().year
    found = expenses_for(actor, year=year, account_id=account.id)
    context = {
        "account": account,
        "year": year,
        "columns": _columns(found, {}),
        "table": expense_table(found, {}),
        "total": len(found),
        "may_edit": actor.can("campaigns.edit") and may_write(actor, account.id, name="campaign"),
    }
    return render(request, "campaigns/panels/account.html", context)


def expense_table(found: Iterable[Expense], names: dict[int, str]) -> Table:
    """Return expenses as a table; with names where they are of several accounts."""
    listed = tuple(found)
    rows = [
        Row(
            {
                "title": Cell(
                    one.title, href=reverse("campaigns:expense", args=[one.id]),
                    sub=one.campaign,
                ),
                "account": names.get(one.account_id, ""),
                "category": one.category,
                "on": one.on,
                "planned": one.planned.amount,
                "committed": one.committed.amount if one.committed else None,
                "actual": one.actual.amount if one.actual else None,
                "currency": one.currency,
                "state": Cell(
                    _("waits for approval") if one.waits else str(STATES[one.state.value]),
                    tone="warn" if one.waits else TONES.get(one.state.value, ""),
                ),
            }
        )
        for one in listed
    ]  # fmt: skip
    columns = [
        Column("title", _("Expense")),
        *([Column("account", _("Account"))] if names else []),
        Column("category", _("Category"), hide="phone"),
        Column("on", _("Expected on"), "date", hide="phone"),
        Column("planned", _("Planned"), "number", digits=2),
        Column("committed", _("Committed"), "number", digits=2, hide="phone"),
        Column("actual", _("Actual"), "number", digits=2),
        Column("currency", _("Currency"), "code"),
        Column("state", _("State"), "tag"),
    ]
    empty = _("There is no expense here.")
    return Table(columns, rows, _("Expenses"), empty=empty)


def _columns(found: Iterable[Expense], names: dict[int, str]) -> list[dict[str, Any]]:
    return [
        {
            "state": column.state.value,
            "label": STATES[column.state.value],
            "count": len(column.expenses),
            "sums": [money_full(amount) for amount in column.sums] or ["–"],
            "cards": [
                Card(one, names.get(one.account_id, ""),
                     reverse("campaigns:expense", args=[one.id]))
                for one in column.expenses
            ],
        }
        for column in board(found)
    ]  # fmt: skip


def _selects(
    actor: Actor, asked: Any, names: dict[int, str], year: int
) -> list[tuple[str, str, list[tuple[str, str]], str]]:
    known = sorted({timezone.localdate().year + step for step in (-2, -1, 0, 1)} | {year})
    campaigns = campaigns_for(actor)
    return [
        ("year", _("Year"), [(str(one), str(one)) for one in known], str(year)),
        ("account", _("Account"), [(str(pk), name) for pk, name in names.items()],
         asked.get("account", "")),
        ("campaign", _("Campaign"), [(str(one.id), one.name) for one in campaigns],
         asked.get("campaign", "")),
        ("category", _("Category"), [(one, one) for one in categories(actor)],
         asked.get("category", "")),
    ]  # fmt: skip


def _year(text: str) -> int:
    year = int(text) if text.isdecimal() and len(text) == 4 else 0
    return year if 1990 <= year <= 2100 else timezone.localdate().year


def _without(asked: Any, name: str) -> str:
    kept = asked.copy()
    kept.pop(name, None)
    return str(kept.urlencode())
