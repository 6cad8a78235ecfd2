"""The panel "Price waterfall": from the list price down, by product, and its workbook."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from keystead.accounts.queries import account_for
from keystead.kernel.errors import Invalid
from keystead.kit.access import actor_of, policy
from keystead.kit.ui import formats
from keystead.kit.ui.charts import Chart
from keystead.kit.ui.charts import waterfall as bridge
from keystead.kit.ui.sheets import EXCEL, download
from keystead.kit.ui.tables import Cell, Column, Row, Table, scale_for
from keystead.profitability import queries
from keystead.profitability.queries.words import line_words, step_source
from keystead.profitability.types import Amount, Cut, PriceStep, PriceWaterfall
from keystead.profitability.views import shared

SEPARATOR = ":"


@policy("metrics.view")
def waterfall(request: HttpRequest, account_id: int) -> HttpResponse:
    """Show where the list price goes, step by step."""
    actor = actor_of(request)
    account = account_for(actor, account_id)
    asked = request.GET
    period = shared.period_of(asked.get("period", ""))
    cuts = queries.cuts(actor=actor, account_id=account.id, period=period)
    context = {
        "account": account,
        "fields": [
            ("period", _("Period"), shared.periods(period), asked.get("period", "")),
            ("of", _("Products"), [(_address(cut), _cut_name(cut)) for cut in cuts],
             asked.get("of", "")),
        ],
        "may_import": actor.can("ledger.import"),
    }  # fmt: skip
    try:
        found = queries.price_waterfall(
            actor=actor,
            account_id=account.id,
            period=period,
            cut=_chosen(asked.get("of", "")),
            currency=asked.get("currency", ""),
        )
    except Invalid as error:
        return render(request, "profitability/waterfall.html", {**context, "problem": error})
    if found.amount("invoice_sales") is not None:
        kept = {name: asked[name] for name in ("period", "of", "currency") if asked.get(name)}
        context |= {
            "found": found,
            "headline": _headline(found),
            "lede": _lede(found),
            "chart": _chart(found),
            "table": _table(found),
            "remarks": _remarks(found),
            "may_export": actor.can("export.data"),
            "query": urlencode(kept),
        }
    return render(request, "profitability/waterfall.html", context)


@policy("metrics.view", "export.data")
def waterfall_sheet(request: HttpRequest, account_id: int) -> HttpResponse:
    """Send the waterfall as a workbook."""
    actor = actor_of(request)
    account = account_for(actor, account_id)
    period = shared.period_of(request.GET.get("period", ""))
    content = queries.waterfall_workbook(
        actor=actor,
        account_id=account.id,
        period=period,
        cut=_chosen(request.GET.get("of", "")),
        currency=request.GET.get("currency", ""),
    )
    return download(content, f"keystead-waterfall-{account.code}-{period}.xlsx", EXCEL)


def _address(cut: Cut) -> str:
    return "" if cut.is_whole else f"{cut.dimension}{SEPARATOR}{cut.value}"


def _chosen(text: str) -> Cut:
    """Return the cut an address names: a product by its number, a brand or category by name."""
    if not text.strip():
        return Cut()
    dimension, _sign, value = text.partition(SEPARATOR)
    if dimension == "product":
        return Cut(dimension, int(value) if value.isdigit() else 0)
    return Cut(dimension, value)


def _cut_name(cut: Cut) -> str:
    kinds = {"category": _("Category"), "brand": _("Brand"), "product": _("Product")}
    if cut.is_whole:
        return _("All products")
    return f"{kinds[cut.dimension]}: {cut.label}"


def _headline(found: PriceWaterfall) -> str:
    start = line_words("list_sales" if found.starts_at_list else "invoice_sales")
    words = {"start": start.lower() if shared.locale() == "en" else start}
    last = next(
        (one for one in reversed(found.steps) if one.is_level and one.amount.value is not None),
        None,
    )
    if last is None or last.line.id in ("list_sales", "invoice_sales"):
        return _("Invoice sales are %(amount)s") % {
            "amount": _money(found.amount("invoice_sales"), found)
        }
    whole = found.amount("list_sales" if found.starts_at_list else "invoice_sales")
    value = last.amount.value
    share = value / whole if whole and value is not None else None
    words |= {
        "line": line_words(last.line.id),
        "amount": _money(value, found),
        "share": formats.percent(share, locale=shared.locale()),
    }
    return _("%(line)s is %(amount)s, %(share)s of sales %(start)s") % words


def _money(value: Any, found: PriceWaterfall) -> str:
    return formats.money(value, found.currency, locale=shared.locale())


def _lede(found: PriceWaterfall) -> str:
    words = {"period": shared.days(found.period), "what": found.cut.label or _("All products")}
    return _("%(what)s, %(period)s. Each step is a share of the level it is taken of.") % words


def _remarks(found: PriceWaterfall) -> list[str]:
    """Return what to know before one trusts the steps."""
    remarks = []
    gone = found.gross_to_net_pct
    if gone is not None:
        percent = formats.percent(gone / 100, locale=shared.locale())
        remarks.append(_("Gross to net: %(percent)s is gone at net-net.") % {"percent": percent})
    if not found.starts_at_list:
        remarks.append(_("No list prices are kept for these products: the waterfall starts at the "
                         "invoice, and what the list price gave away is not known."))  # fmt: skip
    elif found.unlisted:
        sentence = ngettext(
            "%(count)s product has no list price for the whole period and starts at the invoice.",
            "%(count)s products have no list price for the whole period and start at the invoice.",
            found.unlisted,
        )
        remarks.append(sentence % {"count": found.unlisted})
    if not found.cut.is_whole:
        remarks.append(_("What names no product is spread over the products of the month by their "
                         "sales; all products add up to the account."))  # fmt: skip
    if found.hides_rebates:
        remarks.append(_("Rebates and net-net sales are shown to those who may read terms."))
    if not found.sees_cost:
        remarks.append(_("Cost and margin are shown to those who may see them."))
    return remarks


def _chart(found: PriceWaterfall) -> Chart | None:
    """Return the way down, a total at each level; steps that are unknown are not drawn."""
    steps = [
        (line_words(one.line.id), one.amount, "total" if one.is_level else "change")
        for one in found.steps
        if one.amount.value is not None
    ]
    if len(steps) < 2:
        return None
    return bridge(label=_("Price waterfall"), steps=steps, currency=found.currency)


def _table(found: PriceWaterfall) -> Table:
    values = [step.amount.value for step in found.steps]
    scale = scale_for(values, language=shared.locale())
    columns = [
        Column("step", _("Step"), wide=True),
        Column("amount", _("Amount"), "money", currency=found.currency, scale=scale),
        Column("share", pgettext("part", "Share"), "percent"),
        Column("of", _("Of"), hide="phone"),
    ]
    if found.units:
        unit = f"{formats.symbol(found.currency, locale=shared.locale())} / {found.unit}"
        columns.append(Column("unit", _("Per unit"), "number", unit=unit, digits=2, hide="phone"))
    columns.append(Column("source", _("Source"), hide="phone"))
    rows = [row for step in found.steps for row in _rows(step)]
    return Table(columns, rows, caption=_("Price waterfall"), sortable=False)


def _rows(step: PriceStep) -> list[Row]:
    name: Any = line_words(step.line.id)
    if step.unknown:
        name = Cell(name, sub=step_source(step))
    cells = {
        "step": name,
        "amount": _cell(step.amount),
        "share": step.share,
        "of": line_words(step.base) if step.share is not None else "",
        "unit": step.per_unit,
        "source": _source(step),
    }
    rows = [Row(cells, total=step.is_level)]
    rows += [Row({"step": name, "amount": _cell(one)}, level=1) for name, one in step.details]
    return rows


def _source(step: PriceStep) -> str:
    if step.unknown:  # said under the name of the step
        return ""
    words = step_source(step)
    return _("%(source)s, in part spread") % {"source": words} if step.spread else words


def _cell(amount: Amount) -> Cell:
    return Cell(amount.value, proof=amount.proof_id)
