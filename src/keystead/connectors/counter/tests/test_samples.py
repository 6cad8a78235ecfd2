"""The official samples and what others collected: identical records, stated sums, right states."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from keystead.connectors.counter.calc.derive import derive
from keystead.connectors.counter.calc.json_report import read_json
from keystead.connectors.counter.calc.writing import as_json, as_rows, as_text
from keystead.connectors.counter.commands import sums
from keystead.connectors.counter.rules.check import check
from keystead.connectors.counter.services.reading import read_report
from keystead.connectors.counter.types import Report, State
from keystead.kernel.errors import SourceProblem

pytestmark = pytest.mark.shared

# What the samples of COUNTER state (cop5, CC BY 4.0): counts, and the sum of all of them.
FULL = {"PR": (2424, 2839469), "DR": (1824, 3939418), "TR": (1872, 1271663), "IR": (3120, 2436375)}
# Rows and sums by metric of the official samples of the views. TR_J1 and TR_J4 were published
# with another version of their journal than TR and TR_J3, so TR_J3's controlled rows are taken.
VIEWS: dict[str, tuple[int, dict[str, int]]] = {
    "TR_B1": (4, {"Total_Item_Requests": 19139, "Unique_Title_Requests": 8898}),
    "TR_B2": (4, {"Limit_Exceeded": 1446, "No_License": 1430}),
    "TR_B3": (
        12,
        {
            "Total_Item_Investigations": 31896,
            "Total_Item_Requests": 19139,
            "Unique_Item_Investigations": 23926,
            "Unique_Item_Requests": 14467,
            "Unique_Title_Investigations": 11861,
            "Unique_Title_Requests": 8898,
        },
    ),
    "TR_J1": (2, {"Total_Item_Requests": 5052, "Unique_Item_Requests": 3792}),
    "TR_J2": (2, {"Limit_Exceeded": 1530, "No_License": 1276}),
    "TR_J3": (
        8,
        {
            "Total_Item_Investigations": 33706,
            "Total_Item_Requests": 20222,
            "Unique_Item_Investigations": 25280,
            "Unique_Item_Requests": 15170,
        },
    ),
    "TR_J4": (4, {"Total_Item_Requests": 5052, "Unique_Item_Requests": 3792}),
    "DR_D1": (
        19,
        {
            "Searches_Automated": 581544,
            "Searches_Federated": 590793,
            "Searches_Regular": 572319,
            "Total_Item_Investigations": 303088,
            "Total_Item_Requests": 138547,
            "Unique_Item_Investigations": 227343,
            "Unique_Item_Requests": 104038,
        },
    ),
    "DR_D2": (6, {"Limit_Exceeded": 1624, "No_License": 1576}),
    "IR_A1": (6, {"Total_Item_Requests": 20556, "Unique_Item_Requests": 15422}),
    "IR_M1": (10, {"Total_Item_Requests": 55037, "Unique_Item_Requests": 41282}),
}
STATES = {
    "exceptions/5_DR_ProQuestEbookCentral_exception.json": State.REFUSED,
    "exceptions/5_TR_ProQuestEbookCentral_exception.json": State.NO_USAGE,
    "exceptions/C5_PR_test.json": State.USABLE,
    "exceptions/code-zero.json": State.NO_USAGE,
    "exceptions/counter5_table_dr.tsv": State.REFUSED,  # states rows twice
    "exceptions/counter5_table_mismatched_rt.csv": State.REFUSED,
    "exceptions/counter5_tr_nature.json": State.USABLE,
    "exceptions/data_simple.json": State.REFUSED,  # nobody knows whose usage it is
    "exceptions/error-in-root.json": State.REFUSED,
    "exceptions/naked_error.json": State.WAITING,
    "exceptions/naked_error_lowercase.json": State.REFUSED,
    "exceptions/no_data.json": State.NO_USAGE,
    "exceptions/no_data_3062.json": State.NO_USAGE,
    "exceptions/null-in-Item_ID.json": State.USABLE,
    "exceptions/partial_data2.json": State.PARTIAL,
    "exceptions/severity-missing.json": State.REFUSED,
    "exceptions/severity-wrong.json": State.WAITING,
    "exceptions/some_data_3062.json": State.USABLE,
    "encodings/counter5_tr_j1_2019_00.csv": State.USABLE,
    "r5/DR_empty_r51.json": State.WAITING,
    "r5/DR-empty.json": State.NO_USAGE,
    "r5/IR_M1-sample.tsv": State.USABLE,
    "r5/TR-sample.xlsx": State.USABLE,
    "r5/TR_B1-a.xlsx": State.USABLE,
    "r5/errors/TR-wrong_months1.tsv": State.REFUSED,
    "r5/errors/TR-wrong_months2.tsv": State.REFUSED,
    "r5/errors/TR-exclude_monthly_details.csv": State.REFUSED,
}


def _read(path: Path) -> Report:
    """Read a file; JSON without the child, which other tests go through."""
    return (
        read_json(orjson.loads(path.read_bytes())) if path.suffix == ".json" else read_report(path)
    )


@pytest.mark.parametrize("kind", list(FULL))
def test_three_formats_give_the_same_records_and_the_stated_sums(samples: Path, kind: str) -> None:
    read = [
        read_report(samples / "r51" / f"{kind}_sample_r51.{ending}")
        for ending in ("json", "tsv", "xlsx")
    ]
    first = read[0].records()
    assert (first.num_rows, sum(first.column("count").to_pylist())) == FULL[kind]
    for other in read[1:]:
        assert other.records().equals(first)
        assert other.header == read[0].header
    for one in read:
        outcome = check(one)
        assert (outcome.state, outcome.errors) == (State.USABLE, ())


@pytest.mark.parametrize("full", list(FULL))
def test_full_reports_derive_the_official_views(samples: Path, full: str, tmp_path: Path) -> None:
    report = _read(samples / "r51" / f"{full}_sample_r51.json")
    views = [view for view in VIEWS if view.startswith(full)] or ["PR_P1"]
    for view in views:
        found = derive(report, view)
        if view in VIEWS:
            rows = len(list(as_rows(found))) - 15
            assert (rows, sums(found)) == VIEWS[view]
        forms = [("v.json", as_json(found))]
        forms += [("v.tsv", as_text(found))] if view in {"TR_J3", "IR_A1"} else []
        for name, text in forms:
            (tmp_path / name).write_text(text, encoding="utf-8")
            again = _read(tmp_path / name)
            assert again.records().equals(found.records())
            assert check(again).errors == ()


def test_the_platform_view_is_the_official_one(samples: Path) -> None:
    found = derive(_read(samples / "r51" / "PR_sample_r51.json"), "PR_P1")
    assert len(list(as_rows(found))) - 15 == 51
    assert sums(found)["Searches_Platform"] == 196697
    assert sums(found)["Unique_Title_Requests"] == 8898


@pytest.mark.parametrize("file", list(STATES))
def test_what_providers_really_send_ends_in_the_right_state(samples: Path, file: str) -> None:
    assert check(_read(samples / file)).state == STATES[file]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("r5/PR-sample.json", "r5/PR-sample.tsv"),
        ("r5/DR-sample.json", "r5/DR-f.tsv"),
        ("r5/TR-sample.json", "r5/TR-sample.xlsx"),
    ],
)
def test_release_5_reads_the_same_from_both_forms(samples: Path, first: str, second: str) -> None:
    one, other = _read(samples / first), _read(samples / second)
    assert one.records().equals(other.records())
    assert (one.header.release, other.header.release) == ("5", "5")


@pytest.mark.parametrize(
    ("file", "code"),
    [
        ("counter4_jr1_2018_00.csv", "counter_release_4"),
        ("counter4_jr1_2018_00_utf_16be.csv", "counter_release_4"),
        ("counter4_jr1_2018_00_utf_32le.csv", "counter_release_4"),
        ("counter4_jr1_2018_00_windows_1252.csv", "counter_release_4"),
        ("counter4_jr1_2018_01.xls", "counter_release_4"),
        ("counter4_jr1_2018_00.numbers", "foreign_numbers"),
        ("elsevier-prices.csv", "not_counter"),
        ("with-formulas.xlsx", "not_counter"),
    ],
)
def test_what_is_no_report_is_refused_with_the_reason(samples: Path, file: str, code: str) -> None:
    with pytest.raises(SourceProblem) as refused:
        read_report(samples / "encodings" / file)
    assert refused.value.code == code
