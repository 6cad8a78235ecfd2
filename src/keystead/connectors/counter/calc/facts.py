"""Turns the records of a report into rows of the dataset ``usage``."""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from keystead.connectors.counter.types import Report, ReportDef, report_def

_COUNT = pa.decimal128(18, 4)
_NAMED = ("database", "title", "item")
_TAKEN = (
    "platform", "publisher", "doi", "proprietary_id", "isbn", "print_issn", "online_issn",
    "data_type",
)  # fmt: skip


def usage_rows(report: Report, account_id: int) -> pa.Table:
    """Return one row per count, in the columns of the dataset ``usage``.

    What a standard view leaves out because it is the same in every row (access type, access
    method, the data type of journals) is filled in. Components are left out: they are no usage
    of their items. Authors, and all else about people, stay in the report.
    """
    definition = report_def(report.header.report_id)
    counts = report.counts
    things = report.entries
    whole = pc.equal(_plain(things, "component_data_type"), "")
    for name in ("component_title", "component_doi", "component_proprietary_id"):
        whole = pc.and_(whole, pc.equal(_plain(things, name), ""))
    if not pc.all(whole).as_py():
        kept = whole.combine_chunks().take(counts.column("entry").combine_chunks())
        counts = counts.filter(kept)
    entry = counts.column("entry").combine_chunks()
    rows = counts.num_rows
    columns: dict[str, pa.Array | pa.ChunkedArray] = {
        "sheet": _same(report.header.report_id, rows),
        "source_row": counts.column("row"),
        "account_id": pa.repeat(pa.scalar(account_id, pa.int64()), rows),
        "date": counts.column("month"),
    }
    for name, values in _said(things, definition).items():
        columns[name] = _text(values.take(entry))
    columns["yop"], columns["is_backfile"] = _years(things, entry, counts)
    columns["metric_type"] = _text(counts.column("metric_type").combine_chunks())
    family = definition.full if definition is not None else report.header.report_id
    columns["family"] = _same(family, rows)
    columns["report"] = _same(report.header.report_id, rows)
    columns["release"] = _same(report.header.release, rows)
    columns["quantity"] = counts.column("count").cast(pa.decimal128(23, 4)).cast(_COUNT)
    return pa.table(columns)


def _said(things: pa.Table, definition: ReportDef | None) -> dict[str, pa.DictionaryArray]:
    found = {name: _coded(things, name) for name in _TAKEN}
    name = next((one for one in _NAMED if _filled(things, one)), "title")
    found["title"] = _coded(things, name)
    found["access_type"] = _coded(things, "access_type")
    found["access_method"] = _coded(things, "access_method")
    if definition is not None and definition.is_view:
        fixed = {"access_method": "Regular", "access_type": definition.access_type}
        if len(definition.data_types) == 1:
            fixed["data_type"] = definition.data_types[0]
        for name, value in fixed.items():
            if value and not _filled(things, name):
                found[name] = _constant(value, things.num_rows)
    return found


def _years(
    things: pa.Table, entry: pa.Array, counts: pa.Table
) -> tuple[pa.Array, pa.Array | pa.ChunkedArray]:
    """Return the year of publication, null when unknown, and whether it is before that of use.

    0001 means unknown, 9999 not yet in an issue (COUNTER 5.1, 3.3.7): the latter is this year's.
    """
    coded = _coded(things, "yop")
    years = [
        int(text) if text.isdigit() and len(text) == 4 and text != "0001" else None
        for text in coded.dictionary.to_pylist()
    ]
    year = pa.array(years, pa.int32()).take(coded.indices.take(entry))
    used = pc.year(counts.column("month")).combine_chunks()
    return year, pc.less(year.cast(pa.int64()), used)


def months_cleared(report: Report) -> tuple[date, ...]:
    """Return the months the report speaks for, also where it holds no usage.

    With usage beside 3031 or 3032, or without an exception that says so, only those it holds.
    """
    codes = {one.code for one in report.header.exceptions}
    begin, end = report.header.begin, report.header.end
    held = sorted(set(pc.unique(report.counts.column("month")).to_pylist()))
    if begin is None or end is None or codes & {3031, 3032, 3040}:
        return tuple(held)
    if not held and 3030 not in codes:
        return ()
    numbers = range(begin.year * 12 + begin.month - 1, end.year * 12 + end.month)
    return tuple(date(number // 12, number % 12 + 1, 1) for number in numbers)


def _plain(things: pa.Table, name: str) -> pa.ChunkedArray:
    return things.column(name).cast(pa.string())


def _filled(things: pa.Table, name: str) -> bool:
    return bool(pc.any(pc.not_equal(_plain(things, name), "")).as_py())


def _coded(things: pa.Table, name: str) -> pa.DictionaryArray:
    return things.column(name).combine_chunks()


def _constant(value: str, rows: int) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(
        pa.repeat(pa.scalar(0, pa.int32()), rows), pa.array([value])
    )


def _same(value: str, rows: int) -> pa.Array:
    return pa.repeat(pa.scalar(value), rows)


def _text(values: pa.DictionaryArray) -> pa.Array:
    words = pa.array([word or None for word in values.dictionary.to_pylist()], pa.string())
    return words.take(values.indices)
