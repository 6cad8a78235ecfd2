"""Workbooks: numbers stay numbers, dates dates, and text never becomes a formula."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from keystead.kit.office import Column, Sheet, plain_text, to_csv, workbook

RISKY = ["=1+1", "+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠x",
         " =1", '=HYPERLINK("http://x","y")', "http://example.org", "mailto:a@b.c"]  # fmt: skip


def _read(data: bytes, sheet: str) -> list[list[object]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    return book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)


def test_typed_cells_round_trip_through_the_reader():
    columns = [Column("Code"), Column("Units", "integer"), Column("Value", "money"),
               Column("Share", "percent"), Column("Day", "date"), Column("Live", "boolean")]  # fmt: skip
    rows = [["00123", 12, Decimal("1234.56"), Decimal("0.125"), date(2026, 2, 28), True],
            ["药店", None, Decimal("-0.01"), 1, date(2024, 2, 29), False]]  # fmt: skip
    assert _read(workbook([Sheet("Facts", columns, rows)]), "Facts") == [
        ["Code", "Units", "Value", "Share", "Day", "Live"],
        ["00123", 12.0, 1234.56, 0.125, date(2026, 2, 28), True],
        ["药店", "", -0.01, 1.0, date(2024, 2, 29), False],
    ]


@pytest.mark.parametrize("text", RISKY)
@pytest.mark.parametrize("kind", ["text", "number", "money", "date"])
def test_text_never_becomes_a_formula_or_a_link(text, kind):
    data = workbook([Sheet("S", [Column(text, kind)], [[text]])])
    cell = load_workbook(io.BytesIO(data))["S"]["A2"]
    assert cell.data_type == "s"
    assert cell.hyperlink is None
    xml = zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in xml
    assert "<hyperlink" not in xml


def test_a_risky_text_keeps_its_value_and_is_marked_as_text():
    cell = load_workbook(io.BytesIO(workbook([Sheet("S", [Column("A")], [["=1+1"]])])))["S"]["A2"]
    assert (cell.value, cell.quotePrefix) == ("=1+1", True)


def test_a_number_too_long_for_excel_is_kept_whole_as_text():
    rows = [[Decimal("12345678901234567.89")], [Decimal("NaN")], [float("inf")], [10**14]]
    values = [row[0] for row in _read(workbook([Sheet("S", [Column("V", "number")], rows)]), "S")]
    assert values == ["V", "12345678901234567.89", "NaN", "inf", 1e14]


def test_a_moment_is_written_in_utc_and_an_old_date_as_text():
    rows = [[datetime(2026, 1, 2, 3, 4, tzinfo=UTC)], [date(1899, 12, 31)]]
    values = _read(workbook([Sheet("S", [Column("At", "datetime")], rows)]), "S")
    assert values[1:] == [
        [datetime(2026, 1, 2, 3, 4, tzinfo=UTC).replace(tzinfo=None)],
        ["1899-12-31"],
    ]


def test_header_is_frozen_and_columns_are_as_wide_as_their_text():
    sheet = Sheet("S", [Column("A"), Column("B")], [["x" * 30, "药" * 10]])
    page = load_workbook(io.BytesIO(workbook([sheet])))["S"]
    assert page.freeze_panes == "A2"
    assert page.auto_filter.ref == "A1:B2"
    assert page.column_dimensions["A"].width >= 30
    assert page.column_dimensions["B"].width >= 20


def test_sheet_names_are_made_valid_and_unique():
    names = ["a/b", "A b", "", "x" * 40, "x" * 40, "History"]
    data = workbook([Sheet(name, [Column("A")]) for name in names])
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    assert book.sheet_names == [
        "a b",
        "A b (2)",
        "Sheet",
        "x" * 31,
        "x" * 27 + " (2)",
        "History (2)",
    ]


def test_a_sheet_over_the_row_limit_goes_on_in_another(monkeypatch):
    monkeypatch.setattr("keystead.kit.office.sheets.MAX_ROWS", 2)
    data = workbook([Sheet("S", [Column("A", "integer")], [[n] for n in range(4)])])
    assert _read(data, "S") == [["A"], [0.0], [1.0]]
    assert _read(data, "S (2)") == [["A"], [2.0], [3.0]]
    assert CalamineWorkbook.from_filelike(io.BytesIO(data)).sheet_names == ["S", "S (2)"]


def test_control_characters_and_overlong_text_do_not_break_the_file():
    rows = [["a\x00b\x0bc\ud800"], ["y" * 40_000]]
    values = _read(workbook([Sheet("S", [Column("A")], rows)]), "S")
    assert values[1] == ["abc"]
    assert len(values[2][0]) == 32_767


def test_an_empty_workbook_is_still_a_workbook():
    assert CalamineWorkbook.from_filelike(io.BytesIO(workbook([]))).sheet_names == ["Sheet1"]


@given(st.text(max_size=40))
@settings(max_examples=60, deadline=None)
def test_any_text_goes_through_excel_as_text(text):
    rows = _read(workbook([Sheet("S", [Column("A"), Column("B")], [[text, "end"]])]), "S")
    assert rows[1][1] == "end"
    assert isinstance(rows[1][0], str)


@pytest.mark.parametrize("text", RISKY[:-2])
def test_csv_guards_risky_text_and_gives_it_back(text):
    data = to_csv(Sheet("S", [Column("A")], [[text]]))
    assert data.startswith(b"\xef\xbb\xbf")
    cell = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))[1][0]
    assert cell == "'" + text


def test_csv_numbers_stay_numbers_and_the_guard_can_be_taken_off():
    sheet = Sheet("S", [Column("A"), Column("B"), Column("C", "date"), Column("D", "boolean")],
                  [[Decimal("-1.50"), -2, date(2026, 1, 2), True], ["-x", None, None, False]])  # fmt: skip
    lines = to_csv(sheet).decode("utf-8-sig").split("\r\n")
    assert lines == ["A,B,C,D", "-1.50,-2,2026-01-02,true", "'-x,,,false", ""]
    assert plain_text("'-x") == "-x"
