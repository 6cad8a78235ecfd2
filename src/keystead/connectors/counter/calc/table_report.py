"""Reads the tabular form (TSV, CSV, workbook) of releases 5.1 and 5 into the one record form."""

from __future__ import annotations

import dataclasses
import re
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from keystead.connectors.counter.calc.wording import (
    day_of,
    month_label,
    month_of,
    named_lists,
    period_of,
    scheme_pairs,
    split_list,
)
from keystead.connectors.counter.types import (
    COUNT_SCHEMA,
    ENTRY_COLUMNS,
    NotCounter,
    Report,
    ReportException,
    ReportHeader,
)

HEADER_ROWS = (
    "Report_Name", "Report_ID", "Release", "Institution_Name", "Institution_ID", "Metric_Types",
    "Report_Filters", "Report_Attributes", "Exceptions", "Reporting_Period", "Created",
    "Created_By", "Registry_Record",
)  # fmt: skip
_SEARCHED_ROWS = 60
_OTHER_WORDS = {"printed_issn": "print_issn", "proprietary": "proprietary_id",
                "reporting_period_total": "total", "metric_types": "metric_type"}  # fmt: skip
_FIRST = {"platform", "database", "title", "item", "institution_name", "customer_id"}
_RELEASE_4 = re.compile(r"\(R4\)")
_MONTH_FORM = re.compile(r"^(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)-\d{4}$")


@dataclasses.dataclass(frozen=True)
class _Columns:
    """Which cell of a row is what."""

    row: int  # of the staged table
    about: dict[str, int]
    metric: int
    total: int | None
    months: tuple[tuple[int, date], ...]
    unknown: tuple[str, ...]
    layout: tuple[tuple[str, str, str], ...]


def read_table(staged: pa.Table) -> Report:
    """Return a report from a staged sheet: text columns c0.., ``source_row``, every record.

    Raises NotCounter when it is no COUNTER report, or one of release 4.
    """
    cells = [name for name in staged.column_names if re.fullmatch(r"c\d+", name)]
    head = [
        [(text or "").strip() for text in row]
        for row in zip(
            *(staged.column(name).slice(0, _SEARCHED_ROWS).to_pylist() for name in cells),
            strict=True,
        )
    ]
    if any(_RELEASE_4.search(row[0]) for row in head[:3] if row):
        raise NotCounter("release_4")
    columns = _columns(head)
    if columns is None:
        raise NotCounter("no_report")
    said = {row[0]: row[1] if len(row) > 1 else "" for row in head[: columns.row] if row and row[0]}
    rows = staged.slice(columns.row + 1)
    filled = pc.not_equal(pc.fill_null(rows.column(f"c{columns.metric}"), ""), "")
    rows = rows.filter(filled)
    counts, totals, stray = _counts(rows, columns)
    layout = [*columns.layout, *_header_layout(head, columns.row, said)]
    return Report(
        header=_header(said),
        form="table",
        entries=_entries(rows, columns),
        counts=counts,
        columns=tuple(columns.about),
        unknown_columns=columns.unknown,
        months=tuple(month for _at, month in columns.months),
        totals=totals,
        stray=tuple(stray),
        layout=tuple(layout),
        has_header=bool(said.get("Report_ID")),
    )


def _folded(text: str) -> str:
    name = re.sub(r"[\s\-]+", "_", text.strip().lower().lstrip("\ufeff"))
    return _OTHER_WORDS.get(name, name)


def _columns(head: list[list[str]]) -> _Columns | None:
    for number, row in enumerate(head):
        names = [_folded(text) for text in row]
        if names and names[0] in _FIRST and "metric_type" in names:
            return _named(number, row, names)
    return None


def _named(number: int, row: list[str], names: list[str]) -> _Columns:
    about: dict[str, int] = {}
    months, unknown, layout = [], [], []
    total = None
    for at, (text, name) in enumerate(zip(row, names, strict=True)):
        month = month_of(text)
        if month is not None:
            months.append((at, month))
            if not _MONTH_FORM.match(text):
                layout.append((f"row {number + 1}, {text}", "month_form", text))
        elif name in ENTRY_COLUMNS:
            about.setdefault(name, at)
            if text.lower() != name:
                layout.append((f"row {number + 1}, {text}", "column_name", text))
        elif name == "total":
            total = at
        elif name and name != "metric_type":
            unknown.append(text)
    metric = names.index("metric_type")
    return _Columns(number, about, metric, total, tuple(months), tuple(unknown), tuple(layout))


def _entries(rows: pa.Table, columns: _Columns) -> pa.Table:
    nothing = pa.DictionaryArray.from_arrays(
        pa.repeat(pa.scalar(0, pa.int32()), rows.num_rows), pa.array([""])
    )
    found: dict[str, Any] = {}
    for name in ENTRY_COLUMNS:
        at = columns.about.get(name)
        found[name] = nothing if at is None else _text(rows.column(f"c{at}"))
    found["place"] = pa.DictionaryArray.from_arrays(
        pa.repeat(pa.scalar(0, pa.int32()), rows.num_rows), pa.array(["row"])
    )
    found["part"] = rows.column("source_row").cast(pa.int64()).combine_chunks()
    return pa.table(found)


def _text(values: pa.ChunkedArray, *, blanks: bool = True) -> pa.DictionaryArray:
    """Return a column trimmed, each different text stored once; numbers of cells lose their .0.

    Without ``blanks``: some providers break the names of metrics by one.
    """
    coded = _coded(values)
    words = [
        re.sub(r"^(\d+)\.0$", r"\1", (word or "").strip()) for word in coded.dictionary.to_pylist()
    ]
    if not blanks:
        words = [re.sub(r"\s+", "", word) for word in words]
    again = pa.array(words, pa.string()).dictionary_encode()
    return pa.DictionaryArray.from_arrays(again.indices.take(coded.indices), again.dictionary)


