"""Small reports made here (synthetic), to be broken in one place each."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from keystead.connectors.counter.calc.json_report import read_json
from keystead.connectors.counter.types import Report

SAMPLES = Path(__file__).resolve().parents[5].parent / "shared" / "data" / "counter"
HEAD: dict[str, Any] = {
    "Release": "5.1",
    "Report_ID": "TR",
    "Report_Name": "Title Report",
    "Created": "2026-04-02T09:00:00Z",
    "Created_By": "Ardea Press",
    "Institution_ID": {"ROR": ["03yrm5c26"]},
    "Institution_Name": "Lakeside University",
    "Registry_Record": "",
    "Report_Attributes": {"Attributes_To_Show": ["YOP", "Access_Type", "Access_Method"]},
    "Report_Filters": {"Begin_Date": "2026-01-01", "End_Date": "2026-03-31"},
}
ITEM: dict[str, Any] = {
    "Title": "Journal of Herons",
    "Publisher": "Ardea Press",
    "Platform": "Ardea",
    "Item_ID": {"Online_ISSN": "0378-5955", "Proprietary": "Ardea:JH", "DOI": "10.5555/jh"},
    "Attribute_Performance": [
        {
            "Data_Type": "Journal",
            "YOP": "2025",
            "Access_Type": "Controlled",
            "Access_Method": "Regular",
            "Performance": {
                "Total_Item_Investigations": {"2026-01": 20, "2026-02": 10, "2026-03": 5},
                "Unique_Item_Investigations": {"2026-01": 15, "2026-02": 10, "2026-03": 5},
                "Total_Item_Requests": {"2026-01": 12, "2026-02": 6},
                "Unique_Item_Requests": {"2026-01": 9, "2026-02": 6},
                "No_License": {"2026-01": 3},
            },
        },
        {
            "Data_Type": "Journal",
            "YOP": "2026",
            "Access_Type": "Open",
            "Access_Method": "Regular",
            "Performance": {
                "Total_Item_Investigations": {"2026-01": 8},
                "Unique_Item_Investigations": {"2026-01": 7},
                "Total_Item_Requests": {"2026-01": 4},
                "Unique_Item_Requests": {"2026-01": 3},
            },
        },
    ],
}
DOCUMENT: dict[str, Any] = {"Report_Header": HEAD, "Report_Items": [ITEM]}


def document(change: Callable[[dict[str, Any]], object] | None = None) -> dict[str, Any]:
    """Return a good title report, changed in one place."""
    made = copy.deepcopy(DOCUMENT)
    if change is not None:
        change(made)
    return made


def report(change: Callable[[dict[str, Any]], object] | None = None) -> Report:
    """Return it as read."""
    return read_json(document(change))


def write(path: Path, change: Callable[[dict[str, Any]], object] | None = None) -> Path:
    """Write it as a file and return its path."""
    path.write_text(json.dumps(document(change)), encoding="utf-8")
    return path
