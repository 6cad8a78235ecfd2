"""Where the work on a batch lies on disk: the upload, the staged sheets, what a check found.

Everything here can be made again from the raw file and the decisions, and is written whole:
under a hidden name first, then renamed.
"""

from __future__ import annotations

import json
import os
import shutil
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from keystead.kit.files.types import SOURCE_ROW, SourceFile, SourceSheet
from keystead.ledger.models.folder import home

SKIP = "skip"
CHECKED = "checked"  # the folder of what a check found
NOT_ROWS = frozenset({"title", "header", "repeated_header"})


def folder_of(batch_id: int) -> Path:
    """Return the folder of the work on a batch."""
    return home().locate(f"staging/{batch_id}")


def read_folder(batch_id: int) -> Path:
    return folder_of(batch_id) / "read"


def new_folder(batch_id: int, name: str) -> Path:
    """Return an empty hidden folder to write into; ``bring_in`` gives it its name."""
    place = folder_of(batch_id) / f".writing-{name}-{uuid.uuid4().hex[:8]}"
    place.mkdir(parents=True)
    return place


def bring_in(batch_id: int, hidden: Path, name: str) -> Path:
    """Put a written folder in its place, whole; an older one of that name goes."""
    final = folder_of(batch_id) / name
    if final.exists():
        gone = final.with_name(f".gone-{uuid.uuid4().hex[:8]}")
        os.replace(final, gone)
        shutil.rmtree(gone, ignore_errors=True)
    os.replace(hidden, final)
    return final


def sweep(batch_id: int) -> None:
    """Remove what a killed worker left half written."""
    folder = folder_of(batch_id)
    if folder.exists():
        for left in [*folder.glob(".writing-*"), *folder.glob(".gone-*")]:
            shutil.rmtree(left, ignore_errors=True)


def forget(batch_id: int) -> None:
    """Remove all work of a batch."""
    shutil.rmtree(folder_of(batch_id), ignore_errors=True)


def is_read(batch_id: int, file: SourceFile) -> bool:
    """Say whether every staged sheet of a report lies there."""
    return all(sheet_path(batch_id, sheet.path).is_file() for sheet in file.sheets)


def sheet_path(batch_id: int, path: str) -> Path:
    """Return where a staged sheet lies; reports keep only its file name."""
    return read_folder(batch_id) / Path(path).name


def load_rows(
    batch_id: int, file: SourceFile, sheets: list[str], keep_rules: frozenset[str]
) -> tuple[pa.Table, dict[str, int]]:
    """Return the data rows of some sheets by header, and how many rows each rule took out.

    Columns: sheet, source_row, then each header of the sheets (a sheet that lacks one has
    blanks there), as dictionary arrays: cells repeat a lot. ``keep_rules``: rules that a person
    overruled ("total").
    """
    tables: list[pa.Table] = []
    skipped: dict[str, int] = {}
    for sheet in file.sheets:
        if sheet.name not in sheets:
            continue
        table = _staged(sheet_path(batch_id, sheet.path), sheet)
        table, left_out = _data_rows(table, keep_rules)
        for rule, count in left_out.items():
            skipped[rule] = skipped.get(rule, 0) + count
        names = {column.name: label for column, label in labelled(sheet)}
        columns: dict[str, pa.ChunkedArray | pa.Array] = {
            "sheet": pa.repeat(pa.scalar(sheet.name), table.num_rows),
            SOURCE_ROW: table[SOURCE_ROW],
        }
        columns |= {label: table[name] for name, label in names.items()}
        tables.append(pa.table(columns))
    if not tables:
        return pa.table(
            {"sheet": pa.array([], pa.string()), SOURCE_ROW: pa.array([], pa.int64())}
        ), {}
    if len(tables) == 1:
        return tables[0], skipped
    whole = pa.concat_tables(tables, promote_options="default").unify_dictionaries()
    return whole.combine_chunks(), skipped


def _staged(place: Path, sheet: SourceSheet) -> pa.Table:
    """Return a staged sheet in one piece."""
    names = [column.name for column in sheet.columns]
    table = pq.read_table(place, columns=[*names, SOURCE_ROW, SKIP], read_dictionary=names)
    with ThreadPoolExecutor(2) as both:  # Arrow lets go of Python
        columns = list(both.map(_in_one_piece, table.columns))
    return pa.table(columns, names=table.column_names)


def _in_one_piece(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return column.unify_dictionaries().combine_chunks()


def _data_rows(table: pa.Table, keep_rules: frozenset[str]) -> tuple[pa.Table, dict[str, int]]:
    import pyarrow.compute as pc

    rule = table[SKIP]
    if rule.null_count == len(rule):
        return table, {}
    counts = {
        entry["values"]: entry["counts"]
        for entry in pc.value_counts(rule).to_pylist()
        if entry["values"] is not None and entry["values"] not in keep_rules
    }
    wanted = pc.is_null(rule)
    if keep_rules:
        kept = pc.is_in(rule, value_set=pa.array(sorted(keep_rules)))
        wanted = pc.or_(wanted, pc.fill_null(kept, False))
    return table.filter(wanted), counts


def labelled(sheet: Any) -> list[tuple[Any, str]]:
    """Return each column of a sheet with the name a person sees; one without header by letter."""
    return [(column, column.header or f"[{column.letter}]") for column in sheet.columns]


def write_json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")


def read_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))
