"""Reads the JSON form of releases 5.1 and 5 into the one record form."""

from __future__ import annotations

from typing import Any, TypeGuard

from keystead.connectors.counter.calc import json_items, json_items5
from keystead.connectors.counter.calc.building import Builder
from keystead.connectors.counter.calc.wording import day_of, json_pairs, split_list, text_of
from keystead.connectors.counter.types import NotCounter, Report, ReportException, ReportHeader

_HEADER_WORDS = ("Report_ID", "Report_Name", "Release", "Institution_Name", "Customer_ID")


def read_json(document: Any) -> Report:
    """Return a report from its parsed JSON.

    ``document``: what a provider answered: a report, or an exception alone. Raises NotCounter
    when it is neither. What breaks a rule inside a report is kept for the check, not raised.
    """
    document, beside = _unwrapped(document)
    head, items = _parts(document)
    exceptions = (*beside, *_exceptions(head, document))
    if head is None and items is None and not exceptions:
        raise NotCounter("no_report")
    builder = Builder("json")
    release = text_of((head or {}).get("Release")) or text_of(document.get("Release"))
    if isinstance(items, list):
        if any(isinstance(one, dict) and "Performance" in one for one in items):
            json_items5.walk(items, builder)
            release = release or "5"
        else:
            json_items.walk(items, builder)
            release = release or ("5.1" if items else "")
    elif items is not None:
        builder.say("Report_Items", "items_not_a_list", type(items).__name__)
    header = _header(head or {}, _release(release), exceptions, text_of(document.get("Created")))
    if head is not None:
        _look_at_head(head, builder)
    return builder.report(header, has_header=head is not None, has_items=isinstance(items, list))


def _unwrapped(document: Any) -> tuple[dict[str, Any], tuple[ReportException, ...]]:
    """Take a report out of what some servers put around it, with what they say beside it."""
    if isinstance(document, list) and all(_is_exception(one) for one in document) and document:
        return {"Exceptions": document}, ()
    if not isinstance(document, dict):
        raise NotCounter("no_report")
    if "response" in document and "body" in document:
        said = document["response"]
        beside = (_exception(said),) if _is_exception(said) else ()
        body = document["body"]
        return (body if isinstance(body, dict) else {}), beside
    if _is_exception(document):
        return {"Exceptions": [document]}, ()
    return document, ()


def _parts(document: dict[str, Any]) -> tuple[dict[str, Any] | None, Any]:
    head = document.get("Report_Header")
    if not isinstance(head, dict):
        head = document if "Report_ID" in document else None
    return head, document.get("Report_Items")


def _is_exception(found: Any) -> TypeGuard[dict[str, Any]]:
    if not isinstance(found, dict) or "Report_Header" in found or "Report_Items" in found:
        return False
    words = {str(key).lower() for key in found}
    return bool({"code", "number"} & words) and bool({"message", "severity"} & words)


def _exception(found: dict[str, Any]) -> ReportException:
    said = {str(key).lower(): value for key, value in found.items()}
    code = text_of(said.get("code", said.get("number")))
    return ReportException(
        int(code) if code.lstrip("-").isdigit() else -1,
        text_of(said.get("message")),
        text_of(said.get("data")),
        text_of(said.get("severity")),
    )


def _exceptions(head: dict[str, Any] | None, document: dict[str, Any]) -> list[ReportException]:
    found: list[ReportException] = []
    for place in ({} if head is document or head is None else head, document):
        for name in ("Exceptions", "Exception"):
            said = place.get(name)
            many = said if isinstance(said, list) else [said]
            found += [_exception(one) for one in many if _is_exception(one)]
    return found


def _release(text: str) -> str:
    """Return 5 for 5.0, else the text itself."""
    return "5" if text in {"5", "5.0"} else text


def _named(found: Any) -> dict[str, tuple[str, ...]]:
    """Return filters or attributes: {name: value or values} of 5.1, [{Name, Value}] of 5."""
    if isinstance(found, dict):
        return {
            str(name): tuple(text_of(one) for one in value)
            if isinstance(value, list)
            else (text_of(value),)
            for name, value in found.items()
        }
    if isinstance(found, list):
        return {
            text_of(one.get("Name")): split_list(text_of(one.get("Value")))
            for one in found
            if isinstance(one, dict)
        }
    return {}


def _header(
    head: dict[str, Any], release: str, exceptions: tuple[ReportException, ...], created: str
) -> ReportHeader:
    filters = _named(head.get("Report_Filters"))
    found = {name.lower(): name for name in filters}
    days = [
        filters.pop(found[name], ("",)) if name in found else ("",)
        for name in ("begin_date", "end_date")
    ]
    metrics = filters.pop("Metric_Type", ())
    return ReportHeader(
        release=release,
        report_id=text_of(head.get("Report_ID")).upper(),
        report_name=text_of(head.get("Report_Name")),
        institution_name=text_of(head.get("Institution_Name")),
        institution_ids=json_pairs(head.get("Institution_ID")),
        customer_id=text_of(head.get("Customer_ID")),
        metric_types=metrics,
        filters=tuple(filters.items()),
        attributes=tuple(_named(head.get("Report_Attributes")).items()),
        exceptions=exceptions,
        begin=day_of(days[0][0]) if days[0] else None,
        end=day_of(days[1][0]) if days[1] else None,
        created=text_of(head.get("Created")) or created,
        created_by=text_of(head.get("Created_By")),
        registry_record=text_of(head.get("Registry_Record")),
    )


def _look_at_head(head: dict[str, Any], builder: Builder) -> None:
    for word in ("Report_ID", "Release", "Created", "Created_By", "Institution_Name"):
        if word not in head:
            builder.form(f"Report_Header.{word}", "header_missing", word)
    for one in head.get("Exceptions") or ():
        if isinstance(one, dict) and not isinstance(one.get("Code"), int):
            builder.form("Report_Header.Exceptions", "exception_code", text_of(one.get("Code")))
