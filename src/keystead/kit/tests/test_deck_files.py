"""A deck as Excel and Word: real numbers, live totals, figures found again; PDF by LibreOffice."""

import io
import shutil
import subprocess
import zipfile

import openpyxl
import pytest
from docx import Document

from keystead.kernel.errors import Invalid
from keystead.kit.office import docx, libreoffice, pdf, word, xlsx
from keystead.kit.office.carried import carried
from keystead.kit.office.paper import Paper, Text
from keystead.kit.office.pptx import presentation
from keystead.kit.office.reading import sheets_of
from keystead.kit.office.slides import Slide, Table, TableColumn
from keystead.kit.tests import deck_samples as samples

WRITERS = {"xlsx": xlsx.workbook, "docx": docx.document}


@pytest.mark.parametrize("kind", WRITERS)
@pytest.mark.parametrize("language", ["en", "zh-hans", "fr"])
def test_every_figure_is_carried_in_each_language(kind, language):
    given = samples.deck(language=language, link="https://k.example/proof/{id}")
    made = WRITERS[kind](given)
    assert made == WRITERS[kind](given)
    found = carried(made, kind)
    wanted = sorted((one.text, one.proof, f"{one.value:f}") for one in samples.all_shown(given))
    assert sorted((one.text, one.proof, one.value) for one in found) == wanted
    assert all(one.text == one.meant for one in found)
    assert len(carried(WRITERS[kind](given, inside=True), kind)) == len(found) + 2


def totalled():
    columns = (TableColumn("Product"), TableColumn("Sold", True), TableColumn("Share", True))
    rows = (("=A", samples.shown("1.10"), samples.shown("0.25", "25 %", shape="0%")),
            ("B", samples.shown("2.20"), samples.shown("0.5", "50 %", shape="0%")),
            ("Total", samples.shown("3.30"), samples.shown("0.4", "40 %", shape="0%")))  # fmt: skip
    return samples.deck(
        Slide("a", ("Products",), (Table(columns, rows, total=True),)),
        Slide("b", ("Bridge",), (samples.bridge(),)), Slide("c", ("Months",), (samples.chart(),)),
        link="https://k.example/proof/{id}",
    )  # fmt: skip


def test_excel_has_numbers_formulas_links_and_charts_that_other_readers_read():
    content = xlsx.workbook(totalled())
    book = openpyxl.load_workbook(io.BytesIO(content))
    page = book["Products"]
    assert [[cell.value for cell in row] for row in page.iter_rows(min_row=3, max_row=6)] == [
        ["Product", "Sold", "Share"], ["=A", 1.1, 0.25], ["B", 2.2, 0.5],
        ["Total", "=SUM(B4:B5)", 0.4],
    ]  # fmt: skip
    assert page["A4"].data_type == "s"  # text, however it begins
    assert page["C4"].number_format == "0%"
    assert page["B4"].hyperlink.target == "https://k.example/proof/p1.10"
    assert page["B4"].font.color.rgb == "FF1D1F20"
    assert page.freeze_panes == "A4"
    assert book["Proof"].sheet_state == "veryHidden"
    assert [len(book[name]._charts) for name in ("Bridge", "Months")] == [1, 1]
    bridge = openpyxl.load_workbook(io.BytesIO(content), data_only=True)["Bridge"]
    rows = [
        [cell.value for cell in row] for row in bridge.iter_rows(min_row=6, max_row=11, max_col=5)
    ]
    assert rows[2] == ["M3", -190.75, 0, 140.75, -50]
    assert rows[4] == ["M5", 90, 0, 20, -70]
    _format, sheets = sheets_of(content, name="deck.xlsx")
    ours = next(sheet for sheet in sheets if sheet.name == "Products")
    assert ours.rows[3][1][:3] == ("=A", "1.1", "0.25")
    assert "B6" in ours.formulas


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_works_out_the_formulas_as_they_were_written(tmp_path):
    content = xlsx.workbook(totalled())
    (tmp_path / "deck.xlsx").write_bytes(content)
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    subprocess.run(["soffice", profile, "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML",
                    "--outdir", str(tmp_path / "out"), str(tmp_path / "deck.xlsx")],
                   check=True, capture_output=True, timeout=120)  # fmt: skip
    again = (tmp_path / "out" / "deck.xlsx").read_bytes()
    book, was = (
        openpyxl.load_workbook(io.BytesIO(one), data_only=True) for one in (again, content)
    )
    for name in ("Products", "Bridge"):
        cells = [[cell.value for cell in row] for row in was[name].iter_rows(max_col=6)]
        now = [[cell.value for cell in row] for row in book[name].iter_rows(max_col=6)]
        assert [[_near(one) for one in row] for row in now] == [
            [_near(one) for one in row] for row in cells
        ]
    assert {one.proof for one in carried(again, "xlsx") if one.text == one.meant} == {
        one.proof for one in samples.all_shown(totalled())
    }


