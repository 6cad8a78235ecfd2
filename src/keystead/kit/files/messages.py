"""The sentences behind the codes: refusals, problems, questions and skip rules, translated.

Codes and values are what is stored; the sentence is made when it is shown, in the language of
the one who reads it.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext, gettext_noop, ngettext

from keystead.kernel.errors import SourceProblem
from keystead.kit.files.types import Problem, Question

_AS_EXCEL = gettext_noop("Open it in a spreadsheet program and save it as .xlsx or .csv.")
_AS_CSV = gettext_noop("Save the sheet as CSV, or split the file.")
_AGAIN = gettext_noop("Ask the sender for the file again, or save it anew.")

REFUSALS: dict[str, tuple[str, str]] = {
    "empty": (gettext_noop("The file is empty."), _AGAIN),
    "too_big": (
        gettext_noop("The file is larger than the limit of %(limit)s."),
        gettext_noop("Split it, for example by month."),
    ),
    "truncated": (gettext_noop("The file ends too early: it was cut off on its way."), _AGAIN),
    "too_many": (
        gettext_noop("The file holds more than %(most)s cards."),
        gettext_noop("Split it and bring in the parts one by one."),
    ),
    "damaged": (gettext_noop("The file is damaged and cannot be read as %(format)s."), _AGAIN),
    "macros": (
        gettext_noop("The workbook holds macros, and such files are not accepted."),
        gettext_noop("Save it as .xlsx without macros."),
    ),
    "encrypted": (
        gettext_noop("The workbook is protected by a password."),
        gettext_noop("Remove the password and save it again."),
    ),
    "unsupported": (
        gettext_noop("Files with the ending .%(ending)s are not read."),
        gettext_noop("Readable are: %(known)s."),
    ),
    "text_named_workbook": (
        gettext_noop("The file is named .%(ending)s but holds plain text."),
        gettext_noop("Rename it to .csv or .txt."),
    ),
    "named_otherwise": (
        gettext_noop("The file is named .%(ending)s but its content is %(format)s."),
        gettext_noop("Rename it to match its content."),
    ),
    "foreign_picture": (gettext_noop("This is a picture, not a table."), _AS_EXCEL),
    "foreign_pdf": (
        gettext_noop("This is a PDF document, not a table."),
        gettext_noop("Ask the sender for the Excel or CSV file behind it."),
    ),
    "foreign_html": (gettext_noop("This is a web page (HTML), whatever its name says."), _AS_EXCEL),
    "foreign_xml": (gettext_noop("This is an XML file, not a table."), _AS_EXCEL),
    "foreign_json": (gettext_noop("This is a JSON file, not a table."), _AS_EXCEL),
    "foreign_archive": (
        gettext_noop("This is an archive of other files."),
        gettext_noop("Unpack it and bring in the files one by one."),
    ),
    "foreign_program": (gettext_noop("This is a program, not a table."), ""),
    "foreign_database": (gettext_noop("This is a database file, not a table."), _AS_EXCEL),
    "foreign_document": (
        gettext_noop("This is a text document or presentation, not a table."),
        _AS_EXCEL,
    ),
    "foreign_numbers": (
        gettext_noop("This is an Apple Numbers document."),
        gettext_noop("In Numbers, export it to Excel or CSV."),
    ),
    "packed_entries": (
        gettext_noop("The workbook is made of more than %(limit)s parts, which no real one is."),
        _AS_EXCEL,
    ),
    "unsafe_names": (
        gettext_noop("The workbook names a part outside itself (%(entry)s), as an attack would."),
        "",
    ),
    "zip_bomb": (
        gettext_noop("The workbook would unpack to an unreasonable size."),
        _AS_CSV,
    ),
    "sheet_too_big": (
        gettext_noop("A sheet reaches to row %(rows)s and column %(columns)s, too large to read."),
        gettext_noop("Delete the stray cells far from the table, or save the sheet as CSV."),
    ),
    "xml_entities": (
        gettext_noop("The workbook defines XML entities, as an attack would."),
        _AS_EXCEL,
    ),
    "xml_encoding": (gettext_noop("The workbook is stored in an unusual encoding."), _AS_EXCEL),
    "too_many_columns": (
        gettext_noop("The table has %(columns)s columns; the limit is %(limit)s."),
        gettext_noop("Remove the columns that are not needed."),
    ),
    "too_many_sheets": (
        gettext_noop("The workbook has %(count)s sheets; the limit is %(limit)s."),
        gettext_noop("Remove the sheets that are not needed."),
    ),
    "nested_column": (
        gettext_noop("The column %(column)s holds lists or records instead of single values."),
        gettext_noop("Flatten it at the source."),
    ),
    "line_too_long": (
        gettext_noop("A line never ends: more than %(limit)s without a line break."),
        gettext_noop("Check that the file is a table with one record per line."),
    ),
    "binary": (
        gettext_noop("The file is not text in any known encoding."),
        _AS_EXCEL,
    ),
    "wrong_encoding": (
        gettext_noop("The file cannot be read in the encoding %(encoding)s."),
        gettext_noop("Choose another encoding, or save it as UTF-8."),
    ),
    "out_of_memory": (
        gettext_noop("Reading the file needs more memory than is allowed."),
        _AS_CSV,
    ),
    "too_slow": (gettext_noop("Reading the file took longer than is allowed."), _AS_CSV),
    "staged_too_big": (gettext_noop("The content is larger than is allowed."), _AS_CSV),
    "disk_full": (
        gettext_noop("There is no space left to read the file into."),
        gettext_noop("Free some space, then try again; nothing was changed."),
    ),
    "crashed": (gettext_noop("The file made its reader fail; it was stopped safely."), _AS_CSV),
}

PROBLEMS: dict[str, str] = {
    "nul_bytes": gettext_noop("The text holds NUL characters; they were left out."),
    "short_row": gettext_noop("Rows with fewer fields than the table were filled with blanks."),
    "long_row": gettext_noop("Rows with more fields than the table were kept; see the overflow."),
    "unclosed_quote": gettext_noop("A quote opens and never closes; the row was read literally."),
    "multiline_field": gettext_noop("Fields that hold line breaks were kept as one."),
    "error_cell": gettext_noop("Cells show an error of the spreadsheet instead of a value."),
    "merged_cells": gettext_noop("Merged cells: their value was repeated in each row."),
    "named_otherwise": gettext_noop("The ending of the name does not match the content."),
}

QUESTIONS: dict[str, str] = {
    "encoding": gettext_noop("Which reading of the letters is right?"),
    "delimiter": gettext_noop("Which sign parts the columns?"),
    "decimal": gettext_noop("Is the sign in %(column)s a decimal sign or does it group thousands?"),
    "date_order": gettext_noop("Do the dates in %(column)s begin with the day or with the month?"),
}

RULES: dict[str, str] = {
    "title": gettext_noop("Line above the table"),
    "header": gettext_noop("Header"),
    "repeated_header": gettext_noop("Header repeated"),
    "blank": gettext_noop("Blank row"),
    "total": gettext_noop("Total row"),
    "note": gettext_noop("Line below the table"),
}

_BYTES = frozenset({"limit", "size"})


def refusal(code: str, values: dict[str, Any], file: str) -> SourceProblem:
    """Return the error of a refused file, its sentence in the active language."""
    sentence, hint = refusal_text(code, values)
    return SourceProblem(sentence, code=code, hint=hint, file=file, values=values)


def refusal_text(code: str, values: dict[str, Any]) -> tuple[str, str]:
    """Return (sentence, hint) of a refusal in the active language."""
    sentence, hint = REFUSALS.get(code, REFUSALS["crashed"])
    shown = _shown(code, values)
    return gettext(sentence) % shown, gettext(hint) % shown if hint else ""


def problem_text(problem: Problem) -> str:
    """Return the sentence of a problem with its count, in the active language."""
    sentence = gettext(PROBLEMS.get(problem.code, problem.code))
    if problem.count <= 1:
        return sentence
    times = ngettext("%(n)s time", "%(n)s times", problem.count) % {"n": problem.count}
    return f"{sentence} ({times})"


def question_text(question: Question) -> str:
    """Return the sentence of a question in the active language."""
    sentence = gettext(QUESTIONS.get(question.code, question.code))
    return sentence % {"column": question.column}


def rule_text(rule: str) -> str:
    """Return the name of a skip rule in the active language."""
    return gettext(RULES.get(rule, rule))


def _shown(code: str, values: dict[str, Any]) -> dict[str, Any]:
    if code not in ("too_big", "line_too_long"):
        return values
    megabytes = {name: f"{int(values[name]) / 1e6:,.0f} MB" for name in _BYTES & values.keys()}
    return {**values, **megabytes}
