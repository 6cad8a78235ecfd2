"""Decks as PowerPoint: every figure carried, nothing over its box, any master, three languages."""

import io
import json
import re
import zipfile
from copy import deepcopy
from decimal import Decimal

import openpyxl
import pytest
from pptx import Presentation
from pptx.util import Pt

from keystead.kernel.errors import Invalid
from keystead.kit.office.carried import carried
from keystead.kit.office.deck import traces
from keystead.kit.office.deck.measure import LEADING, wrap
from keystead.kit.office.deck.traces import SPACE
from keystead.kit.office.pptx import presentation
from keystead.kit.office.slides import Line, Lines, Slide, Strip, Tile
from keystead.kit.tests import deck_samples as samples

GERMAN = "Arzneimittelversorgungsstärkungsgesetzdurchführungsverordnung "
CHINESE = "阿托伐他汀钙片二十毫克二十八片装医院渠道进货价格调整说明，"


def texts(shape):
    return "\n".join(p.text for p in shape.text_frame.paragraphs)


@pytest.mark.parametrize("language", ["en", "zh-hans", "fr"])
def test_every_figure_is_carried_and_the_same_deck_gives_the_same_bytes(language):
    given = samples.deck(language=language, link="https://k.example/proof/{id}")
    made = presentation(given)
    assert made == presentation(given)
    found = carried(made, "pptx")
    wanted = [(one.text, one.proof, f"{one.value:f}", "CNY") for one in samples.all_shown(given)]
    assert sorted((one.text, one.proof, one.value, one.measure) for one in found) == sorted(wanted)
    assert all(one.text == one.meant for one in found)
    read = Presentation(io.BytesIO(made))
    assert read.core_properties.created.date() == given.made_on
    titles = [slide.shapes.title.text for slide in read.slides]
    assert titles[0] == samples.TEXTS[language][2]
    assert titles[1] == "1.4 m".join(samples.TEXTS[language][:2])
    notes = read.slides[1].notes_slide.notes_text_frame.text.splitlines()
    assert notes[0] == "Say this first."
    assert "1.4 m: p-1400000.55" in notes
    run = next(
        r for r in read.slides[1].shapes.title.text_frame.paragraphs[0].runs if r.text == "1.4 m"
    )
    assert run.hyperlink.address == "https://k.example/proof/p-1400000.55"


def test_what_is_for_inside_is_written_only_when_asked():
    given = samples.deck()
    outside, inside = (presentation(given, inside=whether) for whether in (False, True))
    assert len(carried(inside, "pptx")) - len(carried(outside, "pptx")) == 2
    assert (
        len(Presentation(io.BytesIO(inside)).slides)
        == len(Presentation(io.BytesIO(outside)).slides) + 1
    )


def test_the_workbook_of_a_chart_holds_exactly_the_figures_and_their_proofs():
    made = Presentation(io.BytesIO(presentation(samples.deck(
        Slide("a", ("Months",), (samples.chart(),)), Slide("b", ("Bridge",), (samples.bridge(),))
    ))))  # fmt: skip
    books, points = [], []
    for slide in list(made.slides)[:2]:
        chart = next(shape.chart for shape in slide.shapes if shape.has_chart)
        blob = chart.part.chart_workbook.xlsx_part.blob
        books.append(openpyxl.load_workbook(io.BytesIO(blob), data_only=True))
        points.append([list(series.values) for plot in chart.plots for series in plot.series])
    page = books[0]["Sheet1"]
    assert [cell.value for cell in page["B"]] == ["Actual", 10.5, 20.25, None, -3.125]
    assert points[0] == [[10.5, 20.25, None, -3.125]]
    assert [cell.value for cell in books[0]["Proof"]["F"]] == [
        "Proof",
        "p10.5",
        "p20.25",
        "p-3.125",
    ]
    page = books[1]["Sheet1"]
    rows = [[cell.value for cell in row] for row in page.iter_rows(min_row=2, min_col=2, max_col=7)]
    # base, above zero, below zero, label, value, end: through zero and back, worked out by hand
    assert rows == [
        [0, 100.5, 0, 100.5, 100.5, 100.5], [100.5, 40.25, 0, 140.75, 40.25, 140.75],
        [0, 140.75, -50, 140.75, -190.75, -50], [-50, 0, -20, -50, -20, -70],
        [0, 20, -70, 20, 90, 20], [0, 20, 0, 20, 20, 20],
    ]  # fmt: skip
    assert points[1] == [list(column) for column in zip(*[row[:4] for row in rows], strict=True)]


