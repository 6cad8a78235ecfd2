"""The usage panel of an account: two releases side by side, with a break, never added."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from keystead.connectors.counter.services.loading import load
from keystead.connectors.counter.tests.reports import document, write
from keystead.kit.access import SYSTEM
from keystead.kit.testing.page import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _home(settings: Any, tmp_path: Path) -> None:
    settings.KEYSTEAD_HOME = tmp_path


def old_release(path: Path) -> Path:
    made = document()
    made["Report_Header"] |= {"Release": "5", "Customer_ID": "LAKE", "Institution_ID": []}
    made["Report_Header"]["Report_Filters"] = [
        {"Name": "Begin_Date", "Value": "2025-11-01"}, {"Name": "End_Date", "Value": "2025-12-31"},
    ]  # fmt: skip
    made["Report_Items"] = [
        {
            "Title": "Journal of Herons", "Platform": "Ardea", "Publisher": "Ardea Press",
            "Data_Type": "Journal", "Access_Type": "Controlled", "Access_Method": "Regular",
            "YOP": "2025",
            "Performance": [
                {"Period": {"Begin_Date": f"2025-{month}-01", "End_Date": f"2025-{month}-30"},
                 "Instance": [{"Metric_Type": "Unique_Item_Requests", "Count": 700},
                              {"Metric_Type": "Total_Item_Requests", "Count": 900}]}
                for month in ("11", "12")
            ],
        }
    ]  # fmt: skip
    path.write_text(json.dumps(made), encoding="utf-8")
    return path


def test_the_break_is_marked_and_nothing_is_summed_across(
    lake: Any, finance: Any, client_of: Any, tmp_path: Path
) -> None:
    client = client_of(finance)
    page = f"/accounts/{lake.id}/panels/usage/"
    assert "No usage yet" in text_of(client.get(page))
    load(actor=SYSTEM, path=write(tmp_path / "new.json"), post=True)
    shown = text_of(client.get(page))
    assert "A break in the series" not in shown
    load(actor=SYSTEM, path=old_release(tmp_path / "old.json"), post=True)
    answer = client.get(page)
    chart = answer.context["chart"]
    series = {one["name"]: one["values"] for one in chart.data["series"]}
    assert series == {
        "Release 5": [700, 700, *[None] * (len(chart.data["categories"]) - 2)],
        "Release 5.1": [None, None, 12, 6, *[None] * (len(chart.data["categories"]) - 4)],
    }
    assert chart.data["mark"] == {"at": 2, "label": "break"}
    assert "counts from Jan 2026" in text_of(answer)
    assert [row.cells["turnaways"].value for row in answer.context["titles"].rows] == [3]


def test_a_foreign_panel_is_a_missing_one(lake: Any, other_kam: Any, client_of: Any) -> None:
    assert client_of(other_kam).get(f"/accounts/{lake.id}/panels/usage/").status_code == 404
