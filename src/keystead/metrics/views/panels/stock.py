"""Stock: what the account holds, how long it lasts, what its buyers take off."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from keystead.kit.access import policy
from keystead.kit.ui.charts import lines
from keystead.metrics.types import Evaluation
from keystead.metrics.views.panels import shared
from keystead.metrics.views.panels.shared import Section, View
from keystead.metrics.views.panels.today import STOCK_HIGH, STOCK_LOW

ALL = (
    "stock_units", "stock_days", "stock_days_forward", "off_take_units", "sell_through",
    "sell_through_rate", "stock_gap",
)  # fmt: skip
MONTHLY = ("stock_units", "stock_days", "off_take_units", "sell_through", "stock_gap")
BY_PRODUCT = ("stock_units", "stock_days", "stock_days_forward", "off_take_units", "stock_gap")


@policy("metrics.view")
def stock(request: HttpRequest, account_id: int) -> HttpResponse:
    """Show stock and off-take of an account."""
    view = shared.view_of(request, account_id)
    totals = view.ask(ALL, view.to_date)
    months = view.ask(MONTHLY, view.twelve, "month")
    sections = (
        _days(view, months),
        _flow(view, months),
        _products(view),
    )
    return shared.show(
        request,
        view,
        "stock",
        sections,
        empty=(
            _("No stock and no off-take yet"),
            _("Import a stock file and an off-take file to see how long the stock lasts."),
        ),
        totals=shared.measures(totals, ALL, _("Stock in figures")),
        totals_lede=shared.days(view.to_date),
    )


def _days(view: View, months: Evaluation) -> Section | None:
    axis = view.twelve.month_starts()
    found = shared.each(months, "stock_days", "month", axis)
    known = [figure for figure in found if figure.value is not None]
    if not known:
        return None
    last = known[-1]
    words = {"days": shared.number(last.value), "low": STOCK_LOW, "high": STOCK_HIGH}
    if last.value is not None and last.value < STOCK_LOW:
        title = _("Stock lasts %(days)s days, less than %(low)s") % words
    elif last.value is not None and last.value > STOCK_HIGH:
        title = _("Stock lasts %(days)s days, more than %(high)s") % words
    else:
        title = _("Stock lasts %(days)s days, between %(low)s and %(high)s") % words
    chart = lines(
        label=_("Stock days by month"),
        categories=shared.month_names(axis),
        series_of=[("actual", _("Stock days"), found)],
        band=([STOCK_LOW] * len(axis), [STOCK_HIGH] * len(axis)),
        unit=_("days"),
        head=_("Month"),
        from_zero=True,
    )
    lede = _(
        "Closing stock of each month in days of off-take, %(period)s. The band is %(low)s to "
        "%(high)s days."
    ) % {"period": shared.days(view.twelve), **words}
    return Section(title, lede, chart)


def _flow(view: View, months: Evaluation) -> Section | None:
    axis = view.twelve.month_starts()
    sold = shared.each(months, "off_take_units", "month", axis)
    held = shared.each(months, "stock_units", "month", axis)
    if not shared.has(*sold, *held):
        return None
    known = [figure for figure in sold if figure.value is not None]
    if known:
        best = max(known, key=lambda figure: figure.value or 0)
        title = _("Off-take was highest in %(month)s: %(units)s") % {
            "month": shared.days(best.period),
            "units": shared.quantity(best),
        }
    else:
        title = _("Stock by month; no off-take is known")
    gaps = [figure for figure in shared.each(months, "stock_gap", "month", axis) if figure.value]
    lede = _("Stock at the end of each month and what moved in it, %(period)s.") % {
        "period": shared.days(view.twelve)
    }
    if gaps:
        lede += " " + _("The stock gap is what the account's own report cannot explain.")
    table = shared.by_month(months, MONTHLY, axis, _("Stock and off-take by month"))
    return Section(title, lede, table=table)


def _products(view: View) -> Section | None:
    found = view.ask(BY_PRODUCT, view.to_date, "product")
    rows = [row for row in found.rows() if row["stock_days"].value is not None]
    table = shared.by_name(
        found, BY_PRODUCT, _("Stock by product"), head=_("Product"), bar="stock_days"
    )
    if len(table.columns) < 2:
        return None
    title = _("Stock by product")
    if rows:
        short = min(rows, key=lambda row: row["stock_days"].value)
        title = _("%(product)s runs out first: %(days)s days") % {
            "product": shared.name_of(short, "product"),
            "days": shared.number(short["stock_days"].value),
        }
    lede = _("Last count and how long it lasts, %(period)s.") % {
        "period": shared.days(view.to_date)
    }
    return Section(title, lede, table=table)
