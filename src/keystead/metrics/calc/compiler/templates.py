"""The text of a plan: printed once per shape, then only filled with accounts and days."""

from __future__ import annotations

import dataclasses
from collections import OrderedDict
from threading import Lock
from typing import Any, Final

from keystead.metrics.calc.compiler.combine import compile_plan
from keystead.metrics.calc.compiler.plan import Engine, Plan, Scan
from keystead.metrics.calc.compiler.render import render
from keystead.metrics.calc.compiler.scans import Sources
from keystead.metrics.calc.compiler.symbols import fill_text, plan_values
from keystead.metrics.calc.time import month_aligned, month_by_month, month_shares

KEPT: Final = 1000


@dataclasses.dataclass(frozen=True)
class Statements:
    """A plan as text: scans that run where their dataset is cached, and the rest.

    ``apart``: (scan, dataset, text); ``rest`` reads their results as tables of the scan's name.
    ``home``: the one cached dataset in whose file the whole plan runs, if there is one.
    """

    apart: tuple[tuple[str, str, str], ...]
    rest: str
    units: tuple[str | None, ...]
    home: str = ""


_lock = Lock()
_kept: OrderedDict[tuple[Any, ...], Statements] = OrderedDict()


def statements(plan: Plan, sources: Sources, engine: Engine = Engine.DUCKDB) -> Statements:
    """Return the text of a plan with its values; the tree is built only for a new shape."""
    key = (engine, shape_of(plan), _source_key(sources))
    with _lock:
        found = _kept.get(key)
        if found is not None:
            _kept.move_to_end(key)
    if found is None:
        found = _print(plan, sources, engine)
        with _lock:
            _kept[key] = found
            while len(_kept) > KEPT:
                _kept.popitem(last=False)
    values = plan_values(plan)
    return Statements(
        tuple(
            (name, dataset, fill_text(sql, values, engine.value))
            for name, dataset, sql in found.apart
        ),
        fill_text(found.rest, values, engine.value),
        found.units,
        found.home,
    )


def _print(plan: Plan, sources: Sources, engine: Engine) -> Statements:
    compiled = compile_plan(plan, sources)
    dataset_of = {scan.name: scan.dataset for scan in plan.scans}
    datasets = set(dataset_of.values())
    if len(datasets) == 1 and datasets <= sources.tables.keys():
        return Statements((), render(compiled.whole(), engine), compiled.units, datasets.pop())
    apart = tuple(
        (name, dataset_of[name], render(select, engine))
        for name, select in compiled.scans
        if dataset_of[name] in sources.tables
    )
    inline = {name for name, dataset in dataset_of.items() if dataset not in sources.tables}
    return Statements(apart, render(compiled.whole(inline), engine), compiled.units)


def shape_of(plan: Plan) -> tuple[Any, ...]:
    """Return everything that decides the form of a plan's text, and nothing else."""
    query = plan.query
    return (
        query.by,
        None if query.accounts is None else bool(query.accounts),
        None if query.products is None else bool(query.products),
        query.product_dimensions,
        tuple((name, bool(values)) for name, values in query.facts),
        query.currency,
        len(plan.buckets),
        tuple(_scan_shape(scan) for scan in plan.scans),
        tuple(
            (one.name, one.unit, one.numerator, one.denominator, one.scale,
             tuple(one.leaves.items()), tuple(one.clocks))
            for one in plan.outputs
        ),
    )  # fmt: skip


def _scan_shape(scan: Scan) -> tuple[Any, ...]:
    shares = month_shares(scan.windows) if scan.month_share else ()
    return (
        scan.name, scan.dataset, scan.fold, scan.window, scan.years, scan.total_over,
        scan.month_share, scan.leaves, month_aligned(scan.windows),
        month_by_month(scan.windows),
        scan.span.start.day == 1 and scan.span.end.day == 1,
        tuple(share.bucket for share in shares), any(share.share != 1 for share in shares),
    )  # fmt: skip


def _source_key(sources: Sources) -> tuple[Any, ...]:
    maps = (sources.currencies, sources.month_sums, sources.tables)
    return (*(tuple(sorted(found.items())) for found in maps), sources.plain)
