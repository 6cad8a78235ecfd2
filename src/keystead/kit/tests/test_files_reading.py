"""What is read equals what was written: formats, encodings, dialects, tables."""

from __future__ import annotations

import json
import zipfile
from datetime import date, datetime
from decimal import Decimal

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from keystead.kit.files import child, encoding, sniff
from keystead.kit.files.types import ReadOptions, Refused, SourceFile


def _read(path, tmp_path, **options) -> tuple[SourceFile, list[dict]]:
    """Read in this process, as the child would: what its cage does is tested beside."""
    settled, out = ReadOptions(**options), tmp_path / "out"
    out.mkdir(exist_ok=True)
    format, _renamed = sniff.format_of(path, path.name, settled.limits)
    found = child.read(path, path.name, format, out, settled)
    return found, pq.read_table(found.sheets[0].path).to_pylist()


def _cells(rows, width):
    return [[row[f"c{at}"] for at in range(width)] for row in rows]


def _write(tmp_path, text, encoding="utf-8", name="file.csv"):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
    return path


@pytest.mark.shared
def test_csv_spectrum_reads_as_its_json_says(shared, tmp_path):
    for path in sorted((shared / "files/csv-spectrum/csvs").iterdir()):
        expected = json.loads(
            (shared / "files/csv-spectrum/json" / f"{path.stem}.json").read_text("utf-8")
        )
        found, rows = _read(path, tmp_path)
        sheet = found.sheets[0]
        data = [row for row in rows if row["skip"] is None]
        read = [
            dict(zip(sheet.headers, _cells([row], sheet.width)[0], strict=True)) for row in data
        ]
        if path.stem == "location_coordinates":
            continue  # its JSON holds other values than its CSV
        expected = [expected] if isinstance(expected, dict) else expected
        normal = [
            {key.strip(): str(value).replace("\r\n", "\n") for key, value in row.items()}
            for row in expected
        ]
        got = [{key: value.replace("\r\n", "\n") for key, value in row.items()} for row in read]
        assert got == normal, path.name


def test_ragged_rows_are_kept_with_their_numbers(tmp_path):
    text = "a,b,c\n1,2,3\n4,5\n\n6,7,8,9\n10,11,12,\n13,14,15\n"
    found, rows = _read(_write(tmp_path, text), tmp_path)
    assert _cells(rows, 3) == [
        ["a", "b", "c"], ["1", "2", "3"], ["4", "5", ""],
        ["", "", ""], ["6", "7", "8"], ["10", "11", "12"], ["13", "14", "15"],
    ]  # fmt: skip
    assert [row["source_row"] for row in rows] == [1, 2, 3, 4, 5, 6, 7]
    assert [row["overflow"] for row in rows] == [None, None, None, None, "9", None, None]
    assert [row["skip"] for row in rows] == ["header", None, None, "blank", None, None, None]
    noted = {p.code: (p.count, p.rows) for p in found.sheets[0].problems}
    assert noted == {"short_row": (1, (3,)), "long_row": (1, (5,))}


def test_a_stray_quote_costs_one_row_and_not_the_rest(tmp_path):
    text = 'a,b,c\n1,"x\ny",3\n2,"open,5\n3,ok,6\n4,"fine",7\n5,ok,8\n'
    found, rows = _read(_write(tmp_path, text), tmp_path)
    assert _cells(rows, 3)[1:] == [
        ["1", "x\ny", "3"], ["2", '"open', "5"], ["3", "ok", "6"], ["4", "fine", "7"], ["5", "ok", "8"],
    ]  # fmt: skip
    noted = {p.code: p.rows for p in found.sheets[0].problems}
    assert noted == {"multiline_field": (2,), "unclosed_quote": (3,)}


