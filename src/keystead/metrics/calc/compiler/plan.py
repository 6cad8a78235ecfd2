"""What must be read for a query: scans of facts, and how their numbers become metrics."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from enum import StrEnum

from keystead.kernel.periods import Period
from keystead.metrics.calc.datasets import PRODUCT_DIMENSIONS, TIME_DIMENSIONS, require_dimension
from keystead.metrics.calc.time import CALENDAR_YEAR, build_buckets, clock_value, window_of
from keystead.metrics.types import (
    Aggregate,
    Bucket,
    Clock,
    Fold,
    Formula,
    Input,
    Measure,
    MetricDef,
    Query,
    Unit,
    Window,
)
from keystead.reference.types import FiscalCalendar


class Engine(StrEnum):
    """Where a compiled query runs; the values are sqlglot's names."""

    DUCKDB = "duckdb"
    POSTGRES = "postgres"
    CLICKHOUSE = "clickhouse"
    SPARK = "spark"


@dataclasses.dataclass(frozen=True)
class Leaf:
    """One number of a scan: the aggregate behind an input."""

    name: str
    aggregate: Aggregate


@dataclasses.dataclass(frozen=True)
class Scan:
    """One pass over a dataset: everything that shares days, fold, grouping and filters."""

    name: str
    dataset: str
    fold: Fold
    window: Window
    years: int
    windows: tuple[Period, ...]
    total_over: tuple[str, ...]
    month_share: bool
    leaves: tuple[Leaf, ...]

    @property
    def span(self) -> Period:
        return Period(
            min(window.start for window in self.windows), max(window.end for window in self.windows)
        )

    @property
    def dimensions_lost(self) -> frozenset[str]:
        """Dimensions that are not grouped here; the product stands for all of its kind."""
        lost = set(self.total_over)
        return frozenset(lost | set(PRODUCT_DIMENSIONS) if "product" in lost else lost)


@dataclasses.dataclass(frozen=True)
class Output:
    """One metric of the result: formula text over leaves and clocks."""

    name: str
    unit: Unit
    numerator: str
    denominator: str
    scale: int
    leaves: Mapping[str, Leaf]
    clocks: Mapping[str, tuple[object, ...]]  # clock name -> its value per bucket


@dataclasses.dataclass(frozen=True)
class Plan:
    """A query with all of its scans and outputs, ready to compile."""

    query: Query
    buckets: tuple[Bucket, ...]
    calendar: FiscalCalendar
    scans: tuple[Scan, ...]
    outputs: tuple[Output, ...]

    @property
    def dimensions(self) -> tuple[str, ...]:
        """Grouped dimensions that are not time, in the order asked."""
        return tuple(name for name in self.query.by if name not in TIME_DIMENSIONS)

    @property
    def by_time(self) -> bool:
        return any(name in TIME_DIMENSIONS for name in self.query.by)

    def kept(self, scan: Scan) -> tuple[str, ...]:
        return tuple(name for name in self.dimensions if name not in scan.dimensions_lost)


class _Scans:
    """Collects leaves into as few scans as possible."""

    def __init__(self, buckets: Sequence[Bucket], calendar: FiscalCalendar) -> None:
        self._buckets = buckets
        self._calendar = calendar
        self._found: dict[tuple[object, ...], list[Leaf]] = {}
        self._leaves = 0

    def leaf(self, asked: Input, aggregate: Aggregate) -> Leaf:
        window = asked.window or aggregate.window
        key = (
            aggregate.dataset,
            aggregate.fold,
            window,
            asked.years,
            tuple(sorted(asked.total_over)),
            aggregate.month_share,
            # Only plain sums can share a pass: the others choose their rows by their condition.
            None if aggregate.fold is Fold.SUM else (aggregate.where, aggregate.distinct),
        )
        leaves = self._found.setdefault(key, [])
        for known in leaves:
            if known.aggregate == aggregate:
                return known
        leaf = Leaf(f"v{self._leaves}", aggregate)
        self._leaves += 1
        leaves.append(leaf)
        return leaf

    def scans(self) -> tuple[Scan, ...]:
        return tuple(
            Scan(
                name=f"s{index}",
                dataset=str(key[0]),
                fold=Fold(str(key[1])),
                window=key[2],  # type: ignore[arg-type]
                years=key[3],  # type: ignore[arg-type]
                windows=tuple(
                    window_of(bucket.period, key[2], key[3], self._calendar)  # type: ignore[arg-type]
                    for bucket in self._buckets
                ),
                total_over=key[4],  # type: ignore[arg-type]
                month_share=bool(key[5]),
                leaves=tuple(leaves),
            )
            for index, (key, leaves) in enumerate(self._found.items())
        )


