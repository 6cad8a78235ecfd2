"""Feeds series metrics: compiles their inputs, groups rows by cell, calls the pure function."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import repeat
from typing import Any

import pyarrow as pa

from keystead.accounts.queries import team_table
from keystead.catalog.queries import listing_table
from keystead.kernel.errors import Invalid
from keystead.kernel.periods import Period, add_months, month_start
from keystead.metrics.calc.compiler import Plan, Scan, compile_observations, plan_inputs
from keystead.metrics.calc.datasets import (
    BATCH_DIMENSION,
    PRODUCT_DIMENSIONS,
    TIME_DIMENSIONS,
    require_dimension,
)
from keystead.metrics.calc.definitions import aggregates
from keystead.metrics.calc.manager_days import manager_days
from keystead.metrics.calc.series import FUNCTIONS, Answer, Group
from keystead.metrics.calc.time import window_of
from keystead.metrics.queries.accruing import accruing_since
from keystead.metrics.queries.prepared import Prepared
from keystead.metrics.types import (
    Bucket,
    Fold,
    Input,
    MetricDef,
    Note,
    Observations,
    Series,
    Unit,
    Window,
)

Key = tuple[Any, ...]


@dataclasses.dataclass(frozen=True)
class Cell:
    """One answered cell with the currency or unit that goes with it."""

    value: Decimal | float | None
    unit: str
    note: Note
    parts: tuple[tuple[str, Decimal | float | None], ...] = ()


Cells = Mapping[Key, Cell]


@dataclasses.dataclass
class _Sums:
    """The sums of one input: by cell and along, and which currencies or units are in them."""

    values: dict[Key, dict[Key, Decimal]] = dataclasses.field(
        default_factory=lambda: defaultdict(dict)
    )
    units: dict[Key, set[str]] = dataclasses.field(default_factory=lambda: defaultdict(set))
    notes: dict[Key, Note] = dataclasses.field(default_factory=dict)


def run_series(ready: Prepared, metric: MetricDef, buckets: Sequence[Bucket]) -> Cells:
    """Return the answers of a series metric by cell; keys are values in the order of ``by``."""
    compute, query = metric.compute, ready.asked.query
    if not isinstance(compute, Series):
        raise TypeError(f"{metric.id} is no series")
    if BATCH_DIMENSION in query.by:
        raise Invalid(f"{metric.id} cannot be cut by source.", code="dimension_unknown")
    sums = {
        name: _sums(ready, asked, compute.along_of(name), buckets) for name, asked in compute.inputs
    }
    rows = _rows(ready, metric, compute.observations, buckets) if compute.observations else {}
    keys = {key for one in sums.values() for key in one.values} | set(rows)
    lost = {
        name: _lost(query.by, asked.total_over)
        for name, asked in compute.inputs
        if asked.total_over
    }
    keys = {key for key in keys if len(key) == len(query.by)}
    extras = {name: _extra(name, ready, buckets) for name in compute.extras}
    everything = _reference(ready, metric, compute.observations, rows)
    found = {}
    for key in keys:
        values = {
            name: one.values.get(_project(key, query.by, lost.get(name)), {})
            for name, one in sums.items()
        }
        bucket = _bucket_of(key, query.by, buckets)
        group = Group(
            bucket.period,
            values,
            rows.get(key, ()),
            everything.get(_project(key, query.by, set(TIME_DIMENSIONS)), ()),
            {name: _cut(value, bucket, group_key=key, by=query.by, ready=ready)
             for name, value in extras.items()},
        )  # fmt: skip
        found[key] = _cell(metric, key, sums, lost, query.by, group)
    return found


def _cell(
    metric: MetricDef,
    key: Key,
    sums: Mapping[str, _Sums],
    lost: Mapping[str, set[str]],
    by: Sequence[str],
    group: Group,
) -> Cell:
    units: set[str] = set()
    for name, one in sums.items():
        where = _project(key, by, lost.get(name))
        if one.notes.get(where):
            return Cell(None, "", one.notes[where])
        own = one.units.get(where, set())
        if len(own) > 1:
            mixed = (
                Note.MIXED_CURRENCIES
                if all(len(u) == 3 and u.isupper() for u in own)
                else Note.MIXED_UNITS
            )
            return Cell(None, "", mixed)
        units |= own
    answer: Answer = FUNCTIONS[_function(metric)](group)
    unit = next(iter(units), "") if metric.unit in (Unit.MONEY, Unit.QUANTITY) else ""
    return Cell(answer.value, unit, answer.note, answer.parts)


def _function(metric: MetricDef) -> str:
    compute = metric.compute
    return compute.function if isinstance(compute, Series) else ""


def _sums(ready: Prepared, asked: Input, along: Sequence[str], buckets: Sequence[Bucket]) -> _Sums:
    query = ready.asked.query
    slots, step_of = _slots(buckets, asked)
    plain = tuple(name for name in query.by if name not in TIME_DIMENSIONS)
    kept = tuple(name for name in plain if name not in _lost(plain, asked.total_over))
    grouped = tuple(dict.fromkeys((*kept, *along)))
    time = tuple(name for name in query.by if name in TIME_DIMENSIONS) or (
        ("month",) if asked.steps or asked.monthly else ()
    )
    inner = dataclasses.replace(query, by=(*grouped, *time))
    window = Window() if asked.steps else asked.window
    plan = plan_inputs(
        inner, [("x", dataclasses.replace(asked, window=window))], aggregates(),
        ready.asked.calendar, slots,
    )  # fmt: skip
    table = ready.store.run(plan, ready.tables).to_pylist()
    found = _Sums()
    for row in table:
        slot = row.get("g_bucket", 0)
        bucket, step = step_of[slot]
        key = _key(row, query.by, buckets[bucket], set(kept))
        where = tuple(row[f"g_{name}"] for name in along) + (
            (step,) if asked.steps or asked.monthly else ()
        )
        if row["m0_note"] in (Note.MIXED_CURRENCIES, Note.MIXED_UNITS, Note.NO_RATE):
            found.notes[key] = Note(row["m0_note"])
            found.values[key] = found.values[key]
        elif row["m0"] is not None:
            found.values[key][where] = Decimal(row["m0"])
            if row["m0_unit"]:
                found.units[key].add(row["m0_unit"])
    return found


def _slots(
    buckets: Sequence[Bucket], asked: Input
) -> tuple[tuple[Bucket, ...], list[tuple[int, Any]]]:
    """Return the slots to sum by, and for each its bucket and step, or its bucket and month."""
    if not asked.steps and not asked.monthly:
        return tuple(buckets), [(bucket.key, 0) for bucket in buckets]
    slots: list[Bucket] = []
    places: list[tuple[int, Any]] = []
    for bucket in buckets:
        end, steps = bucket.period.end, asked.steps
        for piece in bucket.period.months() if asked.monthly else ():
            slots.append(Bucket(len(slots), {}, piece))
            places.append((bucket.key, month_start(piece.start)))
        for step in range(steps):
            span = Period(add_months(end, step - steps), add_months(end, step - steps + 1))
            slots.append(Bucket(len(slots), {}, span))
            places.append((bucket.key, step))
    return tuple(slots), places


def _rows(
    ready: Prepared, metric: MetricDef, observed: Observations, buckets: Sequence[Bucket]
) -> dict[Key, list[dict[str, Any]]]:
    query = ready.asked.query
    for name in (*query.by, *(name for name, _values in query.facts)):
        require_dimension(observed.dataset, name, metric.id)
    plan, scan = observation_plan(ready, observed, buckets)
    sources = ready.store.sources([observed.dataset], cached=False)
    tree = compile_observations(plan, scan, observed, sources)
    table = ready.store.table(tree, observed.dataset, ready.tables)
    observed_names = [name for name in table.column_names if name.startswith("o_")]
    names = ("at", *(name[2:] for name in observed_names))
    values = zip(*(table[name].to_pylist() for name in ("at", *observed_names)), strict=True)
    found: dict[Key, list[dict[str, Any]]] = defaultdict(list)
    for key, row in zip(_keys(table, query.by, buckets), values, strict=True):
        found[key].append(dict(zip(names, row, strict=True)))
    return found


def _keys(table: pa.Table, by: Sequence[str], buckets: Sequence[Bucket]) -> Iterable[Key]:
    """Yield the cell of each row; by columns, as there may be many rows."""
    slots = table["g_bucket"].to_pylist() if "g_bucket" in table.column_names else None
    columns: list[Iterable[Any]] = []
    for name in by:
        if name not in TIME_DIMENSIONS:
            columns.append(table[f"g_{name}"].to_pylist())
        elif slots is None:
            columns.append(repeat(buckets[0].labels[name], table.num_rows))
        else:
            labels = [bucket.labels[name] for bucket in buckets]
            columns.append([labels[slot] for slot in slots])
    return zip(*columns, strict=True) if columns else repeat((), table.num_rows)


def observation_plan(
    ready: Prepared, observed: Observations, buckets: Sequence[Bucket]
) -> tuple[Plan, Scan]:
    """Return the plan that reads bare rows: slots and days, without any sum."""
    asked = ready.asked
    windows = tuple(
        window_of(bucket.period, observed.window, 0, asked.calendar) for bucket in buckets
    )
    scan = Scan("s0", observed.dataset, Fold.SUM, observed.window, 0, windows, (), False, ())
    return Plan(asked.query, tuple(buckets), asked.calendar, (scan,), ()), scan


def _key(row: Mapping[str, Any], by: Sequence[str], bucket: Bucket, kept: set[str]) -> Key:
    return tuple(
        bucket.labels[name] if name in TIME_DIMENSIONS else row[f"g_{name}"]
        for name in by
        if name in TIME_DIMENSIONS or name in kept
    )


def _lost(by: Sequence[str], total_over: Sequence[str]) -> set[str]:
    names = set(total_over)
    if "product" in names:
        names |= set(PRODUCT_DIMENSIONS)
    return names & set(by)


def _project(key: Key, by: Sequence[str], lost: set[str] | None) -> Key:
    if not lost:
        return key
    return tuple(value for name, value in zip(by, key, strict=True) if name not in lost)


def _reference(
    ready: Prepared,
    metric: MetricDef,
    observed: Observations | None,
    rows: Mapping[Key, list[dict[str, Any]]],
) -> dict[Key, list[dict[str, Any]]]:
    """Return the rows of the whole period asked, by the dimensions that are not time."""
    if observed is None or not observed.reference:
        return {}
    if ready.reference is not None:
        return _rows(ready, metric, observed, (Bucket(0, {}, ready.reference),))
    found: dict[Key, list[dict[str, Any]]] = defaultdict(list)
    for key, own in rows.items():
        found[_project(key, ready.asked.query.by, set(TIME_DIMENSIONS))].extend(own)
    return found


def _bucket_of(key: Key, by: Sequence[str], buckets: Sequence[Bucket]) -> Bucket:
    labels = {name: value for name, value in zip(by, key, strict=True) if name in TIME_DIMENSIONS}
    return next(bucket for bucket in buckets if dict(bucket.labels) == labels)


def _extra(name: str, ready: Prepared, buckets: Sequence[Bucket]) -> Any:
    if name == "agreed":
        return [row for row in listing_table().to_pylist() if row["agreed"]]
    if name == "manager_days":
        team = team_table().to_pylist()
        return {bucket.key: manager_days(team, bucket.period) for bucket in buckets}
    if name == "accruing_since":
        since = accruing_since(ready.store, ready.dims)
        return {bucket.key: since for bucket in buckets}
    raise KeyError(name)


def _cut(value: Any, bucket: Bucket, *, group_key: Key, by: Sequence[str], ready: Prepared) -> Any:
    """Return an extra for one cell: its day, its accounts, its products."""
    if isinstance(value, dict):
        return value[bucket.key]
    accounts, products = _members(group_key, by, ready)
    day = bucket.period.end - timedelta(days=1)
    return [
        (row["account_id"], row["product_id"])
        for row in value
        if _holds(row, day)
        and (accounts is None or row["account_id"] in accounts)
        and (products is None or row["product_id"] in products)
    ]


def _holds(row: Mapping[str, Any], day: date) -> bool:
    start, end = row["valid_from"], row["valid_to"]
    return (start is None or start <= day) and (end is None or day < end)


def _members(
    key: Key, by: Sequence[str], ready: Prepared
) -> tuple[frozenset[int] | None, frozenset[int] | None]:
    """Return the accounts and products of a cell, within the query's own."""
    query, dims = ready.asked.query, ready.dims
    accounts, products = query.accounts, query.products
    known = set(dims.accounts.column_names)
    for name, value in zip(by, key, strict=True):
        if name in PRODUCT_DIMENSIONS:
            found = dims.product_ids(name, [value])
            products = found if products is None else products & found
        elif name in known:
            found = dims.account_ids(name, [value])
            accounts = found if accounts is None else accounts & found
    return accounts, products
