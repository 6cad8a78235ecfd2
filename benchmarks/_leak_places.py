"""Where leaks are planted in real decks: slides, sheets and papers, also where nobody looks."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Callable
from decimal import Decimal
from io import BytesIO
from typing import Any


@dataclasses.dataclass(frozen=True)
class Base:
    """A document as it was generated: for whom, its format, how it is written with more in it."""

    account_id: int
    name: str
    format: str
    content: bytes
    deck: Any


@dataclasses.dataclass(frozen=True)
class Plant:
    kind: str
    way: str
    text: str = ""
    proof: str = ""
    leaks: tuple[str, ...] = ()


def planted(base: Base, plant: Plant, chance: random.Random) -> tuple[bytes, str]:
    """Return a document with something more in it, and where that stands."""
    if plant.kind == "approval" or not (plant.text or plant.proof):
        return base.content, "whole document"
    if plant.proof:
        return _figure_in(base, plant, chance), "table cell"
    places = {"pptx": _IN_SLIDES, "xlsx": _IN_SHEETS, "docx": _IN_PAPER}[base.format]
    place = "text, broken" if plant.way == "broken over runs" else chance.choice(sorted(places))
    put = _broken if place == "text, broken" else places[place]
    return put(base, plant.text), place


def _figure_in(base: Base, plant: Plant, chance: random.Random) -> bytes:
    """Write the deck again with a figure of somebody else in a table of one of its slides."""
    from keystead.kit.office import docx, xlsx
    from keystead.kit.office.pptx import presentation
    from keystead.kit.office.slides import Shown, Table, TableColumn

    shown = Shown(plant.text, Decimal(12345), plant.proof, "CNY")
    table = Table((TableColumn("Figure"), TableColumn("Value", numeric=True)),
                  (("Sales", shown),))  # fmt: skip
    at = chance.randrange(1, len(base.deck.slides))
    slide = dataclasses.replace(base.deck.slides[at], contents=(table,))
    slides = (*base.deck.slides[:at], slide, *base.deck.slides[at + 1 :])
    deck = dataclasses.replace(base.deck, slides=slides)
    write = {"pptx": presentation, "xlsx": xlsx.workbook, "docx": docx.document}[base.format]
    return write(deck)


def _slides(put: Callable[[Any, str], None]) -> Callable[[Base, str], bytes]:
    def done(base: Base, text: str) -> bytes:
        from pptx import Presentation

        deck = Presentation(BytesIO(base.content))
        put(deck, text)
        out = BytesIO()
        deck.save(out)
        return out.getvalue()

    return done


def _box(slide: Any, text: str) -> None:
    slide.shapes.add_textbox(0, 0, 900000, 900000).text_frame.text = text


def _hidden_slide(deck: Any, text: str) -> None:
    slide = deck.slides.add_slide(deck.slide_layouts[0])
    slide._element.set("show", "0")
    _box(slide, text)


def _first(deck: Any, kind: str) -> Any:
    return next(
        (shape for slide in deck.slides for shape in slide.shapes if getattr(shape, kind)), None
    )


def _in_table(deck: Any, text: str) -> None:
    shape = _first(deck, "has_table")
    if shape is None:
        _box(deck.slides[0], text)
    else:
        shape.table.cell(0, 0).text = text


def _in_chart(deck: Any, text: str) -> None:
    import openpyxl

    shape = _first(deck, "has_chart")
    if shape is None:
        _box(deck.slides[0], text)
        return
    part = shape.chart.part.chart_workbook.xlsx_part
    book = openpyxl.load_workbook(BytesIO(part.blob))
    book.worksheets[0]["H40"] = text
    out = BytesIO()
    book.save(out)
    part._blob = out.getvalue()


def _in_notes(deck: Any, text: str) -> None:
    deck.slides[1].notes_slide.notes_text_frame.text = text


def _in_alternative(deck: Any, text: str) -> None:
    deck.slides[1].shapes[0]._element.xpath(".//p:cNvPr")[0].set("descr", text)


def _in_properties(deck: Any, text: str) -> None:
    deck.core_properties.comments = text


_IN_SLIDES = {
    "text": _slides(lambda deck, text: _box(deck.slides[2], text)),
    "notes": _slides(_in_notes), "table cell": _slides(_in_table),
    "workbook of a chart": _slides(_in_chart), "alternative text": _slides(_in_alternative),
    "properties": _slides(_in_properties), "hidden slide": _slides(_hidden_slide),
}  # fmt: skip


def _sheets(put: Callable[[Any, str], None]) -> Callable[[Base, str], bytes]:
    def done(base: Base, text: str) -> bytes:
        import openpyxl

        book = openpyxl.load_workbook(BytesIO(base.content))
        put(book, text)
        out = BytesIO()
        book.save(out)
        return out.getvalue()

    return done


def _cell(book: Any, text: str) -> None:
    book.worksheets[0]["J60"] = text


def _hidden_sheet(book: Any, text: str) -> None:
    sheet = book.create_sheet("Data")
    sheet["A1"] = text
    sheet.sheet_state = "veryHidden"


def _note(book: Any, text: str) -> None:
    from openpyxl.comments import Comment

    book.worksheets[0]["B2"].comment = Comment(text, "Keystead")


def _book_property(book: Any, text: str) -> None:
    book.properties.keywords = text


_IN_SHEETS = {
    "cell": _sheets(_cell), "hidden sheet": _sheets(_hidden_sheet),
    "cell comment": _sheets(_note), "properties": _sheets(_book_property),
}  # fmt: skip


def _paper(put: Callable[[Any, str], None]) -> Callable[[Base, str], bytes]:
    def done(base: Base, text: str) -> bytes:
        from docx import Document

        made = Document(BytesIO(base.content))
        put(made, text)
        out = BytesIO()
        made.save(out)
        return out.getvalue()

    return done


def _head(made: Any, text: str) -> None:
    made.sections[0].header.paragraphs[0].text = text


def _row(made: Any, text: str) -> None:
    made.add_table(1, 2).cell(0, 1).text = text


def _paper_property(made: Any, text: str) -> None:
    made.core_properties.subject = text


_IN_PAPER = {
    "text": _paper(lambda made, text: made.add_paragraph(text)), "header": _paper(_head),
    "table cell": _paper(_row), "properties": _paper(_paper_property),
}  # fmt: skip


def _broken(base: Base, text: str) -> bytes:
    """A text in three runs, as an editor leaves it behind; Excel keeps it in one cell."""
    cut = len(text) // 2
    parts = (text[: cut - 1], text[cut - 1 : cut + 1], text[cut + 1 :])

    def slides(deck: Any, _text: str) -> None:
        box = deck.slides[2].shapes.add_textbox(0, 0, 900000, 900000)
        for part in parts:
            box.text_frame.paragraphs[0].add_run().text = part

    def paper(made: Any, _text: str) -> None:
        paragraph = made.add_paragraph()
        for part in parts:
            paragraph.add_run(part).bold = True

    put = {"pptx": _slides(slides), "docx": _paper(paper), "xlsx": _sheets(_cell)}[base.format]
    return put(base, text)
