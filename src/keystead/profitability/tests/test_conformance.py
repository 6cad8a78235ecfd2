"""The published and authored examples of this room, run through its adapters."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from keystead.profitability.calc.conformance import CONFORMANCE

TRUTH = Path(__file__).resolve().parents[4].parent / "shared" / "truth"


def _examples() -> Iterator[dict[str, Any]]:
    for name in ("prices.json", "rebates.json"):
        path = TRUTH / name
        if path.exists():
            yield from json.loads(path.read_text(encoding="utf-8"))["examples"]


def _kind(example: dict[str, Any]) -> str:
    return str(example.get("kind") or example["input"].get("calc"))


OURS = [one for one in _examples() if _kind(one) in CONFORMANCE]


def _same(expected: Any, found: Any) -> bool:
    if isinstance(expected, dict):
        return all(name in found and _same(value, found[name]) for name, value in expected.items())
    if isinstance(expected, list):
        return len(expected) == len(found) and all(map(_same, expected, found))
    if isinstance(found, Decimal):
        return abs(Decimal(str(expected)) - found) <= Decimal("0.0001")
    return bool(expected == found)


@pytest.mark.skipif(not OURS, reason="the shared examples are not here")
def test_every_kind_has_its_examples() -> None:
    assert {_kind(one) for one in OURS} == set(CONFORMANCE)
    assert len(OURS) == 10


@pytest.mark.parametrize("example", OURS, ids=lambda one: str(one["id"]))
def test_example(example: dict[str, Any]) -> None:
    found = CONFORMANCE[_kind(example)](example["input"])
    assert _same(example["expected"], found), found


def test_a_wrong_answer_is_seen() -> None:
    given = {"calc": "pv_sequential", "p0": "50", "q0": "1000", "p1": "52", "q1": "1100"}
    found = CONFORMANCE["pv_sequential"](given)
    assert _same({"cross": "200.00", "total": "7200.00"}, found)
    assert not _same({"cross": "200.01"}, found)
    assert not _same({"mix": "0.00", "surprise": "1"}, found)
