"""Checks of the head: who, what, when, and what the provider says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

from keystead.connectors.counter.calc.digits import isni_is_right, ror_is_right
from keystead.connectors.counter.calc.wording import day_of
from keystead.connectors.counter.rules.state import NO_USAGE, WORDS, is_a_note
from keystead.connectors.counter.types import Finding, Report, ReportDef, Severity, report_def

_REGISTRY = re.compile(
    r"https://registry\.(?:projectcounter|countermetrics)\.org/platform/"
    r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
)
_CREATED = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)")
_SCHEMES = frozenset({"ISIL", "ISNI", "OCLC", "ROR", "Proprietary"})
_KNOWN = frozenset(WORDS)


def check(report: Report) -> Iterator[Finding]:
    """Yield what the head breaks."""
    if not report.has_header:
        if report.entries.num_rows or report.counts.num_rows:
            yield _error(
                "no_header",
                "Report_Header",
                "The report has no head.",
                "Ask the provider for the whole report: nobody can say whose usage it is.",
            )
        return
    definition = report_def(report.header.report_id)
    yield from _what(report, definition)
    yield from _when(report)
    yield from _who(report)
    yield from _said(report)
    if definition is not None and report.header.release == "5.1":
        yield from _view(report, definition)


def _what(report: Report, definition: ReportDef | None) -> Iterator[Finding]:
    head = report.header
    if head.release not in {"5.1", "5"}:
        yield _error(
            "release",
            "Report_Header.Release",
            f"Release “{head.release}” is not read.",
            "Ask for the report in release 5.1.",
        )
    elif head.release == "5":
        yield _notice(
            "release_5",
            "Report_Header.Release",
            "The report is of release 5.",
            "It is loaded, and never added to usage of release 5.1.",
        )
    if definition is None:
        yield _error(
            "report_id",
            "Report_Header.Report_ID",
            f"COUNTER has no report “{head.report_id}”.",
            "Ask for one of the sixteen reports of release 5.1.",
        )
    elif head.release == "5.1" and head.report_name != definition.name:
        yield _warning(
            "report_name",
            "Report_Header.Report_Name",
            f"{head.report_id} is called “{definition.name}”, not “{head.report_name}”.",
            "Tell the provider.",
        )


def _when(report: Report) -> Iterator[Finding]:
    head = report.header
    if head.begin is None or head.end is None:
        if report.counts.num_rows:
            yield _error(
                "period",
                "Report_Header.Report_Filters",
                "The report does not say which months it is about.",
                "Without its period nobody knows which months it replaces.",
            )
        return
    if head.begin > head.end:
        yield _error(
            "period_order",
            "Report_Header.Report_Filters",
            f"The period ends on {head.end} before it begins on {head.begin}.",
            "Ask for the report again.",
        )
        return
    if head.begin.day != 1 or (head.end + timedelta(days=1)).day != 1:
        yield _warning(
            "period_whole_months",
            "Report_Header.Report_Filters",
            f"{head.begin} to {head.end} is not made of whole months.",
            "COUNTER counts whole months only.",
        )
    day = day_of(head.created) if _CREATED.fullmatch(head.created) else None
    if day is None:
        yield _warning(
            "created",
            "Report_Header.Created",
            f"“{head.created}” is no date and time of RFC 3339.",
            "Tell the provider.",
        )
    elif day < head.end and report.counts.num_rows:
        yield _warning(
            "created_early",
            "Report_Header.Created",
            f"The report was made on {head.created[:10]}, before its period ended.",
            "The last months may be incomplete: load it again later.",
        )


def _who(report: Report) -> Iterator[Finding]:
    head = report.header
    if not head.institution_name and not head.institution_ids and not head.customer_id:
        yield _warning(
            "institution",
            "Report_Header.Institution_Name",
            "The report does not say whose usage it is.",
            "Say it when you load: --account CODE.",
        )
    for scheme, value in head.institution_ids:
        where = "Report_Header.Institution_ID"
        if scheme not in _SCHEMES:
            yield _warning(
                "institution_scheme",
                where,
                f"{scheme} is no identifier of institutions in COUNTER.",
                "ISIL, ISNI, OCLC, ROR or a platform's own are.",
            )
        elif (scheme == "ISNI" and not isni_is_right(value)) or (
            scheme == "ROR" and not ror_is_right(value)
        ):
            yield _warning(
                "check_digit_institution",
                where,
                f"The check digit of {scheme} {value} is wrong.",
                "It is not used to find the account.",
            )
    if head.registry_record and not _REGISTRY.fullmatch(head.registry_record):
        yield _warning(
            "registry_record",
            "Report_Header.Registry_Record",
            f"“{head.registry_record}” is no record of the COUNTER registry.",
            "Tell the provider.",
        )


def _said(report: Report) -> Iterator[Finding]:
    codes = {one.code for one in report.header.exceptions}
    for one in report.header.exceptions:
        words = WORDS.get(one.code, one.message or "no reason given")
        if one.code not in _KNOWN and not 0 <= one.code < 1000:
            yield _warning(
                "exception_unknown",
                "Report_Header.Exceptions",
                f"COUNTER 5.1 has no exception {one.code} ({one.message}).",
                "It is taken as said.",
            )
        elif is_a_note(one):
            yield _notice(
                "exception_note", "Report_Header.Exceptions", f"{one.code}: {words}.", one.data
            )
    if NO_USAGE in codes and report.counts.num_rows:
        yield _warning(
            "no_usage_with_usage",
            "Report_Header.Exceptions",
            "The report says that there was no usage, and holds some.",
            "The usage is taken.",
        )
    if not codes and not report.counts.num_rows and report.has_header:
        yield _warning(
            "empty_unsaid",
            "Report_Items",
            "The report is empty and says no exception.",
            "3030 would say that there was no usage; without it nothing is replaced.",
        )


def _view(report: Report, definition: ReportDef) -> Iterator[Finding]:
    """A standard view states its own filters, and shows no attributes."""
    head = report.header
    if not definition.is_view:
        return
    if head.metric_types and set(head.metric_types) != set(definition.metrics):
        yield _warning(
            "view_metrics",
            "Report_Header.Report_Filters",
            f"{head.report_id} counts {', '.join(definition.metrics)}, and its head "
            f"says {', '.join(head.metric_types)}.",
            "Tell the provider.",
        )
    access = head.filter("Access_Type")
    if definition.access_type and access and access != (definition.access_type,):
        yield _error(
            "view_access_type",
            "Report_Header.Report_Filters",
            f"{head.report_id} is about {definition.access_type} usage only, and its "
            f"head says {', '.join(access)}.",
            "Ask for the report again.",
        )
    if head.attribute("Attributes_To_Show"):
        yield _warning(
            "view_attributes",
            "Report_Header.Report_Attributes",
            "A standard view shows no further attributes.",
            "Ask for the full report.",
        )


def _error(rule: str, place: str, message: str, hint: str) -> Finding:
    return Finding(rule, Severity.ERROR, place, message, hint)


def _warning(rule: str, place: str, message: str, hint: str) -> Finding:
    return Finding(rule, Severity.WARNING, place, message, hint)


def _notice(rule: str, place: str, message: str, hint: str) -> Finding:
    return Finding(rule, Severity.NOTICE, place, message, hint)
