"""``keystead conformance``: passes only what was computed, names what it does not know."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from keystead.doors.cli.conformance import ADAPTERS, check, conformance

CASE: dict[str, Any] = {
    "id": "one",
    "input": {
        "calc": "tiered_rebate",
        "method": "all_units",
        "rate_kind": "percent",
        "boundary": "gte",
        "tiers": [{"lower": "0", "rate": "2"}],
        "tier_measure": "100",
    },
    "expected": {"rebate": "2.00"},
}


def _with(expected: Any = None, **changes: Any) -> dict[str, Any]:
    return {**CASE, "input": {**CASE["input"], **changes}, "expected": expected or CASE["expected"]}


def _run(tmp_path: Path, cases: Any) -> Any:
    file = tmp_path / "cases.json"
    file.write_text(json.dumps(cases))
    return CliRunner().invoke(conformance, [str(file)])


def test_all_passed_is_exit_0(tmp_path: Path) -> None:
    done = _run(tmp_path, {"examples": [CASE]})
    assert (done.exit_code, done.output) == (0, "1 passed, 0 failed\n")


def test_a_failed_case_is_named_and_not_exit_0(tmp_path: Path) -> None:
    done = _run(tmp_path, [CASE, {**_with({"rebate": "2.01"}), "id": "two"}])
    assert done.exit_code == 3
    lines = done.output.splitlines()
    assert lines == ["two: rebate: expected 2.01, got 2.00", "1 passed, 1 failed"]


@pytest.mark.parametrize(
    ("case", "said"),
    [
        (_with(calc="tired_rebate"), "unknown kind 'tired_rebate'"),
        (_with(benefit_measur="9"), "unknown field benefit_measur"),
        (_with(tiers=[{"lower": "0", "rate": "2", "uper": "9"}]), "unknown field tiers.0.uper"),
        (_with({"rebates": "2.00"}), "unknown expected field rebates (answer: rebate: 2.00)"),
        (_with(tier_measure="nan"), "unknown expected field rebate (answer: error: not_a_number)"),
        ({**CASE, "input": {"calc": "tiered_rebate", "method": "all_units"}}, "is missing"),
        (_with(method="retro"), "it cannot be computed"),
        ({**CASE, "expected": {}}, "it expects nothing"),
        ({"id": "x", "expected": {"a": 1}}, "it has no input"),
        (_with([{"rebate": "2.00"}]), "expected"),
    ],
)
def test_what_is_wrong_is_said(case: dict[str, Any], said: str) -> None:
    assert said in "; ".join(check(case))


def test_text_is_compared_exactly_and_numbers_to_four_decimals() -> None:
    assert check(_with({"rebate": "2.00004"})) != []
    assert check(_with({"rebate": 2.00004})) == []
    assert check({**_with({"rebate": "2.004"}), "tolerance": "0.005 points"}) == []
    assert check(_with({"rebate": 2.001})) != []


def test_the_expected_value_is_not_there_while_an_adapter_works(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Case(dict[str, Any]):
        answered = False

        def __getitem__(self, key: str) -> Any:
            assert key != "expected" or self.answered
            return super().__getitem__(key)

        def get(self, key: str, default: Any = None) -> Any:
            assert key != "expected" or self.answered
            return super().get(key, default)

    case = Case(CASE)
    real = ADAPTERS["tiered_rebate"]

    def adapter(given: Any) -> Any:
        found = real(given)
        case.answered = True
        return found

    monkeypatch.setitem(ADAPTERS, "tiered_rebate", adapter)
    assert check(case) == []


@pytest.mark.parametrize("text", ["{}", "[]", '{"examples": []}', "[1]", "{"])
def test_a_file_without_cases_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "cases.json"
    file.write_text(text)
    assert CliRunner().invoke(conformance, [str(file)]).exit_code != 0