def test_two_stray_quotes_do_not_swallow_what_is_between(tmp_path):
    text = 'a,b,c\n1,"2,3\n4,5,6\n7,"8,9\n10,11,12\n'
    found, rows = _read(_write(tmp_path, text), tmp_path)
    assert [row["c0"] for row in rows] == ["a", "1", "4", "7", "10"]
    assert found.sheets[0].problems[0].code == "unclosed_quote"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends(end, tmp_path):
    text = end.join(["a,b", "1,2", '"x,y",4', ""])
    _found, rows = _read(_write(tmp_path, text), tmp_path)
    assert _cells(rows, 2) == [["a", "b"], ["1", "2"], ["x,y", "4"]]


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_delimiters(sign, tmp_path):
    text = "\n".join(sign.join(row) for row in [["sku", "qty", "note"], *[["A1", "5", "x"]] * 5])
    found, rows = _read(_write(tmp_path, text), tmp_path)
    assert found.delimiter == sign
    assert found.all_questions == ()
    assert rows[1]["c2"] == "x"


def test_semicolons_with_decimal_commas(tmp_path):
    text = "sku;prix;montant\n" + "A;1,50;1.234,56\n" * 10
    found, rows = _read(_write(tmp_path, text), tmp_path)
    assert found.delimiter == ";"
    assert [column.decimal for column in found.sheets[0].columns] == ["", "comma", "comma"]
    assert rows[1]["c2"] == "1.234,56"


def test_two_even_delimiters_are_asked_about(tmp_path):
    found, _ = _read(_write(tmp_path, "a,b;c,d\n" * 8), tmp_path)
    assert [question.code for question in found.questions] == ["delimiter"]
    forced, rows = _read(_write(tmp_path, "a,b;c,d\n" * 8), tmp_path, delimiter=";")
    assert forced.questions == ()
    assert rows[0]["c0"] == "a,b"


CHINESE = (
    "日期,客户名称,商品名称,销售数量,金额\n2024/1/5,上海某某医药有限公司,阿莫西林胶囊,12,345.60\n"
    * 4
)
FRENCH = (
    "Établissement;Libellé;Quantité\nUniversité de Côte d’Azur;Société générale — abonnement à 12 €;3\n"
    * 4
)
CASES = [
    (CHINESE, "gb18030", "gb18030"),
    (CHINESE, "gbk", "gb18030"),
    (CHINESE, "utf-8", "utf-8"),
    (CHINESE, "utf-8-sig", "utf-8"),
    (CHINESE, "utf-16", "utf-16-le"),
    (CHINESE, "utf-16-le", "utf-16-le"),
    (CHINESE, "utf-16-be", "utf-16-be"),
    (CHINESE, "utf-32-le", "utf-32-le"),
    (FRENCH, "cp1252", "cp1252"),
    (FRENCH, "utf-8", "utf-8"),
]


@pytest.mark.parametrize(("text", "written", "expected"), CASES)
def test_encodings(text, written, expected, tmp_path):
    found, rows = _read(_write(tmp_path, text, written), tmp_path)
    assert found.encoding == expected
    assert found.questions == ()
    delimiter = found.delimiter
    assert _cells(rows, len(found.sheets[0].columns)) == [
        line.split(delimiter) for line in text.splitlines()
    ]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("客戶名稱,數量\n臺灣大學醫院附設藥局,5\n國立陽明交通大學,7\n" * 3, "big5"),
        ("Клиент,Количество\nБольница номер один,5\n" * 3, "cp1251"),
        ("顧客名,数量\nさくら病院の薬局です,5\n" * 3, "shift_jis"),
        ("고객명,수량\n서울대학교병원,5\n부산대학교병원,7\n" * 3, "euc_kr"),
        ("nom,n\nÉÉ,5\n", "cp1252"),
    ],
)
def test_an_uncertain_encoding_is_asked_about_and_can_be_forced(text, written, tmp_path):
    path = _write(tmp_path, text, written)
    found, _ = _read(path, tmp_path)
    assert [question.code for question in found.questions] == ["encoding"]
    assert written in [value for value, _shown in found.questions[0].choices]
    forced, rows = _read(path, tmp_path, encoding=written)
    assert forced.questions == ()
    assert _cells(rows, 2) == [line.split(",") for line in text.splitlines()]


