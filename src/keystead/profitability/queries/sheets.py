"""Lists to take away: the price waterfall as a workbook, the P&L as CSV; each with its proofs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from keystead.kernel.periods import Period
from keystead.kit.access import Actor
from keystead.kit.office.sheets import Column, Sheet, to_csv, workbook
from keystead.profitability.calc.pnl import COST, LINES, added
from keystead.profitability.queries.asks import BELOW_REBATES
from keystead.profitability.queries.cells import pnl_cells
from keystead.profitability.queries.pnl import account_pnl
from keystead.profitability.queries.waterfall import EVERYTHING, price_waterfall
from keystead.profitability.queries.words import line_words, scenario_words, step_source
from keystead.profitability.types import Amount, Cut, LineDef, PriceWaterfall


def waterfall_workbook(
    *, actor: Actor, account_id: int, period: Period, cut: Cut = EVERYTHING, currency: str = ""
) -> bytes:
    """Return the waterfall and, on a second sheet, the same by product. Needs ``export.data``.

    Lines the reader may not see have no column at all; what is unknown is an empty cell.
    """
    actor.require("export.data")
    found = price_waterfall(
        actor=actor, account_id=account_id, period=period, cut=cut, currency=currency
    )
    sheets = [_steps(found), _products(actor, found, currency)]
    return workbook(sheets, title=f"{found.account_name} {period}", author=actor.name)


def pnl_csv(*, actor: Actor, account_id: int, period: Period, currency: str = "") -> bytes:
    """Return the P&L as CSV: a row per line, a column per scenario and month, then the proofs.

    Needs ``export.data``; rights as for ``account_pnl``.
    """
    actor.require("export.data")
    found = account_pnl(actor=actor, account_id=account_id, period=period, currency=currency)
    shown, months = found.scenarios, found.months
    columns = [Column(_("Line")), Column(_("Kind")), Column(_("Currency"))]
    columns += [Column(scenario_words(one, found.pace), "money") for one in shown]
    columns += [Column(f"{month:%Y-%m}", "money") for month in months]
    columns += [Column(f"{_('Proof')}: {scenario_words(one, found.pace)}") for one in shown]
    rows = []
    for row in found.rows:
        totals = [row.totals.get(one, Amount(None)) for one in shown]
        rows.append([
            _(row.line.label), row.detail, found.currency, *(one.value for one in totals),
            *(row.months.get(month, Amount(None)).value for month in months),
            *(" ".join(one.proofs) for one in totals),
        ])  # fmt: skip
    return to_csv(Sheet(_("P&L"), columns, rows))


def _steps(found: PriceWaterfall) -> Sheet:
    columns = [
        Column(_("Step"), width=34),
        Column(_("Amount"), "money"),
        Column(_("Currency")),
        Column(pgettext("part", "Share"), "percent"),
        Column(_("Of"), width=24),
        Column(_("Per unit"), "number"),
        Column(_("Spread by sales"), "money"),
        Column(_("Source"), width=34),
        Column(_("Proof"), width=40),
    ]
    return Sheet(_("Price waterfall"), columns, _step_rows(found))


def _step_rows(found: PriceWaterfall) -> Iterator[list[Any]]:
    for step in found.steps:
        yield [
            line_words(step.line.id),
            step.amount.value,
            found.currency,
            step.share,
            line_words(step.base),
            step.per_unit,
            step.spread or None,
            step_source(step),
            step.amount.proof_id,
        ]
        for name, amount in step.details:
            yield [f"    {name}", amount.value, found.currency, None, "", None, None, "",
                   amount.proof_id]  # fmt: skip


def _products(actor: Actor, found: PriceWaterfall, currency: str) -> Sheet:
    """Return a row per product; expenses that name none are spread by sales."""
    lines = [line for line in LINES if _shown(line, found)]
    cells = pnl_cells(
        actor=actor, account_id=found.account_id, period=found.period, currency=currency,
        spread_expenses=True,
    )  # fmt: skip
    by_product = defaultdict(list)
    for cell in cells:
        by_product[cell.sku, cell.name].append(cell.statement)
    rows = []
    for (sku, name), statements in by_product.items():
        whole = added(statements)
        rows.append([sku, name or _("Not assigned"), *(whole[line.id] for line in lines)])
    columns = [Column(_("SKU")), Column(_("Product"), width=30)]
    columns += [Column(f"{_(line.label)}, {found.currency}", "money") for line in lines]
    return Sheet(_("By product"), columns, rows)


def _shown(line: LineDef, found: PriceWaterfall) -> bool:
    if line.needs == COST and not found.sees_cost:
        return False
    return not (found.hides_rebates and line.id in BELOW_REBATES)
