"""Opens a proof: the figure again, and the source rows that add up to it."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from sqlglot import exp

from keystead.kit.access import Actor
from keystead.ledger import queries as ledger
from keystead.ledger.types import Batch
from keystead.metrics.calc.compiler import (
    Plan,
    observed_rows,
    page,
    plan_inputs,
    proof_rows,
    totals,
)
from keystead.metrics.calc.definitions import aggregates, metric_def
from keystead.metrics.calc.time import build_buckets, clock_value, window_of
from keystead.metrics.queries.evaluate import answer
from keystead.metrics.queries.opening import (
    Opened,
    open_key,
    prepared_at,
    scope_words,
    shown_filters,
)
from keystead.metrics.queries.prepared import Prepared
from keystead.metrics.queries.series import observation_plan, run_series
from keystead.metrics.queries.store import rows_of
from keystead.metrics.types import (
    Aggregate,
    Fold,
    Formula,
    Input,
    Observations,
    Proof,
    ProofBatch,
    ProofRate,
    ProofRow,
    ProofSection,
    ProofStep,
    Series,
    Window,
    WindowKind,
)

PAGE = 50
MOST = 1000


@dataclasses.dataclass(frozen=True)
class _Part:
    """One section before it is read: its rows as a tree, and what they are."""

    name: str
    label: str
    metric: str
    dataset: str
    days: Any
    tree: exp.Select
    what: str
    counted: int | None = None


def open_proof(
    *, actor: Actor, proof_id: str, section: str = "", offset: int = 0, limit: int = PAGE
) -> Proof:
    """Return what stands behind a figure, one page of rows per section.

    ``section`` with ``offset`` turns the page of one section; the totals are always over all
    rows. NotFound when the id is unknown or covers an account that is not the actor's; the
    answer to both is the same. Needs ``metrics.view`` and what the metric itself needs.
    """
    opened = open_key(actor, proof_id)
    ready = prepared_at(opened)
    evaluation = answer(ready)
    figure = dataclasses.replace(evaluation.figure(opened.metric.id), proof_id=proof_id)
    parts = _parts(ready)
    summed = {part.name: _summed(ready, part) for part in parts}
    files = _files(actor, {row["batch_id"] for rows in summed.values() for row in rows}, parts)
    size = max(1, min(limit, MOST))
    sections = tuple(
        _section(ready, opened, part, summed[part.name], files,
                 max(0, offset) if part.name == section or not section else 0, size)
        for part in parts
    )  # fmt: skip
    return Proof(
        id=proof_id,
        metric=opened.metric,
        version=opened.metric.version,
        figure=figure,
        period=opened.key.period,
        filters=shown_filters(opened),
        scope=scope_words(opened),
        account_ids=opened.accounts,
        commit=opened.key.commit,
        moment=ledger.moment_of(opened.key.commit),
        latest_commit=ready.store.known.commit,
        batches=_batches(parts, summed, files),
        steps=_steps(ready, sections),
        rates=_rates(ready, summed),
        sections=sections,
    )


def _parts(ready: Prepared) -> list[_Part]:
    metric = ready.asked.metrics[0]
    compute = metric.compute
    if isinstance(compute, Aggregate):
        known = {**aggregates(), metric.id: compute}
        return [_input_part(ready, "value", Input(metric.id, metric.label), known)]
    found = []
    for name, asked in compute.inputs:
        if asked.steps:
            window = Window(WindowKind.TRAILING, asked.steps)
            asked = dataclasses.replace(asked, window=window, steps=0)  # noqa: PLW2901
        found.append(_input_part(ready, name, asked, aggregates()))
    if isinstance(compute, Series) and compute.observations is not None:
        found.append(_observed_part(ready, compute.observations))
    return found


def _input_part(ready: Prepared, name: str, asked: Input, known: Mapping[str, Aggregate]) -> _Part:
    query = ready.asked.query
    plan = plan_inputs(query, [(name, asked)], known, ready.asked.calendar)
    (scan,) = plan.scans
    (leaf,) = scan.leaves
    sources = ready.store.sources([scan.dataset], cached=False)
    tree = proof_rows(plan, scan, leaf, sources)
    counted = _count(ready, plan) if scan.fold is Fold.DISTINCT else None
    what = "count" if scan.fold is Fold.DISTINCT else "sum"
    return _Part(
        name, asked.label, asked.metric, scan.dataset, scan.windows[0], tree, what, counted
    )


def _count(ready: Prepared, plan: Plan) -> int:
    rows = ready.store.run(plan, ready.tables).to_pylist()
    return int(rows[0]["m0"] or 0) if rows else 0


def _observed_part(ready: Prepared, observed: Observations) -> _Part:
    asked = ready.asked
    buckets = build_buckets(asked.query.period, (), asked.calendar)
    plan, scan = observation_plan(ready, observed, buckets)
    sources = ready.store.sources([observed.dataset], cached=False)
    tree = observed_rows(plan, scan, observed, sources)
    days = window_of(asked.query.period, observed.window, 0, asked.calendar)
    return _Part("rows", observed.label, "", observed.dataset, days, tree, "list")


def _summed(ready: Prepared, part: _Part) -> list[dict[str, Any]]:
    return rows_of(ready.store.table(totals(part.tree), part.dataset, ready.tables))


def _section(
    ready: Prepared,
    opened: Opened,
    part: _Part,
    summed: list[dict[str, Any]],
    files: Mapping[int, Batch],
    offset: int,
    limit: int,
) -> ProofSection:
    tree = page(part.tree, offset=offset, limit=limit)
    rows = rows_of(ready.store.table(tree, part.dataset, ready.tables))
    measures = {row["measure"] for row in summed if row["measure"]}
    target = ready.asked.query.currency
    measure = target if target and measures else next(iter(measures), "")
    total: Decimal | None = None
    if part.what == "sum" and (len(measures) < 2 or target):
        total = sum((row["total"] for row in summed if row["total"] is not None), Decimal(0))
    return ProofSection(
        name=part.name,
        label=part.label,
        metric=metric_def(part.metric) if part.metric else None,
        dataset=part.dataset,
        period=part.days,
        total=total,
        measure=measure if len(measures) < 2 or target else "",
        rows_total=sum(row["n_rows"] for row in summed),
        rows=tuple(_row(opened, row, files) for row in rows),
        offset=offset,
        counted=part.counted,
        what=part.what,
    )


def _row(opened: Opened, row: Mapping[str, Any], files: Mapping[int, Batch]) -> ProofRow:
    batch = files.get(row["batch_id"])
    dims = opened.dims
    heads = dims.heads
    account = dims.account_names.get(heads.get(row["account_id"], row["account_id"]), ("", ""))
    product = dims.product_names.get(dims.product_heads.get(row["product_id"] or 0, 0), ("", ""))
    return ProofRow(
        batch_id=row["batch_id"],
        file_name=batch.file_name or batch.source if batch else "",
        sheet=row["sheet"],
        row=row["source_row"],
        date=row["date"],
        account=" ".join(account).strip(),
        product=" ".join(product).strip(),
        amount=row["amount"],
        measure=row["measure"],
        detail=row["detail"],
    )


def _files(actor: Actor, ids: Iterable[int], parts: Iterable[_Part]) -> dict[int, Batch]:
    """Return the batches behind the rows; who may open the proof may see their names."""
    wanted = set(ids)
    found: dict[int, Batch] = {}
    for dataset in sorted({part.dataset for part in parts}):
        before: int | None = None
        while wanted - set(found):
            listed = ledger.batches(actor, dataset=dataset, before=before, limit=500)
            found |= {batch.id: batch for batch in listed if batch.id in wanted}
            if len(listed) < 500:
                break
            before = listed[-1].id
    return found


def _batches(
    parts: Iterable[_Part], summed: Mapping[str, list[dict[str, Any]]], files: Mapping[int, Batch]
) -> tuple[ProofBatch, ...]:
    rows: dict[tuple[int, str], int] = defaultdict(int)
    amounts: dict[tuple[int, str], Decimal] = defaultdict(Decimal)
    listed = list(parts)
    for part in listed:
        for row in summed[part.name]:
            rows[(row["batch_id"], part.dataset)] += row["n_rows"]
            amounts[(row["batch_id"], part.dataset)] += row["total"] or 0
    alone = len(listed) == 1 and listed[0].what == "sum"
    found = []
    for (batch_id, dataset), count in sorted(rows.items()):
        batch = files.get(batch_id)
        found.append(
            ProofBatch(
                id=batch_id,
                dataset=dataset,
                source=batch.source if batch else "",
                file_name=batch.file_name if batch else "",
                sha256=batch.sha256 if batch else "",
                posted_at=batch.posted_at if batch else None,
                rows=count,
                amount=amounts[(batch_id, dataset)] if alone else None,
            )
        )
    return tuple(found)


def _steps(ready: Prepared, sections: Iterable[ProofSection]) -> tuple[ProofStep, ...]:
    metric = ready.asked.metrics[0]
    compute = metric.compute
    found = [
        ProofStep(section.label, section.total if section.what == "sum" else section.counted,
                  section.measure)
        for section in sections
        if section.what != "list"
    ]  # fmt: skip
    if isinstance(compute, Formula):
        period, calendar = ready.asked.query.period, ready.asked.calendar
        for clock in compute.clocks:
            found.append(ProofStep(clock.value, clock_value(clock, period, calendar)))
    if isinstance(compute, Series):
        buckets = build_buckets(ready.asked.query.period, (), ready.asked.calendar)
        cell = run_series(ready, metric, buckets).get(())
        found += [ProofStep(name, value) for name, value in (cell.parts if cell else ())]
    return tuple(found)


def _rates(ready: Prepared, summed: Mapping[str, list[dict[str, Any]]]) -> tuple[ProofRate, ...]:
    table = ready.tables.get("rate_dim")
    if table is None:
        return ()
    used = {row["measure"] for rows in summed.values() for row in rows}
    return tuple(
        ProofRate(row["currency"], row["month"], row["rate"], row["rate_date"], row["source"])
        for row in table.to_pylist()
        if row["currency"] in used
    )