def test_a_forced_encoding_that_does_not_fit_is_refused(tmp_path):
    with pytest.raises(Refused) as refused:
        _read(_write(tmp_path, FRENCH, "cp1252"), tmp_path, encoding="utf-8")
    assert refused.value.code == "wrong_encoding"


def test_known_encodings_exist():
    for name in encoding.KNOWN:
        "x".encode(name)


def test_nul_characters_are_left_out_and_told(tmp_path):
    found, rows = _read(_write(tmp_path, b"a,b\n1,\x002\n"), tmp_path)
    assert _cells(rows, 2) == [["a", "b"], ["1", "2"]]
    assert [problem.code for problem in found.sheets[0].problems] == ["nul_bytes"]


def test_typed_cells_become_the_text_a_person_would_type(tmp_path):
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("Data")
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, ["code", "rate", "tiny", "when", "ok", "text"])
        sheet.write_row(1, 0, [17850.0, 0.1, 1e-7])
        sheet.write_datetime(1, 3, datetime.fromisoformat("2024-02-29"), day)
        sheet.write_boolean(1, 4, True)
        sheet.write_string(1, 5, " 007 ")
        sheet.write_formula(2, 0, "=1/0", None, "#DIV/0!")
        sheet.write_formula(2, 1, "=NA()", None, "#N/A")
    found, rows = _read(path, tmp_path)
    assert _cells(rows, 6)[1:] == [
        ["17850", "0.1", "0.0000001", "2024-02-29", "true", " 007 "],
        ["#DIV/0!", "#N/A", "", "", "", ""],
    ]
    noted = {p.column: (p.code, p.rows, p.sample) for p in found.sheets[0].problems}
    assert noted == {"A": ("error_cell", (3,), "#DIV/0!"), "B": ("error_cell", (3,), "#N/A")}


def test_merged_headers_titles_totals_and_blank_columns(tmp_path):
    path = tmp_path / "report.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("2024")
        sheet.merge_range("A1:G1", "华东区月度流向表")
        sheet.write("A2", "制表日期: 2024-03-01")
        sheet.merge_range("A3:A4", "客户")
        sheet.merge_range("B3:C3", "1月")
        sheet.merge_range("D3:E3", "2月")
        sheet.write_row("B4", ["数量", "金额", "数量", "金额"])
        sheet.merge_range("A5:A6", "某某连锁")
        sheet.write_row("B5", [1, 10.5, 2, 21])
        sheet.write_row("B6", [3, 31.5, 4, 42])
        sheet.write_row("A7", ["小计", 4, 42, 6, 63])
        sheet.write_row("A9", ["另一家", 5, 52.5, 6, 63])
        sheet.write_row("A10", ["合计", 9, 94.5, 12, 126])
        sheet.write("A11", "注: 单位为盒")
        sheet.write("G9", "x")
    found, rows = _read(path, tmp_path)
    sheet = found.sheets[0]
    assert sheet.headers == ("客户", "1月 / 数量", "1月 / 金额", "2月 / 数量", "2月 / 金额", "", "")
    assert sheet.header_rows == (3, 4)
    assert sheet.first_row == 5
    rules = {row["source_row"]: row["skip"] for row in rows if row["skip"]}
    assert rules == {
        1: "title", 2: "title", 3: "header", 4: "header", 7: "total", 8: "blank", 10: "total", 11: "note",
    }  # fmt: skip
    assert [row["c0"] for row in rows if row["skip"] is None] == ["某某连锁", "某某连锁", "另一家"]
    assert sheet.data_rows == 3
    assert [column.kind for column in sheet.columns][5] == "empty"


