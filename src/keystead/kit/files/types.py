"""What crosses from the reading child to the caller: plain values, written as JSON.

The staged Parquet of a sheet holds **every** record of it, header and total rows included:
columns ``c0..cn`` (text exactly as in the file; a missing cell is ""), ``overflow`` (fields
beyond the last column, joined by the delimiter), ``source_row`` (int64), the row number a person
sees (the sheet row of a workbook, the record number of a text file counting its header, the row of
a Parquet file, which has no header row), and ``skip``: null for a data row, else the rule by which
it is none (title, header, repeated_header, blank, total, note). The rule is shown, and a user may
overrule it without reading the file again.
"""

from __future__ import annotations

import dataclasses
from typing import Any

OVERFLOW = "overflow"
SKIP = "skip"
SOURCE_ROW = "source_row"


@dataclasses.dataclass(frozen=True)
class Limits:
    """What one reading may cost; beyond it the file is refused."""

    file_bytes: int = 512 * 1024 * 1024
    memory_bytes: int = 1024 * 1024 * 1024
    cpu_seconds: int = 60
    wall_seconds: int = 120
    staged_bytes: int = 2 * 1024 * 1024 * 1024
    line_bytes: int = 4 * 1024 * 1024
    columns: int = 2_000
    sheet_cells: int = 24_000_000  # the reader of workbooks keeps 32 bytes for each, even if empty
    unpacked_bytes: int = 1_000_000_000
    unpacked_ratio: int = 250
    packed_entries: int = 5_000
    sheets: int = 200


@dataclasses.dataclass(frozen=True)
class ReadOptions:
    """What the user has settled; empty means: find out, and ask when it is not certain.

    ``widest``: the longest record is the table; a block of notes above it may be longer than it.
    """

    encoding: str = ""
    delimiter: str = ""
    quoting: bool = True
    widest: bool = False
    formulas: bool = False  # tell which cells of an XLSX hold one
    limits: Limits = dataclasses.field(default_factory=Limits)


@dataclasses.dataclass(frozen=True)
class Problem:
    """Something the reader noticed and did not hide (its sentence: ``messages.problem_text``).

    ``rows`` are the first few row numbers, ``column`` its letter.
    """

    code: str
    count: int = 1
    rows: tuple[int, ...] = ()
    column: str = ""
    sample: str = ""


@dataclasses.dataclass(frozen=True)
class Question:
    """Something only a person can settle; what was assumed meanwhile is ``assumed``."""

    code: str  # encoding, delimiter, decimal, date_order
    assumed: str
    choices: tuple[tuple[str, str], ...]  # (value, how the sample reads under it)
    sheet: str = ""
    column: str = ""


@dataclasses.dataclass(frozen=True)
class SkippedRow:
    """A row that is not data by a stated rule, with its filled cells."""

    row: int
    rule: str
    text: str = ""


@dataclasses.dataclass(frozen=True)
class SourceColumn:
    """One column as found. ``decimal`` and ``date_order`` are empty where they do not apply."""

    index: int
    name: str
    letter: str
    header: str
    kind: str = "text"  # text, number, date, bool, empty
    decimal: str = ""  # plain, point, comma, ambiguous, mixed
    date_order: str = ""  # iso, ymd, dmy, mdy, serial, ambiguous, mixed
    samples: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class SourceSheet:
    """One staged table. ``first_row`` is the source row after the header (or the first row).

    ``rows`` counts all staged records, ``skipped_counts`` how many of them each rule took out;
    ``skipped`` shows the first few hundred. ``formulas``: the cells that hold one, where asked.
    """

    name: str
    path: str
    rows: int
    width: int
    header_rows: tuple[int, ...] = ()
    first_row: int = 1
    columns: tuple[SourceColumn, ...] = ()
    skipped: tuple[SkippedRow, ...] = ()
    skipped_counts: tuple[tuple[str, int], ...] = ()
    hidden: bool = False
    formulas: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    questions: tuple[Question, ...] = ()

    @property
    def headers(self) -> tuple[str, ...]:
        return tuple(column.header for column in self.columns)

    @property
    def data_rows(self) -> int:
        """Records that remain when the skipped ones are taken away."""
        return self.rows - sum(count for _rule, count in self.skipped_counts)


@dataclasses.dataclass(frozen=True)
class SourceFile:
    """A file that was read: its format as found, and its tables."""

    name: str
    format: str
    size: int
    sha256: str
    sheets: tuple[SourceSheet, ...]
    encoding: str = ""
    delimiter: str = ""
    problems: tuple[Problem, ...] = ()
    questions: tuple[Question, ...] = ()

    def sheet(self, name: str) -> SourceSheet:
        return next(sheet for sheet in self.sheets if sheet.name == name)

    @property
    def all_questions(self) -> tuple[Question, ...]:
        return self.questions + tuple(q for sheet in self.sheets for q in sheet.questions)

    def as_dict(self) -> dict[str, Any]:
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, found: dict[str, Any]) -> SourceFile:
        return cls(
            **{
                **found,
                "sheets": tuple(_sheet(sheet) for sheet in found["sheets"]),
                "problems": tuple(_problem(one) for one in found["problems"]),
                "questions": tuple(_question(one) for one in found["questions"]),
            }
        )


class Refused(Exception):
    """The file cannot be read, inside the child: a code of ``messages`` and its named values."""

    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


def column_letter(index: int) -> str:
    """Return the letters a spreadsheet shows above column ``index`` (0-based).

    >>> column_letter(0), column_letter(27), column_letter(16383)
    ('A', 'AB', 'XFD')
    """
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _sheet(found: dict[str, Any]) -> SourceSheet:
    return SourceSheet(
        **{
            **found,
            "header_rows": tuple(found["header_rows"]),
            "formulas": tuple(found["formulas"]),
            "columns": tuple(
                SourceColumn(**{**column, "samples": tuple(column["samples"])})
                for column in found["columns"]
            ),
            "skipped": tuple(SkippedRow(**row) for row in found["skipped"]),
            "skipped_counts": tuple((rule, count) for rule, count in found["skipped_counts"]),
            "problems": tuple(_problem(one) for one in found["problems"]),
            "questions": tuple(_question(one) for one in found["questions"]),
        }
    )


def _problem(found: dict[str, Any]) -> Problem:
    return Problem(**{**found, "rows": tuple(found["rows"])})


def _question(found: dict[str, Any]) -> Question:
    choices = tuple((value, shown) for value, shown in found["choices"])
    return Question(**{**found, "choices": choices})
