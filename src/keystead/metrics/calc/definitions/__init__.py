"""Every metric, as data. To add one, write a MetricDef here; docs/how-to/add-a-metric.md."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final

from keystead.kernel.errors import NotFound
from keystead.metrics.calc.definitions.prices import SHELF_PRICES
from keystead.metrics.calc.definitions.range import MARKET, RANGE
from keystead.metrics.calc.definitions.rebates import REBATES
from keystead.metrics.calc.definitions.sales import SALES
from keystead.metrics.calc.definitions.spend import PRODUCTIVITY, SPEND
from keystead.metrics.calc.definitions.stock import STOCK
from keystead.metrics.calc.definitions.targets import TARGETS
from keystead.metrics.calc.definitions.usage import USAGE
from keystead.metrics.calc.definitions.words import gettext_noop
from keystead.metrics.types import Aggregate, MetricDef

ALL: Final[tuple[MetricDef, ...]] = (
    *SALES, *TARGETS, *STOCK, *RANGE, *MARKET, *SHELF_PRICES, *SPEND, *PRODUCTIVITY,
    *REBATES, *USAGE,
)  # fmt: skip
TOPICS: Final[dict[str, str]] = {
    "sales": gettext_noop("Sales"),
    "targets": gettext_noop("Targets and run rate"),
    "stock": gettext_noop("Stock and flow"),
    "range": gettext_noop("Range and distribution"),
    "market": gettext_noop("Market"),
    "prices": gettext_noop("Shelf prices"),
    "spend": gettext_noop("Spend and cost"),
    "productivity": gettext_noop("Productivity and concentration"),
    "usage": gettext_noop("Usage"),
}
_BY_ID: Final = {metric.id: metric for metric in ALL}


def metric_def(metric_id: str) -> MetricDef:
    """Return the definition of a metric; NotFound hints at names that are near.

    >>> metric_def("sell_in").additivity
    <Additivity.ADDITIVE: 'additive'>
    """
    found = _BY_ID.get(metric_id)
    if found is None:
        near = [name for name in _BY_ID if metric_id[:4] and metric_id[:4] in name]
        raise NotFound(
            f"There is no metric called {metric_id[:60]}.",
            code="metric_unknown",
            hint=f"Did you mean {', '.join(near[:4])}?"
            if near
            else "See `keystead metric --list`.",
        )
    return found


@cache
def aggregates() -> Mapping[str, Aggregate]:
    """Return the aggregate behind each metric that a formula or a series may name."""
    return {m.id: m.compute for m in ALL if isinstance(m.compute, Aggregate)}


def datasets_of(metric: MetricDef) -> tuple[str, ...]:
    """Return every dataset the metric reads, directly or through its inputs.

    >>> datasets_of(metric_def("trade_rate"))
    ('expense', 'sell_in')
    """
    known = aggregates()
    through = {known[asked.metric].dataset for _name, asked in metric.inputs}
    return tuple(sorted(through | set(metric.datasets)))


def needs_of(metric: MetricDef) -> frozenset[str]:
    """Return the capabilities that reading the metric takes, those of its inputs included."""
    return frozenset(
        {metric.needs, *(metric_def(asked.metric).needs for _n, asked in metric.inputs)}
    )
