"""Checks of the counts: sign, month, metric, repeats, and how metrics bound each other."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from keystead.connectors.counter.rules.check.about import place_of
from keystead.connectors.counter.types import (
    KEY_COLUMNS,
    METRICS,
    TURNAWAYS,
    Finding,
    Report,
    ReportDef,
    Severity,
    report_def,
)
from keystead.connectors.counter.types.reports import BOOKS, SEARCHES, TITLES

# the smaller, the greater: COUNTER counts the first inside the second
_BOUNDS = (
    ("Total_Item_Requests", "Total_Item_Investigations"),
    ("Unique_Item_Requests", "Unique_Item_Investigations"),
    ("Unique_Title_Requests", "Unique_Title_Investigations"),
    ("Unique_Item_Investigations", "Total_Item_Investigations"),
    ("Unique_Item_Requests", "Total_Item_Requests"),
    ("Unique_Title_Investigations", "Unique_Item_Investigations"),
    ("Unique_Title_Requests", "Unique_Item_Requests"),
)


def check(report: Report) -> Iterator[Finding]:
    """Yield what the counts break."""
    counts = report.counts
    if not counts.num_rows:
        return
    yield from _where(
        report,
        pc.less(counts.column("count"), 0),
        "count_negative",
        Severity.ERROR,
        "A count is negative.",
        "COUNTER knows no negative usage: ask for the report again.",
    )
    yield from _months(report)
    definition = report_def(report.header.report_id)
    if definition is not None:
        yield from _metrics(report, definition)
    keys = _keys(report)
    yield from _repeats(report, keys)
    yield from _bounds(report, keys)


def _months(report: Report) -> Iterator[Finding]:
    begin, end = report.header.begin, report.header.end
    if begin is None or end is None:
        return
    month = report.counts.column("month")
    first = pa.scalar(begin.replace(day=1), pa.date32())
    outside = pc.or_(pc.less(month, first), pc.greater(month, pa.scalar(end, pa.date32())))
    yield from _where(
        report,
        outside,
        "month_outside",
        Severity.ERROR,
        f"A month lies outside {begin} to {end}.",
        "Ask for the report again.",
    )


def _metrics(report: Report, definition: ReportDef) -> Iterator[Finding]:
    counts, release = report.counts, report.header.release
    metric = counts.column("metric_type").combine_chunks()
    for code, name in enumerate(metric.dictionary.to_pylist()):
        mask = pc.equal(metric.indices, code)
        if name not in METRICS:
            yield from _where(
                report,
                mask,
                "metric_unknown",
                Severity.ERROR,
                f"COUNTER has no metric {name}.",
                "Ask for the report again.",
            )
        elif name not in definition.metrics and release == "5.1":
            yield from _where(
                report,
                mask,
                "metric_report",
                Severity.ERROR,
                f"{definition.id} does not count {name}.",
                "Ask for the report again.",
            )
        elif release == "5.1":
            yield from _kinds(report, definition, name, mask)


def _kinds(report: Report, definition: ReportDef, metric: str, mask: pa.Array) -> Iterator[Finding]:
    """Some metrics exist for some kinds of usage only (COUNTER 5.1, part 3.3.4)."""
    if metric in TITLES:
        wrong = _and(report, mask, "data_type", lambda kind: kind not in BOOKS)
        yield from _where(
            report,
            wrong,
            "metric_data_type",
            Severity.ERROR,
            f"{metric} is counted for books and reference works only.",
            "Take Unique_Item metrics for all else.",
        )
    if metric in TURNAWAYS:
        wrong = _and(report, mask, "access_type", lambda kind: kind not in {"", "Controlled"})
        yield from _where(
            report,
            wrong,
            "turnaway_access",
            Severity.ERROR,
            f"{metric} is counted for controlled content only.",
            "Nobody is turned away from open content.",
        )
    if metric == "Searches_Platform":
        wrong = _and(report, mask, "data_type", lambda kind: kind not in {"", "Platform"})
        yield from _where(
            report,
            wrong,
            "metric_data_type",
            Severity.ERROR,
            f"{metric} is counted for the platform only.",
            "Tell the provider.",
        )
    if metric in SEARCHES and definition.id == "DR":
        wrong = _and(report, mask, "data_type", lambda kind: not kind.startswith("Database_"))
        yield from _where(
            report,
            wrong,
            "metric_data_type",
            Severity.ERROR,
            f"{metric} is counted for databases only.",
            "Tell the provider.",
        )


def _and(report: Report, mask: pa.Array, column: str, wrong: object) -> pa.Array:
    values = report.entries.column(column).combine_chunks()
    codes = [at for at, text in enumerate(values.dictionary.to_pylist()) if wrong(text)]  # type: ignore[operator]
    if not codes:
        return pc.and_(mask, False)
    bad = pc.is_in(values.indices, pa.array(codes, values.indices.type))
    return pc.and_(mask, bad.take(report.counts.column("entry").combine_chunks()))


def _keys(report: Report) -> pa.Array:
    """Return for each entry the number of what it is about; equal things get one number."""
    entries = report.entries
    coded = {}
    for name in KEY_COLUMNS:
        values = entries.column(name).combine_chunks()
        if pc.count_distinct(values.indices).as_py() > 1:
            coded[name] = values.indices
    if not coded:
        return pa.repeat(pa.scalar(0, pa.int64()), entries.num_rows)
    rows = pa.array(range(entries.num_rows), pa.int64())
    table = pa.table({**coded, "row": rows})
    firsts = table.group_by(list(coded)).aggregate([("row", "min")])
    named = firsts.append_column("key", firsts.column("row_min"))
    if firsts.num_rows == entries.num_rows:
        return rows
    joined = table.join(named.drop_columns(["row_min"]), keys=list(coded), use_threads=False)
    return joined.sort_by("row").column("key").combine_chunks()


def _repeats(report: Report, keys: pa.Array) -> Iterator[Finding]:
    counts = report.counts
    place = _placed(report, keys)
    if pc.all(pc.less(place.slice(0, len(place) - 1), place.slice(1))).as_py() is not False:
        return  # each is greater than the one before: as reports are written, none stands twice
    different = pc.count_distinct(place).as_py()
    if different == counts.num_rows:
        return
    seen = pa.table({"place": place, "at": pa.array(range(counts.num_rows), pa.int64())})
    many = seen.group_by("place").aggregate([("at", "max"), ("at", "count")])
    twice = many.filter(pc.greater(many.column("at_count"), 1))
    first = pc.min(twice.column("at_max")).as_py()
    yield Finding(
        "repeated", Severity.ERROR, _place(report, first),
        "The same metric of the same thing is counted twice for one month.",
        "Ask for the report again: nobody can say which of both counts.",
        counts.num_rows - different,
    )  # fmt: skip


def _placed(report: Report, keys: pa.Array) -> pa.ChunkedArray:
    """Return for each count one number for thing, metric and month, in the order of a report."""
    counts = report.counts
    metric = counts.column("metric_type").combine_chunks()
    month = counts.column("month").cast(pa.int32()).cast(pa.int64())
    thing = keys.take(counts.column("entry").combine_chunks())
    width = len(metric.dictionary) or 1
    number = pc.add(pc.multiply(thing, width), metric.indices.cast(pa.int64()))
    return pc.add(pc.multiply(number, 4_000_000), month)


def _bounds(report: Report, keys: pa.Array) -> Iterator[Finding]:
    counts = report.counts
    metric = counts.column("metric_type").combine_chunks()
    codes = {name: at for at, name in enumerate(metric.dictionary.to_pylist())}
    pairs = [(small, great) for small, great in _BOUNDS if small in codes and great in codes]
    if not pairs:
        return
    value = counts.column("count").combine_chunks()
    month = counts.column("month").cast(pa.int32()).cast(pa.int64())
    thing = pc.add(
        pc.multiply(keys.take(counts.column("entry").combine_chunks()), 4_000_000), month
    )
    columns = {"thing": thing, "at": pa.array(range(counts.num_rows), pa.int64())}
    for name in dict.fromkeys(one for pair in pairs for one in pair):
        columns[name] = pc.if_else(pc.equal(metric.indices, codes[name]), value, 0)
    names = [name for name in columns if name not in {"thing", "at"}]
    summed = (
        pa.table(columns)
        .group_by("thing")
        .aggregate([("at", "min"), *((name, "sum") for name in names)])
    )
    for small, great in pairs:
        yield from _bound(report, summed, small, great)


def _bound(report: Report, summed: pa.Table, small: str, great: str) -> Iterator[Finding]:
    less, more = summed.column(f"{small}_sum"), summed.column(f"{great}_sum")
    over = summed.filter(pc.greater(less, more))
    if not over.num_rows:
        return
    complete = over.filter(pc.greater(over.column(f"{great}_sum"), 0))
    shown, severity = (complete, Severity.ERROR) if complete.num_rows else (over, Severity.WARNING)
    at = pc.min(shown.column("at_min")).as_py()
    row = shown.filter(pc.equal(shown.column("at_min"), at))
    few, many = row.column(f"{small}_sum")[0].as_py(), row.column(f"{great}_sum")[0].as_py()
    yield Finding(
        "metric_bound", severity, _place(report, at),
        f"{small} is {few}, more than {great} with {many}.",
        f"{small} is counted inside {great}: one of both is wrong.", over.num_rows,
    )  # fmt: skip


def _where(report: Report, mask: pa.ChunkedArray, rule: str, severity: Severity, message: str,
           hint: str) -> Iterator[Finding]:  # fmt: skip
    count = pc.sum(mask).as_py() or 0
    if count:
        yield Finding(
            rule, severity, _place(report, pc.index(mask, True).as_py()), message, hint, count
        )


def _place(report: Report, at: int) -> str:
    counts = report.counts
    entry = counts.column("entry")[at].as_py()
    month, metric = counts.column("month")[at].as_py(), counts.column("metric_type")[at].as_py()
    where = place_of(report, entry)
    if report.form == "table":
        return f"{where}, {metric}, {month:%b-%Y}"
    return f"{where}.Performance.{metric}.{month:%Y-%m}"
