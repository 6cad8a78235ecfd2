"""The panel P&L: the statement beside last year and target, its waterfall, month by month."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from keystead.accounts.queries import account_for
from keystead.kernel.errors import Invalid
from keystead.kit.access import actor_of, policy
from keystead.kit.ui import formats
from keystead.kit.ui.charts import Chart, waterfall
from keystead.kit.ui.sheets import EXCEL, download
from keystead.kit.ui.tables import Cell, Column, Row, Table, scale_for
from keystead.profitability import queries
from keystead.profitability.queries.remarks import cautions, remarks
from keystead.profitability.queries.words import scenario_words
from keystead.profitability.types import AccountPnl, Amount, Measure, PnlRow, Scenario
from keystead.profitability.views import shared

NONE = Amount(None)
OF_SALES: Final = ("gross_sales", "returns", "on_invoice", "invoice_sales")


@policy("metrics.view")
def pnl(request: HttpRequest, account_id: int) -> HttpResponse:
    """Show the P&L of an account."""
    actor = actor_of(request)
    account = account_for(actor, account_id)
    period = shared.period_of(request.GET.get("period", ""))
    context = {
        "account": account,
        "periods": shared.periods(period),
        "asked": request.GET.get("period", ""),
        "may_import": actor.can("ledger.import"),
    }
    try:
        found = queries.account_pnl(
            actor=actor,
            account_id=account.id,
            period=period,
            currency=request.GET.get("currency", ""),
        )
    except Invalid as error:
        return render(request, "profitability/pnl.html", {**context, "problem": error})
    if found.rows:
        kept = {name: request.GET[name] for name in ("period", "currency") if request.GET.get(name)}
        context |= {
            "found": found,
            "headline": _headline(found),
            "lede": _lede(found),
            "chart": _chart(found),
            "table": _statement(found, reverse("profitability:why", args=[account.id]), kept),
            "coming": found.pace.coming.proof_id if found.pace and found.pace.coming else "",
            "months": _months(found),
            "notes": cautions(found),
            "remarks": remarks(found),
            "may_export": actor.can("export.data"),
            "query": urlencode(kept),
        }
    return render(request, "profitability/pnl.html", context)


@policy("metrics.view", "export.data")
def pnl_sheet(request: HttpRequest, account_id: int) -> HttpResponse:
    """Send the P&L as a workbook that goes on adding up."""
    actor = actor_of(request)
    account = account_for(actor, account_id)
    period = shared.period_of(request.GET.get("period", ""))
    content = queries.pnl_workbook(
        actor=actor,
        account_id=account.id,
        period=period,
        currency=request.GET.get("currency", ""),
    )
    return download(content, f"keystead-pnl-{account.code}-{period}.xlsx", EXCEL)


def _headline(found: AccountPnl) -> str:
    """Return what is left at the end of what the reader may see, and how it moved."""
    last = next(row for row in reversed(found.rows) if row.line.is_sum and not row.detail)
    actual, before = last.totals[Scenario.ACTUAL], last.totals[Scenario.LAST_YEAR]
    ahead = last.totals.get(Scenario.FORECAST, NONE)
    change = shared.difference(actual if ahead.value is None else ahead, before)
    words = {
        "line": _(last.line.label),
        "amount": _signed(actual.value, found.currency),
        "ahead": _signed(ahead.value, found.currency),
        "change": shared.amount(change, found.currency),
    }
    if actual.value is None:
        return _("No sales in this period")
    if ahead.value is not None and change:
        return _outlook(agreed=bool(found.pace and found.pace.coming), less=change < 0) % words
    if not change:
        return _("%(line)s is %(amount)s") % words
    if change < 0:
        return _("%(line)s is %(amount)s, %(change)s less than last year") % words
    return _("%(line)s is %(amount)s, %(change)s more than last year") % words


def _outlook(*, agreed: bool, less: bool) -> str:
    if agreed and less:
        return _("%(line)s is %(amount)s so far; with the agreed forecast it becomes %(ahead)s, "
                 "%(change)s less than last year")  # fmt: skip
    if agreed:
        return _("%(line)s is %(amount)s so far; with the agreed forecast it becomes %(ahead)s, "
                 "%(change)s more than last year")  # fmt: skip
    if less:
        return _("%(line)s is %(amount)s so far; at the run rate it becomes %(ahead)s, "
                 "%(change)s less than last year")  # fmt: skip
    return _("%(line)s is %(amount)s so far; at the run rate it becomes %(ahead)s, "
             "%(change)s more than last year")  # fmt: skip


def _signed(value: Decimal | None, currency: str) -> str:
    return formats.money(value, currency, locale=shared.locale())


def _lede(found: AccountPnl) -> str:
    words = {"period": shared.days(found.period), "before": shared.days(found.before)}
    return _("%(period)s; last year is %(before)s. Costs are negative; a line adds up from "
             "those above it.") % words  # fmt: skip


def _chart(found: AccountPnl) -> Chart | None:
    """Return the way from gross sales down, a subtotal at each level."""
    steps = []
    for row in found.rows:
        actual = row.totals[Scenario.ACTUAL]
        if row.detail or actual.value is None:
            continue
        kind = "total" if row.line.is_sum or row.line.id == "gross_sales" else "change"
        steps.append((_(row.line.label), actual, kind))
    if len(steps) < 2:
        return None
    return waterfall(label=_("From gross sales down"), steps=steps, currency=found.currency)


def _statement(found: AccountPnl, why: str, kept: Mapping[str, str]) -> Table:
    """Return the statement; each change leads on to why it moved."""
    values = [amount.value for row in found.rows for amount in row.totals.values()]
    scale = scale_for(values, language=shared.locale())
    money = {"kind": "money", "currency": found.currency, "scale": scale}
    against = {"unit": shared.unit(found.currency, scale), "scale": scale}
    columns = [Column("line", _("Line"), wide=True)]
    for one in found.scenarios:
        hide = "" if one is Scenario.ACTUAL else "phone"
        columns.append(Column(one.value, scenario_words(one, found.pace), hide=hide, **money))  # type: ignore[arg-type]
        if one is Scenario.ACTUAL:
            columns.append(Column("share", _("Of invoice sales"), "percent", hide="phone"))
    if Scenario.BUDGET in found.scenarios:
        columns.append(Column("to_budget", _("To budget"), "variance", hide="phone", **against))  # type: ignore[arg-type]
    columns.append(Column("change", _("Change"), "variance", **against))  # type: ignore[arg-type]
    sales = found.row("invoice_sales")
    base = sales.totals[Scenario.ACTUAL].value if sales else None
    rows = [_row(row, base, _why(row, why, kept)) for row in found.rows]
    return Table(columns, rows, caption=_("Account P&L"), sortable=False)


def _why(row: PnlRow, url: str, kept: Mapping[str, str]) -> str:
    """Return where it is told why a line moved: by product, or beside what else moved."""
    margin = row.line.id in ("cogs", "gross_margin")
    asked = urlencode({**kept, "measure": Measure.GROSS_MARGIN.value} if margin else kept)
    place = "" if margin or row.line.id in OF_SALES else "#drivers"
    return f"{url}{'?' if asked else ''}{asked}{place}"


def _row(row: PnlRow, base: Decimal | None, why: str) -> Row:
    amounts = {one: row.totals.get(one, NONE) for one in Scenario}
    actual = amounts[Scenario.ACTUAL]
    compared = (
        amounts[Scenario.FORECAST] if amounts[Scenario.FORECAST].value is not None else actual
    )
    change = shared.difference(compared, amounts[Scenario.LAST_YEAR])
    cells = {
        "line": row.detail or _(row.line.label),
        **{one.value: _cell(amount) for one, amount in amounts.items()},
        "share": actual.value / base if base and actual.value is not None else None,
        "to_budget": shared.difference(compared, amounts[Scenario.BUDGET]),
        "change": Cell(change, href=why if change is not None else ""),
    }
    return Row(cells, level=1 if row.detail else 0, total=row.line.is_sum)


def _cell(amount: Amount) -> Cell:
    return Cell(amount.value, proof=amount.proof_id)


def _months(found: AccountPnl) -> Table | None:
    """Return the actual month by month; nothing for a single month."""
    if len(found.months) < 2:
        return None
    values = [amount.value for row in found.rows for amount in row.months.values()]
    scale = scale_for(values, language=shared.locale())
    columns = [Column("line", _("Line"))]
    columns += [
        Column(
            f"m{at}", formats.month(month, locale=shared.locale(), year=False), "money",
            currency=found.currency, scale=scale,
        )
        for at, month in enumerate(found.months)
    ]  # fmt: skip
    rows = [
        Row(
            {
                "line": row.detail or _(row.line.label),
                **{f"m{at}": _cell(row.months.get(month, NONE))
                   for at, month in enumerate(found.months)},
            },
            level=1 if row.detail else 0,
            total=row.line.is_sum,
        )
        for row in found.rows
    ]  # fmt: skip
    return Table(columns, rows, caption=_("Account P&L by month"), sortable=False)
