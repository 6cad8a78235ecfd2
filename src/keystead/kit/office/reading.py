"""Tables of a file that came back, read by the capped reader of ``kit.files``."""

from __future__ import annotations

import dataclasses
import tempfile
from pathlib import Path

import pyarrow.parquet as pq

from keystead.kit.files.reader import read_source
from keystead.kit.files.types import OVERFLOW, SKIP, SOURCE_ROW, ReadOptions, SourceSheet
from keystead.kit.office.bulk import Table


@dataclasses.dataclass(frozen=True, slots=True)
class Returned:
    """A sheet that came back: its rows as text with their numbers, the cells with a formula."""

    name: str
    rows: list[tuple[int, tuple[str, ...]]]
    formulas: frozenset[str]


def tables_of(content: bytes | Path, *, name: str) -> list[Table]:
    """Return every table of a CSV or workbook as text; raises SourceProblem when it is refused.

    The rules by which the reader skips rows (totals, notes) are for reports, not for our own
    sheets: every row is kept, blank ones too.
    """
    _format, sheets = sheets_of(content, name=name, formulas=False)
    return [Table(sheet.name, sheet.rows) for sheet in sheets]


def sheets_of(
    content: bytes | Path, *, name: str, formulas: bool = True
) -> tuple[str, list[Returned]]:
    """Return the format of a file and every sheet of it, hidden ones too.

    The formulas of an XLSX are told by address; raises SourceProblem when it is refused.
    """
    with tempfile.TemporaryDirectory(prefix="keystead-") as folder:
        place = Path(folder)
        path = content if isinstance(content, Path) else place / "upload"
        if isinstance(content, bytes):
            path.write_bytes(content)
        options = ReadOptions(formulas=formulas)
        source = read_source(path, name=name, out_dir=place / "staged", options=options)
        return source.format, [_returned(sheet, place / "staged") for sheet in source.sheets]


def _returned(sheet: SourceSheet, folder: Path) -> Returned:
    staged = pq.read_table(folder / Path(sheet.path).name)
    numbers = staged.column(SOURCE_ROW).to_pylist()
    columns = [
        staged.column(label).to_pylist()
        for label in staged.column_names
        if label not in (SOURCE_ROW, SKIP, OVERFLOW)
    ]
    rows = [tuple(cell or "" for cell in cells) for cells in zip(*columns, strict=True)]
    return Returned(sheet.name, list(zip(numbers, rows, strict=True)), frozenset(sheet.formulas))
