"""Checks of what is said about each entry: identifiers, kinds, attributes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pyarrow as pa
import pyarrow.compute as pc

from keystead.connectors.counter.calc.building import entry_place
from keystead.connectors.counter.calc.digits import isbn_is_right, issn_is_right
from keystead.connectors.counter.types import Finding, Report, Severity, report_def
from keystead.connectors.counter.types.reports import ACCESS_METHODS, ACCESS_TYPES

_DOI = re.compile(r"10\.[1-9]\d{2}[\d.]*/.+")
_OWN = re.compile(r"[a-zA-Z][a-zA-Z0-9_./]{1,17}:.+")
_YOP = re.compile(r"\d{4}")
_ISBN_FORM = re.compile(r"97[89]-\d+-\d+-\d+-\d")
_ACCESS_5 = ("Controlled", "OA_Gold", "OA_Delayed", "Other_Free_To_Read")


def check(report: Report) -> Iterator[Finding]:
    """Yield what the entries break; each different value is looked at once."""
    yield from _identifiers(report)
    yield from _attributes(report)
    yield from _named(report)


def _identifiers(report: Report) -> Iterator[Finding]:
    for name in ("print_issn", "online_issn", "parent_print_issn", "parent_online_issn"):
        yield from _values(
            report,
            name,
            issn_is_right,
            "check_digit_issn",
            Severity.WARNING,
            "The check digit of ISSN {} is wrong.",
            "It is not used to find the title.",
        )
    for name in ("isbn", "parent_isbn"):
        yield from _values(
            report,
            name,
            isbn_is_right,
            "check_digit_isbn",
            Severity.WARNING,
            "The check digit of ISBN {} is wrong.",
            "It is not used to find the title.",
        )
        yield from _values(
            report,
            name,
            lambda text: bool(_ISBN_FORM.fullmatch(text)),
            "isbn_form",
            Severity.NOTICE,
            "{} is no ISBN-13 with its hyphens.",
            "It was read without them.",
        )
    for name in ("doi", "parent_doi", "component_doi"):
        yield from _values(
            report,
            name,
            lambda text: bool(_DOI.fullmatch(text)),
            "doi",
            Severity.WARNING,
            "“{}” is no DOI.",
            "A DOI begins with 10.",
        )
    if report.header.release == "5.1":
        yield from _values(
            report,
            "proprietary_id",
            lambda text: bool(_OWN.fullmatch(text)),
            "proprietary_id",
            Severity.WARNING,
            "“{}” does not name the platform it belongs to.",
            "An identifier of a platform's own is written platform:id.",
        )


def _attributes(report: Report) -> Iterator[Finding]:
    head, definition = report.header, report_def(report.header.report_id)
    yield from _values(
        report,
        "yop",
        lambda text: bool(_YOP.fullmatch(text)),
        "yop",
        Severity.ERROR,
        "“{}” is no year of publication.",
        "Four digits; 0001 is unknown, 9999 not yet published.",
    )
    if head.release != "5.1":
        yield from _values(
            report,
            "access_type",
            lambda text: text in _ACCESS_5,
            "access_type",
            Severity.WARNING,
            "Release 5 has no access type “{}”.",
            "It is kept as written.",
        )
        return
    yield from _values(
        report,
        "access_type",
        lambda text: text in ACCESS_TYPES,
        "access_type",
        Severity.ERROR,
        "Release 5.1 has no access type “{}”.",
        "Controlled, Free_To_Read and Open are.",
    )
    yield from _values(
        report,
        "access_method",
        lambda text: text in ACCESS_METHODS,
        "access_method",
        Severity.ERROR,
        "Release 5.1 has no access method “{}”.",
        "Regular and TDM are.",
    )
    if definition is not None:
        yield from _values(
            report,
            "data_type",
            lambda text: text in definition.data_types,
            "data_type",
            Severity.ERROR,
            f"{definition.id} does not count the data type “{{}}”.",
            "Ask for the report again.",
        )
        if definition.access_type:
            yield from _values(
                report,
                "access_type",
                lambda text: text == definition.access_type,
                "view_rows",
                Severity.ERROR,
                f"{definition.id} does not hold “{{}}” usage.",
                "Ask for the report again.",
            )


def _named(report: Report) -> Iterator[Finding]:
    """Each entry names its platform; a title or item without a name has an identifier."""
    entries = report.entries
    yield from _where(
        report,
        _empty(entries, "platform"),
        "platform_missing",
        Severity.ERROR,
        "An entry does not name its platform.",
        "Ask for the report again.",
    )
    definition = report_def(report.header.report_id)
    thing = {"D": "database", "T": "title", "I": "item"}.get(definition.id[0] if definition else "")
    if thing is None:
        return
    nameless = _empty(entries, thing)
    for name in ("doi", "proprietary_id", "isbn", "print_issn", "online_issn", "uri"):
        nameless = pc.and_(nameless, _empty(entries, name))
    yield from _where(
        report,
        nameless,
        "thing_missing",
        Severity.ERROR,
        f"An entry has neither a {thing} nor an identifier.",
        "Ask for the report again.",
    )


def _empty(entries: pa.Table, name: str) -> pa.ChunkedArray:
    return pc.equal(entries.column(name).cast(pa.string()), "")


def _where(report: Report, mask: pa.ChunkedArray, rule: str, severity: Severity, message: str,
           hint: str) -> Iterator[Finding]:  # fmt: skip
    count = pc.sum(mask).as_py() or 0
    if count:
        first = pc.index(mask, True).as_py()
        yield Finding(rule, severity, place_of(report, first), message, hint, count)


def _values(report: Report, column: str, right: Callable[[str], bool], rule: str,
            severity: Severity, message: str, hint: str) -> Iterator[Finding]:  # fmt: skip
    """Yield one finding for the values of a column that are not right; "" is never looked at."""
    values = report.entries.column(column).combine_chunks()
    used = set(pc.unique(values.indices).to_pylist())
    wrong = [
        code
        for code, text in enumerate(values.dictionary.to_pylist())
        if code in used and text and not right(text)
    ]
    if not wrong:
        return
    mask = pc.is_in(values.indices, pa.array(wrong, values.indices.type))
    first = pc.index(mask, True).as_py()
    text = values[first].as_py()
    places = pc.sum(mask).as_py()
    yield Finding(
        rule, severity, f"{place_of(report, first)}, {column}", message.format(text), hint, places
    )


def place_of(report: Report, entry: int) -> str:
    """Return where an entry stands: a row of a sheet, or a path in a document."""
    part = report.entries.column("part")[entry].as_py()
    if report.form == "table":
        return f"row {part}"
    return entry_place(report.entries.column("place")[entry].as_py(), part)
