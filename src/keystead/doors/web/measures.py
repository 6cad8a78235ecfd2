"""Metrics as columns: which measures a table offers, and how each is written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext as _

from keystead.kernel.periods import Period, add_months, month_start
from keystead.kit.access import Actor
from keystead.kit.ui.tables import Column, scale_for
from keystead.kit.ui.tags.numbers import unit_word
from keystead.ledger.queries import last_day
from keystead.metrics.calc.definitions import ALL, needs_of
from keystead.metrics.types import Direction, Evaluation, MetricDef, Unit

OFFERED = (
    "sell_in", "sell_in_growth", "target_attainment", "net_sales", "returns", "off_take_units",
    "stock_days", "stock_units", "sell_through", "numeric_distribution", "weighted_distribution",
    "listing_coverage", "listing_continuity", "market_share", "price_dispersion",
    "expense_actual", "trade_rate", "productivity_per_sku",
)  # fmt: skip
DEFAULT = ("sell_in", "sell_in_growth", "target_attainment", "stock_days", "listing_coverage")
# Home shows the first five of these that somebody's accounts have data for.
HOME = (*DEFAULT, "off_take_units", "trade_rate", "returns")
HOME_COLUMNS = 5
VARIANCES = frozenset({"sell_in_growth", "off_take_growth"})
SALES = ("sell_in", "flow", "off_take")
PERIODS = ("year", "quarter", "month", "twelve")


def offered(actor: Actor) -> list[MetricDef]:
    """Return the metrics a person may choose as columns, in their usual order."""
    known = {metric.id: metric for metric in ALL}
    return [
        known[name]
        for name in OFFERED
        if name in known and all(actor.can(need) for need in needs_of(known[name]))
    ]


def label_of_metric(metric: MetricDef) -> str:
    """Return the metric's name in the reader's language."""
    return gettext(metric.label)


def data_until() -> dt.date:
    """Return the last day that sales data tell of, never later than today."""
    today = timezone.localdate()
    return min(last_day(SALES) or today, today)


def period_labels() -> list[tuple[str, str]]:
    """Return the choices of period with their names."""
    return [
        ("year", _("Year to date")),
        ("quarter", _("This quarter")),
        ("month", _("This month")),
        ("twelve", _("Last 12 months")),
    ]


def period_named(name: str, last: dt.date) -> Period:
    """Return the period of a choice, up to and with the last day that has data.

    >>> str(period_named("month", dt.date(2026, 11, 18)))
    '2026-11-01..2026-11-18'
    """
    end = last + dt.timedelta(days=1)
    first = month_start(last)
    if name == "month":
        return Period(first, end)
    if name == "quarter":
        return Period(first.replace(month=(last.month - 1) // 3 * 3 + 1), end)
    if name == "twelve":
        return Period(add_months(first, -11), end)
    return Period(first.replace(month=1), end)


def trend_period(last: dt.date) -> Period:
    """Return the last twelve months that are over; a month under way would look like a fall.

    >>> str(trend_period(dt.date(2026, 11, 18)))
    '2025-11..2026-10'
    >>> str(trend_period(dt.date(2026, 11, 30)))
    '2025-12..2026-11'
    """
    over = month_start(last + dt.timedelta(days=1))
    return Period(add_months(over, -12), over)


def column_for(metric: MetricDef, evaluations: Iterable[Evaluation]) -> Column:
    """Return a table column for a metric: one unit in its head where all rows share one."""
    found = list(evaluations)
    units = {unit for one in found for unit in one.table.column(f"{metric.id}_unit").to_pylist()}
    units -= {None, ""}
    label = label_of_metric(metric)
    good: Any = {Direction.UP: "up", Direction.DOWN: "down"}.get(metric.direction, "none")
    if metric.id in VARIANCES:
        return Column(metric.id, label, "variance_percent", good=good)
    if metric.unit is Unit.PERCENT:
        return Column(metric.id, label, "percent")
    if metric.unit in {Unit.MONEY, Unit.QUANTITY}:
        if len(units) > 1:
            return Column(metric.id, label, "figure")
        unit = next(iter(units), "")
        if metric.unit is Unit.QUANTITY:
            return Column(metric.id, label, "number", unit=unit_word(unit), digits=0)
        values = [value for one in found for value in one.table.column(metric.id).to_pylist()]
        scale = scale_for(values, language=get_language() or "en")
        return Column(metric.id, label, "money", currency=unit, scale=scale)
    word = "" if metric.unit in {Unit.COUNT, Unit.INDEX} else unit_word(metric.unit.value)
    word = "" if word.casefold() in label.casefold() else word  # "Stock days" says it already
    digits = 0 if metric.unit is Unit.COUNT else 1
    return Column(metric.id, label, "number", unit=word, digits=digits)
