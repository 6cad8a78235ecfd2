"""Leaves columns out of a file for good: what is kept has their place empty, never their cells.

The columns keep their place, so that every other cell keeps its address.
"""

from __future__ import annotations

import csv
import dataclasses
from collections.abc import Iterator
from pathlib import Path, PurePath

import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter
from django.utils.translation import gettext as _

from keystead.kernel.errors import Invalid
from keystead.kit.files.types import OVERFLOW, SOURCE_ROW, SourceColumn, SourceFile, SourceSheet
from keystead.ledger.services.desk.staging import labelled

_CHUNK = 20_000
_TEXT = frozenset({"csv", "tsv", "txt", "text", "delimited"})


def blank_columns(folder: Path, file: SourceFile, drop: list[str]) -> SourceFile:
    """Empty the dropped columns in the staged sheets; return the report without their samples.

    Raises Invalid when no sheet has a column of that name: a typing mistake must not keep data.
    """
    known = {label for sheet in file.sheets for _column, label in labelled(sheet)}
    missing = [header for header in drop if header not in known]
    if missing:
        raise Invalid(
            _("The file has no column %(columns)s to leave out.") % {"columns": ", ".join(missing)},
            code="drop_unknown",
            hint=_("Its columns: %(columns)s.") % {"columns": ", ".join(sorted(known))},
        )
    sheets = tuple(_blank_sheet(folder, sheet, set(drop)) for sheet in file.sheets)
    return dataclasses.replace(file, sheets=sheets)


def _blank_sheet(folder: Path, sheet: SourceSheet, drop: set[str]) -> SourceSheet:
    gone = {column.name: label for column, label in labelled(sheet) if label in drop}
    if not gone:
        return sheet
    place = folder / PurePath(sheet.path).name
    written = place.with_suffix(".part")
    source = pq.ParquetFile(place)
    headers = set(sheet.header_rows)
    with pq.ParquetWriter(written, source.schema_arrow, compression="zstd") as writer:
        for batch in source.iter_batches(_CHUNK):
            writer.write_batch(_blank_batch(batch, gone, headers))
    written.replace(place)
    columns = tuple(
        _blank_column(column) if column.name in gone else column for column in sheet.columns
    )
    skipped = tuple(dataclasses.replace(row, text="") for row in sheet.skipped)
    return dataclasses.replace(sheet, columns=columns, skipped=skipped)


def _blank_batch(batch: pa.RecordBatch, gone: dict[str, str], headers: set[int]) -> pa.RecordBatch:
    """Empty the columns but for the header, which tells that there was one."""
    rows = batch.column(SOURCE_ROW).to_pylist()
    table = {name: batch.column(name) for name in batch.schema.names}
    for name in gone:
        now = table[name]
        kept = [now[at].as_py() if row in headers else "" for at, row in enumerate(rows)]
        table[name] = pa.array(kept, now.type)
    if OVERFLOW in table:  # what a broken row pushed beyond the header may be the dropped column's
        table[OVERFLOW] = pa.array([None] * len(rows), table[OVERFLOW].type)
    return pa.record_batch(list(table.values()), schema=batch.schema)


def _blank_column(column: SourceColumn) -> SourceColumn:
    return dataclasses.replace(column, samples=(), kind="empty", decimal="", date_order="")


def write_copy(
    folder: Path, file: SourceFile, name: str, settled: dict[str, str]
) -> tuple[Path, str, dict[str, str]]:
    """Write the file anew from its staged sheets; return the copy, its name, how to read it.

    Text stays text (UTF-8, the same delimiter), Parquet stays Parquet, a workbook becomes an
    .xlsx; rows and columns keep their numbers and letters.
    """
    stem, ending = PurePath(name).stem, PurePath(name).suffix.lower()
    copy = folder.parent / "kept.part"
    if file.format == "parquet":
        _write_parquet(folder, file.sheets[0], copy)
        return copy, f"{stem}.parquet", settled
    if file.format in _TEXT or file.delimiter:
        delimiter = file.delimiter or ","
        _write_text(folder, file.sheets[0], copy, delimiter)
        kept = ending if ending in {".csv", ".tsv", ".txt"} else ".csv"
        return copy, f"{stem}{kept}", {"encoding": "utf-8", "delimiter": delimiter}
    _write_workbook(folder, file, copy)
    return copy, f"{stem}.xlsx", settled


def _rows(folder: Path, sheet: SourceSheet) -> Iterator[tuple[int, list[str], str]]:
    source = pq.ParquetFile(folder / PurePath(sheet.path).name)
    names = [column.name for column in sheet.columns]
    for batch in source.iter_batches(_CHUNK, columns=[*names, OVERFLOW, SOURCE_ROW]):
        cells = [batch.column(name).to_pylist() for name in names]
        numbers = batch.column(SOURCE_ROW).to_pylist()
        over = batch.column(OVERFLOW).to_pylist()
        for at, number in enumerate(numbers):
            yield number, [column[at] or "" for column in cells], over[at] or ""


def _write_text(folder: Path, sheet: SourceSheet, copy: Path, delimiter: str) -> None:
    with copy.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=delimiter, lineterminator="\n")
        for _number, cells, overflow in _rows(folder, sheet):
            writer.writerow([*cells, *(overflow.split(delimiter) if overflow else [])])


def _write_parquet(folder: Path, sheet: SourceSheet, copy: Path) -> None:
    source = pq.ParquetFile(folder / PurePath(sheet.path).name)
    names = [column.name for column in sheet.columns]
    headers = [label for _column, label in labelled(sheet)]
    schema = pa.schema([(header, pa.string()) for header in headers])
    with pq.ParquetWriter(copy, schema, compression="zstd") as writer:
        for batch in source.iter_batches(_CHUNK, columns=names):
            columns = [batch.column(name) for name in names]
            writer.write_batch(pa.record_batch(columns, schema=schema))


def _write_workbook(folder: Path, file: SourceFile, copy: Path) -> None:
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(copy), options) as book:
        for sheet in file.sheets:
            page = book.add_worksheet(sheet.name[:31])
            for number, cells, _overflow in _rows(folder, sheet):
                for at, cell in enumerate(cells):
                    if cell:
                        page.write_string(number - 1, at, cell)
