"""Excel of a deck: a sheet for each slide, numbers as numbers, native charts beside their table.

A total is a formula where it is the sum of its column; the cells of figures link to their proofs.
A sheet that Excel never shows says which cell is which figure, for ``carried``. The same contents
always give the same bytes.
"""

from __future__ import annotations

import io
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from urllib.parse import quote

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell

from keystead.kit.office.deck.charts import empty, exact
from keystead.kit.office.deck.measure import flat
from keystead.kit.office.deck.plots import insert_chart, step_columns
from keystead.kit.office.deck.words import facts_slide, no_figures
from keystead.kit.office.paper import parts
from keystead.kit.office.sheets import clean, fits_double, is_risky, sheet_name
from keystead.kit.office.slides import (
    Chart,
    Deck,
    Lines,
    Part,
    Shown,
    Slide,
    Strip,
    Table,
    Words,
)

PROOF_SHEET: Final = "Proof"
PROOF_HEAD: Final = (
    "Sheet", "Cell", "Shown", "Value", "Measure", "Proof", "Row", "Column", "Sentence", "From",
)  # fmt: skip
_LONGEST_LINK: Final = 2_000
_INK, _MUTED, _GOOD, _BAD = "#1D1F20", "#5A5E61", "#2A7548", "#B3402E"
_TONES: Final = {"": _INK, "good": _GOOD, "bad": _BAD, "quiet": _MUTED}


def workbook(deck: Deck, *, inside: bool = False) -> bytes:
    """Return a deck as Excel; ``inside`` writes slides too that the customer is never shown."""
    return _Book(deck).written(inside)


class _Book:
    def __init__(self, deck: Deck) -> None:
        self.deck = deck
        self._buffer = io.BytesIO()
        self.book = xlsxwriter.Workbook(self._buffer, {
            "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
            "strings_to_numbers": False, "max_url_length": 2079,
        })  # fmt: skip
        day = deck.made_on
        self.book.set_properties({
            "title": clean(deck.title), "author": "Keystead",
            "created": datetime(day.year, day.month, day.day),  # noqa: DTZ001 - a date, no clock
        })  # fmt: skip
        self._looks: dict[tuple[Any, ...], Any] = {}
        self.proofs: list[tuple[str, ...]] = []

    def written(self, inside: bool) -> bytes:
        taken = {PROOF_SHEET.casefold()}
        slides = [slide for slide in self.deck.slides if inside or not slide.inside]
        facts = facts_slide(self.deck)
        for slide in [*slides, *([facts] if facts else [])] or [Slide("", (self.deck.title,))]:
            page = self.book.add_worksheet(sheet_name(flat(slide.title) or slide.key, taken))
            _Page(self, page).write(slide)
        self._keep_proofs()
        self.book.close()
        return self._buffer.getvalue()

    def _keep_proofs(self) -> None:
        page = self.book.add_worksheet(PROOF_SHEET)
        for row, cells in enumerate((PROOF_HEAD, *self.proofs)):
            for column, text in enumerate(cells):
                page.write_string(row, column, clean(text))
        page.very_hidden()

    def look(self, **given: Any) -> Any:
        """Return a format, made once."""
        key = tuple(sorted(given.items()))
        if key not in self._looks:
            base = {"font_name": "Calibri", "font_size": 11, "valign": "top", "font_color": _INK}
            self._looks[key] = self.book.add_format({**base, **given})
        return self._looks[key]


