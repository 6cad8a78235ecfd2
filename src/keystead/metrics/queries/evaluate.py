"""Evaluates metrics for an actor: the one way from a question to figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from keystead.kernel.periods import Period
from keystead.kit.access import Actor
from keystead.metrics.calc.compiler import plan_metrics
from keystead.metrics.calc.datasets import (
    ACCOUNT_DIMENSIONS,
    BATCH_DIMENSION,
    FACT_COLUMNS,
    ID_DIMENSIONS,
    PRODUCT_DIMENSIONS,
    TIME_DIMENSIONS,
)
from keystead.metrics.calc.definitions import aggregates, datasets_of
from keystead.metrics.calc.proof_ids import ProofKey, encode
from keystead.metrics.calc.time import build_buckets
from keystead.metrics.queries.asking import (
    AsOf,
    Filters,
    ask,
    commit_of,
    is_series,
    target_currency,
)
from keystead.metrics.queries.dimensions import Dimensions
from keystead.metrics.queries.kept import kept
from keystead.metrics.queries.prepared import Prepared, prepare
from keystead.metrics.queries.reading import Reading, reading
from keystead.metrics.queries.series import Cells, run_series
from keystead.metrics.types import Bucket, Evaluation, MetricDef, Series, Unit


def evaluate(
    *,
    actor: Actor,
    metrics: Sequence[str] | str,
    by: Sequence[str] = (),
    period: Period | str,
    filters: Filters | None = None,
    as_of: AsOf | Reading = None,
    currency: str | None = None,
    calendar: str = "calendar",
) -> Evaluation:
    """Return the metrics by dimensions over a period, within what the actor may see.

    ``filters``: dimension -> value or values; accounts, groups and products by id. ``as_of``: a
    commit, a moment, a day (its end), or a ``reading`` of the same actor, which the evaluations
    of one request share. ``currency``: convert money into it, at the rates as recorded by
    the reading's ``rates_at`` (default: now). Raises NotAllowed for a metric that needs another
    right, NotFound for a metric or account that is missing or foreign, Invalid for a dimension
    that does not fit.
    """
    actor.require("metrics.view")
    if isinstance(as_of, Reading):
        if as_of.actor != actor:
            raise ValueError("a reading belongs to the actor who made it")
        within = as_of
    else:
        within = reading(actor, commit_of(as_of))
    asked = ask(within, metrics, by, period, filters, calendar)
    target = target_currency(asked, currency, within.store)
    return answer(prepare(asked, within.store, within.dims, target, within.rates_at))


def answer(ready: Prepared) -> Evaluation:
    """Return the evaluation of a prepared question."""
    asked, query = ready.asked, ready.asked.query
    buckets = build_buckets(query.period, query.by, asked.calendar)
    table = kept(ready, lambda: _worked_out(ready, buckets))
    return Evaluation(
        table=_labelled(table, query.by, ready.dims),
        metrics=asked.metrics,
        by=query.by,
        period=query.period,
        commit=ready.store.commit,
        currency=query.currency,
        buckets=buckets,
        prove=_prover(ready),
    )


def _worked_out(ready: Prepared, buckets: Sequence[Bucket]) -> pa.Table:
    asked, query = ready.asked, ready.asked.query
    table: pa.Table | None = None
    plain = [metric for metric in asked.metrics if not is_series(metric)]
    if plain:
        plan = plan_metrics(query, plain, aggregates(), asked.calendar)
        table = _named(ready.store.run(plan, ready.tables), plain, query.by, buckets)
    answers = {
        metric.id: run_series(ready, metric, buckets)
        for metric in asked.metrics
        if isinstance(metric.compute, Series)
    }
    if answers:
        table = _with_series(table, query.by, asked.metrics, answers)
    return table if table is not None else pa.table({})


def _named(
    result: pa.Table, metrics: Sequence[MetricDef], by: Sequence[str], buckets: Sequence[Bucket]
) -> pa.Table:
    """Return the compiled result with people's column names, dimensions in the order asked."""
    columns: dict[str, pa.ChunkedArray] = {}
    for name in by:
        if name in TIME_DIMENSIONS:
            labels = pa.array([bucket.labels[name] for bucket in buckets])
            columns[name] = pc.take(labels, result["g_bucket"])
        else:
            columns[name] = result[f"g_{name}"]
    for index, metric in enumerate(metrics):
        columns[metric.id] = result[f"m{index}"]
        columns[f"{metric.id}_unit"] = result[f"m{index}_unit"]
        columns[f"{metric.id}_note"] = result[f"m{index}_note"]
    return pa.table(columns)


