"""The table of OWASP ASVS rows is whole, and every test that it names is there."""

from __future__ import annotations

import ast
import csv
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from tests.architecture.places import ROOT

PAGE = ROOT / "docs" / "security" / "asvs.md"
VERDICTS = {"met", "operator", "open", "n/a"}
CHOSEN = {"V1.2.10", "V2.3.5", "V5.2.4", "V8.3.2", "V15.4.2"}  # level 3, core here
NAMED = re.compile(r"`((?:src|tests)/[\w/.]+\.py)::([\w.]+)`")


def _rows() -> dict[str, tuple[str, str, str]]:
    found = {}
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 5 and re.fullmatch(r"V\d+\.\d+\.\d+", cells[0]):
            assert cells[0] not in found, f"{cells[0]} is there twice"
            found[cells[0]] = (cells[1], cells[3], cells[4])
    return found


@cache
def _tests_in(path: str) -> frozenset[str]:
    file = ROOT / path
    if not file.is_file():
        return frozenset()
    found = set()
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.ClassDef):
            found |= {
                f"{node.name}.{part.name}"
                for part in node.body
                if isinstance(part, ast.FunctionDef)
            }
    return frozenset(name for name in found if name.split(".")[-1].startswith("test_"))


def test_every_named_test_exists() -> None:
    named = NAMED.findall(PAGE.read_text(encoding="utf-8"))
    assert len(named) > 100
    assert [f"{path}::{name}" for path, name in named if name not in _tests_in(path)] == []


def test_every_row_has_a_verdict_and_a_test_or_a_reason() -> None:
    rows = _rows()
    assert {
        row for row, (_level, verdict, _why) in rows.items() if verdict not in VERDICTS
    } == set()
    assert {row for row, (_level, _verdict, why) in rows.items() if not why} == set()


def test_the_count_is_that_of_the_rows() -> None:
    rows = _rows()
    counted = Counter((level, verdict) for level, verdict, _why in rows.values())
    text = PAGE.read_text(encoding="utf-8")
    for level in "123":
        cells = [str(counted[level, verdict]) for verdict in ("met", "operator", "open", "n/a")]
        assert f"| {level} | {' | '.join(cells)} |" in text


def test_no_row_of_the_official_list_is_missing(shared: Path) -> None:
    official = shared / "asvs5.csv"
    if not official.is_file():
        pytest.skip("the official list is not there")
    with official.open(encoding="utf-8", newline="") as file:
        wanted = {
            row["req_id"]: row["L"]
            for row in csv.DictReader(file)
            if row["L"] in "12" or row["req_id"] in CHOSEN
        }
    assert {row: level for row, (level, _verdict, _why) in _rows().items()} == wanted