def test_a_product_called_total_is_data(tmp_path):
    text = "shop,brand,qty\nA,Total,3\nB,Sum,4\nC,Totalite,5\nTotal,,12\n"
    found, rows = _read(_write(tmp_path, text), tmp_path)
    rules = [row["skip"] for row in rows]
    assert rules[3] is None
    assert rules[4] == "total"
    # A whole row with the bare word is shown as a total too: the user may take it back.
    assert {row.rule for row in found.sheets[0].skipped} == {"header", "total"}


def test_every_sheet_is_staged_and_hidden_ones_are_told(tmp_path):
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        for name in ("一月", "Feb", "Empty"):
            sheet = book.add_worksheet(name)
            if name != "Empty":
                sheet.write_row(0, 0, ["sku", name])
                sheet.write_row(1, 0, ["A", 1])
            if name == "Feb":
                sheet.hide()
    found, _ = _read(path, tmp_path)
    assert [(s.name, s.rows, s.hidden) for s in found.sheets] == [
        ("一月", 2, False), ("Feb", 2, True), ("Empty", 0, False),
    ]  # fmt: skip
    assert pq.read_table(found.sheet("Feb").path)["c1"].to_pylist() == ["Feb", "1"]


def test_parquet_becomes_text(tmp_path):
    path = tmp_path / "facts.parquet"
    table = pa.table(
        {
            "customer": pa.array([17850.0, None, 12.5]),
            "day": pa.array([date(2024, 1, 1), None, date(2024, 2, 29)]),
            "at": pa.array(
                [
                    datetime.fromisoformat("2010-12-01 08:26"),
                    None,
                    datetime.fromisoformat("2011-01-01"),
                ]
            ),
            "amount": pa.array([Decimal("1.10"), None, Decimal("-1000.00")]),
            "ok": pa.array([True, None, False]),
            "code": pa.array(["007", "", None]).dictionary_encode(),
        }
    )
    pq.write_table(table, path)
    found, rows = _read(path, tmp_path)
    assert _cells(rows, 6) == [
        ["17850", "2024-01-01", "2010-12-01 08:26:00", "1.10", "true", "007"],
        ["", "", "", "", "", ""],
        ["12.5", "2024-02-29", "2011-01-01", "-1000.00", "false", ""],
    ]
    assert found.sheets[0].headers == ("customer", "day", "at", "amount", "ok", "code")
    assert [row["source_row"] for row in rows] == [1, 2, 3]
    nested = pa.table({"a": [[1], [2]]})
    pq.write_table(nested, tmp_path / "nested.parquet")
    with pytest.raises(Refused) as refused:
        _read(tmp_path / "nested.parquet", tmp_path)
    assert refused.value.code == "nested_column"


@pytest.mark.parametrize(
    ("values", "decimal", "order", "asked"),
    [
        (["1,234", "5,678"], "ambiguous", "", "decimal"),
        (["1,234", "12.50"], "point", "", ""),
        (["1.234", "0.5"], "point", "", ""),
        (["1.5", "1,5"], "mixed", "", "decimal"),
        (["03/04/2024", "05/06/2024"], "", "ambiguous", "date_order"),
        (["03/04/2024", "13/06/2024"], "", "dmy", ""),
        (["03/04/2024", "06/13/2024"], "", "mdy", ""),
        (["20240304", "20240305"], "", "ymd", ""),
    ],
)
def test_styles_are_found_or_asked(values, decimal, order, asked, tmp_path):
    text = "x;y\n" + "".join(f"{value};a\n" for value in values)
    found, _ = _read(_write(tmp_path, text), tmp_path)
    column = found.sheets[0].columns[0]
    assert (column.decimal, column.date_order) == (decimal, order)
    assert [question.code for question in found.all_questions] == ([asked] if asked else [])


