"""Spend: planned, committed and actual money by category and month, and what it brings."""

from __future__ import annotations

from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from keystead.kit.access import policy
from keystead.kit.ui.charts import column_months
from keystead.metrics.types import Evaluation
from keystead.metrics.views.panels import shared
from keystead.metrics.views.panels.shared import Section, View

MONEY = ("expense_actual", "expense_committed", "expense_planned")
TOTALS = (*MONEY, "trade_rate", "productivity_per_day")
MONTHLY = (*MONEY, "trade_rate")


@policy("metrics.view")
def spend(request: HttpRequest, account_id: int) -> HttpResponse:
    """Show what is spent for an account."""
    view = shared.view_of(request, account_id)
    totals = view.ask(TOTALS, view.to_date)
    sections = (_months(view, totals), _categories(view))
    return shared.show(
        request,
        view,
        "spend",
        sections,
        empty=(
            _("No spend yet"),
            _("Import an expense file with planned, committed and actual amounts."),
        ),
        totals=shared.measures(totals, TOTALS, _("Spend in figures")),
        totals_lede=shared.days(view.to_date),
    )


def _months(view: View, totals: Evaluation) -> Section | None:
    found = view.ask(MONTHLY, view.two_years, "month")
    earlier = [month.replace(year=month.year - 1) for month in view.months]
    actual = shared.each(found, "expense_actual", "month", view.months)
    before = shared.each(found, "expense_actual", "month", earlier)
    planned = shared.each(found, "expense_planned", "month", view.months)
    committed = shared.each(found, "expense_committed", "month", view.months)
    if not shared.has(*actual, *before, *planned, *committed):
        return None
    chart = column_months(
        label=_("Spend by month"),
        months=view.months,
        actual=actual,
        last_year=before,
        target=planned,
        currency=shared.currency_of([*actual, *before, *planned, *committed]),
    )
    lede = _("Spend by month in %(unit)s. Solid is actual, grey is last year, outline is planned.")
    table = shared.by_month(found, MONTHLY, view.months, _("Spend by month"))
    return Section(_headline(totals), lede % {"unit": chart.unit}, chart, table)


def _headline(totals: Evaluation) -> str:
    spent, rate = totals.figure("expense_actual"), totals.figure("trade_rate")
    words = {"spent": shared.amount(spent.value, spent.currency), "rate": shared.pct(rate.value)}
    if spent.value is None:
        return _("Nothing is spent yet this year")
    if rate.value is None:
        return _("%(spent)s spent this year") % words
    return _("%(spent)s spent this year, %(rate)s of gross sell-in") % words


def _categories(view: View) -> Section | None:
    found = view.ask(MONEY, view.to_date, "expense_category")
    rows = [row for row in found.rows() if shared.has(*(row[name] for name in MONEY))]
    if not rows:
        return None
    largest = max(rows, key=lambda row: row["expense_actual"].value or Decimal(0))
    figure = largest["expense_actual"]
    title = _("Spend by category")
    if figure.value:
        title = _("%(category)s takes the most: %(amount)s") % {
            "category": shared.name_of(largest, "expense_category"),
            "amount": shared.amount(figure.value, figure.currency),
        }
    table = shared.by_name(
        found, MONEY, _("Spend by category"), head=_("Category"), by="expense_category",
        bar="expense_actual",
    )  # fmt: skip
    lede = _("Actual, committed and planned money, %(period)s.") % {
        "period": shared.days(view.to_date)
    }
    return Section(title, lede, table=table)
