"""Papers in Word and PDF, and templates: what is filled, what is refused, and by which name."""

import io
import shutil
import subprocess
import zipfile
from datetime import date

import pytest
from docx import Document

from keystead.kernel.errors import Invalid
from keystead.kit.office import pdf, word
from keystead.kit.office.paper import (
    Grid,
    GridColumn,
    Heading,
    Pairs,
    Paper,
    Signatures,
    Text,
)

PAPER = Paper(
    title="对账单 JD-1", language="zh-hans", made_on=date(2026, 6, 30), footer="页",
    blocks=(
        Heading("返利 & <tiers>"), Text("Été à Zürich, 1\u202f000,50 €, ≥ 3 %, ￥"),
        Pairs((("客户", "京东大药房有限公司"),)),
        Grid((GridColumn("条件"), GridColumn("金额", numeric=True)),
             (("年度返利", "1,000.00"), ("合计", "1,000.00")), total=True),
        Signatures(("甲方", "乙方"), ("签字",)),
    ),
)  # fmt: skip
BLOCKS = {"terms_table": (Text("one"), PAPER.blocks[3])}


def template(*paragraphs, cell="", footer="", split=False):
    made = Document()
    for text in paragraphs:
        paragraph = made.add_paragraph()
        for piece in text if split else [text]:
            paragraph.add_run(piece)
    if cell:
        made.add_table(1, 1).cell(0, 0).text = cell
    made.sections[0].footer.paragraphs[0].text = footer
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def filled(content, **words):
    return Document(io.BytesIO(word.fill(content, words, BLOCKS, paper=PAPER)))


def test_word_writes_every_block_and_the_same_bytes_each_time():
    made = word.document(PAPER)
    assert made == word.document(PAPER)
    found = Document(io.BytesIO(made))
    assert found.paragraphs[0].text == "对账单 JD-1"
    assert [[cell.text for cell in row.cells] for row in found.tables[1].rows] == [
        ["条件", "金额"], ["年度返利", "1,000.00"], ["合计", "1,000.00"],
    ]  # fmt: skip
    assert found.core_properties.created.date() == date(2026, 6, 30)


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler is not installed")
def test_pdf_prints_chinese_and_accents_with_fonts_it_carries(tmp_path):
    made = pdf.document(PAPER)
    assert made == pdf.document(PAPER)
    path = tmp_path / "paper.pdf"
    path.write_bytes(made)
    text = subprocess.run(["pdftotext", str(path), "-"], capture_output=True, check=True).stdout
    for piece in ("对账单", "京东大药房有限公司", "Été à Zürich", "€", "≥", "<tiers>", "￥"):
        assert piece in text.decode(), piece
    fonts = subprocess.run(["pdffonts", str(path)], capture_output=True, check=True).stdout.decode()
    rows = [row for row in fonts.splitlines()[2:] if not row.startswith("Helvetica ")]
    assert len(rows) == 3  # besides the one that every file of the library names and none uses
    assert all(" yes yes yes " in row for row in rows), fonts  # embedded, subset, readable


def test_words_are_filled_wherever_they_stand_and_however_word_cut_them():
    content = template("No. {{ number }} of {{name}}", cell="{{ number }}", footer="{{ name }}",
                       split=True)  # fmt: skip
    made = filled(content, number="JD-1", name="{{ number }} 京东")
    assert made.paragraphs[0].text == "No. JD-1 of { { number } } 京东"
    assert made.tables[0].cell(0, 0).text == "JD-1"
    assert made.sections[0].footer.paragraphs[0].text == "{ { number } } 京东"


def test_a_block_takes_the_place_of_its_paragraph():
    made = filled(template("before", "{{ terms_table }}", "after"))
    assert [p.text for p in made.paragraphs if p.text] == ["before", "one", "after"]
    assert made.tables[0].rows[1].cells[1].text == "1,000.00"


def test_a_line_whose_only_word_is_empty_goes_away():
    made = filled(template("before", "{{ number }}", "after"), number="")
    assert [p.text for p in made.paragraphs] == ["before", "after"]


@pytest.mark.parametrize(
    ("content", "code", "named"),
    [
        (template("{{ nubmer }}"), "template_unknown", "nubmer"),
        (template("see {{ terms_table }} here"), "template_block", "terms_table"),
        (template("x", cell="{{ terms_table }}"), "template_block", "terms_table"),
        (template("{{ number }"), "template_broken", "{{ number }"),
        (template("{% for x in y %}"), "template_broken", "{% for x in y %}"),
        (template("{{ number.__class__ }}"), "template_unknown", "number.__class__"),
        (b"PK\x03\x04 nothing", "template_unreadable", ""),
        (b"<html>", "template_unreadable", ""),
    ],
)
def test_a_wrong_template_is_refused_by_the_name_of_its_placeholder(content, code, named):
    with pytest.raises(Invalid) as caught:
        filled(content, number="1")
    assert (caught.value.code, caught.value.data["placeholder"]) == (code, named)
    if code == "template_unknown" and named == "nubmer":
        assert "number" in caught.value.hint


def with_part(name, text):
    buffer = io.BytesIO(template("x"))
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, text)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (with_part("word/vbaProject.bin", "x"), "template_active"),
        (with_part("word/embeddings/a.bin", "x"), "template_active"),
        (with_part("word/_rels/settings.xml.rels",
                   '<Relationship Type="x/attachedTemplate" Target="http://evil/" '
                   'TargetMode="External"/>'), "template_active"),
        (with_part("word/big.xml", "0" * 61_000_000), "template_large"),
    ],
)  # fmt: skip
def test_a_template_that_brings_more_than_text_is_refused(content, code):
    with pytest.raises(Invalid) as caught:
        filled(content)
    assert caught.value.code == code
