"""The lock file knows every dependency that is declared: a fresh clone installs what is tested."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((ROOT / name).read_text(encoding="utf-8"))


def _names(wanted: list[str]) -> set[str]:
    found = (re.match(r"[A-Za-z0-9._-]+", one) for one in wanted)
    return {re.sub(r"[-_.]+", "-", one[0]).lower() for one in found if one}


def _locked() -> dict[str, Any]:
    own: list[dict[str, Any]] = [p for p in _read("uv.lock")["package"] if p["name"] == "keystead"]
    return own[0]


def test_the_lock_has_what_is_declared() -> None:
    declared = _names(_read("pyproject.toml")["project"]["dependencies"])
    locked = {one["name"] for one in _locked()["dependencies"]}
    assert locked == declared, "run `uv lock`"


def test_the_lock_has_what_the_extras_and_tests_declare() -> None:
    project, lock = _read("pyproject.toml"), _locked()
    for kind, wanted, held in (
        ("extra", project["project"]["optional-dependencies"], lock["optional-dependencies"]),
        ("group", project["dependency-groups"], lock["dev-dependencies"]),
    ):
        told = {name: _names(some) for name, some in wanted.items()}
        assert {name: {one["name"] for one in some} for name, some in held.items()} == told, kind
