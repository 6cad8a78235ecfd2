"""Reads workbooks (XLSX, XLS, XLSB, ODS) sheet by sheet into text cells, in the child.

A typed cell becomes the text a person would type: 17850.0 is "17850", a date is ISO, a number
is written in full without exponent. The reader may panic or abort on odd files; a panic is a
BaseException and is caught here, an abort ends the child and is told by its exit status.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
import zipfile
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import python_calamine as calamine
from defusedxml import ElementTree

from keystead.kit.files import parts
from keystead.kit.files.stage import Batch, Stage
from keystead.kit.files.table import Merge
from keystead.kit.files.types import Limits, ReadOptions, Refused, SourceSheet, column_letter

_BATCH_ROWS = 20_000
_MERGES_KEPT = 50_000
Progress = Callable[[int, int], None]


def read(
    path: Path, format: str, out: Path, options: ReadOptions, progress: Progress
) -> list[SourceSheet]:
    """Stage each worksheet and return what was learned of them."""
    limits = options.limits
    extents: dict[str, parts.Extent] = {}
    if format != "xls":
        extents = parts.check_workbook(path, format, limits, formulas=options.formulas)
    found = []
    with _reader_faults(format):
        book = calamine.CalamineWorkbook.from_path(str(path))
        sheets = [s for s in book.sheets_metadata if s.typ == calamine.SheetTypeEnum.WorkSheet]
    if len(sheets) > limits.sheets:
        raise Refused("too_many_sheets", count=len(sheets), limit=limits.sheets)
    known = _parts_by_sheet(path, format, extents)
    for at, meta in enumerate(sheets):
        with _reader_faults(format):
            sheet = book.get_sheet_by_name(meta.name)
        hidden = meta.visible != calamine.SheetVisibleEnum.Visible
        target = out / f"s{at}.parquet"
        part = known.get(meta.name, parts.Extent())
        steps = _Sheet(sheet, part.errors, limits, format)
        staged = steps.stage(target, meta.name, hidden, progress)
        found.append(dataclasses.replace(staged, formulas=tuple(part.formulas)))
    if not any(sheet.rows for sheet in found):
        raise Refused("empty")
    return found


class _reader_faults:  # noqa: N801
    """Turns whatever the reader of workbooks raises, panics included, into a refusal."""

    def __init__(self, format: str) -> None:
        self._format = format.upper()

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: Any
    ) -> None:
        if error is None or isinstance(
            error, Refused | MemoryError | KeyboardInterrupt | SystemExit
        ):
            return
        if isinstance(error, calamine.PasswordError) or "password" in str(error).lower():
            raise Refused("encrypted") from error
        raise Refused("damaged", format=self._format) from error


class _Sheet:
    def __init__(
        self, sheet: Any, errors: dict[tuple[int, int], str], limits: Limits, format: str
    ) -> None:
        self._sheet, self._errors, self._limits, self._format = sheet, errors, limits, format
        start, end = sheet.start, sheet.end
        self._left = start[1] if start else 0
        self._height = end[0] + 1 if end else 0
        self.width = end[1] + 1 if end else 0
        if errors:
            self.width = max(self.width, *(column for _, column in errors))
        if self.width > limits.columns or self._height * self.width > limits.sheet_cells:
            raise Refused("sheet_too_big", rows=self._height, columns=self.width)
        self._merges = self._merged()
        self._fill = self._filled_down()

    def stage(self, target: Path, name: str, hidden: bool, progress: Progress) -> SourceSheet:
        stage = Stage(target, name, self.width, self._limits, merges=self._merges, hidden=hidden)
        rows: list[list[Any]] = []
        number = 0
        with _reader_faults(self._format):
            for values in self._sheet.iter_rows():
                number += 1
                rows.append(self._row(values, number, stage))
                if len(rows) >= _BATCH_ROWS:
                    self._flush(stage, rows, number)
                    progress(number, self._height)
            for missing in range(number + 1, max((row for row, _ in self._errors), default=0) + 1):
                number = missing  # a row of nothing but errors is not handed over
                rows.append(self._row([], number, stage))
        self._flush(stage, rows, number)
        below = [m for m in self._merges if m.bottom > m.top and m.bottom + 1 >= stage.first_row]
        if below and stage.rows:
            stage.note("merged_cells", below[0].top + 1, times=len(below))
        return stage.finish()

    def _row(self, values: Sequence[Any], number: int, stage: Stage) -> list[Any]:
        row = [*[""] * self._left, *values]
        row += [""] * (self.width - len(row))
        if self._errors:
            for at in range(self.width):
                text = self._errors.get((number, at + 1))
                if text is not None:
                    row[at] = text
                    stage.note("error_cell", number, column=column_letter(at), sample=text)
        for column, merge_top, kept in self._fill.get(number - 1, ()):
            if merge_top == number - 1:
                kept.append(row[column])
            elif kept and row[column] == "":
                row[column] = kept[0]
        return row

    def _flush(self, stage: Stage, rows: list[list[Any]], last: int) -> None:
        if not rows or not self.width:
            rows.clear()
            return
        columns = []
        for at, cells in enumerate(zip(*rows, strict=True)):
            kinds = set(map(type, cells))
            if float in kinds:
                stage.typed_numbers.add(at)
            columns.append(pa.array(_texts(cells, kinds), pa.string()))
        numbers = pa.arange(last - len(rows) + 1, last + 1)
        stage.add(Batch(columns, numbers))
        rows.clear()

    def _merged(self) -> tuple[Merge, ...]:
        ranges = self._sheet.merged_cell_ranges or []
        return tuple(
            Merge(top, left, bottom, right)
            for (top, left), (bottom, right) in ranges[:_MERGES_KEPT]
            if right < self.width + 1 and left < self.width
        )

    def _filled_down(self) -> dict[int, list[tuple[int, int, list[Any]]]]:
        """Return by row the columns whose merged value is written again in each merged row."""
        fill: dict[int, list[tuple[int, int, list[Any]]]] = {}
        budget = self._limits.sheet_cells // 10
        for merge in self._merges:
            budget -= merge.bottom - merge.top
            if merge.bottom == merge.top or budget < 0:
                continue
            kept: list[Any] = []
            for row in range(merge.top, min(merge.bottom, self._height) + 1):
                fill.setdefault(row, []).append((merge.left, merge.top, kept))
        return fill


def _texts(cells: Sequence[Any], kinds: set[type]) -> Sequence[str]:
    if kinds == {str}:
        return cells
    if kinds <= {float, str}:  # no other kind that equals a float, so one text serves all equals
        known = {value: value if type(value) is str else as_text(value) for value in set(cells)}
        return [known[value] for value in cells]
    return [value if type(value) is str else as_text(value) for value in cells]


def as_text(value: Any) -> str:  # noqa: PLR0911
    """Return a typed cell as canonical text.

    >>> [as_text(v) for v in (17850.0, 0.1, 1e-7, 1e21, True, dt.date(2024, 1, 2))]
    ['17850', '0.1', '0.0000001', '1000000000000000000000', 'true', '2024-01-02']
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        text = repr(value)
        return (
            format(Decimal(text), "f").removesuffix(".0")
            if "e" in text
            else text.removesuffix(".0")
        )
    if isinstance(value, dt.datetime):
        midnight = value.time() == dt.time() and value.tzinfo is None
        return value.date().isoformat() if midnight else value.isoformat(sep=" ")
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, dt.timedelta):
        seconds = round(value.total_seconds())
        return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    if isinstance(value, Decimal):
        return format(value, "f")
    return str(value)


def _parts_by_sheet(
    path: Path, format: str, extents: dict[str, parts.Extent]
) -> dict[str, parts.Extent]:
    """Return what each sheet's part told, by its name; its part is found by the relations."""
    told = any(extent.errors or extent.formulas for extent in extents.values())
    if format != "xlsx" or not told:
        return {}
    with zipfile.ZipFile(path) as package:
        relations = {
            one.get("Id"): one.get("Target", "")
            for one in ElementTree.fromstring(package.read("xl/_rels/workbook.xml.rels"))
        }
        book = ElementTree.fromstring(package.read("xl/workbook.xml"))
    found = {}
    for sheet in book.iter():
        if not sheet.tag.endswith("}sheet"):
            continue
        key = next((value for name, value in sheet.items() if name.endswith("}id")), "")
        part = re.sub(r"^/?(?:xl/)?", "xl/", relations.get(key, ""))
        if part in extents:
            found[sheet.get("name", "")] = extents[part]
    return found
