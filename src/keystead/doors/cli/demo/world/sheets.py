"""Writes tables as the senders do: CSV of several kinds, workbooks with titles and totals."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

import xlsxwriter

Row = Sequence[object]


def csv_bytes(
    header: Row, rows: Iterable[Row], *, delimiter: str = ",", encoding: str = "utf-8-sig"
) -> bytes:
    """Return a CSV file; lines end as Windows programs write them."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode(encoding)


Sheet = tuple[str, Row, list[Row], Row | None]


def workbook_bytes(sheets: dict[str, Sheet]) -> bytes:
    """Return an XLSX file. Each sheet: (merged title or "", header, rows, total row or None)."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    book.set_properties({"created": datetime(2026, 11, 18, tzinfo=UTC), "comments": "Synthetic"})
    bold = book.add_format({"bold": True})
    for name, (title, header, rows, total) in sheets.items():
        sheet = book.add_worksheet(name)
        line = 0
        if title:
            sheet.merge_range(0, 0, 0, len(header) - 1, title, bold)
            line = 1
        sheet.write_row(line, 0, header, bold)
        for row in [*rows, *([total] if total else [])]:
            line += 1
            sheet.write_row(line, 0, row)
    book.close()
    return buffer.getvalue()


def french(number: object) -> str:
    """Return a number as French programs write it.

    >>> french("1234.50")
    '1234,50'
    """
    return str(number).replace(".", ",")
