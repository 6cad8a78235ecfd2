"""The tabs "Entitlement" and "Accruals": what was earned and why, what is open and since when."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST

from keystead.accounts.queries import account_for
from keystead.agreements import queries, services
from keystead.agreements.queries.accruals import Booked, balances, entries
from keystead.agreements.queries.evaluation import Evaluated, evaluate_agreement
from keystead.agreements.queries.expected import expected_at, sales_of
from keystead.agreements.queries.sentences import name_of
from keystead.agreements.queries.spelled import product_codes
from keystead.agreements.queries.traces import (
    ENTRIES,
    RATED_BY,
    RESULTS,
    rate_text,
    trace_parts,
)
from keystead.agreements.types import AccrualKind, Agreement, Condition
from keystead.agreements.views.gates import gate_table
from keystead.agreements.views.tabs import tab_page
from keystead.kernel.errors import Invalid
from keystead.kernel.money import Money
from keystead.kernel.periods import Period, add_months, month_start
from keystead.kit.access import actor_of, policy
from keystead.kit.ui.charts import Chart, column_months
from keystead.kit.ui.tables import Cell, Column, Row, Table

SHOWN = 25
ENTRIES_SHOWN = 200
STOCK_SHOWN = 200
CENT = Decimal("0.01")
APART = (AccrualKind.SETTLE, AccrualKind.WRITE_OFF)


@policy("agreements.view")
def entitlement(request: HttpRequest, agreement_id: int) -> HttpResponse:
    """Show what each condition has earned up to a day, and how it came about."""
    actor = actor_of(request)
    agreement = queries.agreement_for(actor, agreement_id)
    day = _day(request.GET.get("as_of", "")) or timezone.localdate()
    found, wrong = None, ""
    try:
        found = evaluate_agreement(actor, agreement.id, as_of=day)
    except Invalid as error:
        wrong = f"{error} {error.hint}".strip()
    more: dict[str, Any] = {"as_of": found.basis.as_of if found else day, "wrong": wrong}
    if found is not None:
        names = names_of(agreement)
        more |= {
            "found": found,
            "lines": [_shown(found, line, names) for line in found.run.lines],
            "limit": Money(found.run.floor_top_up - found.run.cap_cut, found.run.currency),
            "sales": _sales(found, names),
            "count": len(found.lines),
            "not_all": not found.all_lines,
            "stock": _stock(found, names) if found.inputs.protected else None,
            "gates": gate_table(found, names),
            "may_record": actor.can("settlements.edit"),
        }
    return tab_page(request, agreement, "entitlement", "agreements/tab_entitlement.html", more)


@policy("agreements.view")
def accruals(request: HttpRequest, agreement_id: int) -> HttpResponse:
    """Show what is open by condition, month by month, and every entry."""
    actor = actor_of(request)
    agreement = queries.agreement_for(actor, agreement_id)
    listed = entries(actor, agreement.id)
    more = {
        "balances": _balances(agreement, balances(actor, agreement.id), listed),
        "chart": _curve(agreement, listed),
        "entries": _entries(agreement, listed[-ENTRIES_SHOWN:]),
        "count": len(listed),
        "shown": min(len(listed), ENTRIES_SHOWN),
        "total": Money.total((one.entry.amount for one in listed), agreement.currency),
        "may_accrue": actor.can("accruals.post"),
        "month": add_months(month_start(timezone.localdate()), -1),
    }
    return tab_page(request, agreement, "accruals", "agreements/tab_accruals.html", more)


@require_POST
@policy("accruals.post")
def accrue(request: HttpRequest, agreement_id: int) -> HttpResponse:
    """Accrue all months of an agreement up to the one that ended last."""
    actor = actor_of(request)
    found = queries.agreement_for(actor, agreement_id)
    ended = add_months(month_start(timezone.localdate()), -1)
    try:
        written = services.catch_up(
            actor=actor, agreement_id=found.id, first=found.valid.start, last=ended
        )
    except Invalid as error:
        messages.error(request, f"{error} {error.hint}".strip())
    else:
        said = _("%(count)s entries written.") % {"count": len(written)}
        messages.success(request, said if written else _("Nothing moved."))
    return redirect(reverse("agreements:accruals", args=[found.id]))


def names_of(agreement: Agreement) -> dict[str, str]:
    """Return the conditions of all versions by key, in words."""
    terms: dict[str, Condition] = {
        one.key: one for version in agreement.versions for one in version.conditions
    }
    return {key: name_of(one) for key, one in terms.items()} | {
        "": _("Limits over the whole agreement")
    }


def _shown(found: Evaluated, line: Any, names: dict[str, str]) -> dict[str, Any]:
    return {
        "name": names.get(line.condition, line.condition),
        "line": line,
        "gate": RESULTS[line.gate.value],
        "rate": rate_text(found.version.condition(line.condition), line, found.run.currency),
        "steps": trace_parts(line, found.run.currency),
    }


def _sales(found: Evaluated, names: dict[str, str]) -> Table:
    actor = found.actor
    accounts = {one: account_for(actor, one).name for one in {x.account_id for x in found.lines}}
    rows = [
        Row(
            {
                "date": one.date,
                "doc": one.doc_no,
                "account": accounts.get(one.account_id, ""),
                "quantity": one.quantity,
                "value": Cell(one.value, tone="bad" if one.is_return else ""),
                "for": ", ".join(names.get(key, key) for key in one.conditions),
            }
        )
        for one in reversed(found.lines[-SHOWN:])
    ]
    columns = [
        Column("date", _("Date"), "date"),
        Column("doc", _("Document"), "code"),
        Column("account", _("Customer"), hide="phone"),
        Column("quantity", _("Units"), "number", hide="phone"),
        Column("value", _("Value"), "money", currency=found.run.currency, digits=2),
        Column("for", _("Counts for"), hide="phone", wide=True),
    ]
    return Table(columns, rows, _("Sales that count"), empty=_("No sales count yet."))


def _stock(found: Evaluated, names: dict[str, str]) -> Table:
    """The very rows of stock that price protections were worked out from, with their file."""
    lines = found.stock_lines
    accounts = {
        one: account_for(found.actor, one).name for one in {x.account_id for _cut, x in lines}
    }
    codes = product_codes(cut.cut.product_id for cut, _line in lines)
    rows = [
        Row(
            {
                "cut": cut.cut.on,
                "product": codes.get(cut.cut.product_id, ""),
                "account": accounts.get(line.account_id, ""),
                "date": line.day,
                "quantity": Cell(line.quantity, sub=line.unit),
                "place": line.location,
                "file": Cell(
                    _("%(sheet)s row %(row)s")
                    % {"sheet": line.sheet or _("File"), "row": line.source_row},
                    href=reverse("ledger:import", args=[line.batch_id]),
                ),
                "for": names.get(cut.condition, cut.condition),
            }
        )
        for cut, line in reversed(lines[-STOCK_SHOWN:])
    ]
    columns = [
        Column("cut", _("Price cut"), "date"),
        Column("product", _("Product"), "code"),
        Column("account", _("Customer"), hide="phone"),
        Column("date", _("Reported"), "date"),
        Column("quantity", _("Units"), "number"),
        Column("place", _("Location"), hide="phone"),
        Column("file", _("Read from"), hide="phone"),
        Column("for", _("Counts for"), hide="phone", wide=True),
    ]
    return Table(
        columns, rows, _("Stock before price cuts"),
        empty=_("No stock was reported before a price cut."),
    )  # fmt: skip


def _balances(agreement: Agreement, found: Any, listed: tuple[Booked, ...]) -> Table:
    names, zero = names_of(agreement), Money.zero(agreement.currency)
    kinds = {one.entry.id: one.entry.kind for one in listed}
    sums: dict[str, dict[str, Money]] = defaultdict(lambda: defaultdict(lambda: zero))
    for one in listed:
        kind = kinds.get(one.entry.reverses or 0, one.entry.kind)
        column = kind.value if kind in APART else "accrued"
        held = sums[one.entry.condition]
        held[column] = held[column] + one.entry.amount
    rows = [
        Row(
            {
                "name": names.get(key, key),
                **{name: sums[key][name].amount for name in ("accrued", "settle", "write_off")},
                "open": money.amount,
            }
        )
        for key, money in found.items()
    ]
    money_column: dict[str, Any] = {"currency": agreement.currency, "digits": 2}
    columns = [
        Column("name", _("Condition")),
        Column("accrued", _("Accrued"), "money", **money_column),
        Column("settle", _("Settled"), "money", hide="phone", **money_column),
        Column("write_off", _("Written off"), "money", hide="phone", **money_column),
        Column("open", _("Open"), "money", **money_column),
    ]
    return Table(columns, rows, _("Open by condition"), empty=_("Nothing is accrued yet."))


def _curve(agreement: Agreement, listed: tuple[Booked, ...]) -> Chart | None:
    """What was accrued month by month, against the whole that is expected, spread evenly."""
    if not listed:
        return None
    months = Period(month_start(agreement.valid.start), agreement.valid.end).month_starts()
    kinds = {one.entry.id: one.entry.kind for one in listed}
    cost: dict[date, Decimal] = defaultdict(Decimal)
    for one in listed:
        if kinds.get(one.entry.reverses or 0, one.entry.kind) not in APART:
            cost[one.entry.month] += one.entry.amount.amount
    last = max(cost, default=months[0])
    so_far: Decimal = Decimal(0)
    running: list[Decimal | None] = []
    for month in months:
        so_far += cost.get(month, Decimal(0))
        running.append(so_far if month <= last else None)
    try:
        there = expected_at(sales_of(agreement, _end(last)), last)
    except Invalid:
        whole = None  # the tab "Entitlement" says why
    else:
        whole = there.whole.total.amount
    share = [Decimal(place) / len(months) for place in range(1, len(months) + 1)]
    expected = [None if whole is None else (whole * one).quantize(CENT) for one in share]
    return column_months(
        label=_("Accrued so far"), months=months, actual=running, target=expected,
        currency=agreement.currency,
    )  # fmt: skip


def _end(month: date) -> date:
    return Period(month, add_months(month, 1)).last


def _entries(agreement: Agreement, listed: tuple[Booked, ...]) -> Table:
    names = names_of(agreement)
    rows = [
        Row(
            {
                "month": one.entry.month,
                "name": Cell(
                    names.get(one.entry.condition, one.entry.condition), sub=one.entry.reason
                ),
                "kind": str(ENTRIES[one.entry.kind.value]),
                "basis": str(RATED_BY[one.entry.basis.value]),
                "amount": one.entry.amount.amount,
                "about": one.about,
                "by": one.by or _("Keystead"),
                "at": one.at,
            }
        )
        for one in reversed(listed)
    ]
    columns = [
        Column("month", _("Month"), "month"),
        Column("name", _("Condition")),
        Column("kind", _("Entry")),
        Column("basis", _("Rate taken"), hide="phone"),
        Column("amount", _("Amount"), "money", currency=agreement.currency, digits=2),
        Column("about", _("Corrects"), "month", hide="phone"),
        Column("by", pgettext("accrual", "By"), hide="phone"),
        Column("at", pgettext("accrual", "When"), "moment", hide="phone"),
    ]
    return Table(columns, rows, _("Entries"), empty=_("Nothing is accrued yet."), sortable=False)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