@pytest.mark.shared
def test_real_trade_files(shared, tmp_path):
    trade = shared / "trade"
    expected = {
        "taobao_1111_cosmetics_gb18030.csv": ("csv", "gb18030", 27_598, 7),
        "cn_pharmacy_sales_2018_pseudonymised.xlsx": ("xlsx", "", 6_577, 7),
        "rossmann_store.csv": ("csv", "utf-8", 1_115, 10),
        "online_retail_2010_2011.parquet": ("parquet", "", 541_909, 8),
        "flagship_monthly_estimate_cn.xlsx": ("xlsx", "", 76, 9),
    }
    for name, (format, coding, rows, width) in expected.items():
        found, staged = _read(trade / name, tmp_path)
        sheet = found.sheets[0]
        assert (found.format, found.encoding, sheet.data_rows, sheet.width) == (
            format, coding, rows, width,
        )  # fmt: skip
        assert found.all_questions == ()
        assert len(staged) == sheet.rows


@pytest.mark.shared
def test_a_real_workbook_holds_what_another_reader_sees(shared, tmp_path):
    path = shared / "trade/cn_pharmacy_sales_2018_pseudonymised.xlsx"
    _found, rows = _read(path, tmp_path)
    book = openpyxl.load_workbook(path, read_only=True)
    other = [["" if cell is None else cell for cell in row] for row in book.active.values]
    assert len(rows) == len(other)
    for mine, theirs in zip(rows, other, strict=True):
        for at, cell in enumerate(theirs):
            text = mine[f"c{at}"]
            assert text == cell if isinstance(cell, str) else float(text or 0) == float(cell or 0)


def _ods(path, rows, extra=()):
    """Write the smallest ODS: rows as the inner XML of the table."""
    space = "urn:oasis:names:tc:opendocument:xmlns:"
    content = (
        f'<office:document-content xmlns:office="{space}office:1.0" xmlns:table="{space}table:1.0" '
        f'xmlns:text="{space}text:1.0"><office:body><office:spreadsheet><table:table '
        f'table:name="Feuille 1">{rows}</table:table></office:spreadsheet></office:body>'
        "</office:document-content>"
    )
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        package.writestr("content.xml", content)
        for name, text in extra or [("META-INF/manifest.xml", "<manifest/>")]:
            package.writestr(name, text)
    return path


def _ods_row(*cells, times=1):
    made = "".join(
        f'<table:table-cell office:value-type="float" office:value="{cell}"/>'
        if isinstance(cell, float)
        else f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>'
        for cell in cells
    )
    return f'<table:table-row table:number-rows-repeated="{times}">{made}</table:table-row>'


def test_open_document_sheets(tmp_path):
    empty = '<table:table-row table:number-rows-repeated="1048000"><table:table-cell/></table:table-row>'
    body = _ods_row("produit", "quantité") + _ods_row("A", 12.5) + _ods_row("B", 17850.0, times=2)
    found, rows = _read(_ods(tmp_path / "a.ods", body + empty), tmp_path)
    assert (found.format, found.sheets[0].name) == ("ods", "Feuille 1")
    assert _cells(rows, 2) == [["produit", "quantité"], ["A", "12.5"], *[["B", "17850"]] * 2]


@pytest.mark.parametrize(
    ("rows", "extra", "code"),
    [
        (_ods_row("x", times=1_048_576).replace("<table:table-cell ", '<table:table-cell table:number-columns-repeated="900" '), (), "sheet_too_big"),
        (_ods_row("x"), [("Basic/script.xml", "x")], "macros"),
        (_ods_row("x"), [("META-INF/manifest.xml", "<encryption-data/>")], "encrypted"),
        ("<!DOCTYPE x>" + _ods_row("x"), (), "xml_entities"),
    ],
)  # fmt: skip
def test_open_document_sheets_that_are_refused(rows, extra, code, tmp_path):
    with pytest.raises(Refused) as refused:
        _read(_ods(tmp_path / "a.ods", rows, extra), tmp_path)
    assert refused.value.code == code


