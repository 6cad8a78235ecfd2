"""The words for sources and for what is unknown, for pages and workbooks alike."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from keystead.profitability.calc.pnl import BY_ID
from keystead.profitability.types import Pace, Part, PriceStep, Scenario, Source, Unknown

AT_LIST = "list_sales"


def line_words(line: str) -> str:
    """Return the name of a line of the P&L or of the waterfall."""
    if line == AT_LIST:
        return _("At list price")
    return _(BY_ID[line].label) if line else ""


def scenario_words(scenario: Scenario, pace: Pace | None = None) -> str:
    """Return the name of a column of the P&L; ``pace``: what its forecast rests on."""
    if scenario is Scenario.FORECAST and pace and pace.coming:
        return _("Forecast")
    words = {
        Scenario.ACTUAL: _("Actual"),
        Scenario.FORECAST: pgettext("scenario", "Run rate"),
        Scenario.BUDGET: _("Budget"),
        Scenario.LAST_YEAR: _("Last year"),
    }
    return words[scenario]


def source_words(source: Source) -> str:
    """Return where an amount comes from."""
    words = {
        Source.LIST_PRICES: _("List prices"),
        Source.INVOICES: _("Invoice lines"),
        Source.ACCRUALS: _("Accrual ledger"),
        Source.EXPENSES: _("Actual expenses"),
        Source.COSTS: _("Cost rows"),
        Source.WORKED_OUT: _("Sum of the steps above"),
    }
    return words[source]


def unknown_words(unknown: Unknown) -> str:
    """Return why there is no amount."""
    words = {
        Unknown.NO_LIST_PRICE: _("No list price is kept"),
        Unknown.NOTHING_POSTED: _("Nothing was posted: not known to be zero"),
        Unknown.PART_UNKNOWN: _("A part of it is not known"),
    }
    return words[unknown]


def step_source(step: PriceStep) -> str:
    """Return the source of a step, or why it is unknown."""
    return unknown_words(step.unknown) if step.unknown else source_words(step.source)


def part_labels() -> dict[Part, str]:
    """Return the names of the bars of a bridge."""
    return {
        Part.VOLUME: _("Volume"),
        Part.MIX: _("Mix"),
        Part.PRICE: _("Price"),
        Part.JOINT: _("Joint effect"),
        Part.NEW: _("New products"),
        Part.LOST: _("Lost products"),
        Part.WITHOUT_UNITS: _("Without units"),
        Part.CURRENCY: pgettext("bridge", "Currency"),
    }
