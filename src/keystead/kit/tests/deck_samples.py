"""Decks and masters for the tests of the office writers."""

import io
from datetime import date
from decimal import Decimal

from pptx import Presentation
from pptx.oxml.ns import qn
from pptx.util import Emu, Pt

from keystead.kit.office.slides import (
    Chart,
    Deck,
    Facts,
    Line,
    Lines,
    Series,
    Shown,
    Slide,
    Strip,
    Table,
    TableColumn,
    Tile,
)

TEXTS = {
    "en": ("Sell-in is ", " behind target; two products explain it", "Business review Q3 2026"),
    "zh-hans": ("进货额比目标低", "；两个产品是主要原因", "2026年第三季度业务回顾"),
    "fr": ("Les ventes sont à ", " sous l’objectif ; deux produits", "Revue d’activité T3 2026"),
}
FACTS = Facts(
    (("Account", "JD Health"), ("As of", "2026-10-07")), (("Sell-in", "units × price", "3"),)
)


def shown(value, text="", *, tone="", shape="#,##0.00", proof=None):
    value = Decimal(value)
    number = f"{value:,.2f}"
    return Shown(text or number, value, f"p{value}" if proof is None else proof, "CNY", shape, tone)


def chart(kind="column", values=("10.5", "20.25", None, "-3.125"), **given):
    names = tuple(f"M{place}" for place in range(1, len(values) + 1))
    figures = tuple(None if value is None else shown(value) for value in values)
    series = (Series("Actual", figures, "actual"),)
    return Chart(kind, names, series, "By month", "m CNY", "Four months", **given)


def bridge():
    figures = ("100.5", "40.25", "-190.75", "-20", "90", "20")
    return chart("waterfall", figures, totals=(0, 5))


def table(rows, *, text="Atorvastatin", total=False):
    columns = (TableColumn("Product", share=3), TableColumn("Actual", True), TableColumn("Δ", True))
    held = tuple((f"{text} {n}", shown(1000 + n), shown(-n, tone="bad")) for n in range(rows))
    return Table(columns, held, title="By product", total=total, empty="No product was sold.")


def deck(*slides, language="en", link="", **given):
    return Deck(
        title=TEXTS[language][2], slides=slides or everything(language), language=language,
        made_on=date(2026, 10, 7), facts=given.pop("facts", FACTS), link=link,
        footer="JD Health", **given,
    )  # fmt: skip


def everything(language="en"):
    before, after, title = TEXTS[language]
    message = (before, shown("-1400000.55", "1.4 m"), after)
    lines = Lines(
        (Line(message), Line(("Tender: ", shown("7.5", "7.5 %", shape="0.0%")), 1)), "Why"
    )
    strip = Strip((Tile("Actual", shown("12400000", "12.4 m"), (shown("3", "+3 %"), " ≥ plan")),
                   Tile("Target", shown("13800000", "13.8 m"))))  # fmt: skip
    several = Chart("line", ("M1", "M2"), (
        Series("Actual", (shown("1.5"), shown("2.5")), "actual"),
        Series("Forecast", (None, shown("2.75")), "forecast"),
        Series("Target", (shown("3.5"), shown("4.5")), "target"),
    ), "Trend", "m CNY", "Three lines")  # fmt: skip
    return (
        Slide("t", (title,), subtitle="JD Health", layout="title"),
        Slide("a", message, (strip, chart()), "Sell-in, m CNY", ("Say this first.",)),
        Slide("b", ("Both",), (lines, several), "Lines", layout="two"),
        Slide("s", ("Part",), layout="section"),
        Slide("c", ("Bridge",), (bridge(),)),
        Slide("d", ("Products",), (table(30, total=True),)),
        Slide("e", ("Bars",), (chart("bar", ("1", "2")), table(2)), layout="two"),
        Slide("f", ("Empty",), (chart(values=()), table(0))),
        Slide("g", ("Ours",), (lines,), inside=True),
    )


