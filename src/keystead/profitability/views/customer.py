"""The panel "What the customer earns": buying price, rebates, resale as recommended, margin."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from keystead.accounts.queries import account_for
from keystead.kernel.errors import Invalid
from keystead.kit.access import actor_of, policy
from keystead.kit.ui import formats
from keystead.kit.ui.tables import Cell, Column, Row, Table, scale_for
from keystead.profitability import queries
from keystead.profitability.types import CustomerLine, CustomerMargin, CustomerView
from keystead.profitability.views import shared


@policy("metrics.view")
def customer(request: HttpRequest, account_id: int) -> HttpResponse:
    """Show what the customer earns with our products."""
    actor = actor_of(request)
    account = account_for(actor, account_id)
    period = shared.period_of(request.GET.get("period", ""))
    context = {
        "account": account,
        "periods": shared.periods(period),
        "asked": request.GET.get("period", ""),
    }
    try:
        found = queries.customer_margin(
            actor=actor,
            account_id=account.id,
            period=period,
            currency=request.GET.get("currency", ""),
        )
    except Invalid as error:
        return render(request, "profitability/customer.html", {**context, "problem": error})
    if found.lines:
        context |= {
            "found": found,
            "headline": _headline(found),
            "lede": _("%(period)s. At recommended prices without tax; real resale prices never "
                      "enter it, and no benefit hangs on keeping one.")
            % {"period": shared.days(found.period)},
            "remarks": _remarks(found),
            "table": _table(found),
        }  # fmt: skip
    return render(request, "profitability/customer.html", context)


def _headline(found: CustomerMargin) -> str:
    total = found.total
    if total is None:
        return _("What the customer earns is not known")
    percent = total.margin_pct
    words = {
        "amount": formats.money(total.margin, found.currency, locale=shared.locale()),
        "percent": formats.percent(
            None if percent is None else percent / 100, locale=shared.locale()
        ),
    }
    return _("The customer earns %(amount)s, %(percent)s of resale") % words


def _remarks(found: CustomerMargin) -> list[str]:
    """Return what is not known, and what is left out."""
    remarks = []
    if found.unpriced:
        sentence = ngettext(
            "%(count)s product has no recommended price for the whole period and is not in the "
            "total.",
            "%(count)s products have no recommended price for the whole period and are not in the "
            "total.",
            found.unpriced,
        )
        remarks.append(sentence % {"count": found.unpriced})
    if found.uncounted:
        sentence = ngettext(
            "%(count)s product was sold in several units that do not add up.",
            "%(count)s products were sold in several units that do not add up.",
            found.uncounted,
        )
        remarks.append(sentence % {"count": found.uncounted})
    if found.hides_rebates:
        remarks.append(_("Rebates are shown to those who may read terms: this is the margin on the "
                         "invoice alone."))  # fmt: skip
    else:
        remarks.append(_("Rebates are those accrued or spent after the invoice, with free goods, "
                         "price protection and cash discount; fees for services are not in "
                         "them."))  # fmt: skip
    return remarks


def _table(found: CustomerMargin) -> Table:
    values = [line.bought.value for line in found.lines]
    values += [line.view.resale for line in found.lines if line.view]
    scale = scale_for(values, language=shared.locale())
    money = {"kind": "money", "currency": found.currency, "scale": scale}
    price = {
        "kind": "number",
        "digits": 2,
        "hide": "phone",
        "unit": formats.symbol(found.currency, locale=shared.locale()),
    }
    columns = [
        Column("product", _("Product"), wide=True),
        Column("units", _("Units"), "number", hide="phone"),
        Column("buy", _("Buys at"), **price),  # type: ignore[arg-type]
        Column("recommended", _("Recommended"), **price),  # type: ignore[arg-type]
        Column("bought", _("Bought"), hide="phone", **money),  # type: ignore[arg-type]
        Column("front", _("Front margin"), hide="phone", **money),  # type: ignore[arg-type]
        Column("rebates", _("Rebates"), hide="phone", **money),  # type: ignore[arg-type]
        Column("margin", _("Margin"), **money),  # type: ignore[arg-type]
        Column("share", _("Of resale"), "pct"),
    ]
    if found.hides_rebates:
        columns = [column for column in columns if column.key != "rebates"]
    rows = [_row(line) for line in found.lines]
    if found.total is not None:
        rows.append(Row({"product": _("Total of what is known"), **_view(found.total)}, total=True))
    return Table(columns, rows, caption=_("What the customer earns"))


def _row(line: CustomerLine) -> Row:
    unknown = "" if line.view else _("Not known: no recommended price")
    if line.units is None:
        unknown = _("Not known: several units")
    cells = {
        "product": Cell(line.name or _("Not assigned"), sub=unknown),
        "units": line.units,
        "buy": line.buy_price,
        "recommended": line.recommended,
        "rebates": line.rebates,
        **(_view(line.view) if line.view else {}),
        "bought": Cell(line.bought.value, proof=line.bought.proof_id),
    }
    return Row(cells)


def _view(view: CustomerView) -> dict[str, object]:
    return {
        "bought": view.bought,
        "front": view.front_margin,
        "rebates": view.rebates,
        "margin": view.margin,
        "share": view.margin_pct,
    }
