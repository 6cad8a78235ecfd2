"""Usage in the ledger: matched, restated, never counted twice, never summed over a release."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from keystead.accounts.services import add_identifier
from keystead.connectors.counter.commands import counter
from keystead.connectors.counter.services.loading import load
from keystead.connectors.counter.tests.reports import document, write
from keystead.kernel.errors import Conflict, Invalid
from keystead.kernel.periods import Period
from keystead.kit.access import SYSTEM
from keystead.ledger.queries import batches, slice_set
from keystead.metrics.queries import evaluate, open_proof

pytestmark = pytest.mark.django_db
YEAR = Period(date(2026, 1, 1), date(2027, 1, 1))


def figure(metric: str, period: Period = YEAR, **dims: Any) -> Any:
    found = evaluate(actor=SYSTEM, metrics=[metric], by=tuple(dims), period=period)
    return found.figure(metric, **dims)


def _post(path: Path, change: Callable[[dict[str, Any]], object] | None = None) -> Any:
    return load(actor=SYSTEM, path=write(path, change), post=True)


def test_usage_is_matched_by_ror_and_measured(lake: Any, tmp_path: Path) -> None:
    done = _post(tmp_path / "tr.json")
    assert (done.account.code, done.rows) == ("LAKE", 15)
    assert figure("controlled_requests").value == 18
    assert figure("unique_requests").value == 18
    assert figure("investigations").value == 43
    assert figure("turnaways").value == 3
    assert figure("turnaways_limit").value == 0
    assert figure("turnaway_rate").value == pytest.approx(300 / 21)
    assert figure("open_share").value == pytest.approx(300 / 18)
    assert figure("backfile_share").value == pytest.approx(100)  # of 2025, used in 2026
    by_title = figure("controlled_requests", title="Journal of Herons")
    assert by_title.value == 18


def test_the_proof_names_the_rows_that_sum_to_the_figure(lake: Any, tmp_path: Path) -> None:
    _post(tmp_path / "tr.json")
    shown = figure("controlled_requests")
    proof = open_proof(actor=SYSTEM, proof_id=shown.proof_id)
    assert proof.figure.value == 18


def test_without_post_nothing_is_written(lake: Any, tmp_path: Path) -> None:
    found = load(actor=SYSTEM, path=write(tmp_path / "tr.json"))
    assert (found.rows, found.batch) == (15, None)
    assert batches(SYSTEM, dataset="usage") == ()


def test_an_unknown_institution_posts_nothing_and_says_its_identifiers(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="ROR 03yrm5c26") as refused:
        _post(tmp_path / "tr.json")
    assert refused.value.code == "institution_unknown"
    assert slice_set("usage").rows == 0


def test_a_wrong_check_digit_names_nobody(lake: Any, tmp_path: Path) -> None:
    add_identifier(actor=SYSTEM, account_id=lake.id, scheme="other", value="1234123412341234")

    def wrong(made: dict[str, Any]) -> None:
        made["Report_Header"]["Institution_ID"] = {"ISNI": ["1234123412341234"]}

    with pytest.raises(Invalid, match="No account of yours"):
        _post(tmp_path / "tr.json", wrong)


def test_the_same_file_counts_once_and_a_newer_one_replaces_its_months(
    lake: Any, tmp_path: Path
) -> None:
    first, again = _post(tmp_path / "a.json"), _post(tmp_path / "b.json")
    assert first.batch.id == again.batch.id

    def restated(made: dict[str, Any]) -> None:
        part = made["Report_Items"][0]["Attribute_Performance"][0]["Performance"]
        part["Total_Item_Requests"] = {"2026-01": 13}
        made["Report_Header"]["Created"] = "2026-05-02T09:00:00Z"

    _post(tmp_path / "c.json", restated)
    assert figure("controlled_requests").value == 13


def test_no_usage_said_is_a_true_zero_and_not_said_leaves_all_as_it_was(
    lake: Any, tmp_path: Path
) -> None:
    _post(tmp_path / "a.json")

    def empty(made: dict[str, Any]) -> None:
        made["Report_Items"] = []

    assert _post(tmp_path / "b.json", empty).batch is None
    assert figure("controlled_requests").value == 18

    def zero(made: dict[str, Any]) -> None:
        empty(made)
        said = {"Code": 3030, "Message": "No Usage Available for Requested Dates"}
        made["Report_Header"]["Exceptions"] = [said]

    _post(tmp_path / "c.json", zero)
    assert not figure("controlled_requests").value
    assert slice_set("usage").rows == 0


def test_a_refused_report_posts_nothing(lake: Any, tmp_path: Path) -> None:
    def broken(made: dict[str, Any]) -> None:
        part = made["Report_Items"][0]["Attribute_Performance"][0]["Performance"]
        part["Unique_Item_Requests"]["2026-01"] = 99

    with pytest.raises(Invalid, match="The report is not loaded"):
        _post(tmp_path / "a.json", broken)
    assert slice_set("usage").rows == 0


def _view(made: dict[str, Any]) -> None:
    made["Report_Header"] |= {"Report_ID": "TR_J1", "Report_Name": "Journal Requests (Controlled)"}
    made["Report_Header"].pop("Report_Attributes")
    counts = made["Report_Items"][0]["Attribute_Performance"][0]["Performance"]
    kept = {name: counts[name] for name in ("Total_Item_Requests", "Unique_Item_Requests")}
    made["Report_Items"][0]["Attribute_Performance"] = [{"Performance": kept}]


def test_a_view_and_its_full_report_are_never_added(lake: Any, tmp_path: Path) -> None:
    _post(tmp_path / "view.json", _view)
    assert figure("controlled_requests").value == 18
    done = _post(tmp_path / "full.json")
    assert done.replaced_views == ("TR_J1",)
    assert figure("controlled_requests").value == 18
    with pytest.raises(Conflict, match="TR is loaded for these months"):
        _post(tmp_path / "again.json", lambda made: (_view(made), made.update(note=1)))


def test_releases_are_never_summed(lake: Any, tmp_path: Path) -> None:
    _post(tmp_path / "new.json")
    said = [
        {"Metric_Type": "Unique_Item_Requests", "Count": 100},
        {"Metric_Type": "Total_Item_Requests", "Count": 120},
    ]
    old = document()
    old["Report_Header"] |= {"Release": "5", "Customer_ID": "LAKE", "Institution_ID": []}
    old["Report_Items"] = [
        {
            "Title": "Journal of Herons", "Platform": "Ardea", "Publisher": "Ardea Press",
            "Data_Type": "Journal", "Access_Type": "Controlled", "Access_Method": "Regular",
            "YOP": "2025",
            "Performance": [
                {"Period": {"Begin_Date": "2026-01-01", "End_Date": "2026-01-31"},
                 "Instance": said}
            ],
        }
    ]  # fmt: skip
    (tmp_path / "old.json").write_text(json.dumps(old), encoding="utf-8")
    load(actor=SYSTEM, path=tmp_path / "old.json", post=True)
    assert slice_set("usage").rows == 17
    assert figure("unique_requests").value == 18
    assert figure("unique_requests_r5").value == 100


def test_load_from_the_command_line(lake: Any, tmp_path: Path) -> None:
    path = write(tmp_path / "tr.json")
    run = CliRunner().invoke(counter, ["load", str(path)])
    assert run.exit_code == 0, run.output
    assert "not posted" in run.output
    run = CliRunner().invoke(counter, ["load", str(path), "--post", "--json"])
    assert run.exit_code == 0, run.output
    said = json.loads(run.output)
    assert (said["account"], said["rows"], said["state"]) == ("LAKE", 15, "usable")
    assert said["months"] == ["2026-01", "2026-02", "2026-03"]
