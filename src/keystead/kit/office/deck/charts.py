"""What a chart shows, and its embedded workbook: "edit data" has the figures and their proofs."""

from __future__ import annotations

import dataclasses
import io
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

import xlsxwriter

from keystead.kit.office.deck.ink import plain
from keystead.kit.office.slides import Chart, Series, Shown

PROOF_SHEET: Final = "Proof"
BASE, ABOVE, BELOW, TOP, VALUE = "Base", "Above zero", "Below zero", "Label", "Value"


@dataclasses.dataclass(frozen=True)
class Step:
    """A column of a waterfall: where it floats, and the parts above and below zero."""

    base: Decimal
    above: Decimal
    below: Decimal
    top: Decimal


def steps(chart: Chart) -> tuple[Step, ...]:
    """Return the columns of a waterfall; a figure of ``totals`` stands on the axis."""
    found, at = [], Decimal(0)
    for place, figure in enumerate(chart.series[0].figures):
        value = exact(figure) or Decimal(0)
        begin, end = (Decimal(0), value) if place in chart.totals else (at, at + value)
        low, high = min(begin, end), max(begin, end)
        base = low if low > 0 else min(high, Decimal(0))
        above = max(high, Decimal(0)) - max(low, Decimal(0))
        below = min(low, Decimal(0)) - min(high, Decimal(0))
        found.append(Step(base, above, below, high))
        at = end
    return tuple(found)


def exact(figure: Shown | None) -> Decimal | None:
    """Return the exact number of a figure, if it has one."""
    if figure is None or figure.value is None:
        return None
    value = figure.value if isinstance(figure.value, Decimal) else Decimal(str(figure.value))
    return value if value.is_finite() else None


def takes_turns(chart: Chart) -> bool:
    """Whether series follow each other: no category has figures of two, as past and forecast."""
    return len(chart.series) > 1 and all(
        sum(exact(series.figures[place]) is not None for series in chart.series) <= 1
        for place in range(len(chart.categories))
    )


def empty(chart: Chart) -> bool:
    """Whether there is nothing to draw."""
    return not chart.categories or not any(
        exact(figure) is not None for series in chart.series for figure in series.figures
    )


def workbook(chart: Chart, made_on: date) -> bytes:
    """Return the workbook behind a chart: the plotted sheet, then a sheet of proofs."""
    buffer = io.BytesIO()
    options = {
        "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
        "strings_to_numbers": False,
    }  # fmt: skip
    book = xlsxwriter.Workbook(buffer, options)
    created = datetime(made_on.year, made_on.month, made_on.day)  # noqa: DTZ001 - a date, no clock
    book.set_properties({"author": "Keystead", "created": created})
    page = book.add_worksheet("Sheet1")
    page.set_column(0, 0, 24)
    page.freeze_panes(1, 1)
    for row, category in enumerate(chart.categories, start=1):
        page.write_string(row, 0, plain(category))
    if chart.kind == "waterfall":
        _waterfall_sheet(book, page, chart)
    else:
        for column, series in enumerate(chart.series, start=1):
            page.write_string(0, column, plain(series.name))
            _figures(book, page, column, series)
    _proofs(book, chart)
    book.close()
    return buffer.getvalue()


def _figures(workbook: Any, worksheet: Any, column: int, series: Series) -> None:
    look = workbook.add_format({"num_format": shape_of(series) or "General"})
    for row, figure in enumerate(series.figures, start=1):
        value = exact(figure)
        if value is not None:
            worksheet.write_number(row, column, float(value), look)


def _waterfall_sheet(workbook: Any, worksheet: Any, chart: Chart) -> None:
    """Write what is drawn as formulas over the figures, so that an edit moves the columns."""
    for column, label in enumerate((BASE, ABOVE, BELOW, TOP, VALUE), start=1):
        worksheet.write_string(0, column, label)
    _figures(workbook, worksheet, 5, chart.series[0])
    worksheet.write_string(0, 6, "End")
    for place, step in enumerate(steps(chart)):
        row, total = place + 2, place in chart.totals
        before = "0" if total or not place else f"G{row - 1}"
        end = f"N(F{row})" if before == "0" else f"{before}+N(F{row})"
        low, high = f"MIN({before},G{row})", f"MAX({before},G{row})"
        for column, formula, value in (
            (1, f"IF({low}>0,{low},MIN({high},0))", step.base),
            (2, f"MAX({high},0)-MAX({low},0)", step.above),
            (3, f"MIN({low},0)-MIN({high},0)", step.below),
            (4, high, step.top),
            (6, end, _end(chart, place)),
        ):
            worksheet.write_formula(row - 1, column, f"={formula}", None, float(value))


def _end(chart: Chart, place: int) -> Decimal:
    at = Decimal(0)
    for here, figure in enumerate(chart.series[0].figures[: place + 1]):
        value = exact(figure) or Decimal(0)
        at = value if here in chart.totals else at + value
    return at


def _proofs(workbook: Any, chart: Chart) -> None:
    page = workbook.add_worksheet(PROOF_SHEET)
    for column, label in enumerate(("Series", "Category", "Shown", "Value", "Measure", "Proof")):
        page.write_string(0, column, label)
    row = 1
    for series in chart.series:
        for category, figure in zip(chart.categories, series.figures, strict=True):
            value = exact(figure)
            if figure is None or value is None:
                continue
            for column, text in enumerate(
                (series.name, category, figure.text, f"{value:f}", figure.measure, figure.proof)
            ):
                page.write_string(row, column, plain(text))
            row += 1


def shape_of(series: Series) -> str:
    """Return the number format of a series: that of its first figure."""
    return next((one.shape for one in series.figures if one and one.shape), "")
