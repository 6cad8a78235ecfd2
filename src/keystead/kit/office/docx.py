"""A deck as a paper, for Word and PDF: titles, sentences, tables; a chart as the table it shows."""

from __future__ import annotations

from keystead.kit.office import word
from keystead.kit.office.deck.charts import empty
from keystead.kit.office.deck.words import facts_slide, no_figures
from keystead.kit.office.paper import (
    Block,
    Grid,
    GridColumn,
    Heading,
    Paper,
    Text,
    parts,
    said,
)
from keystead.kit.office.slides import (
    Chart,
    Content,
    Deck,
    Line,
    Lines,
    Slide,
    Strip,
    Table,
)


def document(deck: Deck, *, inside: bool = False) -> bytes:
    """Return a deck as a Word document; ``inside`` writes what the customer is never shown too."""
    return word.document(paper(deck, inside=inside))


def paper(deck: Deck, *, inside: bool = False) -> Paper:
    """Return a deck as a paper, with its fact sheet at the end."""
    blocks: list[Block] = []
    slides = [slide for slide in deck.slides if inside or not slide.inside]
    facts = facts_slide(deck)
    for slide in [*slides, *([facts] if facts else [])]:
        blocks += _slide(slide, deck)
    return Paper(
        title=deck.title, blocks=tuple(blocks), language=deck.language, made_on=deck.made_on,
        footer=deck.footer,
    )  # fmt: skip


def _slide(slide: Slide, deck: Deck) -> list[Block]:
    found: list[Block] = []
    if slide.layout != "title" or said(slide.title) != deck.title:
        found.append(Heading(slide.title))
    if slide.subtitle:
        found.append(Text(slide.subtitle, look="small"))
    for content in slide.contents:
        found += _content(content, deck.language)
    return found


def _content(content: Content, language: str) -> list[Block]:
    match content:
        case Lines():
            title: list[Block] = [Heading(content.title, level=2)] if content.title else []
            return title + [_line(line) for line in content.lines]
        case Strip():
            return _strip(content, language)
        case Chart():
            return _chart(content, language)
        case Table():
            return _table(content, language)


def _line(line: Line) -> Text:
    mark = ("\u00a0" * 4 * (line.level - 1) + "•\u00a0",) if line.level else ()
    return Text((*mark, *line.words), look="strong" if line.strong else "body")


def _strip(strip: Strip, language: str) -> list[Block]:
    if not strip.tiles:
        return [Text(no_figures(language), look="small")]
    found: list[Block] = []
    for tile in strip.tiles:
        beside = ("  ", *parts(tile.beside)) if tile.beside else ()
        found.append(Text((f"{tile.label}: ", tile.figure, *beside)))
    return found


def _chart(chart: Chart, language: str) -> list[Block]:
    found: list[Block] = [Heading(chart.title, level=2)] if chart.title else []
    if empty(chart):
        return [*found, Text(no_figures(language), look="small")]
    if chart.unit:
        found.append(Text(chart.unit, look="small"))
    columns = (
        GridColumn("", share=1.6), *(GridColumn(one.name, numeric=True) for one in chart.series)
    )  # fmt: skip
    rows = tuple(
        (category, *(one.figures[place] or "" for one in chart.series))
        for place, category in enumerate(chart.categories)
    )
    return [*found, Grid(columns, rows), Text(chart.alternative, look="small")]


def _table(table: Table, language: str) -> list[Block]:
    found: list[Block] = [Heading(table.title, level=2)] if table.title else []
    if not table.rows:
        return [*found, Text(table.empty or no_figures(language), look="small")]
    columns = tuple(GridColumn(one.label, one.numeric, one.share) for one in table.columns)
    return [*found, Grid(columns, table.rows, total=table.total)]
