"""The panel "Why did it move": the bridge from a period to the one before, by product."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from keystead.accounts.queries import account_for
from keystead.kernel.errors import Invalid
from keystead.kit.access import actor_of, policy
from keystead.kit.ui.charts import Chart, waterfall
from keystead.kit.ui.tables import Cell, Column, Row, Table, scale_for
from keystead.profitability import queries
from keystead.profitability.calc.pnl import BY_ID
from keystead.profitability.queries.words import part_labels
from keystead.profitability.types import (
    Against,
    Amount,
    Convention,
    Growth,
    Measure,
    Part,
)
from keystead.profitability.views import shared

LINES = 15


@policy("metrics.view")
def why(request: HttpRequest, account_id: int) -> HttpResponse:
    """Show why sell-in or margin moved, by a convention that is named."""
    actor = actor_of(request)
    account = account_for(actor, account_id)
    asked = request.GET
    period = shared.period_of(asked.get("period", ""))
    against = shared.chosen(asked.get("against", ""), Against, "against")
    measure = shared.chosen(asked.get("measure", ""), Measure, "measure")
    convention = shared.chosen(asked.get("convention", ""), Convention, "convention")
    measures = _measures() if queries.sees_cost(actor, account.id) else _measures()[:1]
    context = {
        "account": account,
        "fields": [
            ("measure", _("Measure"), measures, measure.value),
            ("period", _("Period"), shared.periods(period), asked.get("period", "")),
            ("against", _("Against"), _againsts(), against.value),
            ("convention", _("Convention"), _conventions(), convention.value),
        ],
        "may_import": actor.can("ledger.import"),
    }
    try:
        found = queries.growth(
            actor=actor,
            account_id=account.id,
            period=period,
            against=against,
            measure=measure,
            convention=convention,
            currency=asked.get("currency", ""),
        )
    except Invalid as error:
        return render(request, "profitability/why.html", {**context, "problem": error})
    if found.lines:
        context |= _shown(found)
    return render(request, "profitability/why.html", context)


def _shown(found: Growth) -> dict[str, Any]:
    rule, formula = _rule(found.bridge.convention)
    count = found.without_cost
    return {
        "found": found,
        "headline": _headline(found),
        "lede": _lede(found),
        "chart": _chart(found),
        "rule": rule,
        "formula": formula,
        "table": _products(found),
        "drivers": _drivers(found),
        "without_cost": ngettext(
            "%(count)s product with sales has no cost: its whole sales count as margin.",
            "%(count)s products with sales have no cost: their whole sales count as margin.",
            count,
        ) % {"count": count} if count else "",
    }  # fmt: skip


def _measures() -> shared.Choices:
    return [
        (Measure.SELL_IN.value, _("Sell-in")),
        (Measure.GROSS_MARGIN.value, _("Gross margin")),
    ]


def _againsts() -> shared.Choices:
    return [
        (Against.LAST_YEAR.value, _("Same days last year")),
        (Against.PREVIOUS.value, _("Period before")),
    ]


def _conventions() -> shared.Choices:
    return [(one.value, _rule(one)[0]) for one in Convention]


def _rule(convention: Convention) -> tuple[str, str]:
    """Return the name of a convention and how it tells price and quantity apart."""
    level = _("Volume is what the same mix would have made of the change in units.")
    rules = {
        Convention.ACTUAL_QUANTITY: (
            _("Price at the actual quantity"),
            _("Price is the new units at the change in price; volume and mix are at the old "
              "price."),
        ),
        Convention.BASE_QUANTITY: (
            _("Price at the base quantity"),
            _("Price is the old units at the change in price; what price and volume make together "
              "stands alone."),
        ),
        Convention.AVERAGE: (
            _("Symmetric average"),
            _("Price is at the mean of old and new units, volume and mix at the mean price "
              "(Shapley)."),
        ),
    }  # fmt: skip
    name, formula = rules[convention]
    return name, f"{formula} {level}"


def _headline(found: Growth) -> str:
    change = found.bridge.change
    words = {
        "measure": dict(_measures())[found.measure.value],
        "change": shared.amount(change, found.currency),
    }
    if not change:
        return _("%(measure)s did not move") % words
    same = [
        (abs(amount), part)
        for part, amount in found.bridge.parts.items()
        if amount and (amount > 0) == (change > 0)
    ]
    size, part = max(same, key=lambda one: one[0])
    words |= {"part": part_labels()[part], "size": shared.amount(size, found.currency)}
    if change < 0:
        return _("%(measure)s fell by %(change)s; the largest part: %(part)s, %(size)s") % words
    return _("%(measure)s grew by %(change)s; the largest part: %(part)s, %(size)s") % words


def _lede(found: Growth) -> str:
    return _("%(period)s against %(before)s, in %(currency)s. The parts add up to the change.") % {
        "period": shared.days(found.period),
        "before": shared.days(found.before),
        "currency": found.currency,
    }


def _chart(found: Growth) -> Chart:
    names = part_labels()
    steps: list[tuple[str, Any, str]] = [(_short(found.before), found.base, "base")]
    steps += [
        (names[part], amount, "change") for part, amount in found.bridge.parts.items() if amount
    ]
    steps.append((_short(found.period), found.actual, "total"))
    label = _("From %(before)s to %(period)s") % {
        "before": shared.days(found.before), "period": shared.days(found.period),
    }  # fmt: skip
    return waterfall(label=label, steps=steps, currency=found.currency)


def _short(period: Any) -> str:
    """Return the year where that says enough, else the days."""
    whole = period.start.month == 1 and period.start.day == 1
    return str(period.start.year) if whole else shared.days(period)


def _products(found: Growth) -> Table:
    """Return a line per product, the largest movement first, the rest added up, the total."""
    kept = [part for part, amount in found.bridge.parts.items()
            if any(line.parts[part] for line in found.lines)]  # fmt: skip
    names = part_labels()
    scale = scale_for([found.base.value, found.actual.value], language=shared.locale())
    money, unit = {"currency": found.currency, "scale": scale}, shared.unit(found.currency, scale)
    columns = [
        Column("name", _("Product")),
        Column("base", _("Base period"), "money", hide="phone", **money),  # type: ignore[arg-type]
        Column("actual", _("Actual"), "money", hide="phone", **money),  # type: ignore[arg-type]
        Column("change", _("Change"), "variance", unit=unit, scale=scale),
        *(Column(part.value, names[part], "money", **money) for part in kept),  # type: ignore[arg-type]
    ]
    rows = [_row(line.name or _("Not assigned"), [line], kept) for line in found.lines[:LINES]]
    rest = found.lines[LINES:]
    if rest:
        count = len(rest)
        name = ngettext("%(count)s more product", "%(count)s more products", count)
        rows.append(_row(name % {"count": count}, rest, kept))
    total = _row(_("Total"), found.lines, kept)
    cells = {**total.cells, "base": _cell(found.base), "actual": _cell(found.actual)}
    return Table([*columns], [*rows, Row(cells, total=True)], caption=_("By product"))


def _row(name: str, lines: Any, kept: list[Part]) -> Row:
    """Return one line of the table, or several of them added up."""
    changes = [sum(line.parts.values(), Decimal(0)) for line in lines]
    cells: dict[str, Any] = {
        "name": name,
        "base": _side([line.base for line in lines]),
        "actual": _side([line.actual for line in lines]),
        "change": sum(changes, Decimal(0)),
    }
    for part in kept:
        cells[part.value] = sum((line.parts[part] for line in lines), Decimal(0)) or None
    return Row(cells)


def _side(amounts: list[Amount]) -> Cell:
    known = [amount.value for amount in amounts if amount.value is not None]
    value = sum(known, Decimal(0)) if known else None
    return _cell(amounts[0]) if len(amounts) == 1 else Cell(value)


def _cell(amount: Amount) -> Cell:
    return Cell(amount.value, proof=amount.proof_id)


def _drivers(found: Growth) -> Table | None:
    """Return what moved the contribution, for those who may see costs."""
    if not found.drivers:
        return None
    names = {part.value: label for part, label in part_labels().items()}
    scale = scale_for([one.amount for one in found.drivers], language=shared.locale())
    unit = shared.unit(found.currency, scale)
    rows = [
        Row(
            {
                "name": names[one.id] if one.kind == "part" else _(BY_ID[one.id].label),
                "amount": one.amount,
                "bar": one.amount,
            }
        )
        for one in found.drivers
    ]
    total = sum((one.amount for one in found.drivers), Decimal(0))
    rows.append(Row({"name": _("Contribution"), "amount": total, "bar": None}, total=True))
    columns = [
        Column("name", _("Driver")),
        Column("amount", _("Change"), "variance", unit=unit, scale=scale),
        Column("bar", "", "variance_bar", hide="phone", sortable=False),
    ]
    return Table(columns, rows, caption=_("What moved the contribution"), sortable=False)
