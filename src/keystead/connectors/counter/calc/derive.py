"""Derives a standard view from its full report (COUNTER 5.1, part 4)."""

from __future__ import annotations

import dataclasses

import pyarrow as pa
import pyarrow.compute as pc

from keystead.connectors.counter.types import (
    ENTRY_COLUMNS,
    Report,
    ReportDef,
    ReportHeader,
    report_def,
)
from keystead.kernel.errors import Invalid


def derive(report: Report, view: str) -> Report:
    """Return a standard view of a full report of release 5.1.

    Rows are filtered as the view says and summed over what it does not show. Components are
    left out: they are no usage of their items. Raises Invalid when the report is not the full
    one behind the view, or does not show what the view is cut by.
    """
    definition = _require(report, view)
    rows = _filtered(report, definition)
    shown = [*definition.shows, "metric_type", "month"]
    summed = rows.group_by(shown, use_threads=False).aggregate([("count", "sum")])
    return _as_report(report, definition, summed.rename_columns([*shown, "count"]))


def _require(report: Report, view: str) -> ReportDef:
    head, definition = report.header, report_def(view)
    if definition is None or not definition.is_view:
        raise Invalid(
            f"{view} is no standard view.", code="no_view",
            hint="Standard views are TR_J1, TR_B1, DR_D1, PR_P1, IR_A1 and so on.",
        )  # fmt: skip
    if head.release != "5.1" or head.report_id != definition.full:
        raise Invalid(
            f"{view} is derived from a {definition.full} of release 5.1, and this is a "
            f"{head.report_id} of release {head.release}.",
            code="other_report",
        )
    needed = {name for name in definition.attributes if name != "data_type"} | {"access_method"}
    needed |= {"access_type"} if definition.access_type else set()
    missing = sorted(
        name for name in needed if name not in report.columns and not _fixed(report, name)
    )
    if report.counts.num_rows and missing:
        raise Invalid(
            f"The report does not show {', '.join(missing)}, and {view} is cut by that.",
            code="attributes_missing",
            hint="Ask for the full report with all its attributes.",
        )
    return definition


def _fixed(report: Report, name: str) -> bool:
    """Say whether a filter of the report leaves one value only, so that it need not be shown."""
    label = {"access_method": "Access_Method", "access_type": "Access_Type", "yop": "YOP"}[name]
    return len(report.header.filter(label)) == 1


def _filtered(report: Report, definition: ReportDef) -> pa.Table:
    entries, counts = report.entries, report.counts
    kept = pc.and_(
        _is(entries, "access_method", {"Regular", ""}),
        _is(entries, "data_type", set(definition.data_types)),
    )
    if definition.access_type:
        kept = pc.and_(kept, _is(entries, "access_type", {definition.access_type, ""}))
    for name in ENTRY_COLUMNS:
        if name.startswith("component_"):
            kept = pc.and_(kept, _is(entries, name, {""}))
    entry = counts.column("entry").combine_chunks()
    metric = counts.column("metric_type").cast(pa.string())
    wanted = pc.is_in(metric, pa.array(definition.metrics))
    counts = counts.filter(pc.and_(kept.combine_chunks().take(entry), wanted))
    table = entries.select(list(definition.shows)).take(counts.column("entry"))
    table = pa.table({name: table.column(name).cast(pa.string()) for name in table.column_names})
    table = table.append_column("metric_type", counts.column("metric_type").cast(pa.string()))
    table = table.append_column("month", counts.column("month"))
    return table.append_column("count", counts.column("count"))


def _is(entries: pa.Table, name: str, values: set[str]) -> pa.ChunkedArray:
    return pc.is_in(entries.column(name).cast(pa.string()), pa.array(sorted(values), pa.string()))


def _as_report(report: Report, definition: ReportDef, rows: pa.Table) -> Report:
    shows = list(definition.shows)
    entries = rows.select(shows).group_by(shows, use_threads=False).aggregate([])
    numbered = entries.append_column("entry", pa.array(range(entries.num_rows), pa.int32()))
    joined = rows.join(numbered, keys=shows, use_threads=False)
    entry = joined.column("entry").combine_chunks()
    metric = joined.column("metric_type").combine_chunks().dictionary_encode()
    counts = pa.table(
        {
            "entry": entry,
            "row": pc.add(entry.cast(pa.int64()), 1),
            "metric_type": pa.DictionaryArray.from_arrays(
                metric.indices.cast(pa.int16()), metric.dictionary
            ),
            "month": joined.column("month"),
            "count": joined.column("count"),
        }
    )
    return dataclasses.replace(
        report, header=_header(report, definition), form="json", entries=_all(entries),
        counts=counts, columns=definition.shows, totals=None, stray=(), layout=(),
        unknown_columns=(),
    )  # fmt: skip


def _all(entries: pa.Table) -> pa.Table:
    nothing = pa.DictionaryArray.from_arrays(
        pa.repeat(pa.scalar(0, pa.int32()), entries.num_rows), pa.array([""])
    )
    columns = {
        name: entries.column(name).combine_chunks().dictionary_encode()
        if name in entries.column_names
        else nothing
        for name in ENTRY_COLUMNS
    }
    columns["place"] = nothing
    columns["part"] = pa.repeat(pa.scalar(-1, pa.int64()), entries.num_rows)
    return pa.table(columns)


def _header(report: Report, definition: ReportDef) -> ReportHeader:
    filters: list[tuple[str, tuple[str, ...]]] = []
    if definition.id.split("_")[0] in {"TR", "IR"}:
        filters.append(("Data_Type", definition.data_types))
    if definition.access_type:
        filters.append(("Access_Type", (definition.access_type,)))
    filters.append(("Access_Method", ("Regular",)))
    if report.header.filter("Platform"):
        filters.append(("Platform", report.header.filter("Platform")))
    return dataclasses.replace(
        report.header,
        report_id=definition.id,
        report_name=definition.name,
        metric_types=definition.metrics,
        filters=tuple(filters),
        attributes=(),
    )