def shape_named(made, start):
    return next(s for slide in made.slides for s in slide.shapes if s.name.startswith(start))


def saved(made):
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def test_figures_are_found_again_in_a_file_that_was_edited():
    lines = Lines((Line(("We sold ", samples.shown(5, "5 packs"), " and ", samples.shown(7, "7 boxes"))),
                   Line(("Lost: ", samples.shown(9, "9 units")))))  # fmt: skip
    made = Presentation(io.BytesIO(presentation(samples.deck(
        Slide("a", ("One",), (lines,)), Slide("b", ("Two",), (samples.table(3),)),
        Slide("c", ("Three",), (samples.chart(values=("1", "2", "3")),)), facts=samples.Facts(()),
    ))))  # fmt: skip
    text = next(s for s in made.slides[0].shapes if s.name.startswith("Text"))
    first, second = text.text_frame.paragraphs
    first.runs[1].text = "6 packs"
    first.runs[0].text = "Last year we sold "
    second._p.getparent().remove(second._p)
    added = text.text_frame.add_paragraph()
    added.text = "A remark"
    grid = next(s for s in made.slides[1].shapes if s.has_table).table
    grid.cell(1, 1).text = "1,999.00"
    grid._tbl.remove(grid._tbl.tr_lst[2])
    chart = next(s.chart for s in made.slides[2].shapes if s.has_chart)
    part = chart.part.chart_workbook.xlsx_part
    book = openpyxl.load_workbook(io.BytesIO(part.blob))
    book["Sheet1"]["B3"] = 2.5
    buffer = io.BytesIO()
    book.save(buffer)
    part._blob = buffer.getvalue()
    point = next(iter(chart._chartSpace.iterfind(".//{*}val//{*}pt[@idx='2']/{*}v")))
    point.text = "33.0"
    found = {one.proof: one.text for one in carried(saved(made), "pptx")}
    assert found == {
        "p5": "6 packs", "p7": "7 boxes", "p9": "", "p1000": "1,999.00", "p0": "0.00",
        "p1001": "", "p-1": "", "p1002": "1,002.00", "p-2": "-2.00", "p1": "1.00", "p2": "2.5",
        "p3": "33",
    }  # fmt: skip


def test_a_slide_that_was_copied_in_the_file_shows_its_figures_too():
    lines = Lines((Line(("We sold ", samples.shown(5, "5 packs"))),))
    made = Presentation(io.BytesIO(presentation(samples.deck(Slide("a", ("One",), (lines,))))))
    copy = made.slides.add_slide(made.slides[0].slide_layout)
    for shape in list(copy.shapes):
        shape._element.getparent().remove(shape._element)
    for shape in made.slides[0].shapes:
        copy.shapes._spTree.append(deepcopy(shape._element))
    text = next(s for s in copy.shapes if s.name.startswith("Text"))
    text.text_frame.paragraphs[0].runs[1].text = "8 packs"
    found = [(one.place.split(",")[0], one.text, one.proof) for one in carried(saved(made), "pptx")]
    assert found == [("slide 1", "5 packs", "p5"), ("slide 3", "8 packs", "p5")]


