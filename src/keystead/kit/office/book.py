"""Workbooks of a free form: titles, tables where they belong, and formulas that go on living.

``sheets`` writes lists; this writes papers that somebody works with. The same guards hold: text
that begins like a formula stays text, numbers stay numbers. A formula is only what our own code
hands to ``Page.formula``, never a cell of a customer; it carries the value it had when it was
written, so that a reader which does not calculate shows the same.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from keystead.kit.office.sheets import cell_formats, clean, sheet_name, write_cell

PAPER: Final = 9  # A4
WIDE: Final = 8  # A3
_NAME: Final = re.compile(r"[a-z]+(_[a-z0-9]+)+", re.ASCII)
_STYLES: Final[dict[str, dict[str, Any]]] = {
    "title": {"bold": True, "font_size": 16},
    "subtitle": {"font_color": "#5F5B53"},
    "section": {"bold": True, "font_size": 12, "bottom": 1},
    "label": {"font_color": "#5F5B53"},
    "wrap": {"text_wrap": True},
    "strong": {"bold": True},
    "total_label": {"bold": True, "top": 1},
}
_NUMBERS: Final = {
    "integer": "#,##0",
    "number": "#,##0.####",
    "flag": "0;-0;",
    "value": "#,##0.00##",
    "bound": '[>=1000000000000000]"";#,##0.####',
}
_HEIGHTS: Final = {"title": 26.0, "section": 20.0}
_INPUT: Final = {"bg_color": "#FFF9E5"}


class Book:
    """A workbook under construction; the same contents always give the same bytes."""

    def __init__(self, *, title: str, made_on: date, places: int = 2) -> None:
        self._buffer = io.BytesIO()
        options = {
            "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
            "strings_to_numbers": False, "nan_inf_to_errors": False,
        }  # fmt: skip
        self._book = xlsxwriter.Workbook(self._buffer, options)
        moment = datetime(made_on.year, made_on.month, made_on.day, tzinfo=UTC)
        self._book.set_properties(
            {"title": clean(title), "author": "Keystead", "created": moment.replace(tzinfo=None)}
        )
        self._book.set_calc_mode("auto")
        self._taken: set[str] = set()
        self.formats = cell_formats(self._book)
        self._styles(places)

    def page(self, name: str, *, landscape: bool = True, wide: bool = False) -> Page:
        """Return a new sheet; its name is made valid and unique. ``wide``: printed on A3."""
        page = self._book.add_worksheet(sheet_name(name, self._taken))
        if landscape:
            page.set_landscape()
        page.set_paper(WIDE if wide else PAPER)
        page.fit_to_pages(1, 0)
        page.hide_gridlines(2)
        return Page(self, page)

    def name(self, name: str, target: str) -> None:
        """Name a range, the same in every language: ``line_value``."""
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} is no name of a range")
        self._book.define_name(name, f"={target}")

    def close(self) -> bytes:
        """Return the bytes of the workbook."""
        self._book.close()
        return self._buffer.getvalue()

    def _styles(self, places: int) -> None:
        base = {"font_name": "Calibri", "font_size": 11, "valign": "top"}
        money = "#,##0" + ("." + "0" * places if places else "")
        self.formats["text"] = self._book.add_format({**base, "num_format": "@", "indent": 1})
        self.formats["head"].set_indent(1)  # clear of the number before it
        for name, look in _STYLES.items():
            self.formats[name] = self._book.add_format({**base, **look})
        numbers = {**_NUMBERS, "money": money, "exact": "#,##0.00##########", "date": "yyyy-mm-dd"}
        for name, code in numbers.items():
            look = {**base, "num_format": code, "align": "right"}
            self.formats[name] = self._book.add_format(look)
            self.formats[f"{name}_total"] = self._book.add_format({**look, "bold": True, "top": 1})
            self.formats[f"{name}_input"] = self._book.add_format({**look, **_INPUT})
            self.formats[f"{name}_open"] = self._book.add_format(
                {**look, **_INPUT, "locked": False}
            )
        month = {**base, "bold": True, "bottom": 1, "bg_color": "#F1EFEA", "align": "right"}
        self.formats["month_head"] = self._book.add_format({**month, "num_format": "yyyy-mm"})
        open_text = {**base, "num_format": "@", **_INPUT, "locked": False}
        self.formats["text_open"] = self._book.add_format(open_text)
        self.formats["moved"] = self._book.add_format({"bold": True, "font_color": "#0B5F66"})
        self.formats["text_input"] = self._book.add_format({**base, "num_format": "@", **_INPUT})
        self.formats["warn"] = self._book.add_format({"font_color": "#A4281C", "bold": True})


class Page:
    """One sheet; rows and columns count from 0, addresses are those a person reads."""

    def __init__(self, book: Book, page: Worksheet) -> None:
        self._book = book
        self._page = page

    @property
    def name(self) -> str:
        return str(self._page.get_name())

    def put(self, row: int, column: int, value: Any, style: str = "text") -> None:
        """Write one value as what it is; text is never run."""
        write_cell(self._page, (row, column), value, self._book.formats[style], self._book.formats)
        if style in _HEIGHTS:
            self._page.set_row(row, _HEIGHTS[style])

    def formula(self, row: int, column: int, text: str, value: Any, style: str) -> None:
        """Write a formula of ours with the value it has now; ``value`` None shows as nothing."""
        shown = "" if value is None else float(value) if isinstance(value, Decimal) else value
        self._page.write_formula(row, column, f"={text}", self._book.formats[style], shown)

    def header(self, row: int, labels: Sequence[tuple[str, bool]], *, points: float = 18) -> None:
        """Write the head of a table: (label, whether its column holds numbers), so high."""
        self._page.set_row(row, points)
        for column, (label, numeric) in enumerate(labels):
            style = "head_number" if numeric else "head"
            self._page.write_string(row, column, clean(label), self._book.formats[style])

    def note(self, row: int, column: int, text: str) -> None:
        """Hang an explanation on a cell."""
        self._page.write_comment(row, column, clean(text), {"x_scale": 2, "author": "Keystead"})

    def widths(self, widths: Sequence[float]) -> None:
        for column, width in enumerate(widths):
            self._page.set_column(column, column, width)

    def freeze(self, row: int, column: int) -> None:
        self._page.freeze_panes(row, column)

    def filter(self, first: int, last: int, columns: int) -> None:
        self._page.autofilter(first, 0, max(last, first + 1), columns - 1)

    def repeat(self, first: int, last: int) -> None:
        self._page.repeat_rows(first, last)

    def warn_unless_zero(self, first: int, last: int, column: int) -> None:
        """Show in red what is not zero: a difference."""
        rule = {"type": "cell", "criteria": "not between", "minimum": -0.0005, "maximum": 0.0005,
                "format": self._book.formats["warn"]}  # fmt: skip
        self._page.conditional_format(first, column, last, column, rule)

    def protect(self) -> None:
        """Let nothing be changed but cells of an ``_open`` style; filters and widths stay free."""
        free = {"format_columns": True, "format_rows": True, "autofilter": True, "sort": True}
        self._page.protect("", free)

    def hide(self) -> None:
        """Take the sheet out of sight, also of the list of hidden sheets."""
        self._page.very_hidden()

    def hide_columns(self, first: int, last: int) -> None:
        self._page.set_column(first, last, None, None, {"hidden": True})

    def hide_row(self, row: int) -> None:
        self._page.set_row(row, None, None, {"hidden": True})

    def choices(self, box: tuple[int, int, int, int], source: str) -> None:
        """Offer the cells at an address as the values of a box of cells."""
        self._page.data_validation(*box, {"validate": "list", "source": f"={source}"})

    def numbers_only(self, box: tuple[int, int, int, int], *, title: str, text: str) -> None:
        """Take only numbers from zero up in a box of cells, and say so."""
        rule = {"validate": "decimal", "criteria": ">=", "value": 0, "ignore_blank": False,
                "error_title": clean(title)[:32], "error_message": clean(text)[:255]}  # fmt: skip
        self._page.data_validation(*box, rule)

    def mark_where(self, box: tuple[int, int, int, int], formula: str) -> None:
        """Mark the cells of a box where a formula of ours, written for its first, is true."""
        rule = {"type": "formula", "criteria": f"={formula}", "format": self._book.formats["moved"]}
        self._page.conditional_format(*box, rule)

    def at(self, row: int, column: int) -> str:
        """Return the address of a cell with its sheet: ``'Lines'!$A$1``."""
        return f"{self._quoted}!{xl_rowcol_to_cell(row, column, row_abs=True, col_abs=True)}"

    def span(self, first: int, last: int, column: int) -> str:
        """Return the address of a part of a column with its sheet."""
        letter = xl_col_to_name(column, True)
        return f"{self._quoted}!{letter}${first + 1}:{letter}${last + 1}"

    @property
    def _quoted(self) -> str:
        return "'" + self.name.replace("'", "''") + "'"


def here(row: int, column: int) -> str:
    """Return the address of a cell on its own sheet: ``C5``."""
    return str(xl_rowcol_to_cell(row, column))
