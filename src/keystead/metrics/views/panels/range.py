"""Range: what is listed and for how long, in how many outlets it sells, what a product brings."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from keystead.kit.access import policy
from keystead.kit.ui.charts import Chart, lines
from keystead.metrics.types import Evaluation
from keystead.metrics.views.panels import shared
from keystead.metrics.views.panels.shared import Section, View

BY_PRODUCT = ("sell_in", "listing_continuity", "numeric_distribution", "weighted_distribution")
TOTALS = ("listing_coverage", "listing_continuity", "skus_sold", "productivity_per_sku")
DRAWN = 4
ROLES = ("actual", "other", "other", "other")


@policy("metrics.view")
def range_panel(request: HttpRequest, account_id: int) -> HttpResponse:
    """Show listings and distribution of an account."""
    view = shared.view_of(request, account_id)
    products = view.ask(BY_PRODUCT, view.to_date, "product")
    totals = view.ask(TOTALS, view.to_date)
    sections = (_distribution(view, products), _listing(view, products, totals))
    return shared.show(
        request,
        view,
        "range",
        sections,
        empty=(
            _("No listings and no outlet sales yet"),
            _("Import a listing report, or off-take by outlet, to see range and distribution."),
        ),
        totals=shared.measures(totals, TOTALS, _("Range in figures")),
        totals_lede=shared.days(view.to_date),
    )


def _distribution(view: View, products: Evaluation) -> Section | None:
    rows = [row for row in products.rows() if row["weighted_distribution"].value is not None]
    if not rows:
        return None
    rows.sort(key=lambda row: (-row["weighted_distribution"].value, -(row["sell_in"].value or 0)))
    months = view.ask(
        ("weighted_distribution", "numeric_distribution"), view.twelve, "product", "month"
    )
    best = rows[0]
    title = _("%(product)s reaches %(share)s of the turnover") % {
        "product": shared.name_of(best, "product"),
        "share": shared.pct(best["weighted_distribution"].value),
    }
    lede = _(
        "Weighted distribution by month, %(period)s, in per cent: the share of turnover made by "
        "outlets that sold the product. The four widest products."
    ) % {"period": shared.days(view.twelve)}
    drawn = rows[:DRAWN]
    chart = _lines(view, months, drawn, "weighted_distribution", _("Weighted distribution"))
    return Section(title, lede, chart)


def _lines(
    view: View, months: Evaluation, rows: list[dict[str, Any]], metric: str, label: str
) -> Chart:
    axis = view.twelve.month_starts()
    series = [
        (
            role,
            shared.name_of(row, "product"),
            [months.figure(metric, product=row["product"], month=month) for month in axis],
        )
        for role, row in zip(ROLES, rows, strict=False)
    ]
    return lines(
        label=label,
        categories=shared.month_names(axis),
        series_of=series,
        unit="percent",
        head=_("Month"),
    )


def _listing(view: View, products: Evaluation, totals: Evaluation) -> Section | None:
    table = shared.by_name(
        products, BY_PRODUCT, _("Range by product"), head=_("Product"), order="sell_in"
    )
    if len(table.columns) < 2:
        return None
    gaps = sum(1 for row in products.rows() if row["listing_continuity"].value == 0)
    coverage = totals.figure("listing_coverage")
    if gaps:
        title = ngettext(
            "%(count)s product has a gap in its listing",
            "%(count)s products have a gap in their listing",
            gaps,
        ) % {"count": gaps}
    elif coverage.value is not None:
        title = _("%(share)s of the agreed products are listed") % {
            "share": shared.pct(coverage.value)
        }
    else:
        title = _("What each product brings and where it sells")
    lede = _("By product, %(period)s: sell-in, months listed without a gap, distribution.") % {
        "period": shared.days(view.to_date)
    }
    return Section(title, lede, table=table)
