"""P&L and bridge as plain values, the same for the API and the command line."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext

from keystead.profitability.queries.words import line_words
from keystead.profitability.types import (
    AccountPnl,
    Amount,
    CustomerLine,
    CustomerMargin,
    CustomerView,
    Growth,
    Pace,
    PlannedCost,
    PnlCell,
    PnlRow,
    PriceStep,
    PriceWaterfall,
)

Plain = dict[str, Any]


def pnl_body(found: AccountPnl) -> Plain:
    """Return an account P&L: rows of amounts by scenario and by month, each with its proofs."""
    return {
        "account": _account(found),
        "period": str(found.period),
        "last_year": str(found.before),
        "currency": found.currency,
        "rows": [_row(row) for row in found.rows],
        "without_cost": [month.isoformat() for month in found.without_cost],
        "without_expenses": [month.isoformat() for month in found.without_expenses],
        "accrues_since": found.accrues_since.isoformat() if found.accrues_since else None,
        "paid_rebates": _amount(found.paid),
        "hides_rebates": found.hides_rebates,
        "forecast": _pace(found.pace) if found.pace else None,
        "sees_cost": found.sees_cost,
        "planned_cost": _planned(found.planned_cost),
        "commit": found.commit,
    }


def _planned(made: PlannedCost | None) -> Plain | None:
    """Return the budget of cost of goods, or what is missing for it."""
    if made is None:
        return None
    return {
        "amount": _plain(made.amount) if made.amount is not None else None,
        "gaps": [gap.value for gap in made.gaps],
        "products": list(made.products),
        "months": [month.isoformat() for month in made.months],
    }


def growth_body(found: Growth) -> Plain:
    """Return a bridge: base, actual, parts, and the same for every product."""
    return {
        "account": _account(found),
        "measure": found.measure.value,
        "convention": found.bridge.convention.value,
        "period": str(found.period),
        "before": str(found.before),
        "currency": found.currency,
        "base": _amount(found.base),
        "actual": _amount(found.actual),
        "change": _plain(found.bridge.change),
        "parts": {part.value: _plain(amount) for part, amount in found.bridge.parts.items()},
        "lines": [
            {
                "name": line.name,
                "base": _amount(line.base),
                "actual": _amount(line.actual),
                "parts": {part.value: _plain(amount) for part, amount in line.parts.items()},
            }
            for line in found.lines
        ],
        "drivers": [
            {"kind": one.kind, "id": one.id, "amount": _plain(one.amount)} for one in found.drivers
        ],
        "without_cost": found.without_cost,
        "commit": found.commit,
    }


def cells_body(cells: Iterable[PnlCell]) -> list[Plain]:
    """Return product x month statements, only the lines that are known."""
    return [
        {
            "product_id": cell.product_id,
            "sku": cell.sku,
            "name": cell.name,
            "month": cell.month.isoformat(),
            "amounts": {
                line: _plain(amount)
                for line, amount in cell.statement.amounts.items()
                if amount is not None
            },
        }
        for cell in cells
    ]


def waterfall_body(found: PriceWaterfall) -> Plain:
    """Return a price waterfall: every step with its base, source, proofs, or why it is unknown."""
    percent = found.gross_to_net_pct
    return {
        "account": _account(found),
        "period": str(found.period),
        "currency": found.currency,
        "of": {"dimension": found.cut.dimension, "value": str(found.cut.value),
               "label": found.cut.label},
        "starts_at": "list" if found.starts_at_list else "invoice",
        "products_with_list_price": found.listed,
        "products_without_list_price": found.unlisted,
        "units": _plain(found.units),
        "unit": found.unit,
        "gross_to_net_pct": None if percent is None else f"{percent:.2f}",
        "steps": [_step(step) for step in found.steps],
        "hides_rebates": found.hides_rebates,
        "sees_cost": found.sees_cost,
        "commit": found.commit,
    }  # fmt: skip


def _step(step: PriceStep) -> Plain:
    return {
        "line": step.line.id,
        "label": line_words(step.line.id),
        "is_level": step.is_level,
        **_amount(step.amount),
        "base": step.base,
        "share": None if step.share is None else f"{step.share:.6f}",
        "per_unit": None if step.per_unit is None else f"{step.per_unit:.4f}",
        "source": step.source.value,
        "unknown": step.unknown.value if step.unknown else None,
        "spread": _plain(step.spread),
        "details": [{"name": name, **_amount(amount)} for name, amount in step.details],
    }


def customer_body(found: CustomerMargin) -> Plain:
    """Return the customer's own margin: a line per product, and the sum of those that are known."""
    return {
        "account": _account(found),
        "period": str(found.period),
        "currency": found.currency,
        "lines": [_customer_line(line) for line in found.lines],
        "total": _view(found.total),
        "without_recommended_price": found.unpriced,
        "without_units": found.uncounted,
        "hides_rebates": found.hides_rebates,
        "commit": found.commit,
    }


def _customer_line(line: CustomerLine) -> Plain:
    buy = line.buy_price
    return {
        "sku": line.sku,
        "name": line.name,
        "units": _plain(line.units),
        "unit": line.unit,
        "buy_price": None if buy is None else f"{buy:.4f}",
        "recommended_price": None if line.recommended is None else f"{line.recommended:.4f}",
        "bought": _amount(line.bought),
        "rebates": _plain(line.rebates),
        "margin": _view(line.view),
    }


def _view(view: CustomerView | None) -> Plain | None:
    if view is None:
        return None
    percent = view.margin_pct
    return {
        "resale": _plain(view.resale),
        "bought": _plain(view.bought),
        "rebates": _plain(view.rebates),
        "front_margin": _plain(view.front_margin),
        "margin": _plain(view.margin),
        "margin_pct": None if percent is None else f"{percent:.2f}",
    }


def _account(found: AccountPnl | Growth | PriceWaterfall | CustomerMargin) -> Plain:
    return {"id": found.account_id, "code": found.account_code, "name": found.account_name}


def _row(row: PnlRow) -> Plain:
    return {
        "line": row.line.id,
        "label": gettext(row.line.label),
        "detail": row.detail,
        "is_sum": row.line.is_sum,
        "totals": {name.value: _amount(amount) for name, amount in row.totals.items()},
        "months": {month.isoformat(): _amount(amount) for month, amount in row.months.items()},
    }


def _pace(pace: Pace) -> Plain:
    """Return what the forecast rests on: the agreed sell-in, or the run rate, and named so."""
    return {
        "basis": "agreed_forecast" if pace.coming else "run_rate",
        "coming": _amount(pace.coming) if pace.coming else None,
        "until": pace.until.isoformat(),
        "months_gone": f"{pace.gone:.4f}",
        "months": f"{pace.whole:.4f}",
    }


def _amount(amount: Amount) -> Plain:
    return {"value": _plain(amount.value), "proofs": list(amount.proofs)}


def _plain(value: Decimal | None) -> str | None:
    if value is None:
        return None
    return f"{value.normalize() + 0:f}" if value else "0"
