"""Writes Excel workbooks and CSV files that a spreadsheet may open without harm.

A cell that comes from a customer's file may begin with ``=`` or ``+``. In Excel files it is
stored as a string cell with the quote-prefix mark, so it is neither a formula now nor after
somebody edits it. In CSV, where no types exist, an apostrophe is put in front; ``plain_text``
takes it away again when such a file comes back.
"""

from __future__ import annotations

import csv
import dataclasses
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import chain, islice
from typing import Any, Literal

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

Kind = Literal["text", "integer", "number", "money", "percent", "date", "datetime", "boolean"]

MAX_ROWS = 1_048_575  # Excel's limit, less the header row
MAX_CHARS = 32_767
_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# xlsx is XML 1.0: these can not be written; xlsxwriter would escape them as visible _x0001_
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_FORMATS: dict[str, str] = {
    "integer": "#,##0",
    "number": "#,##0.####",
    "money": "#,##0.00",
    "percent": "0.0%",
    "date": "yyyy-mm-dd",
    "datetime": "yyyy-mm-dd hh:mm",
}
_EXCEL_EPOCH_YEAR = 1900


@dataclasses.dataclass(frozen=True)
class Column:
    """One column: its header, what its cells are, an optional width and number format.

    ``percent`` takes fractions (0.125 is shown as 12.5 %). ``note`` becomes a comment on the
    header; ``choices`` a drop-down list of what may be typed there.
    """

    label: str
    kind: Kind = "text"
    width: float | None = None
    number_format: str = ""
    note: str = ""
    choices: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class Sheet:
    """One sheet: a header row, then ``rows`` of values in the order of ``columns``."""

    name: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Any]] = ()
    landscape: bool = True


def workbook(sheets: Sequence[Sheet], *, title: str = "", author: str = "Keystead") -> bytes:
    """Return the bytes of an .xlsx workbook with one styled sheet per ``Sheet``.

    Numbers, dates and truth values are typed cells, everything else a string cell; a number
    that Excel's double would change (more than 15 digits) is written as text, whole. A sheet
    over Excel's row limit goes on in "Name (2)". Names are made valid and unique.
    """
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(
        buffer,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "nan_inf_to_errors": False,
        },
    )
    book.set_properties({"title": title, "author": author})
    formats = cell_formats(book)
    taken: set[str] = set()
    for sheet in sheets:
        rows = iter(sheet.rows)
        first = True
        while first or (head := list(islice(rows, 1))):
            page = book.add_worksheet(sheet_name(sheet.name, taken))
            if first:
                head = []
            _write_sheet(book, page, sheet, islice(chain(head, rows), MAX_ROWS), formats)
            first = False
    if not sheets:
        book.add_worksheet()
    book.close()
    return buffer.getvalue()


def to_csv(sheet: Sheet, *, delimiter: str = ",") -> bytes:
    """Return the sheet as CSV: UTF-8 with a byte-order mark (Excel needs it), CRLF lines.

    Numbers have a decimal point and no grouping, dates are ISO; text that a spreadsheet would
    run as a formula gets an apostrophe in front.
    """
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow([_csv_cell(column.label) for column in sheet.columns])
    for row in sheet.rows:
        writer.writerow([_csv_cell(value) for value in row])
    return b"\xef\xbb\xbf" + buffer.getvalue().encode("utf-8", "replace")


def plain_text(text: str) -> str:
    """Return the text of a CSV cell as it was before ``to_csv`` guarded it.

    >>> plain_text("'=SUM(A1)"), plain_text("'n Kaap"), plain_text("=x")
    ('=SUM(A1)', "'n Kaap", '=x')
    """
    return text[1:] if text.startswith("'") and text[1:].startswith(_RISKY) else text


def is_risky(text: str) -> bool:
    """Say whether a spreadsheet might run the text as a formula.

    >>> is_risky("=1+1"), is_risky("＝1"), is_risky(" =1"), is_risky("a=1")
    (True, True, True, False)
    """
    return text.startswith(_RISKY) or text.lstrip().startswith(_RISKY)


def cell_formats(book: xlsxwriter.Workbook) -> dict[str, Format]:
    """Return the looks of cells by kind."""
    base = {"font_name": "Calibri", "font_size": 11, "valign": "top"}
    made = {
        kind: book.add_format({**base, "num_format": code, "align": "right"})
        for kind, code in _FORMATS.items()
    }
    made["text"] = book.add_format({**base, "num_format": "@"})
    made["boolean"] = book.add_format({**base, "align": "center"})
    made["quoted"] = book.add_format({**base, "num_format": "@", "quote_prefix": True})
    head = {**base, "bold": True, "bottom": 1, "bg_color": "#F1EFEA", "text_wrap": True}
    made["head"] = book.add_format({**head, "align": "left"})
    made["head_number"] = book.add_format({**head, "align": "right"})
    return made


