"""Walks the items of a 5.1 report: items, their attributes, metrics, months."""

from __future__ import annotations

from typing import Any

from keystead.connectors.counter.calc.building import Builder
from keystead.connectors.counter.calc.wording import ID_COLUMNS, json_pairs, scheme_text, text_of

_ATTRIBUTES = {
    "Data_Type": "data_type",
    "YOP": "yop",
    "Access_Type": "access_type",
    "Access_Method": "access_method",
    "Institution_Name": "institution_name",
    "Customer_ID": "customer_id",
    "Country_Name": "country_name",
    "Country_Code": "country_code",
    "Subdivision_Name": "subdivision_name",
    "Subdivision_Code": "subdivision_code",
    "Attributed": "attributed",
    "Format": "format",
}
_NAMES = tuple(_ATTRIBUTES)
ATTRIBUTE_COLUMNS = tuple(_ATTRIBUTES.values())
_TEXTS = {
    "Platform": "platform",
    "Database": "database",
    "Title": "title",
    "Item": "item",
    "Publisher": "publisher",
    "Publication_Date": "publication_date",
    "Article_Version": "article_version",
    "Book_Segment_Count": "book_segment_count",
}
_USUAL = 5  # the four attributes of every full report, and the counts
_WORDS = frozenset({str})
_NOTHING = ("",) * len(ATTRIBUTE_COLUMNS)


def walk(items: list[Any], builder: Builder) -> None:
    """Put all items of a 5.1 report into the builder."""
    builder.attribute_names = ATTRIBUTE_COLUMNS
    for number, item in enumerate(items):
        place = f"Report_Items[{number}]"
        if not isinstance(item, dict):
            builder.say(place, "item_not_an_object", type(item).__name__)
        elif isinstance(item.get("Items"), list):
            parent = _parent(item)
            for at, inner in enumerate(item["Items"]):
                if isinstance(inner, dict):
                    _item(inner, parent, f"{place}.Items[{at}]", builder)
                else:
                    builder.say(f"{place}.Items[{at}]", "item_not_an_object", type(inner).__name__)
        else:
            _item(item, {}, place, builder)


def _item(item: dict[str, Any], parent: dict[str, str], place: str, builder: Builder) -> None:
    said = {**parent, **_about(item)}
    number = builder.item(said, place)
    parts = item.get("Attribute_Performance")
    if not isinstance(parts, list):
        builder.say(place, "no_attribute_performance", text_of(parts))
        parts = ()
    _performances(parts, number, said, place, builder)
    for at, component in enumerate(item.get("Components") or ()):  # the place until 2025
        _component(component, said, _NOTHING, f"{place}.Components[{at}]", builder)


def _performances(
    parts: Any, number: int, said: dict[str, str], place: str, builder: Builder
) -> None:
    known = builder.usual
    for at, part in enumerate(parts):
        if not isinstance(part, dict):
            builder.say(f"{place}.Attribute_Performance[{at}]", "item_not_an_object", "")
            continue
        get = part.get
        usual = (get("Data_Type"), get("YOP"), get("Access_Type"), get("Access_Method"))
        attributes = known.get(usual) if len(part) == _USUAL and _WORDS.issuperset(
            map(type, usual)) else None  # fmt: skip
        if attributes is None:
            attributes = tuple([text_of(get(name)) for name in _NAMES])
            if len(part) == _USUAL and None not in usual and _WORDS.issuperset(map(type, usual)):
                known[usual] = attributes
        entry = builder.entry(number, attributes, at)
        _counts(get("Performance"), entry, builder)
        for index, component in enumerate(get("Components") or ()):  # the place since 2025
            where = f"{place}.Attribute_Performance[{at}].Components[{index}]"
            _component(component, said, attributes, where, builder)


def _counts(performance: Any, entry: int, builder: Builder) -> None:
    """Take the metrics of one entry. The one place where each metric of a report comes by."""
    if type(performance) is not dict:
        builder.say(builder.place(entry), "no_performance", text_of(performance))
        return
    months, count, metrics = builder.months, builder.count, builder.metrics
    count_month, ends = builder.count_month, builder.run_ends
    for metric, by_month in performance.items():
        if type(by_month) is not dict:
            builder.say(f"{builder.place(entry)}.Performance.{metric}", "no_months", "")
            continue
        for key in by_month:
            count_month.append(months[key])
        count.extend(by_month.values())
        if by_month:
            builder.run_entry.append(entry)
            builder.run_metric.append(metrics[metric])
            ends.append(len(count))


def _component(
    component: Any, said: dict[str, str], attributes: tuple[str, ...], place: str, builder: Builder
) -> None:
    if not isinstance(component, dict):
        builder.say(place, "item_not_an_object", type(component).__name__)
        return
    about = {f"component_{_short(n)}": v for n, v in _about(component).items()}
    number = builder.item({**said, **about}, place)
    parts = component.get("Attribute_Performance")
    if not isinstance(parts, list):
        parts = [component]
    for at, part in enumerate(parts):
        if not isinstance(part, dict):
            continue
        kind = text_of(part.get("Data_Type"))
        builder.items[number]["component_data_type"] = kind
        _counts(part.get("Performance"), builder.entry(number, attributes, at), builder)


def _parent(item: dict[str, Any]) -> dict[str, str]:
    found = {f"parent_{_short(name)}": text for name, text in _about(item).items()}
    found["parent_data_type"] = text_of(item.get("Data_Type"))
    return found


def _short(name: str) -> str:
    return "title" if name == "item" else name


def _about(item: dict[str, Any]) -> dict[str, str]:
    """Return what an item says about itself, by column."""
    said = {column: text_of(item[name]) for name, column in _TEXTS.items() if name in item}
    if "Publisher_ID" in item:
        said["publisher_id"] = scheme_text(json_pairs(item["Publisher_ID"]))
    if item.get("Authors"):
        said["authors"] = _authors(item["Authors"])
    for kind, value in json_pairs(item.get("Item_ID")):
        if kind in ID_COLUMNS:
            said[ID_COLUMNS[kind]] = value
    return said


def _authors(found: Any) -> str:
    names = []
    for one in found if isinstance(found, list) else ():
        if isinstance(one, dict):
            ids = [f"{kind}:{one[kind]}" for kind in ("ISNI", "ORCID") if one.get(kind)]
            name = text_of(one.get("Name"))
            names.append(f"{name} ({'; '.join(ids)})" if ids else name)
    return "; ".join(names)
