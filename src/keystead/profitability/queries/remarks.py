"""What to know about a P&L before one trusts it, for the page and the workbook alike."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from keystead.catalog.queries import product_dimension
from keystead.kit.ui import formats
from keystead.profitability.types import AccountPnl, CostGap, Scenario


def cautions(found: AccountPnl) -> list[tuple[str, str]]:
    """Return what to know about the figures before one trusts them: a heading and a sentence."""
    notes = []
    if found.without_expenses:
        count = len(found.without_expenses)
        sentence = ngettext(
            "%(months)s has sales but no expenses yet: what is left looks too good.",
            "%(months)s have sales but no expenses yet: what is left looks too good.",
            count,
        )
        words = {"months": _months(found.without_expenses)}
        notes.append((_("Expenses are missing"), sentence % words))
    if found.without_cost:
        sentence = _("No cost of goods in %(months)s: the margin counts the whole sales of these "
                     "months.")  # fmt: skip
        words = {"months": _months(found.without_cost)}
        notes.append((_("A cost is missing"), sentence % words))
    return notes


def remarks(found: AccountPnl) -> list[str]:
    """Return how the figures came about, below the statement."""
    told = []
    if found.accrues_since and found.sees_cost:
        words = {"month": formats.month(found.accrues_since, locale=_locale())}
        told.append(_("Since %(month)s rebates count when they are accrued, not when they are "
                         "paid.") % words)  # fmt: skip
    if found.paid.value is not None:
        words = {"amount": _amount(found.paid.value, found.currency)}
        told.append(_("Rebates among the expenses, %(amount)s, pay what was accrued and are "
                         "left out.") % words)  # fmt: skip
    if found.pace and found.pace.coming and found.pace.coming.value is not None:
        words = {
            "day": formats.day(found.pace.until, locale=_locale()),
            "amount": formats.money(found.pace.coming.value, found.currency, locale=_locale()),
        }
        told.append(_("Forecast: sales until %(day)s and the %(amount)s of sell-in agreed for the "
                         "rest; all else keeps its share of sales.") % words)  # fmt: skip
    elif found.pace:
        words = {"day": formats.day(found.pace.until, locale=_locale())}
        told.append(_("No forecast was agreed for all of the rest: the run rate is the pace "
                         "until %(day)s over the whole period.") % words)  # fmt: skip
    if _budgets_rebates(found):
        told.append(_("Budgeted rebates: what the agreements would pay over their whole term if "
                         "the target were met, by the period's part of the target."))  # fmt: skip
    told += _planned_cost(found)
    if found.hides_rebates:
        told.append(_("Rebates and net-net sales are shown to those who may read terms."))
    if not found.sees_cost:
        told.append(_("Cost and margin are shown to those who may see them."))
    elif found.row("cogs") is None:
        told.append(_("No cost of goods is known here, so there is no margin and no "
                         "contribution."))  # fmt: skip
    return told


def _planned_cost(found: AccountPnl) -> list[str]:
    """Where the budget of cost of goods comes from, or why there is none."""
    made = found.planned_cost
    if made is None:
        return []
    if made.amount is not None:
        return [_("Budgeted cost of goods: the unit cost of each product times the units of its "
                  "target. Logistics and cost to serve have no budget.")]  # fmt: skip
    words = {"months": _months(made.months), "products": ", ".join(_skus(made.products))}
    texts = {
        CostGap.NO_UNITS: _("the target of %(months)s has no units") % words,
        CostGap.NO_PRODUCT: _("units of the target in %(months)s name no product") % words,
        CostGap.MIXED_UNITS: _("units of the target in %(months)s do not add up") % words,
        CostGap.NO_COST: _("there is no unit cost of %(products)s") % words,
    }
    told = "; ".join(texts[gap] for gap in made.gaps)
    return [_("No cost of goods is budgeted: %(why)s.") % {"why": told}]


def _skus(ids: tuple[int, ...], most: int = 8) -> list[str]:
    """The codes of products, the first few."""
    table = product_dimension().select(["product_id", "sku"])
    codes = dict(zip(*(table[name].to_pylist() for name in table.column_names), strict=True))
    found = sorted(codes.get(one, "") for one in ids)
    return found if len(found) <= most else [*found[:most], "…"]


def _budgets_rebates(found: AccountPnl) -> bool:
    rows = (row for row in found.rows if row.line.id in ("retro", "services") and row.detail)
    budgets = (row.totals.get(Scenario.BUDGET) for row in rows)
    return any(one is not None and one.value and not one.proofs for one in budgets)


def _months(months: Iterable[date]) -> str:
    return ", ".join(formats.month(month, locale=_locale()) for month in months)


def _amount(value: Decimal, currency: str) -> str:
    return formats.money(abs(value), currency, locale=_locale())


def _locale() -> str:
    return get_language() or "en"