def _near(value):
    return round(value, 9) if isinstance(value, int | float) else value or None


def test_excel_figures_are_found_again_after_sorting_inserting_and_editing():
    book = openpyxl.load_workbook(io.BytesIO(xlsx.workbook(samples.deck(
        Slide("a", ("Rows",), (samples.table(4),)),
        Slide("b", ("We lost ", samples.shown(5, "5 packs"), " in May")), facts=samples.Facts(()),
    ))))  # fmt: skip
    page = book["Rows"]
    page.insert_rows(6, 2)
    page["B5"] = 999
    page.delete_rows(page.max_row)
    sentence = book["We lost 5 packs in May"]
    sentence["A1"] = "Honestly, we lost 6 packs in May"
    buffer = io.BytesIO()
    book.save(buffer)
    found = {one.proof: one.text for one in carried(buffer.getvalue(), "xlsx")}
    assert found == {
        "p1000": "999", "p0": "0.00", "p1001": "1,001.00", "p-1": "-1.00", "p1002": "1,002.00",
        "p-2": "-2.00", "p1003": "", "p-3": "", "p5": "6 packs",
    }  # fmt: skip


def test_word_figures_are_found_again_after_edits_also_without_their_bookmarks():
    paper = Paper(title="Minutes", language="en", made_on=samples.deck().made_on, blocks=(
        Text(("We sold ", samples.shown(5, "5 packs"), " and ", samples.shown(7, "7 boxes"), ".")),
        Text(("Lost for ever: ", samples.shown(9, "9 units"))),
        Text(("Returned: ", samples.shown(3, "3 pallets"), " by Friday")),
    ))  # fmt: skip
    assert "5 packs" in _pdf_text(pdf.document(paper)) if shutil.which("pdftotext") else True
    made = Document(io.BytesIO(word.document(paper)))
    _title, first, second, third = made.paragraphs
    first.runs[1].text = "6 packs"
    second._p.getparent().remove(second._p)
    for mark in list(third._p.iterchildren("{*}bookmarkStart", "{*}bookmarkEnd")):
        third._p.remove(mark)
    third.runs[1].text = "4 pallets"
    buffer = io.BytesIO()
    made.save(buffer)
    found = {one.proof: one.text for one in carried(buffer.getvalue(), "docx")}
    assert found == {"p5": "6 packs", "p7": "7 boxes", "p9": "", "p3": "4 pallets"}


def _pdf_text(content):
    run = subprocess.run(["pdftotext", "-", "-"], input=content, capture_output=True, check=True)
    return run.stdout.decode()


@pytest.mark.parametrize("kind", ["xlsx", "docx"])
def test_what_carries_nothing_gives_nothing_and_another_kind_is_refused(kind):
    buffer = io.BytesIO()
    (openpyxl.Workbook() if kind == "xlsx" else Document()).save(buffer)
    assert carried(buffer.getvalue(), kind) == ()
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("a.txt", "x")
    with pytest.raises(Invalid) as refused:
        carried(other.getvalue(), kind)
    assert refused.value.code == "file_unreadable"


def test_without_libreoffice_the_answer_says_so(monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr(libreoffice, "_PLACES", ())
    with pytest.raises(Invalid) as refused:
        libreoffice.through_libreoffice(b"", "pptx")
    assert refused.value.code == "libreoffice_missing"


@pytest.mark.skipif(libreoffice.libreoffice() is None, reason="LibreOffice is not installed")
@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler is not installed")
def test_libreoffice_opens_a_deck_and_shows_every_slide_and_figure():
    given = samples.deck(language="zh-hans")
    text = _pdf_text(libreoffice.through_libreoffice(presentation(given), "pptx"))
    slides = text.split("\f")[:-1]
    assert len(slides) == 10  # nine for outside, of which the table takes two
    said = "".join(text.split())
    for one in ("1.4m", "12.4m", "1,000.00", "1,029.00", "2026年第三季度业务回顾", "+3%≥plan"):
        assert one in said, one
    assert slides[5].split()[-1] == "6"
    with pytest.raises(Invalid) as refused:
        libreoffice.through_libreoffice(presentation(given), "pptx", seconds=0.05)
    assert refused.value.code == "libreoffice_slow"
