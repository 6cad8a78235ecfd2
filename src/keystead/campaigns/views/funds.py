"""Funds: what is set aside for a customer's marketing, what is left, every movement."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from keystead.accounts.queries import account_for, accounts_for, may_write
from keystead.agreements import services as agreements
from keystead.agreements.queries import agreements_for
from keystead.agreements.queries.funds import fund_for, funds_for, moves_of
from keystead.agreements.types import Agreement
from keystead.agreements.types.funds import Fund, FundKind
from keystead.campaigns.forms import FundForm
from keystead.campaigns.queries.words import FUND_KINDS, FUND_MOVES
from keystead.kit.access import Actor, actor_of, policy
from keystead.kit.ui.editing import Page, edit_page
from keystead.kit.ui.tables import Cell, Column, Row, Table


@policy("campaigns.view")
def funds(request: HttpRequest) -> HttpResponse:
    """List the funds with what is left."""
    actor = actor_of(request)
    names = {one.id: one.name for one in accounts_for(actor)}
    context = {
        "table": _table(funds_for(actor), names),
        "may_edit": actor.can("budgets.edit"),
    }
    return render(request, "campaigns/funds.html", context)


@policy("campaigns.view")
def fund(request: HttpRequest, fund_id: int) -> HttpResponse:
    """Show a fund with every movement."""
    actor = actor_of(request)
    found = fund_for(actor, fund_id)
    context = {
        "fund": found,
        "account": account_for(actor, found.head.account_id),
        "kind": FUND_KINDS[found.head.kind.value],
        "balance": _table([found], {}),
        "table": _moves(found),
        "may_edit": _may_edit(actor, found),
        "grows": found.head.kind is FundKind.RATE,
    }
    return render(request, "campaigns/fund.html", context)


@policy("budgets.edit")
def create_fund(request: HttpRequest) -> HttpResponse:
    """Set a fund up."""
    actor, year = actor_of(request), timezone.localdate().year
    initial = {"starts": timezone.localdate().replace(month=1, day=1), "kind": "fixed",
               "expires": timezone.localdate().replace(year=year, month=12, day=31)}  # fmt: skip
    agreed = _agreed(actor)
    wanted = agreed.get(int(number) if (number := request.GET.get("agreement", "")).isdecimal()
                        else 0)  # fmt: skip
    if wanted is not None:
        initial |= {"agreement": wanted.id, "account": wanted.account_id,
                    "currency": wanted.currency, "expires": wanted.valid.last}  # fmt: skip
    form = FundForm(
        request.POST or None, initial=initial, accounts=_accounts(actor), agreements=_named(agreed)
    )

    def save(data: dict[str, Any], version: int | None) -> str:
        made = agreements.create_fund(actor=actor, head=form.head())
        return reverse("campaigns:fund", args=[made.id])

    page = Page(
        _("New fund"),
        back=reverse("campaigns:funds"),
        back_label=_("Funds"),
        lede=_("A fixed sum, or a percentage of the customer's sell-in."),
    )
    return edit_page(request, form, save, page)


@policy("budgets.edit")
def edit_fund(request: HttpRequest, fund_id: int) -> HttpResponse:
    """Change a fund; what is promised stays covered."""
    actor = actor_of(request)
    found = fund_for(actor, fund_id)
    head = found.head
    initial = {
        "account": head.account_id,
        **{name: getattr(head, name) for name in ("name", "currency", "budget", "rate_pct",
                                                  "starts", "expires", "note")},
        "kind": head.kind.value,
        "agreement": head.agreement_id,
    }  # fmt: skip
    form = FundForm(
        request.POST or None, initial=initial, accounts=_accounts(actor),
        agreements=_named(_agreed(actor)),
    )  # fmt: skip
    for name in ("account", "kind", "currency"):
        form.fields[name].disabled = True

    def save(data: dict[str, Any], version: int | None) -> None:
        agreements.edit_fund(
            actor=actor,
            fund_id=found.id,
            expected_version=version or found.version,
            head=form.head(),
        )

    page = Page(
        head.name,
        back=reverse("campaigns:fund", args=[found.id]),
        back_label=head.name,
        version=found.version,
    )
    return edit_page(request, form, save, page)


@require_POST
@policy("budgets.edit")
def grow_fund(request: HttpRequest, fund_id: int) -> HttpResponse:
    """Bring what a percentage of sell-in has earned up to today."""
    actor = actor_of(request)
    found = fund_for(actor, fund_id)
    agreements.accrue_fund(actor=actor, fund_id=found.id, until=timezone.localdate())
    messages.success(request, _("Brought up to today."))
    return redirect("campaigns:fund", fund_id=found.id)


def _table(found: Any, names: dict[int, str]) -> Table:
    today = timezone.localdate()
    rows = [
        Row(
            {
                "name": Cell(
                    one.head.name, href=reverse("campaigns:fund", args=[one.id]),
                    sub=str(FUND_KINDS[one.head.kind.value]),
                ),
                "account": names.get(one.head.account_id, ""),
                "budget": one.balance.budget.amount,
                "committed": one.balance.committed.amount,
                "spent": one.balance.spent.amount,
                "left": one.balance.available.amount,
                "currency": one.head.currency,
                "expires": Cell(
                    one.head.expires, tone="bad" if one.head.expires < today else ""
                ),
            }
        )
        for one in found
    ]  # fmt: skip
    columns = [
        Column("name", _("Fund")),
        *([Column("account", _("Account"))] if names else []),
        Column("budget", _("Available in all"), "number", digits=2),
        Column("committed", _("Committed"), "number", digits=2, hide="phone"),
        Column("spent", _("Spent"), "number", digits=2, hide="phone"),
        Column("left", _("Left"), "number", digits=2),
        Column("currency", _("Currency"), "code"),
        Column("expires", _("Expires"), "date", hide="phone"),
    ]
    return Table(columns, rows, _("Funds"), empty=_("There is no fund yet."))


def _moves(found: Fund) -> Table:
    rows = [
        Row(
            {
                "on": one.on,
                "kind": str(FUND_MOVES[one.kind.value]),
                "amount": one.amount.amount,
                "for": _for(one.subject),
                "why": one.proof or one.reason,
                "by": one.by_name,
            }
        )
        for one in moves_of(found.id)
    ]
    columns = [
        Column("on", _("Day"), "date"),
        Column("kind", _("Movement")),
        Column("amount", _("Amount"), "money", currency=found.head.currency, digits=2),
        Column("for", _("For"), hide="phone"),
        Column("why", _("Proof or reason"), wide=True, hide="phone"),
        Column("by", _("By"), hide="phone"),
    ]
    empty = _("Nothing has moved yet.")
    return Table(columns, rows, _("Movements"), empty=empty, sortable=False)


def _for(subject: str) -> Cell:
    kind, _colon, number = subject.partition(":")
    if kind == "expense" and number.isdecimal():
        return Cell(_("Expense"), href=reverse("campaigns:expense", args=[int(number)]))
    if kind == "settlement" and number.isdecimal():
        return Cell(_("Settlement"), href=reverse("agreements:settlement", args=[int(number)]))
    if kind == "claim" and number.isdecimal():
        return Cell(_("Claim"), href=reverse("agreements:claim", args=[int(number)]))
    return Cell(subject)


def _may_edit(actor: Actor, found: Fund) -> bool:
    return actor.can("budgets.edit") and may_write(actor, found.head.account_id, name="budget")


def _accounts(actor: Actor) -> list[tuple[int, str]]:
    return [
        (one.id, f"{one.name} ({one.code})")
        for one in accounts_for(actor)
        if may_write(actor, one.id, name="budget")
    ]


def _agreed(actor: Actor) -> dict[int, Agreement]:
    """Return the agreements a fund may belong to: those whose terms the actor reads."""
    if not actor.can("agreements.view"):
        return {}
    return {one.id: one for one in agreements_for(actor)}


def _named(agreed: dict[int, Agreement]) -> list[tuple[int, str]]:
    return [(one.id, f"{one.number} {one.title}".strip()) for one in agreed.values()]