def _coded(values: pa.ChunkedArray) -> pa.DictionaryArray:
    plain = pc.fill_null(values.cast(pa.string()), "").dictionary_encode()
    if plain.num_chunks == 0:
        return pa.array([], pa.string()).dictionary_encode()
    return plain.unify_dictionaries().combine_chunks()


def _counts(
    rows: pa.Table, columns: _Columns
) -> tuple[pa.Table, pa.Table | None, list[tuple[str, str, str]]]:
    number = pa.array(range(rows.num_rows), pa.int32())
    source_row = rows.column("source_row").cast(pa.int64()).combine_chunks()
    metric = _text(rows.column(f"c{columns.metric}"), blanks=False)
    metric = pa.DictionaryArray.from_arrays(metric.indices.cast(pa.int16()), metric.dictionary)
    stray: list[tuple[str, str, str]] = []
    parts, summed = [], pa.repeat(pa.scalar(0, pa.int64()), rows.num_rows)
    for at, month in columns.months:
        values = _whole(rows.column(f"c{at}"), source_row, month_label(month), stray)
        summed = pc.add(summed, values)
        used = pc.not_equal(values, 0)
        kept = values.filter(used)
        parts.append(
            pa.table(
                [
                    number.filter(used),
                    source_row.filter(used),
                    metric.filter(used),
                    pa.repeat(pa.scalar(month, pa.date32()), len(kept)),
                    kept,
                ],
                names=COUNT_SCHEMA.names,
            ).cast(COUNT_SCHEMA)
        )
    counts = pa.concat_tables(parts) if parts else COUNT_SCHEMA.empty_table()
    totals = None
    if columns.total is not None:
        stated = _whole(
            rows.column(f"c{columns.total}"), source_row, "Reporting_Period_Total", stray
        )
        totals = pa.table({"row": source_row, "stated": stated, "summed": summed})
    return counts.combine_chunks(), totals, stray


def _whole(
    values: pa.ChunkedArray, rows: pa.Array, column: str, stray: list[tuple[str, str, str]]
) -> pa.Array:
    """Return the whole numbers of a column; what is none counts 0 and is noted."""
    coded = _coded(values)
    numbers: list[int] = []
    for code, text in enumerate(coded.dictionary.to_pylist()):
        plain = text.strip()
        found = re.fullmatch(r"(-?\d{1,18})(?:\.0+)?", plain)
        numbers.append(int(found[1]) if found else 0)
        if not found:
            where = pc.index(coded.indices, pa.scalar(code, coded.indices.type)).as_py()
            row = rows[where].as_py() if where >= 0 else "?"
            rule = "count_not_whole" if plain else "count_empty"
            stray.append((f"row {row}, {column}", rule, plain))
    return pa.array(numbers, pa.int64()).take(coded.indices)


def _header_layout(
    head: list[list[str]], row: int, said: dict[str, str]
) -> list[tuple[str, str, str]]:
    found = []
    if not said.get("Report_ID"):
        return [("row 1", "no_header", "")]
    names = [line[0] for line in head[:row] if line and line[0]]
    wanted = HEADER_ROWS if _release(said.get("Release", "")) == "5.1" else HEADER_ROWS[:12]
    missing = [name for name in wanted if name not in names]
    for name in missing:
        found.append((name, "header_missing", name))
    known = [name for name in names if name in wanted]
    if not missing and known != list(wanted):
        found.append(("row 1", "header_order", ", ".join(known)))
    if not missing and row != len(wanted) + 1:
        found.append((f"row {row + 1}", "header_rows", str(row + 1)))
    return found


def _release(text: str) -> str:
    return "5" if text in {"5", "5.0"} else text


def _header(said: dict[str, str]) -> ReportHeader:
    period = said.get("Reporting_Period", "")
    begin, end = period_of(period)
    filters = dict(named_lists(said.get("Report_Filters", "")))
    for name, days in (("Begin_Date", begin), ("End_Date", end)):
        stated = filters.pop(name, ())
        if days is None and stated:
            begin, end = (
                (day_of(stated[0]), end) if name == "Begin_Date" else (begin, day_of(stated[0]))
            )
    return ReportHeader(
        release=_release(said.get("Release", "")),
        report_id=said.get("Report_ID", "").upper(),
        report_name=said.get("Report_Name", ""),
        institution_name=said.get("Institution_Name", ""),
        institution_ids=scheme_pairs(said.get("Institution_ID", "")),
        customer_id=said.get("Customer_ID", ""),
        metric_types=split_list(said.get("Metric_Types", ""), ";"),
        filters=tuple(filters.items()),
        attributes=named_lists(said.get("Report_Attributes", "")),
        exceptions=_exceptions(said.get("Exceptions", "")),
        begin=begin,
        end=end,
        created=said.get("Created", ""),
        created_by=said.get("Created_By", ""),
        registry_record=said.get("Registry_Record", ""),
    )


def _exceptions(text: str) -> tuple[ReportException, ...]:
    """Return "3031: Usage Not Ready (data); 3040: ..." as exceptions."""
    found = []
    for part in split_list(text, ";"):
        code = re.match(r"(\d{1,5})\s*:?\s*(.*?)(?:\s*\((.*)\))?$", part)
        if code:
            found.append(ReportException(int(code[1]), code[2], code[3] or ""))
    return tuple(found)
