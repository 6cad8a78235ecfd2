"""Today: where sell-in stands against target and last year, what moved, what needs a look."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from keystead.kit.access import policy
from keystead.kit.ui.charts import column_months
from keystead.kit.ui.tables import Cell, Column, Row, Table, scale_for
from keystead.metrics.types import Evaluation, Figure
from keystead.metrics.views.panels import shared
from keystead.metrics.views.panels.shared import Note, Section, View

STOCK_LOW, STOCK_HIGH = 21, 60
YOUNG_LISTING = 3
SPREAD_TO_TELL = 5
MOST_NOTES = 3
PRODUCTS = 12


@policy("metrics.view")
def today(request: HttpRequest, account_id: int) -> HttpResponse:
    """Show what changed on an account."""
    view = shared.view_of(request, account_id)
    now = view.ask(
        ("sell_in", "sell_in_growth", "target_gap", "stock_days", "price_dispersion"), view.to_date
    )
    products = view.ask(
        ("sell_in", "sell_in_growth", "listing_continuity", "stock_days"), view.to_date, "product"
    )
    return shared.show(
        request,
        view,
        "today",
        (_months(view, now), _moved(view, now, products)),
        empty=(_("No sales yet"), _("Import a sell-in file, and targets, to see what moves here.")),
        notes=[*_listing_notes(products), *_stock_notes(now, products), *_price_notes(view, now)],
        quiet=_quiet(now, products),
    )


def _months(view: View, now: Evaluation) -> Section | None:
    months = view.ask(("sell_in", "target"), view.two_years, "month")
    earlier = [month.replace(year=month.year - 1) for month in view.months]
    actual = shared.each(months, "sell_in", "month", view.months)
    before = shared.each(months, "sell_in", "month", earlier)
    target = shared.each(months, "target", "month", view.months)
    if not shared.has(*actual, *before, *target):
        return None
    chart = column_months(
        label=_("Sell-in by month"),
        months=view.months,
        actual=actual,
        last_year=before,
        target=target,
        currency=shared.currency_of([*actual, *before, *target]),
    )
    lede = _("Sell-in by month in %(unit)s. Solid is actual, grey is last year, outline is target.")
    return Section(_headline(now), lede % {"unit": chart.unit}, chart)


def _headline(now: Evaluation) -> str:
    sales, gap = now.figure("sell_in"), now.figure("target_gap")
    growth = now.figure("sell_in_growth").value
    words = {
        "gap": shared.amount(gap.value, gap.currency),
        "growth": shared.pct(growth),
        "sales": shared.amount(sales.value, sales.currency),
    }
    if gap.value is not None:
        return _against_target(gap.value < 0, growth) % words
    if growth is not None and growth < 0:
        return _("Sell-in is %(sales)s, %(growth)s below last year") % words
    if growth is not None:
        return _("Sell-in is %(sales)s, %(growth)s above last year") % words
    if sales.value is None:
        return _("No sell-in yet this year")
    return _("Sell-in is %(sales)s; there is no last year or target to compare with") % words


def _against_target(behind: bool, growth: Any) -> str:
    """Return the headline of a year with a target, its amounts still to be filled in."""
    words = {
        (True, None): _("Sell-in is %(gap)s behind target"),
        (False, None): _("Sell-in is %(gap)s ahead of target"),
        (True, False): _("Sell-in is %(gap)s behind target and %(growth)s below last year"),
        (True, True): _("Sell-in is %(gap)s behind target, but %(growth)s above last year"),
        (False, False): _("Sell-in is %(gap)s ahead of target, but %(growth)s below last year"),
        (False, True): _("Sell-in is %(gap)s ahead of target and %(growth)s above last year"),
    }
    return words[behind, None if growth is None else growth >= 0]


def _moved(view: View, now: Evaluation, products: Evaluation) -> Section | None:
    earlier = view.to_date.shift_years(-1)
    before = view.ask(("sell_in",), earlier, "product")
    keys = {row["product"]: shared.name_of(row, "product") for row in before.rows()}
    keys |= {
        row["product"]: shared.name_of(row, "product")
        for row in products.rows()
        if shared.has(row["sell_in"], row["sell_in_growth"])
    }
    lines = [_line(key, name, products, before) for key, name in keys.items()]
    lines = [line for line in lines if line["change"].value is not None]
    if not lines:
        return None
    lines.sort(key=lambda line: -abs(line["change"].value))
    total = _total(lines, now, view.ask(("sell_in",), earlier))
    rows = [Row(line) for line in lines[:PRODUCTS]] + _rest(lines[PRODUCTS:])
    currency = shared.currency_of([*(line["now"] for line in lines), now.figure("sell_in")])
    scale = scale_for([total["now"].value, total["before"].value], language=shared.locale())
    table = Table(
        [
            Column("name", _("Product")),
            Column("now", _("Sell-in"), "money", currency=currency, scale=scale),
            Column("before", _("Last year"), "money", currency=currency, scale=scale, hide="phone"),
            Column("change", _("Change"), "variance", scale=scale),
            Column("growth", _("Growth"), "variance_percent", hide="phone"),
            Column("bar", "", "variance_bar", hide="phone", sortable=False),
        ],
        [*rows, Row(total, total=True)],
        caption=_("What moved"),
    )
    lede = _("%(period)s against the same days of last year. Click a figure for its source rows.")
    return Section(_moved_title(lines), lede % {"period": shared.days(view.to_date)}, table=table)


def _line(key: Any, name: str, products: Evaluation, before: Evaluation) -> dict[str, Any]:
    new, old = products.figure("sell_in", product=key), before.figure("sell_in", product=key)
    growth = products.figure("sell_in_growth", product=key)
    change = _difference(new.value, old.value)
    return {
        "name": name,
        "now": new,
        "before": old,
        "change": Cell(change, proof=growth.proof_id),
        "growth": growth,
        "bar": change,
    }


def _total(lines: Sequence[dict[str, Any]], now: Evaluation, before: Evaluation) -> dict[str, Any]:
    new, old, growth = now.figure("sell_in"), before.figure("sell_in"), now.figure("sell_in_growth")
    return {
        "name": _("Total"),
        "now": new,
        "before": old,
        "change": Cell(_difference(new.value, old.value), proof=growth.proof_id),
        "growth": growth,
        "bar": None,
    }


def _rest(lines: Sequence[dict[str, Any]]) -> list[Row]:
    """Return one line for all the smaller movements, so that the table adds up."""
    if not lines:
        return []
    count = len(lines)
    name = ngettext("%(count)s more product", "%(count)s more products", count) % {"count": count}
    sums = {
        key: sum((line[key].value or Decimal(0) for line in lines), Decimal(0))
        for key in ("now", "before", "change")
    }
    return [Row({"name": name, **sums, "growth": None, "bar": None})]


def _difference(new: Any, old: Any) -> Decimal | None:
    if new is None and old is None:
        return None
    return (new or Decimal(0)) - (old or Decimal(0))


def _moved_title(lines: Sequence[dict[str, Any]]) -> str:
    moved = [line for line in lines if line["change"].value]
    if not moved:
        return _("Nothing moved against last year")
    first = moved[0]
    down = first["change"].value < 0
    same = [line for line in moved[1:3] if (line["change"].value < 0) == down]
    words = {
        "first": first["name"],
        "change": shared.amount(first["change"].value, first["now"].currency),
    }
    if not first["now"].currency:
        words["change"] = shared.amount(first["change"].value, first["before"].currency)
    if same and same[0] is moved[1]:
        words["second"] = same[0]["name"]
        if down:
            return _("%(first)s fell by %(change)s, then %(second)s") % words
        return _("%(first)s grew by %(change)s, then %(second)s") % words
    if down:
        return _("%(first)s fell by %(change)s") % words
    return _("%(first)s grew by %(change)s") % words


def _quiet(now: Evaluation, products: Evaluation) -> str:
    """Return what to say when there is nothing to note, without claiming what nobody knows."""
    listed = shared.has(*(row["listing_continuity"] for row in products.rows()))
    if listed and shared.has(now.figure("stock_days")):
        return _("No gap in a listing, no stock outside its range.")
    return _("Nothing stands out in what is known; stock days or listings are missing.")


def _listing_notes(products: Evaluation) -> list[Note]:
    found = []
    rows = [row for row in products.rows() if row["listing_continuity"].value is not None]
    rows.sort(key=lambda row: -(row["sell_in"].value or Decimal(0)))
    for row in rows:
        figure, name = row["listing_continuity"], shared.name_of(row, "product")
        if figure.value == 0:
            title = _("%(product)s: a gap in the listing") % {"product": name}
            text = _("Off the list, or back for less than a month.")
            found.append(Note(title, text, figure, "hot"))
        elif figure.value < YOUNG_LISTING and figure.note != "longer_than_known":
            title = _("%(product)s: listed again or new") % {"product": name}
            text = _("On the list without a gap for less than three months.")
            found.append(Note(title, text, figure))
    return found[:MOST_NOTES]


def _stock_notes(now: Evaluation, products: Evaluation) -> list[Note]:
    rows = [row for row in products.rows() if _out_of_range(row["stock_days"].value)]
    rows.sort(key=lambda row: -(row["sell_in"].value or Decimal(0)))
    found: list[tuple[str | None, Figure]] = []
    if _out_of_range(_stock(now)):
        found.append((None, now.figure("stock_days")))
    found += [(shared.name_of(row, "product"), row["stock_days"]) for row in rows]
    return [_stock_note(name, figure) for name, figure in found[:MOST_NOTES]]


def _stock_note(name: str | None, figure: Any) -> Note:
    words = {"product": name, "low": STOCK_LOW, "high": STOCK_HIGH}
    low = figure.value < STOCK_LOW
    if name is None:
        title = _("Stock of all products is low") if low else _("Stock of all products is high")
    else:
        title = _("%(product)s: low stock") if low else _("%(product)s: high stock")
        title = title % words
    text = _("Outside %(low)s to %(high)s days at the off-take of the last three months.") % words
    return Note(title, text, figure, "soon")


def _price_notes(view: View, now: Evaluation) -> list[Note]:
    figure = now.figure("price_dispersion")
    if figure.value is None or figure.value < SPREAD_TO_TELL:
        return []
    text = _("Shelf prices of the same product, all shops together, %(period)s. For analysis only.")
    return [Note(_("Shelf prices lie apart"), text % {"period": shared.days(view.to_date)}, figure)]


def _stock(now: Evaluation) -> Any:
    return now.figure("stock_days").value


def _out_of_range(value: Any) -> bool:
    return value is not None and not STOCK_LOW <= value <= STOCK_HIGH
