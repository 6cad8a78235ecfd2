"""Prices: level and dispersion of shelf prices over time, never seller by seller."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from keystead.kit.access import policy
from keystead.kit.ui.charts import dots, lines
from keystead.metrics.types import Evaluation
from keystead.metrics.views.panels import shared
from keystead.metrics.views.panels.shared import Section, View

ALL = ("price_index", "price_dispersion", "promo_depth", "promo_frequency", "price_episodes")
REGULAR = 100


@policy("metrics.view")
def prices(request: HttpRequest, account_id: int) -> HttpResponse:
    """Show the shelf prices of an account, all shops together."""
    view = shared.view_of(request, account_id)
    totals = view.ask(ALL, view.twelve)
    months = view.ask(ALL, view.twelve, "month")
    sections = (_level(view, totals, months), _dispersion(view, totals, months), _products(view))
    return shared.show(
        request,
        view,
        "prices",
        sections,
        empty=(
            _("No shelf prices yet"),
            _("Import observed shelf prices to see their level and dispersion."),
        ),
        totals=shared.measures(totals, ALL, _("Shelf prices in figures")),
        totals_lede=shared.days(view.twelve),
    )


def _level(view: View, totals: Evaluation, months: Evaluation) -> Section | None:
    axis = view.twelve.month_starts()
    found = shared.each(months, "price_index", "month", axis)
    if not shared.has(*found):
        return None
    title = _("Shelf prices stand at %(index)s, where 100 is the regular price") % {
        "index": shared.number(totals.figure("price_index").value, 1)
    }
    chart = lines(
        label=_("Price index by month"),
        categories=shared.month_names(axis),
        series_of=[
            ("actual", _("Price index"), found),
            ("target", _("Regular price"), [REGULAR] * len(axis)),
        ],
        head=_("Month"),
    )
    lede = _("Price index by month, all shops together, %(period)s.") % {
        "period": shared.days(view.twelve)
    }
    return Section(title, lede, chart)


def _dispersion(view: View, totals: Evaluation, months: Evaluation) -> Section | None:
    axis = view.twelve.month_starts()
    table = shared.by_month(months, ALL, axis, _("Shelf prices by month"))
    if len(table.columns) < 2:
        return None
    spread, often = totals.figure("price_dispersion"), totals.figure("promo_frequency")
    words = {"spread": shared.pct(spread.value), "often": shared.pct(often.value)}
    if spread.value is None:
        title = _("Shelf prices by month")
    elif often.value is None:
        title = _("Prices of the same product lie %(spread)s apart") % words
    else:
        title = (
            _("Prices of the same product lie %(spread)s apart; %(often)s are promotions") % words
        )
    lede = _(
        "Dispersion is the standard deviation out of the mean price of the same product; a "
        "promotion is more than 5 % below the regular price."
    )
    return Section(title, lede, table=table)


def _products(view: View) -> Section | None:
    axis = view.twelve.month_starts()
    found = view.ask(("price_index",), view.twelve, "product", "month")
    names = {row["product"]: shared.name_of(row, "product") for row in found.rows()}
    items = [
        (
            names[key],
            [found.figure("price_index", product=key, month=month) for month in axis],
            REGULAR,
        )
        for key in sorted(names, key=lambda key: names[key])[: shared.MOST_ROWS]
    ]
    if not items:
        return None
    chart = dots(
        label=_("Price index by product, one dot per month"),
        items=items,
        unit="",
        head=_("Product"),
        mark=_("Regular price"),
    )
    lede = _("One dot per month, %(period)s; the mark is the regular price, 100.") % {
        "period": shared.days(view.twelve)
    }
    return Section(_("How far each product's price level moved"), lede, chart)