def plan_metrics(
    query: Query,
    metrics: Sequence[MetricDef],
    aggregates: Mapping[str, Aggregate],
    calendar: FiscalCalendar = CALENDAR_YEAR,
) -> Plan:
    """Return the plan of aggregate and formula metrics.

    ``aggregates``: the aggregate behind each metric id that a formula may name. Raises Invalid
    when a dataset does not know a dimension of the query.
    """
    buckets = build_buckets(query.period, query.by, calendar)
    scans = _Scans(buckets, calendar)
    outputs = []
    for metric in metrics:
        compute = metric.compute
        if isinstance(compute, Aggregate):
            compute = Formula((("value", Input(metric.id, metric.label)),), "value")
            known: Mapping[str, Aggregate] = {**aggregates, metric.id: metric.compute}  # type: ignore[dict-item]
        elif isinstance(compute, Formula):
            known = aggregates
        else:
            raise TypeError(f"{metric.id} is a series and has no plan of its own")
        outputs.append(_output(metric, compute, known, query, scans, buckets, calendar))
    return Plan(query, buckets, calendar, scans.scans(), tuple(outputs))


def plan_inputs(
    query: Query,
    inputs: Sequence[tuple[str, Input]],
    aggregates: Mapping[str, Aggregate],
    calendar: FiscalCalendar = CALENDAR_YEAR,
    slots: Sequence[Bucket] = (),
) -> Plan:
    """Return the plan of bare inputs: one output per input, under its name, unchanged.

    ``slots`` stand in for the slots of the query's period.
    """
    buckets = tuple(slots) or build_buckets(query.period, query.by, calendar)
    scans = _Scans(buckets, calendar)
    outputs = []
    for name, asked in inputs:
        aggregate = aggregates[asked.metric]
        _check(query, asked, aggregate, asked.metric)
        outputs.append(
            Output(name, unit_of(aggregate), "value", "", 1,
                   {"value": scans.leaf(asked, aggregate)}, {})
        )  # fmt: skip
    return Plan(query, buckets, calendar, scans.scans(), tuple(outputs))


def unit_of(aggregate: Aggregate) -> Unit:
    """Return the unit of a bare aggregate."""
    return {
        Measure.MONEY: Unit.MONEY,
        Measure.QUANTITY: Unit.QUANTITY,
        Measure.COUNT: Unit.COUNT,
    }[aggregate.measure]


def _output(
    metric: MetricDef,
    formula: Formula,
    aggregates: Mapping[str, Aggregate],
    query: Query,
    scans: _Scans,
    buckets: Sequence[Bucket],
    calendar: FiscalCalendar,
) -> Output:
    leaves = {}
    for name, asked in formula.inputs:
        aggregate = aggregates[asked.metric]
        _check(query, asked, aggregate, metric.id)
        leaves[name] = scans.leaf(asked, aggregate)
    clocks = {
        clock.value: tuple(clock_value(clock, bucket.period, calendar) for bucket in buckets)
        for clock in (Clock(name) for name in formula.clocks)
    }
    return Output(
        metric.id, metric.unit, formula.numerator, formula.denominator, formula.scale, leaves,
        clocks,
    )  # fmt: skip


def _check(query: Query, asked: Input, aggregate: Aggregate, metric: str) -> None:
    for dimension in (*query.by, *(name for name, _values in query.facts)):
        if dimension not in asked.total_over:
            require_dimension(aggregate.dataset, dimension, metric)