def all_shown(given, *, inside=False):
    """Every figure of a deck that has a proof, in no order."""
    found = []

    def look(thing):
        if isinstance(thing, Shown):
            found.append(thing)
        elif isinstance(thing, tuple):
            for one in thing:
                look(one)
        elif hasattr(thing, "__dataclass_fields__"):
            for name in thing.__dataclass_fields__:
                look(getattr(thing, name))

    for slide in given.slides:
        if inside or not slide.inside:
            look(slide)
    return [one for one in found if one.proof]


def _renamed(made, names):
    for layout, name in zip(list(made.slide_layouts), names, strict=False):
        layout._element.find(qn("p:cSld")).set("name", name)
        if "type" in layout._element.attrib:
            del layout._element.attrib["type"]


def _bytes(made):
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def old_master():
    """4:3, the layouts of the nineties, a sample slide with a cut token and one without."""
    made = Presentation()
    cover = made.slides.add_slide(made.slide_layouts[0])
    paragraph = cover.shapes.title.text_frame.paragraphs[0]
    for piece in ("Welcome, {{ na", "me", " }}! {{title}}"):
        paragraph.add_run().text = piece
    paragraph.runs[0].font.size, paragraph.runs[0].font.bold = Pt(31), True
    cover.placeholders[1].text = "Sales {{ sales }} in {{ date }}"
    sample = made.slides.add_slide(made.slide_layouts[1])
    sample.shapes.title.text = "How to use this template"
    mark = made.slides.add_slide(made.slide_layouts[6])
    mark.shapes.add_textbox(0, 0, Pt(100), Pt(20)).text_frame.text = "{{ slides }}"
    last = made.slides.add_slide(made.slide_layouts[5])
    last.shapes.title.text = "Thank you, {{ name }}"
    return _bytes(made)


def chinese_master():
    """16:9, Chinese names, a dark ground, a narrow body beside a title at the left."""
    made = Presentation()
    made.slide_width, made.slide_height = Emu(960 * 12700), Emu(540 * 12700)
    _renamed(made, ("封面", "正文", "章节页", "双栏", "比较图", "仅标题"))
    colours = made.slide_masters[0]._element.find(qn("p:clrMap"))
    for name, mapped in (("bg1", "dk1"), ("tx1", "lt1"), ("bg2", "dk2"), ("tx2", "lt2")):
        colours.set(name, mapped)
    made.slide_masters[0].background.fill.solid()
    made.slide_masters[0].background.fill.fore_color.rgb = _rgb("12233A")
    for place, boxes in (
        (1, ((300, 60, 620, 400),)),
        (3, ((300, 60, 300, 400), (620, 60, 300, 400))),
    ):
        layout = made.slide_layouts[place]
        _box(layout.placeholders[0], (20, 60, 250, 300))
        for shape, box in zip(list(layout.placeholders)[1:], boxes, strict=False):
            _box(shape, box)
    return _bytes(made)


def odd_master():
    """Names that say nothing, a title at the foot, hardly any layouts: by placeholders alone."""
    made = Presentation()
    made.slide_width, made.slide_height = Emu(960 * 12700), Emu(540 * 12700)
    for layout in list(made.slide_layouts)[2:3] + list(made.slide_layouts)[4:]:
        made.slide_layouts.remove(layout)
    _renamed(made, ("Alpha", "Beta", "Gamma"))
    for layout in made.slide_layouts:
        for shape in layout.placeholders:
            if shape.placeholder_format.idx == 0:
                _box(shape, (40, 440, 880, 60))
            elif shape.placeholder_format.idx == 1:
                _box(shape, (40, 30, 420 if layout.name == "Gamma" else 880, 390))
            elif shape.placeholder_format.idx == 2:
                _box(shape, (480, 30, 440, 390))
    return _bytes(made)


MASTERS = {"old": old_master, "chinese": chinese_master, "odd": odd_master}


def _box(shape, box):
    shape.left, shape.top, shape.width, shape.height = (Pt(one) for one in box)


def _rgb(code):
    from pptx.dml.color import RGBColor

    return RGBColor.from_string(code)
