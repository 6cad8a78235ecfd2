"""What is asked and what comes back: queries, figures, evaluations."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

import pyarrow as pa

from keystead.kernel.periods import Period
from keystead.metrics.types.definitions import MetricDef, Unit


class Note(StrEnum):
    """Why a figure is empty, or what to know about it."""

    NONE = ""
    NO_DATA = "no_data"
    MIXED_CURRENCIES = "mixed_currencies"
    MIXED_UNITS = "mixed_units"
    NO_RATE = "no_rate"
    ZERO_DENOMINATOR = "zero_denominator"
    CONVERTED = "converted"
    LONGER_THAN_KNOWN = "longer_than_known"


@dataclasses.dataclass(frozen=True)
class Bucket:
    """One slot on the time axis of a result: its labels by dimension and its days."""

    key: int
    labels: Mapping[str, Any]
    period: Period


@dataclasses.dataclass(frozen=True)
class Query:
    """What is asked of the compiler, with every name resolved.

    ``accounts`` None means no limit by account; ``products`` likewise (0 stands for rows
    without a product), and ``product_dimensions`` are the filters that chose them. ``facts``
    filters columns of the facts themselves. ``currency``: what to convert money into.
    """

    metrics: tuple[str, ...]
    by: tuple[str, ...]
    period: Period
    accounts: frozenset[int] | None = None
    products: frozenset[int] | None = None
    product_dimensions: tuple[str, ...] = ()
    facts: tuple[tuple[str, tuple[Any, ...]], ...] = ()
    currency: str = ""


@dataclasses.dataclass(frozen=True)
class Figure:
    """One number with all that it needs to be understood and checked.

    ``value`` None with a ``note`` when there is no honest number. Money and exact sums are
    Decimal; ratios are float. ``unit`` is the unit of the metric, ``measure`` the currency or
    the unit of quantity that goes with the number.
    """

    metric: str
    label: str
    value: Decimal | float | None
    unit: Unit
    measure: str
    per: str
    period: Period
    proof_id: str
    note: Note = Note.NONE

    @property
    def currency(self) -> str:
        return self.measure if self.unit is Unit.MONEY else ""

    def __bool__(self) -> bool:
        return self.value is not None


@dataclasses.dataclass(frozen=True)
class Evaluation:
    """The answer to a query: one row per combination of the dimensions.

    ``table`` columns: per dimension its value (``account`` and ``product``, ``parent``,
    ``root`` as ids with ``_code`` and ``_name`` beside them), then per metric ``<id>``,
    ``<id>_unit`` (currency or unit of quantity) and ``<id>_note``. ``prove`` makes the proof id
    of a cell on demand.
    """

    table: pa.Table
    metrics: tuple[MetricDef, ...]
    by: tuple[str, ...]
    period: Period
    commit: int
    currency: str
    buckets: tuple[Bucket, ...]
    prove: Callable[[MetricDef, Mapping[str, Any], Period], str] = dataclasses.field(repr=False)
    _index: dict[tuple[Any, ...], int] = dataclasses.field(default_factory=dict, repr=False)
    _values: dict[str, list[Any]] = dataclasses.field(default_factory=dict, repr=False)
    _periods: dict[tuple[Any, ...], Period] = dataclasses.field(default_factory=dict, repr=False)

    def __len__(self) -> int:
        return self.table.num_rows

    def metric(self, metric_id: str) -> MetricDef:
        """Return the definition of a metric of this evaluation; KeyError for any other."""
        for found in self.metrics:
            if found.id == metric_id:
                return found
        raise KeyError(f"{metric_id} is not part of this evaluation")

    def figure(self, metric_id: str, **dims: Any) -> Figure:
        """Return the figure of one cell; an empty figure where there are no rows.

        ``dims`` names every dimension of ``by``: ``figure("sell_in", account=17, month=day)``.
        """
        metric = self.metric(metric_id)
        if set(dims) != set(self.by):
            raise KeyError(f"name exactly these dimensions: {', '.join(self.by) or 'none'}")
        row = self._find(tuple(dims[name] for name in self.by))
        period = self._period_of(dims)
        proof_id = self.prove(metric, dims, period)
        if row is None:
            empty = Note.NO_DATA
            return Figure(
                metric.id, metric.label, None, metric.unit, "", metric.per, period, proof_id, empty
            )
        value = self._column(metric.id)[row]
        if metric.unit is Unit.MONEY and isinstance(value, float):
            value = Decimal(repr(value)).quantize(Decimal("0.0001"))
        return Figure(
            metric=metric.id,
            label=metric.label,
            value=value,
            unit=metric.unit,
            measure=self._column(f"{metric.id}_unit")[row] or "",
            per=metric.per,
            period=period,
            proof_id=proof_id,
            note=Note(self._column(f"{metric.id}_note")[row] or ""),
        )

    def rows(self, offset: int = 0, limit: int | None = None) -> list[dict[str, Any]]:
        """Return one dict per row: dimension columns as values, metrics as figures."""
        names = {name for metric in self.metrics for name in _columns(metric)}
        keys = [name for name in self.table.column_names if name not in names]
        found = []
        for values in self.table.select(keys).slice(offset, limit).to_pylist():
            dims = {name: values[name] for name in self.by}
            figures = {metric.id: self.figure(metric.id, **dims) for metric in self.metrics}
            found.append({**values, **figures})
        return found

    def _find(self, key: tuple[Any, ...]) -> int | None:
        if not self._index and self.table.num_rows:
            columns = [self.table.column(name).to_pylist() for name in self.by]
            keys = zip(*columns, strict=True) if columns else iter([()])
            self._index.update({found: row for row, found in enumerate(keys)})
        return self._index.get(key)

    def _column(self, name: str) -> list[Any]:
        """Return a column as plain values, turned once: a page asks for it cell by cell."""
        if name not in self._values:
            self._values[name] = self.table.column(name).to_pylist()
        return self._values[name]

    def _period_of(self, dims: Mapping[str, Any]) -> Period:
        if not self.buckets:
            return self.period
        names = tuple(self.buckets[0].labels)  # all buckets of a question have the same
        if not self._periods:
            for bucket in reversed(self.buckets):
                self._periods[tuple(bucket.labels.values())] = bucket.period
        return self._periods.get(tuple(dims.get(name) for name in names), self.period)


def _columns(metric: MetricDef) -> tuple[str, str, str]:
    return metric.id, f"{metric.id}_unit", f"{metric.id}_note"


def first_of(day: date) -> date:
    """Return the first day of the month, which is how the ``month`` dimension reads."""
    return day.replace(day=1)
