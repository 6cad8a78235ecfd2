"""Expenses against budget by category: one account, one year, one currency."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.accounts.queries import account_for, accounts_for, may_write
from keystead.accounts.types import Account
from keystead.campaigns import services
from keystead.campaigns.forms import BudgetForm
from keystead.campaigns.queries import budget_lines, budgets_of
from keystead.campaigns.queries.budgets import BudgetLine
from keystead.kit.access import Actor, actor_of, policy
from keystead.kit.ui.editing import Page, edit_page
from keystead.kit.ui.tables import Cell, Column, Row, Table


@policy("campaigns.view", "metrics.view")
def budget(request: HttpRequest) -> HttpResponse:
    """Show budget, planned, committed and actual by category."""
    actor, asked = actor_of(request), request.GET
    accounts = accounts_for(actor)
    account = _account(actor, asked.get("account", ""))
    year = _year(asked.get("year", ""))
    context: dict[str, Any] = {
        "accounts": [(str(one.id), one.name) for one in accounts],
        "account": account,
        "year": year,
        "years": [timezone.localdate().year + step for step in (-2, -1, 0, 1)],
    }
    if account is not None:
        currency = _currency(actor, account, year)
        lines = budget_lines(actor, account.id, year, currency)
        context |= {
            "table": _table(actor, account, year, currency, lines),
            "currency": currency,
            "may_edit": _may_edit(actor, account.id),
        }
    return render(request, "campaigns/budget.html", context)


@policy("budgets.edit")
def set_budget(request: HttpRequest, account_id: int) -> HttpResponse:
    """Set the budget of a category."""
    actor, asked = actor_of(request), request.GET
    account = account_for(actor, account_id)
    year, category = _year(asked.get("year", "")), asked.get("category", "")[:80]
    stored = next(
        (one for one in budgets_of(actor, account.id, year) if one.category == category), None
    )
    initial = {
        "category": category,
        "year": year,
        "currency": stored.amount.currency if stored else account.currency,
        "amount": stored.amount.quantised().amount if stored else None,
    }
    form = BudgetForm(request.POST or None, initial=initial)

    def save(data: dict[str, Any], version: int | None) -> None:
        services.set_budget(actor=actor, account_id=account.id, expected_version=version, **data)

    back = f"{reverse('campaigns:budget')}?account={account.id}&year={year}"
    page = Page(
        _("Budget of %(name)s") % {"name": account.name},
        back=back,
        back_label=_("Against budget"),
        version=stored.version if stored else None,
    )
    return edit_page(request, form, save, page)


def _table(
    actor: Actor, account: Account, year: int, currency: str, lines: tuple[BudgetLine, ...]
) -> Table:
    edit = _may_edit(actor, account.id)
    rows = []
    for line in lines:
        href = ""
        if edit:
            place = reverse("campaigns:set_budget", args=[account.id])
            href = f"{place}?{_query(year, line.category)}"
        left = line.left
        rows.append(
            Row(
                {
                    "category": Cell(line.category or _("without a category"), href=href),
                    "budget": line.budget.amount.amount if line.budget else None,
                    "planned": line.planned,
                    "committed": line.committed,
                    "actual": line.actual,
                    "left": Cell(
                        left.amount if left is not None else None,
                        tone="bad" if left is not None and left.amount < 0 else "",
                    ),
                }
            )
        )
    columns = [
        Column("category", _("Category")),
        Column("budget", _("Budget"), "money", currency=currency),
        Column("planned", _("Planned"), "money", currency=currency, hide="phone"),
        Column("committed", _("Committed"), "money", currency=currency),
        Column("actual", _("Actual"), "money", currency=currency),
        Column("left", _("Left"), "money", currency=currency),
    ]
    empty = _("No expense and no budget in this year yet.")
    return Table(columns, rows, _("Expenses against budget"), empty=empty)


def _query(year: int, category: str) -> str:
    return urlencode({"year": year, "category": category})


def _account(actor: Actor, text: str) -> Account | None:
    if text.isdecimal():
        return account_for(actor, int(text))
    return next(iter(accounts_for(actor)), None)


def _currency(actor: Actor, account: Account, year: int) -> str:
    stored = budgets_of(actor, account.id, year)
    return account.currency or (stored[0].amount.currency if stored else "EUR")


def _may_edit(actor: Actor, account_id: int) -> bool:
    return actor.can("budgets.edit") and may_write(actor, account_id, name="budget")


def _year(text: str) -> int:
    year = int(text) if text.isdecimal() and len(text) == 4 else 0
    return year if 1990 <= year <= 2100 else timezone.localdate().year