@pytest.mark.shared
def test_the_old_and_the_new_excel_format_hold_the_same(shared, tmp_path):
    folder = shared / "counter/encodings"
    old, rows = _read(folder / "counter4_jr1_2018_01.xls", tmp_path)
    new, others = _read(folder / "counter4_jr1_2018_01.xlsx", tmp_path)
    assert old.format == "xls"
    assert old.sheets[0].header_rows == new.sheets[0].header_rows == (6,)
    assert old.sheets[0].headers[8] == "2017-12-01"  # a bare day number in the file
    plain = [[cell for cell in line if not cell.startswith("20")] for line in _cells(others, 8)]
    assert [[c for c in line if not c.startswith("4")] for line in _cells(rows, 8)] == plain


@pytest.mark.parametrize("name", ["utf-16", "utf-7"])
def test_workbook_parts_in_odd_encodings_are_refused(name, tmp_path):
    book, odd = tmp_path / "book.xlsx", tmp_path / "odd.xlsx"
    with xlsxwriter.Workbook(str(book)) as made:
        made.add_worksheet().write(0, 0, "x")
    with zipfile.ZipFile(book) as old, zipfile.ZipFile(odd, "w") as new:
        for entry in old.infolist():
            content = old.read(entry)
            if entry.filename == "xl/worksheets/sheet1.xml":
                content = content.replace(b"UTF-8", name.encode())
                content = content.decode().encode("utf-16") if name == "utf-16" else content
            new.writestr(entry.filename, content)
    with pytest.raises(Refused) as refused:
        _read(odd, tmp_path)
    assert refused.value.code == "xml_encoding"


def test_a_report_survives_its_json(tmp_path):
    found, _ = _read(_write(tmp_path, "a;b\n1,234;03/04/2024\n\nx;y;z\nTotal;1\n"), tmp_path)
    assert SourceFile.from_dict(json.loads(json.dumps(found.as_dict()))) == found


def test_names_in_angle_brackets_are_a_header(tmp_path):
    text = "<TICKER>,<DATE>,<CLOSE>\nA,20240102,1.5\nB,20240103,2.5\n"
    found, _ = _read(_write(tmp_path, text, name="prices.txt"), tmp_path)
    assert found.sheets[0].headers == ("<TICKER>", "<DATE>", "<CLOSE>")


@pytest.mark.parametrize(
    ("text", "headers", "rules"),
    [
        ("sep=;\na;b\n1,5;2\n3;4\n", ("a", "b"), {"title": 1, "header": 1}),
        ("P,2023,2024\nA,100,200\nB,300,400\n", ("P", "2023", "2024"), {"header": 1}),
        ("P,1,2,3\nA,7,8,9\nB,7,8,9\n", ("P", "1", "2", "3"), {"header": 1}),
        ("P,2024-01-01\nA,5\nB,6\n", ("P", "2024-01-01"), {"header": 1}),
        ("1,2024-01-01\n2,2024-01-02\n", ("", ""), {}),
        ("a,a,,b\n1,2,3,4\n", ("a", "a (2)", "", "b"), {"header": 1}),
        ("R,C,V\nN,A,1\nN,B,2\nN Total,,3\nS,C,4\nGrand Total,,7\n", ("R", "C", "V"), {"header": 1, "total": 2}),
        ("a,b\n1,2\na,b\n3,4\n", ("a", "b"), {"header": 1, "repeated_header": 1}),
        ("\n".join(f"note {n}" for n in range(70)) + "\na,b,c\n" + "1,2,3\n" * 50, ("a", "b", "c"), {"title": 70, "header": 1}),
        ("name\nA\nB\n", ("name",), {"header": 1}),
    ],
)  # fmt: skip
def test_where_the_table_is(text, headers, rules, tmp_path):
    found, _ = _read(_write(tmp_path, text), tmp_path)
    assert found.sheets[0].headers == headers
    assert dict(found.sheets[0].skipped_counts) == rules


@pytest.mark.parametrize("text", ["\n\n\n", "\ufeff", ",,,\n,,,\n"])
def test_files_without_any_value_are_empty(text, tmp_path):
    with pytest.raises(Refused) as refused:
        _read(_write(tmp_path, text), tmp_path)
    assert refused.value.code == "empty"
