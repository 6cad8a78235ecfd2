"""The worked examples of the field, each to the cent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from keystead.agreements.calc.conformance import CONFORMANCE as AGREEMENTS
from keystead.doors.cli.conformance import ADAPTERS, check, read_cases
from keystead.negotiation.calc.conformance import CONFORMANCE as NEGOTIATION

TRUTH = Path(__file__).resolve().parents[6] / "shared" / "truth"


def _cases(name: str) -> list[dict[str, Any]]:
    file = TRUTH / name
    return read_cases(file) if file.exists() else []


REBATES = _cases("rebates.json")
PRICES = _cases("prices.json")
CONSORTIUM = _cases("consortium.json")


def _kind(case: dict[str, Any]) -> str:
    return str(case.get("kind") or case["input"].get("calc"))


@pytest.mark.shared
@pytest.mark.skipif(not REBATES, reason="the field data is not beside the project")
def test_no_kind_got_lost() -> None:
    kinds = {_kind(case) for case in REBATES}
    assert len(REBATES) == 66
    assert set(AGREEMENTS) <= kinds <= set(ADAPTERS)
    assert len(PRICES) == 7
    assert {_kind(case) for case in CONSORTIUM} == set(NEGOTIATION)
    assert len(CONSORTIUM) == 56


@pytest.mark.shared
@pytest.mark.parametrize("case", [*REBATES, *PRICES, *CONSORTIUM], ids=lambda case: case["id"])
def test_every_case(case: dict[str, Any]) -> None:
    assert check(case) == []


def test_a_wrong_answer_is_seen() -> None:
    case = {
        "kind": "contested_garment_consistent",
        "input": {"estate": "200", "claims": ["100", "200", "300"]},
        "expected": {"awards": ["50", "75", "75"]},
    }
    assert check(case) == []
    assert check({**case, "expected": {"awards": ["50", "75", "76"]}}) != []
    assert check({**case, "input": {"estate": "200", "claims": ["1", "200", "300"]}}) != []