def test_a_file_that_carries_nothing_gives_nothing_and_what_is_no_file_is_refused():
    assert carried(saved(Presentation()), "pptx") == ()
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("ppt/presentation.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')
    for content in (b"no zip", bomb.getvalue()):
        with pytest.raises(Invalid):
            carried(content, "pptx")


def swapped(value, new):
    """Every copy of a nested value in which one place is something else."""
    if isinstance(value, dict | list):
        places = list(value) if isinstance(value, dict) else range(min(len(value), 2))
        for place in places:
            for inner in (new, *swapped(value[place], new)):
                copy = value.copy()
                copy[place] = inner
                yield copy


@pytest.mark.parametrize("new", [None, [], {}, -7, "x", [[]], {"a": [1]}])
def test_a_manifest_that_somebody_wrote_does_no_harm(new):
    lines = Lines((Line(("We sold ", samples.shown(5))),))
    content = presentation(samples.deck(
        Slide("a", ("One",), (lines, samples.chart(), samples.table(1))), facts=samples.Facts(()),
    ))  # fmt: skip
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = next(name for name, held in parts.items() if SPACE.encode() in held[:300])
    told = json.loads(re.sub(rb"<[^>]*>", b"", parts[name]).decode().replace("&lt;", "<"))
    count = 0
    for other in swapped(told, new):
        parts[name] = traces.part(other)
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            for one, held in parts.items():
                archive.writestr(one, held)
        assert all(isinstance(one.text, str) for one in carried(buffer.getvalue(), "pptx"))
        count += 1
    assert count > 40


def overfull(made):
    """Every text that is higher than its box, by the metrics of the writer."""
    wide, high = made.slide_width, made.slide_height
    found = []
    for number, slide in enumerate(made.slides, start=1):
        for shape in slide.shapes:
            box = (shape.left, shape.top, shape.width, shape.height)
            if (
                box[0] < 0
                or box[1] < 0
                or box[0] + box[2] > wide + 99
                or box[1] + box[3] > high + 99
            ):
                found.append((number, shape.name, "off the slide"))
            if shape.has_text_frame and not shape.name.startswith("Page"):
                body = shape.text_frame
                inset = (
                    0
                    if shape.name.startswith(("Text", "Figure")) and not shape.is_placeholder
                    else 14.4
                )
                need = high_of(body.paragraphs, shape.width / 12700 - inset)
                if need > shape.height / 12700 + 1:
                    found.append((number, shape.name, need, shape.height / 12700))
            if shape.has_table:
                columns = [column.width / 12700 - 10 for column in shape.table.columns]
                for row in shape.table.rows:
                    need = max(high_of(cell.text_frame.paragraphs, room)
                               for cell, room in zip(row.cells, columns, strict=True)) + 6  # fmt: skip
                    if need > row.height / 12700 + 1:
                        found.append((number, shape.name, need, row.height / 12700))
    return found


def high_of(paragraphs, room):
    total = 0.0
    for paragraph in paragraphs:
        sizes = [run.font.size.pt for run in paragraph.runs if run.font.size]
        if not sizes:
            continue
        bold = any(run.font.bold for run in paragraph.runs)
        before = paragraph.space_before.pt if paragraph.space_before is not None else 0
        lines = wrap(
            paragraph.text, max(sizes), room - 16 * (paragraph.level or 0), bold=bool(bold)
        )
        total += len(lines) * max(sizes) * LEADING + before
    return total


@pytest.mark.parametrize("master", [None, *samples.MASTERS])
def test_hard_texts_stay_in_their_boxes_and_nothing_is_lost(master):
    hard = Lines(
        tuple(Line((GERMAN * 3, samples.shown(n), CHINESE * 4), level=n % 3) for n in range(1, 10))
    )
    strip = Strip(tuple(Tile(GERMAN, samples.shown(10**n), (CHINESE,)) for n in range(9)))
    huge = samples.Table((samples.TableColumn("Words"), samples.TableColumn("Actual", True)),
                         ((GERMAN * 30 + CHINESE * 40, samples.shown(77)),))  # fmt: skip
    given = samples.deck(
        Slide("a", (GERMAN * 4, samples.shown(42), CHINESE * 6), (hard,), GERMAN * 3),
        Slide("b", ("Strip",), (strip, samples.chart())), Slide("c", ("Huge",), (huge,)),
        Slide("d", ("Rows",), (samples.table(60 if master else 200, text=GERMAN, total=True),)),
        Slide("e", (CHINESE * 3,), (hard, samples.table(40, text=CHINESE)), layout="two"),
        Slide("f", (GERMAN * 8,), (hard,), CHINESE * 9, layout="title"),
        facts=samples.Facts(()),
    )  # fmt: skip
    tokens = {"name": "Ms Li", "sales": "none"}
    template = samples.MASTERS[master]() if master else None
    content = presentation(given, template=template, tokens=tokens)
    made = Presentation(io.BytesIO(content))
    assert overfull(made) == []
    found = carried(content, "pptx")
    wanted = [one.proof for one in samples.all_shown(given)]
    titled = len(found) - len(wanted)  # the title is on each slide that a long list takes
    assert sorted(one.proof for one in found) == sorted(wanted + ["p42"] * titled)
    assert all(one.text == one.meant for one in found)
    said = "".join(
        texts(s) if s.has_text_frame else "" for slide in made.slides for s in slide.shapes
    )
    assert said.count(GERMAN.strip()) >= 9 * 3 * 3  # three slides of the same lines
    grids = [s.table for slide in made.slides for s in slide.shapes if s.has_table]
    rows = [grid for grid in grids if grid.cell(0, 0).text == "Product"]
    assert sum(len(grid.rows) - 1 for grid in rows) == (100 if master else 240)
    assert len(rows) > 5  # over several slides, each with its head


def test_a_company_master_keeps_its_own_slides_and_fills_them():
    given = samples.deck()
    tokens = {"name": "Ms Li", "sales": samples.shown("12.5", "12.5 m")}
    content = presentation(given, template=samples.old_master(), tokens=tokens)
    made = Presentation(io.BytesIO(content))
    first, last = made.slides[0], made.slides[-1]
    assert first.shapes.title.text == "Welcome, Ms Li! Business review Q3 2026"
    assert first.shapes.title.text_frame.paragraphs[0].runs[0].font.size == Pt(31)
    assert first.placeholders[1].text == "Sales 12.5 m in 2026-10-07"
    assert last.shapes.title.text == "Thank you, Ms Li"
    titles = [slide.shapes.title.text for slide in made.slides if slide.shapes.title is not None]
    assert "How to use this template" not in titles
    assert titles.count("Business review Q3 2026") == 0  # the cover of the company says it already
    assert made.slides[1].slide_layout.name == "Title and Content"
    assert "p12.5" in {one.proof for one in carried(content, "pptx")}
    with pytest.raises(Invalid) as refused:
        presentation(given, template=samples.old_master(), tokens={"nam": "x", "sales": "y"})
    assert "{{ nam }}" in refused.value.hint


def test_layouts_are_found_by_name_by_placeholders_or_as_told():
    given = samples.deck()
    names = [s.slide_layout.name for s in Presentation(io.BytesIO(
        presentation(given, template=samples.chinese_master()))).slides][:4]  # fmt: skip
    assert names == ["封面", "正文", "双栏", "章节页"]
    made = Presentation(io.BytesIO(presentation(given, template=samples.odd_master())))
    assert [slide.slide_layout.name for slide in made.slides][:3] == ["Alpha", "Beta", "Gamma"]
    told = presentation(given, template=samples.odd_master(), layouts={"two": "Beta"})
    assert Presentation(io.BytesIO(told)).slides[2].slide_layout.name == "Beta"
    with pytest.raises(Invalid) as refused:
        presentation(given, template=samples.odd_master(), layouts={"two": "Gama"})
    assert "Gamma" in refused.value.hint


def with_part(name, content):
    buffer = io.BytesIO(samples.odd_master())
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"nothing", "template_unreadable"),
        (with_part("ppt/vbaProject.bin", b"x"), "template_active"),
        (with_part("ppt/embeddings/oleObject1.bin", b"x"), "template_active"),
        (with_part("ppt/slides/_rels/a.rels", b'<Relationship TargetMode="External" Type="x/image"/>'), "template_active"),
        (with_part("ppt/x.xml", b'<!DOCTYPE x [<!ENTITY a "b">]><x/>'), "template_active"),
        (with_part("ppt/big.xml", b"0" * 151_000_000), "template_large"),
    ],
)  # fmt: skip
def test_a_hostile_template_is_refused(content, code):
    with pytest.raises(Invalid) as refused:
        presentation(samples.deck(), template=content)
    assert refused.value.code == code