def _write_sheet(
    book: xlsxwriter.Workbook,
    page: Worksheet,
    sheet: Sheet,
    rows: Iterator[Sequence[Any]],
    formats: dict[str, Format],
) -> None:
    columns = sheet.columns
    cell_formats = [
        book.add_format({"num_format": column.number_format, "align": "right", "valign": "top"})
        if column.number_format
        else formats[column.kind]
        for column in columns
    ]
    widths = [float(_display_width(column.label)) for column in columns]
    for index, column in enumerate(columns):
        numeric = column.kind not in ("text", "boolean")
        page.write_string(
            0, index, clean(column.label), formats["head_number" if numeric else "head"]
        )
        if column.note:
            page.write_comment(0, index, clean(column.note), {"x_scale": 2, "author": "Keystead"})
    last = 0
    for last, row in enumerate(rows, start=1):
        for index, value in enumerate(row):
            style = cell_formats[index] if index < len(columns) else formats["text"]
            shown = write_cell(page, (last, index), value, style, formats)
            if last <= 500 and index < len(widths):
                widths[index] = max(widths[index], _display_width(shown))
    for index, column in enumerate(columns):
        width = column.width or min(max(widths[index] + 2, 8), 60)
        page.set_column(index, index, width, cell_formats[index])
        if column.choices and len(",".join(column.choices)) <= 255:
            page.data_validation(
                1,
                index,
                max(last, 1000),
                index,
                {"validate": "list", "source": list(column.choices), "error_type": "warning"},
            )
    page.freeze_panes(1, 0)
    if columns:
        page.autofilter(0, 0, max(last, 1), len(columns) - 1)
    page.repeat_rows(0)
    if sheet.landscape:
        page.set_landscape()
    page.fit_to_pages(1, 0)


def write_cell(
    page: Worksheet,
    place: tuple[int, int],
    value: Any,
    style: Format,
    formats: dict[str, Format],
) -> str:
    """Write one typed cell and return roughly what is shown, for the column width."""
    row, column = place
    if value is None or value == "":
        page.write_blank(row, column, None, style)
        return ""
    if isinstance(value, bool):
        page.write_boolean(row, column, value, formats["boolean"])
        return str(value)
    if isinstance(value, int | float | Decimal) and fits_double(value):
        page.write_number(row, column, float(value), style)
        return f"{value:,.2f}"
    if isinstance(value, datetime) and value.year >= _EXCEL_EPOCH_YEAR:
        moment = value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
        date_style = style if style is not formats["text"] else formats["datetime"]
        page.write_datetime(row, column, moment, date_style)
        return "2026-01-01 00:00"
    if isinstance(value, date) and not isinstance(value, datetime):
        if value.year >= _EXCEL_EPOCH_YEAR:
            date_style = style if style is not formats["text"] else formats["date"]
            page.write_datetime(row, column, value, date_style)
            return "2026-01-01"
        value = value.isoformat()
    text = clean(str(value))
    page.write_string(row, column, text, formats["quoted"] if is_risky(text) else style)
    return text


def fits_double(value: float | Decimal) -> bool:
    exact = Decimal(str(value)) if isinstance(value, float) else Decimal(value)
    if not exact.is_finite():
        return False
    return len(exact.normalize().as_tuple().digits) <= 15 and abs(exact) < Decimal("1e300")


def clean(text: str) -> str:
    """Return text that a workbook can hold."""
    text = _CONTROL.sub("", text)
    return text if len(text) <= MAX_CHARS else text[: MAX_CHARS - 1] + "…"


def _csv_cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, date):  # datetime too
        return value.isoformat()
    text = str(value)
    return f"'{text}" if is_risky(text) else text


def _display_width(text: str) -> int:
    longest = max(text.splitlines() or [""], key=len)
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in longest[:80])


def sheet_name(wanted: str, taken: set[str]) -> str:
    """Return a valid name of a sheet that is not taken yet."""
    base = re.sub(r"[\[\]:*?/\\]", " ", clean(wanted)).strip().strip("'") or "Sheet"
    name, number = base[:31], 1
    while name.casefold() in taken or name.casefold() == "history":
        number += 1
        suffix = f" ({number})"
        name = base[: 31 - len(suffix)] + suffix
    taken.add(name.casefold())
    return name
