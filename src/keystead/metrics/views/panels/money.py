"""Money: sales by month, growth, target and run rate, and what the sales are made of."""

from __future__ import annotations

from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from keystead.kit.access import policy
from keystead.kit.ui.charts import bars, column_months
from keystead.metrics.types import Evaluation
from keystead.metrics.views.panels import shared
from keystead.metrics.views.panels.shared import Section, View

TOTALS = (
    "net_sales", "sell_in", "returns", "sell_in_growth", "target_attainment", "run_rate",
    "required_run_rate", "months_remaining", "concentration", "top_products_share",
)  # fmt: skip
MONTHLY = ("sell_in", "sell_in_growth", "target", "target_attainment", "returns", "net_sales")
BARS = 8


@policy("metrics.view")
def money(request: HttpRequest, account_id: int) -> HttpResponse:
    """Show the sales of an account and how they run against the target."""
    view = shared.view_of(request, account_id)
    totals = view.ask(TOTALS, view.to_date)
    sections = (_months(view), _run(view, totals), _mix(view, totals), _brands(view))
    return shared.show(
        request,
        view,
        "money",
        sections,
        empty=(_("No sales yet"), _("Import a sell-in file to see sales, growth and run rate.")),
    )


def _months(view: View) -> Section | None:
    found = view.ask(MONTHLY, view.to_date, "month")
    both = view.ask(("sell_in", "target"), view.two_years, "month")
    earlier = [month.replace(year=month.year - 1) for month in view.months]
    actual = shared.each(both, "sell_in", "month", view.months)
    before = shared.each(both, "sell_in", "month", earlier)
    target = shared.each(both, "target", "month", view.months)
    if not shared.has(*actual, *before, *target):
        return None
    currency = shared.currency_of([*actual, *before, *target])
    chart = column_months(
        label=_("Sell-in by month"),
        months=view.months,
        actual=actual,
        last_year=before,
        target=target,
        currency=currency,
    )
    known = [(figure.value, month) for figure, month in zip(actual, view.months, strict=True)
             if figure.value is not None]  # fmt: skip
    title = _("No sell-in yet this year")
    if known:
        value, month = max(known)
        title = _("The best month is %(month)s with %(amount)s") % {
            "month": shared.month_names([month])[0],
            "amount": shared.amount(value, currency),
        }
    lede = _("Sell-in by month in %(unit)s. Solid is actual, grey is last year, outline is target.")
    table = shared.by_month(found, MONTHLY, view.months, _("Sales by month, year to date"))
    return Section(title, lede % {"unit": chart.unit}, chart, table)


def _run(view: View, totals: Evaluation) -> Section | None:
    if not shared.has(totals.figure("sell_in"), totals.figure("required_run_rate")):
        return None
    pace, needed = totals.figure("run_rate"), totals.figure("required_run_rate")
    words = {
        "pace": shared.amount(pace.value, pace.currency),
        "needed": shared.amount(needed.value, needed.currency),
    }
    if pace.value is None:
        title = _("Sales of the year in figures")
    elif needed.value is None:
        title = _("It runs at %(pace)s a month") % words
    elif needed.value <= 0:
        title = _("The target of the year is reached; it runs at %(pace)s a month") % words
    elif needed.value > pace.value:
        title = _("It runs at %(pace)s a month; the target needs %(needed)s") % words
    else:
        title = _("It runs at %(pace)s a month, more than the %(needed)s the target needs") % words
    names = [name for name in TOTALS if name not in ("concentration", "top_products_share")]
    lede = _("%(period)s. Click a figure for its source rows.") % {
        "period": shared.days(view.to_date)
    }
    return Section(title, lede, table=shared.measures(totals, names, title))


def _mix(view: View, totals: Evaluation) -> Section | None:
    found = view.ask(("sell_in", "product_mix"), view.to_date, "product")
    rows = [row for row in found.rows() if (row["product_mix"].value or 0) > 0]
    if not rows:
        return None
    rows.sort(key=lambda row: -row["product_mix"].value)
    top, index = totals.figure("top_products_share"), totals.figure("concentration")
    title = _("%(product)s makes %(share)s of sell-in") % {
        "product": shared.name_of(rows[0], "product"),
        "share": shared.pct(rows[0]["product_mix"].value),
    }
    lede = _(
        "Share of each product in sell-in, %(period)s. The five largest make %(share)s; "
        "concentration index %(index)s of 10,000."
    ) % {
        "period": shared.days(view.to_date),
        "share": shared.pct(top.value),
        "index": shared.number(index.value),
    }
    chart = bars(
        label=_("Share of sell-in by product"),
        items=[(shared.name_of(row, "product"), row["product_mix"]) for row in rows[:BARS]],
        unit="percent",
        head=_("Product"),
    )
    table = shared.measures(totals, ("top_products_share", "concentration"), _("Concentration"))
    return Section(title, lede, chart, table)


def _brands(view: View) -> Section | None:
    found = view.ask(("sell_in", "product_mix"), view.to_date, "brand")
    rows = [row for row in found.rows() if row["sell_in"].value is not None]
    if not rows:
        return None
    largest = max(rows, key=lambda row: row["sell_in"].value or Decimal(0))
    title = _("%(brand)s is the largest brand with %(amount)s") % {
        "brand": shared.name_of(largest, "brand"),
        "amount": shared.amount(largest["sell_in"].value, largest["sell_in"].currency),
    }
    table = shared.by_name(
        found, ("sell_in", "product_mix"), _("Sell-in by brand"), head=_("Brand"), by="brand",
        bar="product_mix",
    )  # fmt: skip
    lede = _("Sell-in and its share by brand, %(period)s.") % {"period": shared.days(view.to_date)}
    return Section(title, lede, table=table)