def test_charts_and_tables_say_in_words_what_they_show_and_text_has_a_chinese_font():
    made = Presentation(io.BytesIO(presentation(samples.deck(language="zh-hans"))))
    frames = [s for slide in made.slides for s in slide.shapes if s.has_chart or s.has_table]
    assert len(frames) > 6
    assert all(shape._element.nvGraphicFramePr.cNvPr.get("descr") for shape in frames)
    for slide in made.slides:
        for run in slide._element.iterfind(".//{*}r/{*}rPr"):
            assert run.find("{*}ea").get("typeface") == "Microsoft YaHei"
            assert run.get("lang") == "zh-CN"


def test_empty_contents_give_an_honest_slide():
    empty = samples.deck(Slide("a", ("Empty",), (samples.chart(values=()), samples.table(0))),
                         Slide("b", ("None",)), facts=samples.Facts(()))  # fmt: skip
    made = Presentation(io.BytesIO(presentation(empty)))
    assert "There are no figures for this yet." in [
        texts(s).splitlines()[-1] for s in made.slides[0].shapes if s.has_text_frame
    ]
    grid = next(s.table for s in made.slides[0].shapes if s.has_table)
    assert grid.cell(1, 0).text == "No product was sold."
    assert len(made.slides) == 2
    nothing = Presentation(io.BytesIO(presentation(samples.deck(
        Slide("a", ("In",), inside=True), facts=samples.Facts(())))))  # fmt: skip
    assert [slide.shapes.title.text for slide in nothing.slides] == ["Business review Q3 2026"]


def test_a_deck_can_be_the_template_of_the_next_one():
    first = presentation(samples.deck(Slide("a", ("One",), (samples.table(2),))))
    found = carried(
        presentation(samples.deck(Slide("b", (samples.shown(Decimal("8")),))), template=first),
        "pptx",
    )
    assert [one.proof for one in found] == ["p8"]
