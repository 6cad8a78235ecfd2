"""The check finds what the official schema lets through: one broken place, one rule."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from keystead.connectors.counter.calc.derive import derive
from keystead.connectors.counter.calc.writing import as_text
from keystead.connectors.counter.commands import counter, sums
from keystead.connectors.counter.rules.check import check
from keystead.connectors.counter.services.reading import read_report
from keystead.connectors.counter.tests.reports import document, report, write
from keystead.connectors.counter.types import State
from keystead.kernel.errors import Invalid, SourceProblem

Change = Callable[[dict[str, Any]], object]


def _head(**said: Any) -> Change:
    return lambda made: made["Report_Header"].update(said)


def _part(number: int = 0, **said: Any) -> Change:
    return lambda made: made["Report_Items"][0]["Attribute_Performance"][number].update(said)


def _metric(metric: str, counts: Any, number: int = 0) -> Change:
    def change(made: dict[str, Any]) -> None:
        part = made["Report_Items"][0]["Attribute_Performance"][number]
        part["Performance"][metric] = counts

    return change


def _id(**said: str) -> Change:
    return lambda made: made["Report_Items"][0]["Item_ID"].update(said)


def _period(begin: str, end: str) -> Change:
    return _head(Report_Filters={"Begin_Date": begin, "End_Date": end})


ERRORS: dict[str, tuple[Change, str]] = {
    "a month outside the period": (_metric("No_License", {"2026-05": 1}), "month_outside"),
    "a month that is none": (_metric("No_License", {"2026-13": 1}), "month"),
    "a negative count": (_metric("No_License", {"2026-01": -1}), "count_negative"),
    "a count with a fraction": (_metric("No_License", {"2026-01": 1.5}), "count_not_whole"),
    "a count as text": (_metric("No_License", {"2026-01": "3"}), "count_not_whole"),
    "a count that is true": (_metric("No_License", {"2026-01": True}), "count_not_whole"),
    "unique above total": (_metric("Unique_Item_Requests", {"2026-01": 13}), "metric_bound"),
    "requests above investigations": (
        _metric("Total_Item_Requests", {"2026-01": 21, "2026-02": 6}),
        "metric_bound",
    ),
    "titles of a journal": (_metric("Unique_Title_Requests", {"2026-01": 1}), "metric_data_type"),
    "turned away from open": (_metric("No_License", {"2026-01": 1}, 1), "turnaway_access"),
    "a metric of release 4": (_metric("ft_total", {"2026-01": 1}), "metric_unknown"),
    "a metric of another report": (_metric("Searches_Platform", {"2026-01": 1}), "metric_report"),
    "the same thing twice": (
        lambda made: made["Report_Items"].append(made["Report_Items"][0]),
        "repeated",
    ),
    "a data type of items": (_part(Data_Type="Article"), "data_type"),
    "an access type of release 5": (_part(1, Access_Type="OA_Gold"), "access_type"),
    "an unknown access method": (_part(Access_Method="Robot"), "access_method"),
    "a year of two digits": (_part(YOP="25"), "yop"),
    "no platform": (lambda made: made["Report_Items"][0].pop("Platform"), "platform_missing"),
    "a period that ends early": (_period("2026-03-01", "2026-01-31"), "period_order"),
    "no period": (_head(Report_Filters={}), "period"),
    "an unknown report": (_head(Report_ID="JR1"), "report_id"),
    "an unknown release": (_head(Release="5.2"), "release"),
    "performance that is a list": (_part(Performance=[]), "no_performance"),
    "an item that is a word": (
        lambda made: made["Report_Items"].append("x"),
        "item_not_an_object",
    ),
    "open rows in a controlled view": (_head(Report_ID="TR_J1"), "view_rows"),
}  # fmt: skip
WARNINGS: dict[str, tuple[Change, str]] = {
    "a wrong ISSN": (_id(Online_ISSN="1234-1234"), "check_digit_issn"),
    "a wrong ISBN": (_id(ISBN="979-8-88888-888-8"), "check_digit_isbn"),
    "a wrong DOI": (_id(DOI="11.5555/x"), "doi"),
    "an identifier without its platform": (_id(Proprietary="JH"), "proprietary_id"),
    "a wrong ISNI": (_head(Institution_ID={"ISNI": ["1234123412341234"]}), "check_digit_institution"),
    "a scheme that is not COUNTER's": (_head(Institution_ID={"Ringgold": ["1"]}), "institution_scheme"),
    "made before the period ended": (_head(Created="2026-02-01T00:00:00Z"), "created_early"),
    "zero months": (_metric("No_License", {"2026-01": 3, "2026-02": 0}), "zero_count"),
    "half a month": (_period("2026-01-01", "2026-03-30"), "period_whole_months"),
    "an old host of the registry is right, another is not": (
        _head(Registry_Record="https://example.org/platform/1"), "registry_record",
    ),
}  # fmt: skip


def test_a_good_report_has_no_finding() -> None:
    outcome = check(report())
    assert (outcome.state, outcome.findings) == (State.USABLE, ())


@pytest.mark.parametrize("name", list(ERRORS))
def test_each_error_is_found_and_keeps_the_report_out(name: str) -> None:
    change, rule = ERRORS[name]
    outcome = check(report(change))
    assert rule in {one.rule for one in outcome.errors}, outcome.findings
    assert outcome.state == State.REFUSED
    assert all(one.place and one.message for one in outcome.findings)


@pytest.mark.parametrize("name", list(WARNINGS))
def test_each_warning_is_found_and_lets_the_report_in(name: str) -> None:
    change, rule = WARNINGS[name]
    outcome = check(report(change))
    assert rule in {one.rule for one in outcome.findings}, outcome.findings
    assert (outcome.state, outcome.errors) == (State.USABLE, ())


def test_a_finding_names_the_very_place() -> None:
    found = check(report(_metric("Unique_Item_Requests", {"2026-02": 7}))).errors[0]
    assert found.place.startswith("Report_Items[0].Attribute_Performance[0].Performance.")
    assert found.place.endswith(".2026-02")
    assert found.message == "Unique_Item_Requests is 7, more than Total_Item_Requests with 6."


def test_a_table_whose_total_is_not_its_months_is_refused(tmp_path: Path) -> None:
    lines = as_text(report()).splitlines()
    cells = lines[15].split("\t")
    cells[lines[14].split("\t").index("Reporting_Period_Total")] = "999"
    lines[15] = "\t".join(cells)
    (tmp_path / "t.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    outcome = check(read_report(tmp_path / "t.tsv"))
    assert [(one.rule, one.place) for one in outcome.errors] == [
        ("period_total", "row 16, Reporting_Period_Total")
    ]


@pytest.mark.parametrize("place", ["old", "new"])
def test_components_are_accepted_in_both_places_and_never_added(place: str) -> None:
    part = {"Item": "A figure", "Item_ID": {"DOI": "10.5555/jh.f1"}, "Data_Type": "Image"}
    counts = {
        "Total_Item_Requests": {"2026-01": 100},
        "Total_Item_Investigations": {"2026-01": 100},
    }

    def change(made: dict[str, Any]) -> None:
        made["Report_Header"] |= {"Report_ID": "IR", "Report_Name": "Item Report"}
        item = made["Report_Items"][0]
        item["Item"] = item.pop("Title")
        for one in item["Attribute_Performance"]:
            one["Data_Type"] = "Article"
        if place == "old":
            made_part = {"Data_Type": "Image", "Performance": counts}
            item["Components"] = [{**part, "Attribute_Performance": [made_part]}]
        else:
            inner = {**part, "Performance": counts}
            item["Attribute_Performance"][0]["Components"] = [inner]
        made["Report_Items"] = [{"Items": [item]}]

    found = report(change)
    assert check(found).errors == ()
    assert sums(found)["Total_Item_Requests"] == 122
    assert sums(derive(found, "IR_A1"))["Total_Item_Requests"] == 22


def test_a_view_needs_its_full_report_and_its_attributes() -> None:
    with pytest.raises(Invalid, match="derived from a DR"):
        derive(report(), "DR_D1")
    with pytest.raises(Invalid, match="no standard view"):
        derive(report(), "TR")

    def without_years(made: dict[str, Any]) -> None:
        for part in made["Report_Items"][0]["Attribute_Performance"]:
            del part["YOP"]

    with pytest.raises(Invalid, match="does not show yop"):
        derive(report(without_years), "TR_J4")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_json_is_read_in_every_encoding_of_the_web(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "tr.json"
    path.write_bytes(json.dumps(document()).encode(encoding))
    assert read_report(path).records().equals(report().records())


@pytest.mark.parametrize("text", ["{", '{"a": 1', "[" * 5000, '{"Report_Header": "\ud800"}'])
def test_broken_json_is_refused_and_never_a_crash(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(SourceProblem) as refused:
        read_report(path)
    assert refused.value.code == "damaged"


def test_validate_from_the_command_line(tmp_path: Path) -> None:
    good = write(tmp_path / "good.json")
    bad = write(tmp_path / "bad.json", _metric("No_License", {"2026-05": 1}))
    run = CliRunner().invoke(counter, ["validate", str(good)])
    assert run.exit_code == 0
    assert "State: usable" in run.output
    run = CliRunner().invoke(counter, ["validate", str(bad), "--json"])
    assert run.exit_code == 3
    said = json.loads(run.output)
    assert (said["state"], said["findings"][0]["rule"]) == ("refused", "month_outside")
    assert said["findings"][0]["severity"] == "error"


def test_derive_from_the_command_line(tmp_path: Path) -> None:
    out = tmp_path / "j1.tsv"
    source = write(tmp_path / "tr.json")
    run = CliRunner().invoke(counter, ["derive", str(source), "--view", "tr_j1", "--out", str(out)])
    assert run.exit_code == 0, run.output
    assert sums(read_report(out)) == {"Total_Item_Requests": 18, "Unique_Item_Requests": 15}
