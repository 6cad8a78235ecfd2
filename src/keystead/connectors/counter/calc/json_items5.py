"""Walks the items of a release 5 report (read only): attributes at the item, counts by period."""

from __future__ import annotations

from typing import Any

from keystead.connectors.counter.calc.building import Builder
from keystead.connectors.counter.calc.json_items import ATTRIBUTE_COLUMNS
from keystead.connectors.counter.calc.wording import (
    ID_COLUMNS,
    day_of,
    json_pairs,
    scheme_text,
    text_of,
)

_COLUMNS = (*ATTRIBUTE_COLUMNS, "section_type")
_WORDS = {
    "data_type": "Data_Type", "yop": "YOP", "access_type": "Access_Type",
    "access_method": "Access_Method", "section_type": "Section_Type",
    "institution_name": "Institution_Name", "customer_id": "Customer_ID", "format": "Format",
}  # fmt: skip
_TEXTS = {"Platform": "platform", "Database": "database", "Title": "title", "Item": "item",
          "Publisher": "publisher"}  # fmt: skip


def walk(items: list[Any], builder: Builder) -> None:
    """Put all items of a release 5 report into the builder."""
    builder.attribute_names = _COLUMNS
    for number, item in enumerate(items):
        place = f"Report_Items[{number}]"
        if not isinstance(item, dict):
            builder.say(place, "item_not_an_object", type(item).__name__)
            continue
        at = builder.item(_about(item), place)
        values = tuple(text_of(item.get(_WORDS.get(name, ""))) for name in _COLUMNS)
        _performances(item.get("Performance"), builder.entry(at, values, -1), place, builder)
        for index, part in enumerate(item.get("Item_Component") or ()):
            if isinstance(part, dict):
                _component(part, _about(item), values, f"{place}.Item_Component[{index}]", builder)


def _component(
    part: dict[str, Any],
    said: dict[str, str],
    values: tuple[str, ...],
    place: str,
    builder: Builder,
) -> None:
    about = {f"component_{_short(name)}": text for name, text in _about(part).items()}
    about["component_data_type"] = text_of(part.get("Data_Type"))
    at = builder.item({**said, **about}, place)
    _performances(part.get("Performance"), builder.entry(at, values, -1), place, builder)


def _performances(found: Any, entry: int, place: str, builder: Builder) -> None:
    if not isinstance(found, list):
        builder.say(place, "no_performance", text_of(found))
        return
    for at, part in enumerate(found):
        where = f"{place}.Performance[{at}]"
        period = part.get("Period") if isinstance(part, dict) else None
        instances = part.get("Instance") if isinstance(part, dict) else None
        if not isinstance(period, dict) or not isinstance(instances, list):
            builder.say(where, "no_months", "")
            continue
        begin, end = text_of(period.get("Begin_Date")), text_of(period.get("End_Date"))
        first, last = day_of(begin), day_of(end)
        if first is None or last is None or (first.year, first.month) != (last.year, last.month):
            builder.say(where, "month", f"{begin} to {end}")
            continue
        _instances(instances, f"{first:%Y-%m}", entry, where, builder)


def _instances(instances: list[Any], month: str, entry: int, place: str, builder: Builder) -> None:
    for at, one in enumerate(instances):
        if not isinstance(one, dict) or "Metric_Type" not in one:
            builder.say(f"{place}.Instance[{at}]", "no_metric", "")
            continue
        builder.count_month.append(builder.months[month])
        builder.count.append(one.get("Count"))
        builder.run_entry.append(entry)
        builder.run_metric.append(builder.metrics[text_of(one["Metric_Type"])])
        builder.run_ends.append(len(builder.count))


def _short(name: str) -> str:
    return "title" if name == "item" else name


def _about(item: dict[str, Any]) -> dict[str, str]:
    said = {column: text_of(item[name]) for name, column in _TEXTS.items() if name in item}
    if "Item_Name" in item:
        said["title"] = text_of(item["Item_Name"])
    if item.get("Publisher_ID"):
        said["publisher_id"] = scheme_text(json_pairs(item["Publisher_ID"]))
    for kind, value in json_pairs(item.get("Item_ID")):
        if kind in ID_COLUMNS:
            said[ID_COLUMNS[kind]] = value
    said |= _described(item)
    parent = item.get("Item_Parent")
    parents = parent if isinstance(parent, list) else [parent]
    above = parents[0] if parents else None
    if isinstance(above, dict):
        said |= {f"parent_{_short(name)}": text for name, text in _about(above).items()}
        said["parent_data_type"] = text_of(above.get("Data_Type"))
    return said


def _described(item: dict[str, Any]) -> dict[str, str]:
    said = {}
    names = []
    for one in _dicts(item.get("Item_Contributors")):
        if text_of(one.get("Type")) == "Author":
            known = text_of(one.get("Identifier"))
            names.append(text_of(one.get("Name")) + (f" ({known})" if known else ""))
    if names:
        said["authors"] = "; ".join(names)
    for one in _dicts(item.get("Item_Dates")):
        if text_of(one.get("Type")) == "Publication_Date":
            said["publication_date"] = text_of(one.get("Value"))
    for one in _dicts(item.get("Item_Attributes")):
        if text_of(one.get("Type")) == "Article_Version":
            said["article_version"] = text_of(one.get("Value"))
    return said


def _dicts(found: Any) -> list[dict[str, Any]]:
    return [one for one in found or () if isinstance(one, dict)] if isinstance(found, list) else []
