"""Writes one table to its staged Parquet, batch by batch, and learns about it on the way."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from keystead.kit.files import skips, styles, table
from keystead.kit.files.types import (
    OVERFLOW,
    SKIP,
    SOURCE_ROW,
    Limits,
    Problem,
    Question,
    SkippedRow,
    SourceColumn,
    SourceSheet,
    column_letter,
)

_DISTINCT_KEPT = 2_000
_SAMPLED_PER_BATCH = 1_000
_SHOWN = 300
_SAMPLES = 20
_ROWS_PER_PROBLEM = 20


@dataclasses.dataclass(frozen=True)
class Batch:
    """Rows in file order: one text array per column, their row numbers, what lies beyond."""

    columns: list[pa.Array]
    rows: pa.Array
    overflow: pa.Array | None = None

    @property
    def length(self) -> int:
        return len(self.rows)

    def cells(self, at: int) -> list[str]:
        return [column[at].as_py() for column in self.columns]


class Stage:
    """Takes the batches of one sheet. The last one is held back until the tail is judged."""

    def __init__(
        self,
        path: Path,
        name: str,
        width: int,
        limits: Limits,
        *,
        merges: Sequence[table.Merge] = (),
        names: Sequence[str] = (),
        hidden: bool = False,
    ) -> None:
        self.name, self.path, self.width, self.limits = name, path, width, limits
        self.hidden = hidden
        self.rows = 0
        self.typed_numbers: set[int] = set()
        self.problems: dict[tuple[str, str], Problem] = {}
        self._merges, self._given_names = merges, tuple(names)
        self._layout = table.Layout((), 0, ("",) * width)
        self._recognised = False
        self._header_rows: tuple[int, ...] = ()
        self._first_row = 1
        self._keys: list[int] = []
        self._held: tuple[Batch, dict[int, str]] | None = None
        self._distinct: list[dict[str, None]] = [{} for _ in range(width)]
        self._skipped: list[SkippedRow] = []
        self._counts: Counter[str] = Counter()
        self._schema = pa.schema(
            [
                *[pa.field(f"c{at}", pa.string()) for at in range(width)],
                pa.field(OVERFLOW, pa.string()),
                pa.field(SOURCE_ROW, pa.int64()),
                pa.field(SKIP, pa.string()),
            ]
        )
        self._writer: pq.ParquetWriter | None = None
        # Writing lets go of Python, so the next rows are read meanwhile on the other core.
        self._pool = ThreadPoolExecutor(1)
        self._writing: Future[None] | None = None

    def note(
        self, code: str, row: int = 0, *, column: str = "", sample: str = "", times: int = 1
    ) -> None:
        """Count something the user should know of."""
        known = self.problems.get((code, column))
        rows = known.rows if known else ()
        if row and len(rows) < _ROWS_PER_PROBLEM:
            rows = (*rows, row)
        count = times + (known.count if known else 0)
        first = known.sample if known else sample[:80]
        self.problems[code, column] = Problem(code, count, rows, column, first)

    @property
    def first_row(self) -> int:
        """The row number after the header, once the first batch is in."""
        return self._first_row

    def add(self, batch: Batch) -> None:
        if batch.length == 0:
            return
        if not self._recognised:
            self._recognise(batch)
        rules = self._rules(batch)
        self._sample(batch)
        if self._held is not None:
            self._write(*self._held)
        self._held = (batch, rules)
        self.rows += batch.length

    def abandon(self) -> None:
        """Give up what was written: the sheet is read again in another way."""
        self._close()
        self.path.unlink(missing_ok=True)

    def finish(self) -> SourceSheet:
        """Write what is held back and return what was learned."""
        if self._held is not None:
            batch, rules = self._held
            skips.judge_tail(batch.columns, rules, self._keys)
            self._write(*self._held)
            self._held = None
        self._close()
        columns, questions = self._columns()
        return SourceSheet(
            name=self.name,
            path=str(self.path),
            rows=self.rows,
            width=self.width,
            header_rows=self._header_rows,
            first_row=self._first_row,
            columns=columns,
            skipped=tuple(self._skipped),
            skipped_counts=tuple(sorted(self._counts.items())),
            hidden=self.hidden,
            problems=tuple(self.problems.values()),
            questions=questions,
        )

    def _recognise(self, batch: Batch) -> None:
        self._recognised = True
        head = [batch.cells(at) for at in range(min(batch.length, table.HEAD_ROWS))]
        if self._given_names:
            self._layout = table.Layout((), 0, self._given_names)
        else:
            self._layout = table.recognise(head, self.width, self._merges)
        numbers = batch.rows
        self._header_rows = tuple(numbers[at].as_py() for at in self._layout.header)
        first = min(self._layout.first, batch.length - 1)
        self._first_row = numbers[first].as_py()
        if self._layout.header and self._layout.first >= batch.length:
            self._first_row += 1
        filled = [
            pc.greater(pc.binary_length(column.slice(self._layout.first)), 0)
            for column in batch.columns
        ]
        if not filled or not len(filled[0]):
            return
        count = filled[0].cast(pa.int32())
        for cells in filled[1:]:
            count = pc.add(count, cells.cast(pa.int32()))
        body = pc.greater(count, min(1, self.width - 1))  # not blank, and no lone note
        rows = pc.sum(body).as_py() or 1
        for at, cells in enumerate(filled):
            if (pc.sum(pc.and_(cells, body)).as_py() or 0) >= 0.5 * rows:
                self._keys.append(at)

    def _rules(self, batch: Batch) -> dict[int, str]:
        first = self.rows == 0
        return skips.rules(batch.columns, self._layout, self._keys, first=first)

    def _sample(self, batch: Batch) -> None:
        layout = self._layout
        start = layout.first if self.rows == 0 else 0
        # Spread over the batch: files are sorted, so neighbours are alike.
        step = max(1, (batch.length - start) // _SAMPLED_PER_BATCH)
        places = pa.arange(start, batch.length, step)
        for at, column in enumerate(batch.columns):
            kept = self._distinct[at]
            if len(kept) >= _DISTINCT_KEPT:
                continue
            for value in column.take(places).unique().to_pylist():
                if value and len(kept) < _DISTINCT_KEPT:
                    kept[value] = None

    def _write(self, batch: Batch, rules: dict[int, str]) -> None:
        skip = pa.nulls(batch.length, pa.string())
        if rules:
            skip = pa.array([rules.get(at) for at in range(batch.length)], pa.string())
        for at, rule in sorted(rules.items()):
            self._counts[rule] += 1
            if len(self._skipped) < _SHOWN:
                text = " · ".join(cell for cell in batch.cells(at) if cell.strip())
                self._skipped.append(SkippedRow(batch.rows[at].as_py(), rule, text[:120]))
        overflow = (
            batch.overflow if batch.overflow is not None else pa.nulls(batch.length, pa.string())
        )
        arrays = [*batch.columns, overflow, batch.rows, skip]
        writer = self._open()
        self._wait()
        rows = pa.record_batch(arrays, schema=self._schema)
        self._writing = self._pool.submit(writer.write_batch, rows)

    def _open(self) -> pq.ParquetWriter:
        if self._writer is None:
            self._writer = pq.ParquetWriter(
                self.path,
                self._schema,
                compression="zstd",
                compression_level=1,
                write_statistics=False,
            )
        return self._writer

    def _wait(self) -> None:
        if self._writing is not None:
            self._writing.result()
            self._writing = None

    def _close(self) -> None:
        self._wait()
        self._open().close()
        self._pool.shutdown()

    def _columns(self) -> tuple[tuple[SourceColumn, ...], tuple[Question, ...]]:
        names = self._layout.names
        columns, questions = [], []
        for at in range(self.width):
            values = self._distinct[at]
            kind, decimal, order = styles.column_style(
                values, typed_numbers=at in self.typed_numbers
            )
            letter = column_letter(at)
            columns.append(
                SourceColumn(
                    at, f"c{at}", letter, names[at], kind, decimal, order, tuple(values)[:_SAMPLES]
                )
            )
            for code, found in (("decimal", decimal), ("date_order", order)):
                if found in ("ambiguous", "mixed"):
                    questions.append(_style_question(code, values, self.name, names[at] or letter))
        return tuple(columns), tuple(questions)


def _style_question(code: str, values: Iterable[str], sheet: str, column: str) -> Question:
    said = styles.decimal_of if code == "decimal" else styles.date_of
    shown = next((value for value in values if said(value) == "ambiguous"), "")
    if code == "decimal":
        choices = (
            ("point", shown.replace(",", "")),
            ("comma", shown.replace(".", "").replace(",", ".")),
        )
    else:
        choices = (("dmy", shown), ("mdy", shown))
    return Question(code, choices[0][0], choices, sheet, column)