def _with_series(
    table: pa.Table | None,
    by: Sequence[str],
    metrics: Sequence[MetricDef],
    answers: Mapping[str, Cells],
) -> pa.Table:
    """Return the table with series metrics beside the compiled ones, a row per cell of either."""
    rows: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in table.to_pylist() if table is not None else []:
        rows[tuple(row[name] for name in by)] = row
    for cells in answers.values():
        for key in cells:
            rows.setdefault(key, dict(zip(by, key, strict=True)))
    ordered = [rows[key] for key in sorted(rows, key=_order)]
    columns: dict[str, Any] = {}
    for name in by:
        kind = (
            table.schema.field(name).type
            if table is not None and name in table.column_names
            else None
        )
        columns[name] = pa.array([row[name] for row in ordered], kind)
    for metric in metrics:
        if metric.id in answers:
            found = [answers[metric.id].get(tuple(row[name] for name in by)) for row in ordered]
            number = pa.decimal128(38, 4) if metric.unit is Unit.MONEY else pa.float64()
            columns[metric.id] = pa.array([one.value if one else None for one in found], number)
            columns[f"{metric.id}_unit"] = pa.array(
                [one.unit if one else "" for one in found], pa.string()
            )
            columns[f"{metric.id}_note"] = pa.array(
                [one.note.value if one else "no_data" for one in found], pa.string()
            )
            continue
        for name in (metric.id, f"{metric.id}_unit", f"{metric.id}_note"):
            kind = table.schema.field(name).type if table is not None else None
            columns[name] = pa.array([row.get(name) for row in ordered], kind)
    return pa.table(columns)


def _order(key: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple((value is None, "" if value is None else value) for value in key)


def _labelled(table: pa.Table, by: Sequence[str], dims: Dimensions) -> pa.Table:
    """Return the table with code and name beside each id dimension."""
    for name in by:
        if name not in ID_DIMENSIONS:
            continue
        known = dims.names(name)
        ids = pa.array(list(known), pa.int64())
        places = pc.index_in(table[name], value_set=ids).combine_chunks()
        position = table.column_names.index(name) + 1
        for offset, suffix in enumerate(("code", "name")):
            texts = pa.array([pair[offset] for pair in known.values()], pa.string())
            column = pa.DictionaryArray.from_arrays(places, texts)
            table = table.add_column(position + offset, f"{name}_{suffix}", column)
    return table


def _prover(ready: Prepared) -> Callable[[MetricDef, Mapping[str, Any], Period], str]:
    """Return the function that names the proof of a cell."""
    query = ready.asked.query
    known: dict[tuple[Any, ...], ProofKey] = {}  # all months of a cell share what they cover

    def prove(metric: MetricDef, cell: Mapping[str, Any], period: Period) -> str:
        place = tuple(item for item in cell.items() if item[0] not in TIME_DIMENSIONS)
        key = known.get((metric.id, place))
        if key is None:
            key = known[metric.id, place] = _proof_key(ready, metric, place)
        reference = _reads_reference(metric) and period != query.period
        return encode(key, period, query.period if reference else None)

    return prove


def _proof_key(ready: Prepared, metric: MetricDef, place: tuple[tuple[str, Any], ...]) -> ProofKey:
    """Return what the proof of a cell says; of the time axis, the whole period of the question."""
    query, dims = ready.asked.query, ready.dims
    accounts, products = query.accounts, query.products
    chosen = list(query.product_dimensions)
    facts = [(name, tuple(str(value) for value in values)) for name, values in query.facts]
    shown = list(ready.asked.shown)
    datasets = datasets_of(metric)
    for name, value in place:
        shown = [one for one in shown if one[0] != name] + [(name, (str(value),))]
        if name in ACCOUNT_DIMENSIONS:
            matching = dims.account_ids(name, [value])
            accounts = matching if accounts is None else accounts & matching
            continue
        if name in PRODUCT_DIMENSIONS:
            matching = dims.product_ids(name, [value])
            products = matching if products is None else products & matching
            chosen.append(name)
        if name == BATCH_DIMENSION or any(name in FACT_COLUMNS[one] for one in datasets):
            facts = [one for one in facts if one[0] != name] + [(name, (str(value),))]
    plain = ready.asked.calendar.code == "calendar"
    return ProofKey(
        metric=metric.id,
        version=metric.version,
        commit=ready.store.commit,
        period=query.period,
        accounts=accounts,
        products=products,
        product_dimensions=tuple(dict.fromkeys(chosen)),
        facts=tuple(facts),
        shown=tuple(shown),
        currency=query.currency,
        rates_at=ready.rates_at,
        calendar="" if plain else ready.asked.calendar.code,
    )


def _reads_reference(metric: MetricDef) -> bool:
    compute = metric.compute
    observed = compute.observations if isinstance(compute, Series) else None
    return observed is not None and observed.reference