class _Page:
    """One sheet; contents stand below each other, each with a row of air."""

    def __init__(self, book: _Book, page: Any) -> None:
        self.book, self.page, self.row = book, page, 0
        self.widths: dict[int, float] = {0: 12.0}
        self.frozen = 0

    def write(self, slide: Slide) -> None:
        self.page.hide_gridlines(2)
        self.page.set_landscape()
        self.page.set_paper(9)
        self.page.fit_to_pages(1, 0)
        self.words((self.row, 0), slide.title, bold=True, font_size=15)
        self.page.set_row(0, 24)
        self.row += 1
        if slide.subtitle:
            self.words((self.row, 0), (slide.subtitle,), font_color=_MUTED)
            self.row += 1
        self.row += 1
        for content in slide.contents:
            match content:
                case Lines():
                    self._lines(content)
                case Strip():
                    self._strip(content)
                case Chart():
                    self._chart(content)
                case Table():
                    self._table(content)
            self.row += 1
        for note in slide.notes:
            self.words((self.row, 0), (note,), italic=True, font_color=_MUTED)
            self.row += 1
        for column, wide in self.widths.items():
            self.page.set_column(column, column, min(wide, 60))
        if self.frozen and self.frozen <= 8:
            self.page.freeze_panes(self.frozen, 0)
        else:
            self.page.freeze_panes(1, 0)

    def words(self, at: tuple[int, int], words: Words, **look: Any) -> None:
        """Write a sentence into one cell; its figures are kept with where they begin."""
        text = clean(flat(words))
        if not text:
            return
        risky = {"quote_prefix": True} if is_risky(text) else {}
        self.page.write_string(*at, text, self.book.look(**look, **risky))
        begin = 0
        for part in words:
            if isinstance(part, Shown) and part.proof:
                self._keep(at, part, "", "", text, begin)
            begin += len(clean(part.text if isinstance(part, Shown) else part))

    def figure(
        self, at: tuple[int, int], figure: Shown, names: tuple[str, str] = ("", ""), **look: Any
    ) -> None:
        """Write a number as a number, with its proof behind it."""
        value = exact(figure)
        shape = {"num_format": figure.shape or _shape(value), "align": "right",
                 "font_color": _TONES[figure.tone], **look}  # fmt: skip
        if value is None or not fits_double(value):
            self.words(at, (figure,), align="right", **look)
            return
        self._link(at, figure, self.book.look(**shape))
        self.page.write_number(*at, float(value), self.book.look(**shape))
        self._wide(at[1], figure.text)
        if figure.proof:
            self._keep(at, figure, *names, "", 0)

    def _link(self, at: tuple[int, int], figure: Shown, look: Any) -> None:
        link = self.book.deck.link
        if link and figure.proof:
            url = link.replace("{id}", quote(figure.proof, safe=""))
            if len(url) <= _LONGEST_LINK:
                self.page.write_url(*at, url, look, string="0")

    def _keep(
        self, at: tuple[int, int], figure: Shown, row: str, column: str, sentence: str, begin: int
    ) -> None:
        value = exact(figure)
        self.book.proofs.append((
            self.page.get_name(), xl_rowcol_to_cell(*at), figure.text,
            "" if value is None else f"{value:f}", figure.measure, figure.proof, row, column,
            sentence, str(begin),
        ))  # fmt: skip

    def _wide(self, column: int, text: str) -> None:
        wide = sum(2 if ord(sign) > 0x2E7F else 1 for sign in text[:60]) + 2.0
        self.widths[column] = max(self.widths.get(column, 9.0), wide)

    def _title(self, title: str, unit: str = "") -> None:
        for text, look in ((title, {"bold": True}), (unit, {"font_color": _MUTED})):
            if text:
                self.words((self.row, 0), (text,), **look)
                self.row += 1

    def _lines(self, lines: Lines) -> None:
        self._title(lines.title)
        for line in lines.lines:
            self.words((self.row, 0), line.words, bold=line.strong, indent=line.level)
            self.row += 1

    def _strip(self, strip: Strip) -> None:
        if not strip.tiles:
            self._title("", no_figures(self.book.deck.language))
        for tile in strip.tiles:
            self.words((self.row, 0), (tile.label,), font_color=_MUTED)
            self._wide(0, tile.label)
            self.figure((self.row, 1), tile.figure, (tile.label, ""), bold=True)
            self.words((self.row, 2), parts(tile.beside), font_color=_MUTED)
            self.row += 1

    def _heads(self, labels: list[tuple[str, bool]]) -> None:
        for column, (label, numeric) in enumerate(labels):
            look = self.book.look(bold=True, bottom=1, bg_color="#F3F1EB",
                                  align="right" if numeric else "left")  # fmt: skip
            self.page.write_string(self.row, column, clean(label), look)
            self._wide(column, label)
        self.row += 1
        if not self.frozen:
            self.frozen = self.row

    def _table(self, table: Table) -> None:
        self._title(table.title)
        if any(column.label for column in table.columns):
            self._heads([(column.label, column.numeric) for column in table.columns])
        first = self.row
        for place, row in enumerate(table.rows):
            last = table.total and place == len(table.rows) - 1
            look = {"bold": True, "top": 1} if last else {}
            label = next((cell for cell in row if isinstance(cell, str) and cell), "")
            for column, cell in enumerate(row):
                self._cell((self.row, column), cell, (label, table.columns[column].label), look)
                if last and isinstance(cell, Shown):
                    self._sum((first, column), table, cell, look)
            self.row += 1
        if not table.rows:
            self.words((self.row, 0), (table.empty or no_figures(self.book.deck.language),))
            self.row += 1

    def _cell(
        self, at: tuple[int, int], cell: Part, names: tuple[str, str], look: dict[str, Any]
    ) -> None:
        if isinstance(cell, Shown):
            self.figure(at, cell, names, **look)
        else:
            self.words(at, (cell,), **look)
            self._wide(at[1], cell)

    def _sum(
        self, first: tuple[int, int], table: Table, total: Shown, look: dict[str, Any]
    ) -> None:
        """Make a total a formula, where it is the sum of what stands above it."""
        cells = [row[first[1]] for row in table.rows[:-1]]
        numbers = [exact(cell) if isinstance(cell, Shown) else None for cell in cells]
        value = exact(total)
        known = [number for number in numbers if number is not None]
        if value is None or not known or sum(known, Decimal(0)) != value or not all(
            fits_double(number) for number in known
        ):  # fmt: skip
            return
        letter = xl_col_to_name(first[1])
        formula = f"=SUM({letter}{first[0] + 1}:{letter}{self.row})"
        shape = self.book.look(num_format=total.shape or _shape(value), align="right",
                               font_color=_TONES[total.tone], **look)  # fmt: skip
        self.page.write_formula(self.row, first[1], formula, shape, float(value))

    def _chart(self, chart: Chart) -> None:
        self._title(chart.title, chart.unit)
        if empty(chart):
            self._title("", no_figures(self.book.deck.language))
            return
        first = self.row + 1
        steps = step_columns(chart, first)
        heads = [("", False), *((series.name, True) for series in chart.series)]
        self._heads([*heads, *((name, True) for name, _values in steps)])
        for place, category in enumerate(chart.categories):
            self.words((self.row, 0), (category,))
            self._wide(0, category)
            for column, series in enumerate(chart.series, start=1):
                figure = series.figures[place]
                if figure is not None:
                    self.figure((self.row, column), figure, (category, series.name))
            for column, (_name, values) in enumerate(steps, start=len(heads)):
                look = self.book.look(font_color=_MUTED, num_format="#,##0.##", align="right")
                formula, value = values[place]
                self.page.write_formula(self.row, column, formula, look, value)
            self.row += 1
        insert_chart(self.book.book, self.page, chart, (first, len(heads) + len(steps) + 1))
        self.row = max(self.row, first + 16)


def _shape(value: Decimal | None) -> str:
    """The number format of a figure that says none: as many places as it has, at most four."""
    if value is None:
        return "General"
    exponent = value.normalize().as_tuple().exponent
    places = min(max(-exponent if isinstance(exponent, int) else 0, 0), 4)
    return "#,##0" + ("." + "0" * places if places else "")
