"""Writes a report of release 5.1 in its tabular and its JSON form."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from keystead.connectors.counter.calc.table_report import HEADER_ROWS
from keystead.connectors.counter.calc.wording import month_label, scheme_pairs, scheme_text
from keystead.connectors.counter.types import Report, ReportHeader, report_def

_WORDS = {"doi": "DOI", "isbn": "ISBN", "print_issn": "Print_ISSN", "online_issn": "Online_ISSN",
          "uri": "URI", "yop": "YOP", "proprietary_id": "Proprietary_ID",
          "publisher_id": "Publisher_ID", "customer_id": "Customer_ID"}  # fmt: skip
_IDS = {"doi": "DOI", "proprietary_id": "Proprietary", "isbn": "ISBN", "print_issn": "Print_ISSN",
        "online_issn": "Online_ISSN", "uri": "URI"}  # fmt: skip
_ATTRIBUTES = {"data_type", "yop", "access_type", "access_method", "institution_name",
               "customer_id", "country_name", "country_code", "subdivision_name",
               "subdivision_code", "attributed", "format"}  # fmt: skip


def as_rows(report: Report) -> Iterator[list[str]]:
    """Yield the cells of the tabular form: 13 rows of head, a blank one, columns, usage.

    Rows without usage are left out; months without usage in a kept row are 0.
    """
    columns = columns_of(report)
    months = months_of(report.header) or list(report.months)
    width = len(columns) + 2 + len(months)
    for name, value in zip(HEADER_ROWS, _head_cells(report.header), strict=True):
        yield [name, value, *[""] * (width - 2)]
    yield [""] * width
    yield [
        *(column_label(name) for name in columns), "Metric_Type", "Reporting_Period_Total",
        *(month_label(month) for month in months),
    ]  # fmt: skip
    for said, metric, counts in _grouped(report, columns):
        numbers = [counts.get(month, 0) for month in months]
        yield [*said, metric, str(sum(numbers)), *(str(number) for number in numbers)]


def as_text(report: Report, sign: str = "\t") -> str:
    """Return the tabular form with a tab (or another sign) between the cells."""
    return "".join(sign.join(_quoted(cell, sign) for cell in row) + "\n" for row in as_rows(report))


def as_json(report: Report) -> str:
    """Return the JSON form; months without usage are left out. Items have no parents."""
    columns = columns_of(report)
    attributes = [name for name in columns if name in _ATTRIBUTES]
    about = [name for name in columns if name not in _ATTRIBUTES]
    items: dict[tuple[str, ...], dict[tuple[str, ...], dict[str, dict[str, int]]]] = {}
    for said, metric, counts in _grouped(report, columns):
        named = dict(zip(columns, said, strict=True))
        item = items.setdefault(tuple(named[name] for name in about), {})
        part = item.setdefault(tuple(named[name] for name in attributes), {})
        part[metric] = {f"{month:%Y-%m}": counts[month] for month in sorted(counts)}
    listed = []
    for values, parts in items.items():
        item_said = _item(dict(zip(about, values, strict=True)))
        item_said["Attribute_Performance"] = [
            {
                **{column_label(n): v for n, v in zip(attributes, key, strict=True) if v},
                "Performance": performance,
            }
            for key, performance in parts.items()
        ]
        listed.append(item_said)
    body = _with_parents(listed) if report.header.report_id.startswith("IR") else listed
    document = {"Report_Header": _json_head(report.header), "Report_Items": body}
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def columns_of(report: Report) -> list[str]:
    """Return the columns of the tabular form: those of the report, then what else it shows."""
    definition = report_def(report.header.report_id)
    fixed = definition.shows if definition is not None else ()
    return [*fixed, *(name for name in report.columns if name not in fixed)]


def months_of(header: ReportHeader) -> list[date]:
    """Return the months of the period, the first to the last."""
    if header.begin is None or header.end is None or header.begin > header.end:
        return []
    first, last = header.begin, header.end
    numbers = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    return [date(number // 12, number % 12 + 1, 1) for number in numbers]


def column_label(name: str) -> str:
    """Return a column's name as COUNTER spells it.

    >>> column_label("parent_doi"), column_label("data_type")
    ('Parent_DOI', 'Data_Type')
    """
    for part in ("parent_", "component_"):
        if name.startswith(part):
            return f"{part.title()}{column_label(name.removeprefix(part))}"
    return _WORDS.get(name) or "_".join(word.capitalize() for word in name.split("_"))


def _grouped(
    report: Report, columns: list[str]
) -> Iterator[tuple[tuple[str, ...], str, dict[date, int]]]:
    cells = list(zip(*(report.entries.column(n).to_pylist() for n in columns), strict=True))
    found: dict[tuple[tuple[str, ...], str], dict[date, int]] = {}
    counts = report.counts
    for entry, metric, month, count in zip(
        *(counts.column(n).to_pylist() for n in ("entry", "metric_type", "month", "count")),
        strict=True,
    ):
        by_month = found.setdefault((cells[entry], metric), {})
        by_month[month] = by_month.get(month, 0) + count
    for (said, metric), by_month in sorted(found.items()):
        yield said, metric, by_month


def _head_cells(head: ReportHeader) -> list[str]:
    period = f"Begin_Date={head.begin}; End_Date={head.end}" if head.begin and head.end else ""
    exceptions = "; ".join(
        f"{one.code}: {one.message}" + (f" ({one.data})" if one.data else "")
        for one in head.exceptions
    )
    return [
        head.report_name, head.report_id, head.release, head.institution_name,
        scheme_text(head.institution_ids), "; ".join(head.metric_types), _listed(head.filters),
        _listed(head.attributes), exceptions, period, head.created, head.created_by,
        head.registry_record,
    ]  # fmt: skip


def _listed(pairs: tuple[tuple[str, tuple[str, ...]], ...]) -> str:
    return "; ".join(f"{name}={'|'.join(values)}" for name, values in pairs)


def _quoted(cell: str, sign: str) -> str:
    if sign in cell or '"' in cell or "\n" in cell:
        return '"' + cell.replace('"', '""') + '"'
    return cell


def _schemes(text: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for scheme, value in scheme_pairs(text):
        found.setdefault(scheme, []).append(value)
    return found


def _item(said: dict[str, str]) -> dict[str, Any]:
    ids = {word: said[name] for name, word in _IDS.items() if said.get(name)}
    found: dict[str, Any] = {}
    for name, text in said.items():
        if name in _IDS or name.startswith("parent_") or not text:
            continue
        if name == "publisher_id":
            found["Publisher_ID"] = _schemes(text)
        elif name == "authors":
            found["Authors"] = [{"Name": one} for one in text.split("; ")]
        else:
            found[column_label(name)] = text
    if ids:
        found["Item_ID"] = ids
    found["_parent"] = {n.removeprefix("parent_"): t for n, t in said.items() if "parent_" in n}
    return found if found["_parent"] else {k: v for k, v in found.items() if k != "_parent"}


def _with_parents(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found: dict[tuple[tuple[str, str], ...], list[dict[str, Any]]] = {}
    for item in items:
        parent = item.pop("_parent", {})
        found.setdefault(tuple(sorted((k, v) for k, v in parent.items() if v)), []).append(item)
    return [{**_item(dict(parent)), "Items": inner} for parent, inner in found.items()]


def _json_head(head: ReportHeader) -> dict[str, Any]:
    filters: dict[str, Any] = {"Begin_Date": str(head.begin), "End_Date": str(head.end)}
    filters |= {name: _plain(name, values) for name, values in head.filters}
    if head.metric_types:
        filters["Metric_Type"] = list(head.metric_types)
    said: dict[str, Any] = {
        "Release": head.release, "Report_ID": head.report_id, "Report_Name": head.report_name,
        "Created": head.created, "Created_By": head.created_by,
        "Institution_Name": head.institution_name,
        "Institution_ID": _schemes(scheme_text(head.institution_ids)),
        "Registry_Record": head.registry_record, "Report_Filters": filters,
    }  # fmt: skip
    if head.attributes:
        said["Report_Attributes"] = {name: _plain(name, vals) for name, vals in head.attributes}
    if head.exceptions:
        said["Exceptions"] = [
            {"Code": one.code, "Message": one.message, **({"Data": one.data} if one.data else {})}
            for one in head.exceptions
        ]
    return said


def _plain(name: str, values: tuple[str, ...]) -> Any:
    return values[0] if name == "Platform" and len(values) == 1 else list(values)
