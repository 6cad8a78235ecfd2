"""Checks of the form: header rows, column names, and what could not be taken as a count."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from keystead.connectors.counter.types import Finding, Report, Severity, report_def

_E, _W, _N = Severity.ERROR, Severity.WARNING, Severity.NOTICE
_TELL = "Tell the provider."
# rule -> severity, what it says (with the first text found), what to do
_RULES: dict[str, tuple[Severity, str, str]] = {
    "month": (_E, "“{}” is no month.", "Months are yyyy-mm, and a period is one whole month."),
    "count_not_whole": (_E, "“{}” is no whole number.", "Ask for the report again."),
    "count_empty": (_W, "A month is left empty, where COUNTER writes 0.", "It is read as 0."),
    "no_months": (_E, "A metric has no months.", "Ask for the report again."),
    "no_performance": (_E, "An entry has no counts.", "Ask for the report again."),
    "no_attribute_performance": (_E, "An item has no usage.", "Ask for the report again."),
    "no_metric": (_E, "A count has no metric.", "Ask for the report again."),
    "item_not_an_object": (_E, "An item is not an object.", "Ask for the report again."),
    "items_not_a_list": (_E, "Report_Items is no list.", "Ask for the report again."),
    "zero_count": (_W, "Months without usage are written as 0 ({} times).", "They are left out."),
    "exception_code": (_W, "The code of an exception is “{}”, not a number.", _TELL),
    "header_missing": (_W, "The head has no {}.", _TELL),
    "header_order": (_W, "The rows of the head are not in their order.", _TELL),
    "header_rows": (_W, "The columns are named in row {}, not after 13 rows and a blank one.",
                    "It was read by its names."),
    "no_header": (_N, "The sheet begins without a head.", ""),
    "month_form": (_N, "The column “{}” is no month of the form Mmm-yyyy.", "It was read."),
    "column_name": (_N, "The column “{}” is not spelt as COUNTER spells it.", "It was read."),
}  # fmt: skip


def check(report: Report) -> Iterator[Finding]:
    """Yield what was noted while reading, one finding for each rule."""
    noted = sorted((*report.stray, *report.layout), key=lambda one: one[1])
    old = report.header.release != "5.1"
    for rule, group in groupby(noted, key=lambda one: one[1]):
        many = list(group)
        severity, message, hint = _RULES[rule]
        if old and rule in {"header_rows", "header_missing", "header_order"}:
            severity = _N
        yield Finding(rule, severity, many[0][0], message.format(many[0][2]), hint, len(many))
    yield from _columns(report)
    yield from _totals(report)


def _columns(report: Report) -> Iterator[Finding]:
    if report.form == "table" and not report.months and report.entries.num_rows:
        yield Finding(
            "months_missing", _E, "column names", "The report has no months, only a total.",
            "Ask for it with its months (Granularity Month).",
        )  # fmt: skip
    if report.unknown_columns:
        yield Finding(
            "column_unknown", _W, "column names",
            f"COUNTER has no column {', '.join(report.unknown_columns[:5])}.",
            "It is left out; rows that differ only there look like repeats.",
            len(report.unknown_columns),
        )  # fmt: skip
    definition = report_def(report.header.report_id)
    if definition is None or report.form != "table" or report.header.release != "5.1":
        return
    missing = [name for name in definition.shows if name not in report.columns]
    if missing and report.entries.num_rows:
        yield Finding(
            "column_missing", _E, "column names",
            f"{definition.id} lacks the column {', '.join(missing[:5])}.",
            "Ask for the report again.", len(missing),
        )  # fmt: skip


def _totals(report: Report) -> Iterator[Finding]:
    if report.totals is None:
        return
    wrong = [
        (row, stated, summed)
        for row, stated, summed in zip(
            report.totals.column("row").to_pylist(),
            report.totals.column("stated").to_pylist(),
            report.totals.column("summed").to_pylist(),
            strict=True,
        )
        if stated != summed
    ]
    if wrong:
        row, stated, summed = wrong[0]
        yield Finding(
            "period_total", _E, f"row {row}, Reporting_Period_Total",
            f"The row states a total of {stated}, and its months make {summed}.",
            "A month is missing or wrong: ask for the report again.", len(wrong),
        )  # fmt: skip
    none = [row for row, stated, _sum in _rows(report) if stated == 0]
    if none and report.header.release == "5.1":
        yield Finding("zero_row", _W, f"row {none[0]}", "A row without usage is not left out.",
                      "It counts nothing.", len(none))  # fmt: skip


def _rows(report: Report) -> list[tuple[int, int, int]]:
    assert report.totals is not None  # noqa: S101 - for the reader of types
    return list(zip(*(report.totals.column(n).to_pylist() for n in ("row", "stated", "summed")),
                    strict=True))  # fmt: skip
